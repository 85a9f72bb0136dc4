//! Every trial of doctor.

use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    [
        super::right::trials(),
        super::wrong::trials(),
        super::commands::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
