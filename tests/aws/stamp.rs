//! The macros that make trials of checks.

/// Runs checks, each an `async fn()`, once the emulator is there. `main` collects what `trials()` returns.
macro_rules! trials {
    ($($check:ident),+ $(,)?) => {
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$(
                $crate::trial::trial(concat!(module_path!(), "::", stringify!($check)), $check)
            ),+]
        }
    };
}

/// Runs checks of the contract suite against AWS, as `contract!` of `tests/it` does against the embedded backend.
macro_rules! contract {
    ($($check:ident),+ $(,)? $(; embedded: $($embedded:ident),+ $(,)?)?) => {
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            $($(let _not_promised_here = $embedded;)+)?
            vec![$(
                $crate::trial::trial(
                    concat!(module_path!(), "::aws::", stringify!($check)),
                    async || $check(&$crate::support::World::aws().await).await,
                )
            ),+]
        }
    };
}
