//! Where `serve` listens: a port, and over TLS the certificate, read anew when its files change.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use keniki_web::State;
use keniki_web::tls::certificate::Files;
use keniki_web::tls::{Keys, TlsListener};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::Serve;
use crate::clock;

/// An open port, and what those who come there over TLS are shown.
pub struct Door {
    tcp: TcpListener,
    keys: Option<Arc<Keys>>,
}

impl Door {
    /// Reads the certificate and takes the port, or says what to do.
    pub async fn open(serve: &Serve) -> anyhow::Result<Self> {
        let keys = keys(serve)?;
        let on = serve.listen;
        let tcp = TcpListener::bind(on).await.with_context(|| {
            format!(
                "{on} で待ち受けられません。ほかのプログラムが使っていないか確かめるか、--listen で別のポートを指定してください"
            )
        })?;
        Ok(Self { tcp, keys })
    }

    /// `http://localhost:8080` rather than a number: passkeys need a name.
    pub fn address(&self) -> io::Result<String> {
        let scheme = self.keys.as_ref().map_or("http", |_| "https");
        Ok(address(scheme, self.tcp.local_addr()?))
    }

    /// Which port it is, also where any was asked for.
    pub fn port(&self) -> io::Result<u16> {
        Ok(self.tcp.local_addr()?.port())
    }

    /// The certificate, where there is one.
    pub fn keys(&self) -> Option<Arc<Keys>> {
        self.keys.clone()
    }

    /// Answers until `stop` is done and the requests under way have ended.
    pub async fn serve(
        self,
        state: Arc<State>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        match self.keys {
            Some(keys) => {
                keniki_web::serve(TlsListener::new(self.tcp, keys)?, state, stop).await?;
            }
            None => keniki_web::serve(self.tcp, state, stop).await?,
        }
        Ok(())
    }
}

fn keys(serve: &Serve) -> anyhow::Result<Option<Arc<Keys>>> {
    let (Some(cert), Some(key)) = (&serve.tls_cert, &serve.tls_key) else {
        return Ok(None);
    };
    if let Some(url) = &serve.public_url
        && !url.starts_with("https://")
    {
        anyhow::bail!(
            "--tls-cert を付けたときは、--public-url を https:// から書いてください: {url}"
        );
    }
    let (cert, key) = (cert.clone(), key.clone());
    let keys = Keys::open(Files { cert, key }, clock::now())?;
    Ok(Some(Arc::new(keys)))
}

fn address(scheme: &str, listening: SocketAddr) -> String {
    let host = match listening.ip() {
        ip if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V6(ip) => format!("[{ip}]"),
        ip => ip.to_string(),
    };
    format!("{scheme}://{host}:{}", listening.port())
}

/// How often the files are looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);

/// Reads the certificate anew every minute, and at SIGHUP at once. A failure is told and tried again: the former one
/// stays in use.
pub async fn renew_ever(keys: Option<Arc<Keys>>) -> Infallible {
    let Some(keys) = keys else {
        return std::future::pending().await;
    };
    let mut hang_up = signal(SignalKind::hangup())
        .inspect_err(|error| tracing::warn!(%error, "SIGHUP cannot be heard"))
        .ok();
    loop {
        let asked = async {
            match &mut hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::time::timeout(BETWEEN_LOOKS, asked).await.ok();
        match keys.renew(clock::now()) {
            Ok(true) => tracing::info!("another certificate is in use"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the certificate was not read anew"),
        }
    }
}
