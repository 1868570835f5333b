//! Tells cargo which folders become part of the program, so that a file added to one is noticed:
//! the macros that embed them see changed files, but not new ones.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    for folder in ["assets", "locales", "migrations", "report-templates", "surveys", "web-templates"] {
        if Path::new(folder).exists() {
            println!("cargo:rerun-if-changed={folder}");
        }
    }
}
