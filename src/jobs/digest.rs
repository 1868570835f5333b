//! Mails the digests.
