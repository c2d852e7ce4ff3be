//! 100,000 rows of 介護サービス CSV into SQLite, then ten times as many; the 鳥取 filings book.

use std::path::{Path, PathBuf};

use super::process::{Run, run};
use super::{Line, database, median};

/// Runs of each figure.
const TIMES: usize = 3;

/// The nation's areas are loaded first, so that every row's municipality and point are really checked.
pub fn measure(folder: &Path) -> Vec<Line> {
    let data = keniki_tests::shared_data().expect("the published lists, see docs/data.md");
    let empty = folder.join("areas.db");
    run(&[
        "--database",
        &database(folder, "areas.db"),
        "area",
        "load",
        "--data",
        &data.display().to_string(),
    ]);
    let rows = published_rows(&data);
    let once = written(folder, &rows, 100_000);
    let many = written(folder, &rows, 1_000_000);
    let small = imports(folder, &empty, &once, TIMES);
    let large = imports(folder, &empty, &many, 1);
    let seconds = median(small.iter().map(|run| run.seconds).collect());
    let peak = |runs: &[Run]| median(runs.iter().map(|run| run.peak_mib).collect());
    let book = imports(folder, &empty, &filings(&data), TIMES);
    vec![
        Line {
            what: "import of 100,000 care rows, matched and checked".to_owned(),
            figure: format!("{:.0} rows/s ({seconds:.2} s)", 100_000.0 / seconds),
            reach: "≥ 20,000 rows/s",
        },
        Line {
            what: "the same at 1,000,000 rows".to_owned(),
            figure: format!("{:.0} rows/s", 1_000_000.0 / large[0].seconds),
            reach: "–",
        },
        Line {
            what: "peak memory at 10 times the rows".to_owned(),
            figure: format!(
                "{:.2} times ({:.0} → {:.0} MiB)",
                peak(&large) / peak(&small),
                peak(&small),
                peak(&large)
            ),
            reach: "≤ 1.1 times",
        },
        Line {
            what: "the 鳥取 filings book (XLSX)".to_owned(),
            figure: format!(
                "{:.2} s",
                median(book.iter().map(|run| run.seconds).collect())
            ),
            reach: "≤ 5 s",
        },
    ]
}

/// Imports `file` into a fresh copy of the database of areas.
fn imports(folder: &Path, areas: &Path, file: &Path, times: usize) -> Vec<Run> {
    (0..times)
        .map(|_| {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(folder.join(format!("bench.db{suffix}")));
            }
            std::fs::copy(areas, folder.join("bench.db")).expect("the areas are loaded");
            run(&[
                "--database",
                &database(folder, "bench.db"),
                "directory",
                "import",
                &file.display().to_string(),
                "--valid-rows-only",
            ])
        })
        .collect()
}

/// Header and rows of the published care lists, cells apart.
fn published_rows(data: &Path) -> Vec<Vec<String>> {
    let folder = data.join("care_insurance/jigyosho");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the care lists")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let mut out: Vec<Vec<String>> = Vec::new();
    for file in files {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(file)
            .expect("readable");
        let skip = usize::from(!out.is_empty());
        let records = reader
            .records()
            .skip(skip)
            .map(|record| record.expect("a record"));
        out.extend(records.map(|record| record.iter().map(str::to_owned).collect()));
    }
    out
}

/// `n` rows made of the published ones: other numbers, names, lots and telephones, points a little moved.
fn written(folder: &Path, rows: &[Vec<String>], n: usize) -> PathBuf {
    let path = folder.join(format!("care{n}.csv"));
    let mut out = csv::Writer::from_path(&path).expect("a file");
    out.write_record(&rows[0]).expect("written");
    for (k, row) in rows[1..].iter().cycle().take(n).enumerate() {
        let mut row = row.clone();
        row[15] = format!("{}{k:07}", &row[15][..3]);
        row[1] = row[15].clone();
        row[4].push_str(&k.to_string());
        let is_number = |c: char| c.is_numeric() || "一二三四五六七八九十".contains(c);
        let town = row[7].find(is_number).unwrap_or(row[7].len());
        row[7].truncate(town);
        row[7].push_str(&format!("{}番地{}", k / 20 + 1, k % 20 + 1));
        row[11] = format!(
            "0{}-{:03}-{:04}",
            10 + k / 10_000_000,
            k / 10_000 % 1_000,
            k % 10_000
        );
        if let Ok(lat) = row[9].parse::<f64>() {
            row[9] = format!("{:.6}", lat + (k % 40) as f64 * 1e-5);
        }
        out.write_record(&row).expect("written");
    }
    out.flush().expect("written");
    path
}

fn filings(data: &Path) -> PathBuf {
    let mut books = std::fs::read_dir(data.join("facilities"))
        .expect("the facility lists")
        .filter_map(|entry| Some(entry.ok()?.path()));
    books
        .find(|path| path.display().to_string().contains("31_鳥取"))
        .expect("the filings of 鳥取")
}
