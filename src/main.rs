//! Hands over what only the process itself knows: its arguments, its environment, its outlets.

use std::process::ExitCode;

fn main() -> ExitCode {
    // A variable that is no text is none of ours.
    let environment =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut out = std::io::stdout().lock();
    let mut err = std::io::stderr();
    bellwether::cli::run(std::env::args_os(), environment.collect(), &mut out, &mut err).into()
}
