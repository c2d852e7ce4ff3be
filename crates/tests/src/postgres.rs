//! A throwaway PostgreSQL for one run of the tests, made from the installed server binaries.
//!
//! Each test is a process of its own, started by one runner (nextest, or cargo): the first that needs a
//! server makes it in a folder named after the runner, the others find it there, and a watchdog removes
//! both when the runner has ended. It listens on a socket in that folder alone.

use std::fs::{self, File};
use std::io::{self, Seek};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::environment;

/// Durability is of no use to a database that lives for a minute.
const SETTINGS: &str = "-c listen_addresses='' -c max_connections=200 -c shared_buffers=64MB \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c timezone=UTC";

/// Ends with the runner ($1); $2 stops the server, $3 is its folder.
const WATCHDOG: &str =
    r#"(while kill -0 "$1" 2>/dev/null; do sleep 1; done; sh -c "$2"; rm -rf "$3" "$3.lock") &"#;

/// The URL of a server whose owner we are: `KENIKI_TEST_POSTGRES`, else a throwaway one. `None`, said loudly,
/// where the server's binaries are missing.
pub(crate) fn server_url() -> Option<String> {
    if let Some(url) = environment::read("KENIKI_TEST_POSTGRES") {
        return Some(url);
    }
    let Some(binaries) = find_binaries() else {
        environment::skip("PostgreSQL is not tested: install its server (Debian: postgresql)");
        return None;
    };
    let folder = std::env::temp_dir().join(format!("keniki-postgres-{}", parent_id()));
    let lock =
        File::create(folder.with_extension("lock")).expect("the temporary folder can be written");
    lock.lock().expect("the file system locks files");
    if UnixStream::connect(folder.join(".s.PGSQL.5432")).is_err() {
        let as_root = lock.metadata().expect("an open file has metadata").uid() == 0;
        start(&Server {
            binaries,
            folder: folder.clone(),
            as_root,
        });
    }
    Some(format!(
        "postgres://postgres@localhost/postgres?host={}",
        folder.display()
    ))
}

/// The newest of Debian's versions that are installed, else what the `PATH` holds.
fn find_binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .map(|version| version.path())
        .filter(|version| version.join("bin/initdb").is_file())
        .max_by_key(|version| {
            version
                .file_name()
                .and_then(|name| name.to_str()?.parse::<u32>().ok())
        });
    match newest {
        Some(version) => Some(version.join("bin")),
        None => Some(environment::find_program("initdb")?.parent()?.to_owned()),
    }
}

struct Server {
    binaries: PathBuf,
    folder: PathBuf,
    /// PostgreSQL refuses to run as root: the user `postgres` runs it then.
    as_root: bool,
}

impl Server {
    fn program(&self, name: &str) -> Vec<String> {
        let program = self.binaries.join(name).display().to_string();
        if self.as_root {
            return ["runuser", "-u", "postgres", "--", &program]
                .map(str::to_owned)
                .to_vec();
        }
        vec![program]
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }
}

fn start(server: &Server) {
    let folder = server.folder.display().to_string();
    if server.folder.exists() {
        fs::remove_dir_all(&server.folder).expect("what a killed server left can be removed");
    }
    if server.as_root {
        run(
            &["install", "-d", "-o", "postgres", "-m", "700", &folder].map(str::to_owned),
            Path::new("/"),
        );
    } else {
        fs::create_dir(&server.folder).expect("the temporary folder can be written");
    }
    let mut initdb = server.program("initdb");
    let locale = "--locale=C.UTF-8";
    initdb.extend(
        [
            "-D",
            &server.data(),
            "-U",
            "postgres",
            "-A",
            "trust",
            locale,
            "--no-sync",
        ]
        .map(str::to_owned),
    );
    run(&initdb, &server.folder);

    let mut start = server.program("pg_ctl");
    let log = server.folder.join("log").display().to_string();
    let options = format!("{SETTINGS} -k {folder}");
    start.extend(
        [
            "-D",
            &server.data(),
            "-w",
            "-l",
            &log,
            "-o",
            &options,
            "start",
        ]
        .map(str::to_owned),
    );
    run(&start, &server.folder);
    watch(server);
}

fn watch(server: &Server) {
    let stop = format!(
        "{} -D {} -m immediate stop",
        server.program("pg_ctl").join(" "),
        server.data()
    );
    let status = Command::new("sh")
        .args(["-c", WATCHDOG, "sh", &parent_id().to_string(), &stop])
        .arg(&server.folder)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .status();
    assert!(status.expect("every Unix has sh").success());
}

/// Runs to its end with its output in a file: a server inherits what its starter writes to.
fn run(command: &[String], folder: &Path) {
    let (program, arguments) = command.split_first().expect("a command has a program");
    let mut output = tempfile::tempfile().expect("the temporary folder can be written");
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(output.try_clone().expect("a file can be opened twice"))
        .stderr(output.try_clone().expect("a file can be opened twice"))
        .status()
        .unwrap_or_else(|error| panic!("{program} could not be started: {error}"));
    if !status.success() {
        output.rewind().expect("a file has a beginning");
        panic!(
            "{} ended with {status}: {}",
            command.join(" "),
            io::read_to_string(output).unwrap_or_default()
        );
    }
}
