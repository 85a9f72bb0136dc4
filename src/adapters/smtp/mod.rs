//! Mail out by SMTP, through the operator's own mail server.

mod mailer;
mod server;

pub use mailer::SmtpMailer;
pub use server::{InvalidSmtpUrl, SmtpServer};
