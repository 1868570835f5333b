//! The rules of the trade, pure: no database, no web, no clock and no chance of their own.

pub mod account;
pub mod answer;
pub mod contact;
pub mod day;
pub mod delivery;
pub mod follow_up;
pub mod ident;
pub mod index;
pub mod language;
pub mod measure;
pub mod permission;
pub mod schedule;
pub mod spelling;
pub mod subject;
pub mod survey;
pub mod tally;
pub mod theme;
pub mod token;
pub mod trend;
pub mod value;
pub mod visit;
pub mod warning;
pub mod wave;
pub mod winback;
