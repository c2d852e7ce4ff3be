//! Who asks: the session of a request's cookie, on whose behalf its actions run, and what only somebody signed in gets.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use keniki_app::account::By;
use keniki_app::account::policy::{Deed, Object};
use keniki_app::account::secret::Token;
use keniki_app::account::session::{self, Browser, Session};
use keniki_app::account::stage::Stage;
use keniki_app::database::DbErr;

use crate::envelope::RequestId;
use crate::error::Problem;
use crate::state::State;

/// Whoever asks, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Their session, at whichever stage.
    pub session: Option<Arc<Session>>,
    /// On whose behalf actions run, and how far that reaches.
    pub by: By,
    agent: Option<String>,
}

impl Visitor {
    /// Whoever sent this request.
    pub(crate) async fn meet(state: &State, parts: &Parts) -> Result<Self, DbErr> {
        let origin = origin(state, parts);
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.and_then(|it| it.to_str().ok()).map(str::to_owned);
        let session = match token(state, &parts.headers) {
            Some(token) => {
                let rule = state.definitions.sign_in();
                session::find(&state.db, rule, token, state.clock.now()).await?
            }
            None => None,
        };
        let by = match session.as_ref().filter(|it| it.stage == Stage::Full) {
            Some(session) => match &session.desk {
                Some(desk) => By::actor(&desk.actor, state.definitions.policy(), origin),
                None => By::nobody(origin, None).known_as(session.account),
            },
            None => By::nobody(origin, None),
        };
        Ok(Self {
            session: session.map(Arc::new),
            by: by.in_request(request),
            agent,
        })
    }

    /// The session, where they are signed in altogether.
    #[must_use]
    pub fn signed_in(&self) -> Option<&Session> {
        self.session
            .as_deref()
            .filter(|session| session.stage == Stage::Full)
    }

    /// From where they come.
    #[must_use]
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            origin: &self.by.origin,
            agent: self.agent.as_deref(),
            session: self.session.as_ref().map(|session| session.id),
        }
    }

    /// Goes on only where they may do `deed` with `object`.
    ///
    /// # Errors
    /// [`Problem::Refused`], which is logged and looks like an address that leads nowhere.
    pub fn authorize(&self, deed: Deed, object: &Object) -> Result<(), Problem> {
        Ok(self.by.authorize(deed, object)?)
    }

    /// Goes on only where they may do `deed` with something: what stands before a page of a list.
    ///
    /// # Errors
    /// As [`Visitor::authorize`].
    pub fn ever_may(&self, deed: Deed) -> Result<(), Problem> {
        match self.by.ever_may(deed) {
            true => Ok(()),
            false => self.authorize(deed, &Object::default()),
        }
    }
}

impl FromRequestParts<Arc<State>> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        if let Some(met) = parts.extensions.get::<Self>() {
            return Ok(met.clone());
        }
        Ok(Self::meet(state, parts).await?)
    }
}

/// Somebody signed in. Whoever is not is led to the page where they are.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who asks.
    pub visitor: Visitor,
    /// Their session.
    pub session: Arc<Session>,
}

impl FromRequestParts<Arc<State>> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let visitor = <Visitor as FromRequestParts<_>>::from_request_parts(parts, state).await?;
        match &visitor.session {
            Some(session) if session.stage == Stage::Full => Ok(Self {
                session: session.clone(),
                visitor,
            }),
            other => Err(Problem::SignIn {
                stage: other.as_ref().map(|session| session.stage),
                next: next(parts),
            }),
        }
    }
}

/// Somebody signed in who proved a short while ago who they are: for what matters most.
#[derive(Debug, Clone)]
pub struct Confirmed(pub SignedIn);

impl FromRequestParts<Arc<State>> for Confirmed {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<State>,
    ) -> Result<Self, Self::Rejection> {
        let signed_in = <SignedIn as FromRequestParts<_>>::from_request_parts(parts, state).await?;
        let (rule, now) = (state.definitions.sign_in(), state.clock.now());
        match signed_in.session.is_confirmed(rule, now) {
            true => Ok(Self(signed_in)),
            false => Err(Problem::Confirm { next: next(parts) }),
        }
    }
}

/// Where to go on afterwards: this address, or the page that a form was on.
fn next(parts: &Parts) -> String {
    let own = || parts.uri.path_and_query().map(|it| it.as_str().to_owned());
    let form = || {
        let referer = parts.headers.get(header::REFERER)?.to_str().ok()?;
        let (_, rest) = referer.split_once("://")?;
        rest.find('/').map(|at| rest[at..].to_owned())
    };
    let next = if parts.method == Method::GET {
        own()
    } else {
        form()
    };
    next.filter(|next| is_own_path(next)).unwrap_or_default()
}

