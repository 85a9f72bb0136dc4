//! Letters as they were looked at when they were written.

use libtest_mimic::Trial;

use crate::gallery;

/// Of each kind one, each language with some.
const SNAPPED: [&str; 18] = [
    "result-en",
    "result-de",
    "result-of-many-es",
    "question-fr",
    "refusal-viewer-de",
    "failure-build-es",
    "ack-de",
    "kept-fr",
    "help-de",
    "help-en",
    "status-waiting-es",
    "stopped-fr",
    "confirm-de",
    "confirm-fr",
    "result-left-out-es",
    "result-left-out-fr",
    "failure-files-de",
    "refusal-of-undo-es",
];

pub(crate) fn trials() -> Vec<Trial> {
    let snapped = |name: &'static str| {
        let name = name.to_owned();
        Trial::test(format!("snapshots::{name}"), move || {
            let all = gallery::all();
            let shown = all.iter().find(|one| one.name == name);
            let mail = shown.expect("is in the gallery").mail();
            insta::with_settings!({ prepend_module_to_snapshot => false }, {
                insta::assert_snapshot!(name.as_str(), mail.replace("\r\n", "\n"));
            });
            Ok(())
        })
    };
    SNAPPED.into_iter().map(snapped).collect()
}
