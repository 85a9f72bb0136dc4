//! What an operator decides, and where each decision comes from.

mod aws;
mod flags;
mod layers;
mod load;
mod mail_out;
mod preview;
mod provenance;
mod spec;
mod types;
mod values;

#[cfg(test)]
mod tests;

pub use aws::{AwsSettings, Pattern, PatternValues, StoreUrl};
pub use flags::SettingsFlags;
pub use layers::Source;
pub use load::{Loaded, load};
pub use mail_out::{MailOut, SmtpLogin, SmtpSecurity, SmtpServer};
pub use preview::PreviewUrl;
pub use provenance::{Origin, Provenance};
pub use types::{Backend, LogFormat, Mode, ProjectsSource, Settings};

pub(crate) use layers::Layers;
pub(crate) use load::listening;
pub(crate) use values::{duration, path as absolute_path, web_url};
