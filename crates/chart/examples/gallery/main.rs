//! Writes every chart, drawn with invented numbers, into a folder: `cargo run -p keniki-chart --example gallery -- FOLDER`.

mod samples;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: gallery FOLDER");
        return ExitCode::from(2);
    };
    for (name, svg) in samples::all() {
        let file = folder.join(format!("{name}.svg"));
        if let Err(error) = std::fs::write(&file, svg) {
            eprintln!("{}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
