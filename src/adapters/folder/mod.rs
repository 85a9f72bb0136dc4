//! Folders of this machine: previews and outgoing mails as files.

mod copy;
mod fault;
mod lookup;
mod mailer;
mod previews;

pub use mailer::FolderMailer;
pub use previews::FolderPreviews;
