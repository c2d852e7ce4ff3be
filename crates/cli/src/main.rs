//! The one binary: reads the command line, the environment and the clock, and calls the actions of `app`.

use std::process::ExitCode;

mod chance;
mod clock;
mod command;
mod output;
mod post;
mod wire;
mod wording;

/// Reading and writing lists is a great deal of small texts made on one thread and dropped on another; SQLite's
/// pages come from here, too (feature `override`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit 0: done. 1: the input has problems. 2: wrong use (clap's own).
#[tokio::main]
async fn main() -> ExitCode {
    // What it writes is its owner's alone: databases and copies of them, letters, disclosures, keys.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("KENIKI_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    match command::run(command::Arguments::read()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
