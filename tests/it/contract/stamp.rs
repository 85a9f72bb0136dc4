//! The macro that stamps checks into one module a backend.

/// Runs checks against every backend.
macro_rules! contract {
    ($($check:ident),+ $(,)?) => {
        mod embedded {
            $(
                #[tokio::test]
                async fn $check() {
                    super::$check(&crate::support::World::embedded()).await;
                }
            )+
        }
    };
}
