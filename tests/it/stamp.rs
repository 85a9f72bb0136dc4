//! The macro that stamps checks for the embedded backend.

/// Runs checks against the embedded backend; those behind `embedded:` are promised by no other.
macro_rules! contract {
    ($($check:ident),+ $(,)? $(; embedded: $($embedded:ident),+ $(,)?)?) => {
        mod embedded {
            $(
                #[tokio::test]
                async fn $check() {
                    super::$check(&crate::support::World::embedded()).await;
                }
            )+
            $($(
                #[tokio::test]
                async fn $embedded() {
                    super::$embedded(&crate::support::World::embedded()).await;
                }
            )+)?
        }
    };
}
