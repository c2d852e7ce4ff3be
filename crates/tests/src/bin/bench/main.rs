//! Prints the figures that the project holds itself to: `cargo run --release -p keniki-tests --bin bench`.
//!
//! Every figure is a run of the real binary beside this one, on files made from the published lists;
//! medians of several runs. Machines differ and are shared: compare within one table, not between two.

use std::path::Path;

mod audit;
mod case;
mod desk;
mod import;
mod paper;
mod process;
mod search;
mod serve;

/// One line of the table.
pub struct Line {
    /// What was measured, on how much.
    pub what: String,
    /// The figure with its unit.
    pub figure: String,
    /// What to reach.
    pub reach: &'static str,
}

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    // A database that is already filled, to time searches without waiting for the sample.
    let filled = words.iter().position(|word| word.starts_with("sqlite:"));
    let filled = filled.map(|at| words.remove(at));
    let wants = |word: &str| words.is_empty() || words.iter().any(|own| own == word);
    let mut lines = Vec::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    if wants("import") {
        lines.extend(import::measure(folder.path()));
    }
    if wants("search") {
        lines.extend(search::measure(folder.path(), filled));
    }
    if wants("audit") {
        lines.extend(audit::measure());
    }
    if wants("desk") {
        lines.extend(desk::measure());
    }
    if wants("case") {
        lines.extend(case::measure());
    }
    if wants("paper") {
        lines.extend(paper::measure());
    }
    print_table(&lines);
}

fn print_table(lines: &[Line]) {
    println!("| what | figure | reach |");
    println!("|---|---|---|");
    for line in lines {
        println!("| {} | {} | {} |", line.what, line.figure, line.reach);
    }
}

/// `sqlite://…` of a file in `folder`.
fn database(folder: &Path, name: &str) -> String {
    format!("sqlite://{}", folder.join(name).display())
}

/// The middle of the sorted figures.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The figure that so many percent do not exceed.
fn percentile(figures: &[f64], percent: usize) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_by(f64::total_cmp);
    let rank = (figures.len() * percent).div_ceil(100);
    figures
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}
