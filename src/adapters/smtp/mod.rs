//! Mail out by SMTP.