/// Whether an address lies on this site: what follows a sign-in must not lead elsewhere.
#[must_use]
pub fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && !path.starts_with("/sign-in")
}

/// The client's address: that of the connection, or what the proxy in front says where one is trusted.
pub(crate) fn address(state: &State, parts: &Parts) -> Option<IpAddr> {
    let peer = || {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0.ip())
    };
    let proxied = state.site.trusts_proxy.then(|| forwarded(&parts.headers));
    proxied.flatten().or_else(peer)
}

/// The last value of the last line is the proxy's own; all before it may be made up. What cannot be read is one client.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = last.to_str().unwrap_or_default();
    let last = last.rsplit(',').next()?.trim();
    let bare = last.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let with_port = || last.parse::<SocketAddr>().ok().map(|it| it.ip());
    let address = bare.unwrap_or(last).parse().ok().or_else(with_port);
    Some(address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

/// The same, as it is written down.
fn origin(state: &State, parts: &Parts) -> String {
    address(state, parts).map_or_else(|| "unknown".to_owned(), |it| it.to_string())
}

/// The name of the session's cookie. `__Host-` binds it to this host and to TLS.
fn cookie_name(state: &State) -> &'static str {
    match state.is_over_tls() {
        true => "__Host-keniki",
        false => "keniki",
    }
}

/// The name of the cookie of whoever is on the way to a provider.
fn visit_name(state: &State) -> &'static str {
    match state.is_over_tls() {
        true => "__Host-keniki-visit",
        false => "keniki-visit",
    }
}

fn token<'a>(state: &State, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(cookie_name(state), headers)
}

/// What a browser that comes back from a provider was given when it left.
pub(crate) fn visit_token<'a>(state: &State, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie(visit_name(state), headers)
}

fn cookie<'a>(name: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let pairs = cookies.filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split("; "));
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// An answer that gives the browser a session's token.
pub(crate) fn with_token(state: &State, token: &Token, answer: impl IntoResponse) -> Response {
    with_cookie(state, (cookie_name(state), token.as_str()), "", answer)
}

/// An answer that gives the browser what it brings back from a provider; it goes with the session of the browser.
pub(crate) fn with_visit(state: &State, token: &Token, answer: impl IntoResponse) -> Response {
    with_cookie(state, (visit_name(state), token.as_str()), "", answer)
}

/// An answer that takes it back.
pub(crate) fn without_visit(state: &State, answer: impl IntoResponse) -> Response {
    with_cookie(state, (visit_name(state), ""), "; Max-Age=0", answer)
}

/// An answer that takes the token from the browser.
pub(crate) fn without_token(state: &State, answer: impl IntoResponse) -> Response {
    with_cookie(state, (cookie_name(state), ""), "; Max-Age=0", answer)
}

fn with_cookie(
    state: &State,
    (name, value): (&str, &str),
    end: &str,
    answer: impl IntoResponse,
) -> Response {
    let secure = if state.is_over_tls() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}");
    let mut response = answer.into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_s_word_is_the_last_one_with_or_without_a_port() {
        for (lines, address) in [
            (&["9.9.9.9, 192.0.2.7"][..], Some("192.0.2.7")),
            (&["192.0.2.7", "192.0.2.8:4711"], Some("192.0.2.8")),
            (&["[2001:db8::1]:443"], Some("2001:db8::1")),
            (&["2001:db8::1"], Some("2001:db8::1")),
            (&["[2001:db8::1]"], Some("2001:db8::1")),
            (&["192.0.2.7, unknown"], Some("0.0.0.0")),
            (&[""], Some("0.0.0.0")),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let expected = address.map(|address| address.parse().unwrap());
            assert_eq!(forwarded(&headers), expected, "{lines:?}");
        }
    }

    #[test]
    fn what_follows_a_sign_in_stays_on_this_site() {
        for own in ["/", "/work", "/services?q=a&page=2"] {
            assert!(is_own_path(own), "{own}");
        }
        for other in [
            "",
            "https://example.com/",
            "//example.com",
            "/\\example.com",
            "/a\r\nSet-Cookie: x",
            "/sign-in?next=/sign-in",
        ] {
            assert!(!is_own_path(other), "{other}");
        }
    }
}
