//! Feeds from files: all of a file or nothing of it, and the same file again changes nothing.
