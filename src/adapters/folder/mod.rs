//! Previews and outgoing mail as files in the data folder.
