//! Mail out by SMTP, through the operator's own mail server.

mod mailer;

pub use mailer::SmtpMailer;
