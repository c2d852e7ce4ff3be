//! TLS in this program: a listener that greets those who connect, and the certificate that they are shown.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::serve::Listener;
use chrono::{DateTime, Utc};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use certificate::{CertificateError, Files};

pub mod certificate;

/// Who has not greeted after this is given up.
const LONGEST_GREETING: Duration = Duration::from_secs(10);

/// So many may greet at a time; the others wait until one has finished.
const MOST_GREETINGS: usize = 1024;

/// The certificate in use, its key, and the files that they come from.
#[derive(Debug)]
pub struct Keys {
    files: Files,
    used: RwLock<Arc<CertifiedKey>>,
}

impl Keys {
    /// Those of the files, where they can be used at `now`.
    ///
    /// # Errors
    /// What is wrong with the files, and what to do.
    pub fn open(files: Files, now: DateTime<Utc>) -> Result<Self, CertificateError> {
        let used = RwLock::new(Arc::new(files.read(now)?));
        Ok(Self { files, used })
    }

    /// Reads the files anew: whoever connects from now on is shown their certificate. Whether it is another one.
    ///
    /// # Errors
    /// As [`Keys::open`]; the former one stays in use.
    pub fn renew(&self, now: DateTime<Utc>) -> Result<bool, CertificateError> {
        let read = self.files.read(now)?;
        let mut used = self.used.write().unwrap_or_else(PoisonError::into_inner);
        let is_other = read.cert != used.cert;
        *used = Arc::new(read);
        Ok(is_other)
    }
}

impl ResolvesServerCert for Keys {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let used = self.used.read().unwrap_or_else(PoisonError::into_inner);
        Some(used.clone())
    }
}

/// Hands on those who have greeted as TLS 1.2 or 1.3 asks. Everybody else is dropped.
pub struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
    greeting: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    /// Greets on `tcp` with the newest of `keys`.
    ///
    /// # Errors
    /// Where the cryptography knows neither version: never with the one that is built in.
    pub fn new(tcp: TcpListener, keys: Arc<Keys>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth();
        let mut config = config.with_cert_resolver(keys);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            tcp,
            acceptor: Arc::new(config).into(),
            greeting: JoinSet::new(),
        })
    }

    fn greet(&mut self, stream: TcpStream, from: SocketAddr) {
        let greeting = timeout(LONGEST_GREETING, self.acceptor.accept(stream));
        self.greeting
            .spawn(async move { Some((greeting.await.ok()?.ok()?, from)) });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                (stream, from) = Listener::accept(&mut self.tcp), if self.greeting.len() < MOST_GREETINGS => {
                    self.greet(stream, from);
                }
                Some(greeted) = self.greeting.join_next(), if !self.greeting.is_empty() => {
                    if let Ok(Some(greeted)) = greeted {
                        return greeted;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}
