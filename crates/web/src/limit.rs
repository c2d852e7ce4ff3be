//! How much one client may ask for: who is signed in is counted by session, everybody else by address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State as FromState};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use keniki_app::definition::limit::{LimitRule, Rate};
use keniki_base::id::SessionId;

use crate::api::Refusal;
use crate::state::State;
use crate::visitor::{self, Visitor};

/// Clients that are counted at a time: a few megabytes.
const MOST: usize = 100_000;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Page,
    Export,
    Upload,
    Api,
}

impl Kind {
    /// None: whether the server is well may be asked without end.
    fn of(parts: &Parts) -> Option<Self> {
        let path = parts.uri.path();
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let has_file = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
        match path {
            "/healthz" => None,
            _ if path.starts_with("/api/") => Some(Self::Api),
            _ if has_file => Some(Self::Upload),
            _ if [".csv", ".xlsx", ".pdf"]
                .iter()
                .any(|end| path.ends_with(end)) =>
            {
                Some(Self::Export)
            }
            _ => Some(Self::Page),
        }
    }

    fn rate(self, rule: &LimitRule) -> Rate {
        match self {
            Self::Page => rule.page,
            Self::Export => rule.export,
            Self::Upload => rule.upload,
            Self::Api => rule.api,
        }
    }
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Client {
    /// An office of two hundred people has one address, and two hundred sessions.
    Session(SessionId),
    Network(IpAddr),
}

impl Client {
    /// None: this machine itself.
    fn of(state: &State, parts: &Parts, visitor: Option<&Visitor>) -> Option<Self> {
        let address = visitor::address(state, parts)?.to_canonical();
        if address.is_loopback() {
            return None;
        }
        let session = visitor.and_then(Visitor::signed_in);
        Some(session.map_or_else(
            || Self::Network(network(address)),
            |it| Self::Session(it.id),
        ))
    }
}

/// Of IPv6 a subscriber has a whole /64 (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Until when each client has used up what it may.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<HashMap<(Kind, Client), DateTime<Utc>>>);

impl Counts {
    /// Counts one request, or says how long to wait: virtual scheduling as in ITU-T I.371.
    fn take(&self, who: (Kind, Client), rate: Rate, now: DateTime<Utc>) -> Result<(), Duration> {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= MOST {
            forget(&mut used, now);
        }
        let latest = now + rate.room();
        // What ends later than it can was written before the clock was set back.
        let until = used.get(&who).filter(|until| **until <= latest);
        let until = until.map_or(now, |until| now.max(*until)) + rate.step();
        if until > latest {
            return Err(until - latest);
        }
        used.insert(who, until);
        Ok(())
    }
}

/// Drops who has not asked for a while; everybody, where that is not enough: memory must not run out.
fn forget(used: &mut HashMap<(Kind, Client), DateTime<Utc>>, now: DateTime<Utc>) {
    used.retain(|_, until| *until > now);
    if used.len() > MOST / 2 {
        used.clear();
    }
}

/// How many seconds whoever sent this has to wait; none: they are let in, and counted.
pub(crate) fn seconds_to_wait(
    state: &State,
    parts: &Parts,
    visitor: Option<&Visitor>,
) -> Option<u64> {
    let kind = Kind::of(parts)?;
    let client = Client::of(state, parts, visitor)?;
    let rate = kind.rate(state.definitions.limits());
    let taken = state.counts.take((kind, client), rate, state.clock.now());
    let wait = taken.err()?;
    Some(u64::try_from(wait.num_milliseconds()).map_or(1, |it| it.div_ceil(1000).max(1)))
}

/// An answer that says when to come again.
pub(crate) fn with_wait(seconds: u64, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Around the API.
pub(crate) async fn hold(
    FromState(state): FromState<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    match seconds_to_wait(&state, &parts, None) {
        Some(seconds) => Refusal::TooMany { seconds }.into_response(),
        None => next.run(Request::from_parts(parts, body)).await,
    }
}

#[cfg(test)]
mod tests {
    use keniki_app::definition::Definitions;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn client(address: &str) -> (Kind, Client) {
        let address = address.parse().unwrap();
        (Kind::Page, Client::Network(network(address)))
    }

    fn rate() -> Rate {
        Definitions::load(None).unwrap().limits().upload
    }

    /// How many requests get in at `now`.
    fn let_in(counts: &Counts, who: (Kind, Client), now: DateTime<Utc>) -> usize {
        let rate = rate();
        let taken = (0..1000).map(|_| counts.take(who, rate, now));
        taken.take_while(Result::is_ok).count()
    }

    #[test]
    fn a_burst_gets_in_and_then_so_many_a_minute() {
        let (counts, who) = (Counts::default(), client("192.0.2.1"));
        let now = at("2026-11-24T01:00:00Z");
        assert_eq!(let_in(&counts, who, now), 20);
        assert_eq!(
            counts.take(who, rate(), now),
            Err(Duration::seconds(6)),
            "ten a minute"
        );
        assert_eq!(let_in(&counts, client("192.0.2.2"), now), 20, "another one");
        assert_eq!(let_in(&counts, who, now + Duration::seconds(60)), 10);
        assert_eq!(let_in(&counts, who, now + Duration::hours(1)), 20);
    }

    #[test]
    fn who_is_refused_loses_nothing_by_asking() {
        let (counts, who) = (Counts::default(), client("192.0.2.1"));
        let now = at("2026-11-24T01:00:00Z");
        let_in(&counts, who, now);
        let rate = rate();
        for _ in 0..1000 {
            assert!(counts.take(who, rate, now).is_err());
        }
        assert_eq!(let_in(&counts, who, now + Duration::seconds(6)), 1);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let (counts, who) = (Counts::default(), client("192.0.2.1"));
        let now = at("2026-11-24T01:00:00Z");
        let_in(&counts, who, now);
        assert_eq!(let_in(&counts, who, now - Duration::hours(1)), 20);
    }

    #[test]
    fn of_ipv6_a_whole_network_is_one_client() {
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:ffff::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }

    #[test]
    fn memory_does_not_grow_with_those_who_ask() {
        let (counts, now) = (Counts::default(), at("2026-11-24T01:00:00Z"));
        let rate = rate();
        for n in 0..u32::try_from(MOST).unwrap() + 10 {
            let address = IpAddr::from(n.to_be_bytes());
            let who = (Kind::Page, Client::Network(address));
            counts.take(who, rate, now).unwrap();
        }
        assert!(counts.0.lock().unwrap().len() <= MOST);
    }
}
