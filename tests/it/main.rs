//! Tests that need a database, a browser or a mail server.

mod mail;
mod smtp;
