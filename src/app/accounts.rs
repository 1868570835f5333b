//! Accounts and their contacts: seeing, adding, changing them.
