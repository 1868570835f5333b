//! What people read: texts, numbers, money and dates in the language and time zone of one person.
//!
//! [`Catalogue`] holds the texts of all languages, [`Reader`] one person's way of reading; both know
//! nothing of pages and mails. [`figure`] puts into words how sure a figure is, [`error`] what went wrong.

mod catalogue;
pub mod error;
pub mod figure;
mod forms;
mod negotiation;
mod reader;
mod source;

pub use catalogue::{Catalogue, Value};
pub use negotiation::negotiate;
pub use reader::{Reader, minor_digits};
