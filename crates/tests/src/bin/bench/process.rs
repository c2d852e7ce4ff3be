//! Runs the `keniki` binary that stands beside this one, and says how long it took and how much memory it held.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What one run took.
pub struct Run {
    /// Wall clock.
    pub seconds: f64,
    /// Largest resident set (VmHWM); 0 where the system does not tell.
    pub peak_mib: f64,
}

/// The binary beside this one.
pub fn keniki() -> PathBuf {
    let own = std::env::current_exe().expect("the running program has a path");
    let binary = own.with_file_name("keniki");
    assert!(
        binary.exists(),
        "build it first: cargo build --release -p keniki-cli"
    );
    binary
}

/// Runs it to its end; it must succeed.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures the wall clock"
)]
pub fn run(arguments: &[&str]) -> Run {
    let begin = Instant::now();
    let mut child = Command::new(keniki())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut peak_mib = 0.0_f64;
    let status = loop {
        peak_mib = peak_mib.max(peak_of(child.id()));
        if let Some(status) = child.try_wait().expect("the child is ours") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "keniki {arguments:?} ended with {status}");
    Run {
        seconds: begin.elapsed().as_secs_f64(),
        peak_mib,
    }
}

/// The largest resident set of a process so far, MiB.
pub fn peak_of(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(0.0, |kib| kib / 1024.0)
}
