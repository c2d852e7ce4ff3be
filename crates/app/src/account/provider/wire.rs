//! How the program itself asks a provider: the trait that `cli` fills, and which addresses may be asked at all.

use std::pin::Pin;

use openidconnect::AsyncHttpClient;
use url::{Host, Url};

/// What is asked, with its whole body.
pub type Request = openidconnect::HttpRequest;

/// What came back, with its whole body.
pub type Response = openidconnect::HttpResponse;

/// Nothing came back: no connection, too late, or too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer that could be used")]
pub struct Unreachable;

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Response, Unreachable>> + Send + 'a>>;

/// Asks one question over the network: follows no redirect, waits and reads no longer than is sensible.
pub trait Wire: Send + Sync {
    /// Asks.
    fn ask(&self, request: Request) -> Answering<'_>;
}

/// No network: nobody can be asked.
#[derive(Debug, Clone, Copy)]
pub struct NoWire;

impl Wire for NoWire {
    fn ask(&self, _: Request) -> Answering<'_> {
        Box::pin(async { Err(Unreachable) })
    }
}

/// A wire that carries nothing in the clear but to this machine itself, and there only for a provider on it.
pub(super) struct Guarded<'a> {
    pub wire: &'a dyn Wire,
    pub issuer: &'a str,
}

impl<'c> AsyncHttpClient<'c> for Guarded<'_> {
    type Error = Unreachable;
    type Future = Answering<'c>;

    fn call(&'c self, request: Request) -> Self::Future {
        match may_ask(self.issuer, &request.uri().to_string()) {
            true => self.wire.ask(request),
            false => Box::pin(async { Err(Unreachable) }),
        }
    }
}

/// Whether a provider may send the program, or a browser, to an address: over TLS, or to itself on this machine.
pub(super) fn may_ask(issuer: &str, address: &str) -> bool {
    is_safe(address) && (!is_local(address) || is_local(issuer))
}

/// Whether something is an issuer that may be registered: https, or this machine itself for a trial.
pub(super) fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    is_safe(text) && url.query().is_none() && url.fragment().is_none()
}

fn is_safe(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let is_scheme = match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_local(address),
        _ => false,
    };
    is_scheme && url.username().is_empty() && url.password().is_none()
}

fn is_local(address: &str) -> bool {
    let url = Url::parse(address).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_over_tls_or_is_this_machine() {
        for good in [
            "https://login.example.lg.jp/realms/mihon",
            "http://127.0.0.1:8081",
            "http://localhost:8081/realms/a",
            "http://[::1]:8081",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for wrong in [
            "",
            "login.example.lg.jp",
            "http://login.example.lg.jp",
            "http://localhost.example.jp",
            "http://10.0.0.1",
            "https://user:word@example.jp",
            "https://example.jp/?a=b",
            "https://example.jp/#a",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert!(!is_issuer(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_provider_elsewhere_sends_nobody_to_this_machine_or_into_the_clear() {
        let issuer = "https://login.example.lg.jp";
        assert!(may_ask(issuer, "https://keys.example.com/jwks"));
        for wrong in [
            "http://keys.example.com/jwks",
            "http://127.0.0.1/jwks",
            "https://127.0.0.1/jwks",
            "https://localhost/jwks",
        ] {
            assert!(!may_ask(issuer, wrong), "{wrong}");
        }
        assert!(may_ask("http://127.0.0.1:1", "http://127.0.0.1:1/jwks"));
    }
}
