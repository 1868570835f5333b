//! The command line.

pub mod wave;
