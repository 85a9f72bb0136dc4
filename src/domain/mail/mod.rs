//! What a mail is, what it asks for, and what Hermes answers: pure decisions over parsed messages.
