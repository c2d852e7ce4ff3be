//! Bundles `browser/` with esbuild and embeds the result under names that carry a hash of the content; embeds the
//! font of prints.
//!
//! Only `package.json` and its lock are committed: `npm ci --ignore-scripts` installs into `OUT_DIR` when
//! the lock has changed. Where npm is missing the styles go in as they stand and the scripts stay empty:
//! every page works without them. `KENIKI_ASSETS=strict` (CI, releases) turns that into an error.
#![expect(
    clippy::disallowed_methods,
    reason = "cargo talks to a build script through its environment"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// What esbuild starts from: `name=path`, the path in this folder or in a package.
const ENTRIES: [&str; 5] = [
    "app=./browser/app.css",
    "app=./browser/app.ts",
    "icon=./browser/icon.svg",
    "map=./browser/map.ts",
    "map-worker=maplibre-gl/dist/maplibre-gl-worker.mjs",
];

/// What the pages may name, whether or not it could be bundled.
const NAMES: [&str; 6] = [
    "app.css",
    "app.js",
    "icon.svg",
    "map.css",
    "map.js",
    "map-worker.js",
];

/// What prints are written with, in the packages.
const FONTS: [&str; 2] = [
    "@expo-google-fonts/biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf",
    "@expo-google-fonts/biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf",
];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Outcome<()> {
    println!("cargo:rerun-if-changed=browser");
    println!("cargo:rerun-if-changed=package.json");
    println!("cargo:rerun-if-changed=package-lock.json");
    println!("cargo:rerun-if-env-changed=KENIKI_ASSETS");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let strict = env::var("KENIKI_ASSETS").is_ok_and(|value| value == "strict");

    let (files, bundled) = match bundle(&out) {
        Ok(files) => (files, true),
        Err(reason) if strict => {
            return Err(format!("browser assets: {reason} (KENIKI_ASSETS=strict)").into());
        }
        Err(reason) => {
            println!(
                "cargo:warning=browser assets left out, the pages work without scripts: {reason}"
            );
            println!("cargo:rerun-if-env-changed=PATH");
            (plain()?, false)
        }
    };
    embed(&out, &files, bundled)?;
    embed_fonts(&out, bundled)
}

/// The bundled files by name; an error names the step that failed.
fn bundle(out: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    install(out)?;
    let bundles = out.join("bundles");
    if bundles.exists() {
        fs::remove_dir_all(&bundles)?;
    }
    run(Command::new("node")
        .arg(out.join("node_modules/esbuild/bin/esbuild"))
        .args(ENTRIES)
        .args([
            "--bundle",
            "--format=esm",
            "--target=es2022",
            "--minify",
            "--charset=utf8",
            "--loader:.svg=copy",
            "--log-level=warning",
        ])
        .arg(format!("--outdir={}", bundles.display()))
        .env("NODE_PATH", out.join("node_modules")))?;
    NAMES
        .iter()
        .map(|name| Ok(((*name).to_owned(), fs::read(bundles.join(name))?)))
        .collect()
}

/// Installs what the lock names into `out`, unless it is there already.
fn install(out: &Path) -> Outcome<()> {
    let lock = fs::read("package-lock.json")?;
    let installed = out.join("installed-lock.json");
    if fs::read(&installed).is_ok_and(|done| done == lock) {
        return Ok(());
    }
    fs::copy("package.json", out.join("package.json"))?;
    fs::write(out.join("package-lock.json"), &lock)?;
    run(Command::new("npm")
        .args([
            "ci",
            "--omit=dev",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ])
        .current_dir(out))?;
    fs::write(installed, lock)?;
    Ok(())
}

fn run(command: &mut Command) -> Outcome<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{program} could not be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{program} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    )
    .into())
}

/// The styles as they stand, without what they import from packages, and empty scripts.
fn plain() -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut files: BTreeMap<String, Vec<u8>> = NAMES
        .iter()
        .map(|name| ((*name).to_owned(), Vec::new()))
        .collect();
    let style = with_local_imports(Path::new("browser/app.css"))?;
    files.insert("app.css".to_owned(), style.into_bytes());
    files.insert("icon.svg".to_owned(), fs::read("browser/icon.svg")?);
    Ok(files)
}

/// A style sheet with the files beside it that it imports in their places.
fn with_local_imports(sheet: &Path) -> Outcome<String> {
    let mut css = String::new();
    for line in fs::read_to_string(sheet)?.lines() {
        match line.strip_prefix("@import \"") {
            Some(rest) if rest.starts_with("./") => {
                let name = rest.split('"').next().unwrap_or_default();
                css.push_str(&with_local_imports(&sheet.with_file_name(&name[2..]))?);
            }
            Some(_) => {}
            None => writeln!(css, "{line}")?,
        }
    }
    Ok(css)
}

/// Writes the files under hashed names, and the table that `src/asset.rs` includes.
fn embed(out: &Path, files: &BTreeMap<String, Vec<u8>>, bundled: bool) -> Outcome<()> {
    let folder = out.join("assets");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut table = format!(
        "pub const BUNDLED: bool = {bundled};\nstatic ASSETS: [Asset; {}] = [\n",
        files.len()
    );
    for (name, bytes) in files {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        let (stem, extension) = name.rsplit_once('.').ok_or("an asset has an extension")?;
        let path = folder.join(format!("{stem}.{:016x}.{extension}", hasher.finish()));
        fs::write(&path, bytes)?;
        let file = path
            .file_name()
            .ok_or("an asset has a name")?
            .to_string_lossy();
        writeln!(
            table,
            "    Asset {{ name: {name:?}, url: \"/assets/{file}\", bytes: include_bytes!({path:?}) }},"
        )?;
    }
    table.push_str("];\n");
    fs::write(out.join("asset_table.rs"), table)?;
    Ok(())
}

/// Writes the list of fonts that `src/print/font.rs` includes; an empty one where there are no packages.
fn embed_fonts(out: &Path, installed: bool) -> Outcome<()> {
    let mut list = String::from("&[\n");
    for font in FONTS.iter().filter(|_| installed) {
        let path = out.join("node_modules").join(font);
        writeln!(list, "    include_bytes!({path:?}),")?;
    }
    list.push_str("]\n");
    fs::write(out.join("font_list.rs"), list)?;
    Ok(())
}
