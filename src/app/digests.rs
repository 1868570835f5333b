//! Digests: what is new, worse and better, mailed to who owns the accounts.
