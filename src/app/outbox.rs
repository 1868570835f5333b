//! The outbox: claiming mails that are due, sending each once, and what becomes of it.
