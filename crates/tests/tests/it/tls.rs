//! The program greets over TLS 1.2 and 1.3 alone, shows the newest certificate, and says what is wrong with a file.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use keniki_tests::server::{Sent, Server};
use keniki_tests::{TestDatabase, binary};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
};

/// A folder with a certificate for `localhost` and its key.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.issue((2020, 2099));
        folder
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Another certificate, good from the first year to the second.
    fn issue(&self, (from, to): (i32, i32)) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let mut words = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        words.not_before = date_time_ymd(from, 1, 1);
        words.not_after = date_time_ymd(to, 1, 1);
        let cert = words.self_signed(&key).unwrap();
        fs::write(self.file("cert.pem"), cert.pem()).unwrap();
        fs::write(self.file("key.pem"), key.serialize_pem()).unwrap();
        cert.der().clone()
    }

    fn cert(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.file("cert.pem")).unwrap()
    }

    fn serve(&self, database: &str, more: &[&str]) -> Server {
        let (cert, key) = (self.file("cert.pem"), self.file("key.pem"));
        let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
        let command = ["demo", "--no-worker", "--tls-cert", cert, "--tls-key", key];
        Server::start(&[&command, more].concat(), database, "warn")
    }
}

/// What one request over TLS brings back: the version, and the answer; an error where nobody greets.
fn ask(
    server: &Server,
    trusted: &CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<(ProtocolVersion, String)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, connect(server));
    stream.write_all(b"GET /sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok((stream.conn.protocol_version().unwrap(), answer))
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    let longest = Some(Duration::from_secs(60));
    stream.set_read_timeout(longest).unwrap();
    stream
}

/// What comes back for these bytes.
fn raw(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(server);
    stream.write_all(bytes).unwrap();
    let mut back = Vec::new();
    match stream.read_to_end(&mut back) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        Ok(_) | Err(_) => back,
    }
}

/// A greeting that knows nothing newer than TLS 1.1 (RFC 4346, 7.4.1.2), with the signatures that newer ones ask for.
fn greeting_of_2006() -> Vec<u8> {
    let suites = [0, 2, 0, 0x2f];
    let signatures = [0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    let hello = [&[3, 2][..], &[7; 32], &[0], &suites, &[1, 0], &signatures].concat();
    let n = u8::try_from(hello.len()).unwrap();
    [&[22, 3, 1, 0, n + 4, 1, 0, 0, n][..], &hello].concat()
}

#[test]
fn it_greets_over_tls_and_shows_the_newest_certificate() {
    let (folder, database) = (Folder::new(), TestDatabase::sqlite());
    let server = folder.serve(&database.url, &[]);
    let first = folder.cert();
    for (version, number) in [
        (&TLS13, ProtocolVersion::TLSv1_3),
        (&TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let (spoken, answer) = ask(&server, &first, version).unwrap();
        assert_eq!(spoken, number);
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        // Everybody calls their own machine localhost: no browser is told to keep to TLS there.
        assert!(!answer.contains("strict-transport-security"), "{answer}");
    }

    // TLS 1.1: a fatal alert, protocol_version (RFC 8446, 6.2). Plain HTTP: no answer of a page.
    let alert = raw(&server, &greeting_of_2006());
    assert_eq!((alert[0], &alert[5..]), (21, &[2, 70][..]), "{alert:?}");
    assert!(server.ask("GET", "/", &Sent::default()).is_err());
    raw(&server, b"\x16\x03\x01\xff\xff");

    // Somebody who says nothing keeps nobody waiting.
    let _silent: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    assert!(ask(&server, &first, &TLS13).is_ok());

    let second = folder.issue((2021, 2098));
    server.signal_hang_up();
    let is_shown = |cert| ask(&server, cert, &TLS13).is_ok();
    let mut tries = (0..100).map(|_| std::thread::sleep(Duration::from_millis(100)));
    assert!(tries.any(|()| is_shown(&second)), "the second one is shown");
    assert!(!is_shown(&first));

    // One that cannot be used changes nothing.
    fs::write(folder.file("cert.pem"), "half a file").unwrap();
    server.signal_hang_up();
    std::thread::sleep(Duration::from_millis(500));
    assert!(is_shown(&second));
    let log = server.stop();
    assert!(log.contains("the certificate was not read anew"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn browsers_are_bound_to_the_site_over_tls() {
    let (folder, database) = (Folder::new(), TestDatabase::sqlite());
    let name = ["--public-url", "https://keniki.example.lg.jp"];
    let server = folder.serve(&database.url, &name);
    let (_, answer) = ask(&server, &folder.cert(), &TLS13).unwrap();
    let bound = "strict-transport-security: max-age=31536000; includeSubDomains";
    assert!(answer.contains(bound), "{answer}");
}

fn keniki(words: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(binary());
    command.args(words).current_dir(folder);
    command.output().unwrap()
}

#[test]
fn a_wrong_file_is_named_before_anybody_can_come() {
    let folder = Folder::new();
    let refused = |why: &str| {
        let words = [
            "demo",
            "--listen",
            "127.0.0.1:0",
            "--tls-cert",
            "cert.pem",
            "--tls-key",
            "key.pem",
        ];
        let output = keniki(&words, folder.0.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(why), "{said}");
        assert!(output.stdout.is_empty(), "it listens nowhere");
    };
    folder.issue((2001, 2002));
    refused("cert.pem の証明書は 2002-01-01 に期限が切れています");
    folder.issue((2098, 2099));
    refused("cert.pem の証明書は 2098-01-01 から有効です");

    folder.issue((2020, 2099));
    let cert = fs::read(folder.file("cert.pem")).unwrap();
    folder.issue((2020, 2099));
    fs::write(folder.file("cert.pem"), cert).unwrap();
    refused("証明書 cert.pem と秘密鍵 key.pem が対になっていません");

    let key = fs::read_to_string(folder.file("key.pem")).unwrap();
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (content, why) in [
        (
            encrypted.as_str(),
            "key.pem の秘密鍵にはパスワードがかかっています",
        ),
        ("", "key.pem に秘密鍵がありません"),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "key.pem の秘密鍵を使えません",
        ),
    ] {
        fs::write(folder.file("key.pem"), content).unwrap();
        refused(why);
    }
    fs::remove_file(folder.file("key.pem")).unwrap();
    refused("key.pem を読めません");

    for (content, why) in [
        ("", "cert.pem に証明書がありません"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "cert.pem の証明書が壊れています",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAA",
            "cert.pem の証明書が壊れています",
        ),
    ] {
        fs::write(folder.file("cert.pem"), content).unwrap();
        refused(why);
    }
    fs::remove_file(folder.file("cert.pem")).unwrap();
    refused("cert.pem を読めません");
}

#[test]
fn the_public_address_must_be_over_tls_too() {
    let folder = Folder::new();
    let words = [
        "demo",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
        "--public-url",
        "http://keniki.example.lg.jp",
    ];
    let output = keniki(&words, folder.0.path());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("--public-url を https:// から"), "{said}");
}

#[test]
fn the_doctor_says_when_a_certificate_ends() {
    let folder = Folder::new();
    let said = || {
        let output = keniki(&["doctor", "--tls-cert", "cert.pem"], folder.0.path());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(said().contains("2099-01-01 まで有効です"), "{}", said());
    folder.issue((2001, 2002));
    assert!(said().contains("2002-01-01 に期限が切れています"));
}
