//! A small provider of sign-in, made for a test: it does what a test says, right or wrong, and signs by a key of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::Duration;
use keniki_app::account::provider::{Answering, Request as Asked, Unreachable, Wire};
use keniki_base::clock::Clock;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;
use url::Url;

pub const CLIENT: &str = "keniki-client";
pub const SECRET: &str = "himitsu/no:aikotoba";

/// What is wrong with the next ID token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    Nothing,
    Nonce,
    NoNonce,
    Signature,
    OtherKey,
    NoSignature,
    SharedSecret,
    Audience,
    SecondAudience,
    Party,
    Issuer,
    JustExpired,
    Expired,
    NotYet,
    NoToken,
    NoSubject,
}

/// How it behaves.
#[derive(Debug, Clone)]
pub struct Conduct {
    /// Who sits at the browser.
    pub subject: String,
    pub amr: Vec<&'static str>,
    pub acr: Option<&'static str>,
    /// How long ago they proved who they are.
    pub proved_ago: Option<Duration>,
    /// How far its clock is from ours.
    pub clock_ahead: Duration,
    pub spoil: Spoil,
    /// It says that it is somebody else.
    pub calls_itself: Option<&'static str>,
    /// Where it says that its tokens are.
    pub token_endpoint: Option<&'static str>,
    /// Its reason to let nobody in.
    pub error: Option<&'static str>,
    pub is_down: bool,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            subject: "staff-0042".to_owned(),
            amr: vec!["pwd", "mfa"],
            acr: None,
            proved_ago: Some(Duration::zero()),
            clock_ahead: Duration::zero(),
            spoil: Spoil::Nothing,
            calls_itself: None,
            token_endpoint: None,
            error: None,
            is_down: false,
        }
    }
}

/// A code that was given out.
struct Given {
    challenge: String,
    nonce: String,
    redirect_uri: String,
}

pub struct Issuer {
    pub address: String,
    pub conduct: Mutex<Conduct>,
    clock: Arc<dyn Clock>,
    codes: Mutex<HashMap<String, Given>>,
    n_codes: Mutex<u32>,
}

impl Issuer {
    pub fn at(address: &str, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            address: address.to_owned(),
            conduct: Mutex::default(),
            clock,
            codes: Mutex::default(),
            n_codes: Mutex::default(),
        })
    }

    /// Behaves so from now on.
    pub fn be(&self, change: impl FnOnce(&mut Conduct)) {
        let mut conduct = Conduct::default();
        change(&mut conduct);
        *self.conduct.lock().unwrap() = conduct;
    }

    fn now(&self) -> Conduct {
        self.conduct.lock().unwrap().clone()
    }

    pub fn router(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/jwks", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(self.clone())
    }

    /// Sends a browser there, where its person signs in: the address to which it is sent back.
    pub async fn visit(self: &Arc<Self>, address: &str) -> Url {
        let path = address
            .strip_prefix(&self.address)
            .expect("its own address");
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.router().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        let location = answer.headers()[header::LOCATION].to_str().unwrap();
        Url::parse(location).unwrap()
    }

    fn id_token(&self, nonce: &str) -> String {
        let conduct = self.now();
        let (now, spoil) = (self.clock.now() + conduct.clock_ahead, conduct.spoil);
        let mut claims = json!({
            "iss": self.address,
            "sub": conduct.subject,
            "aud": CLIENT,
            "iat": now.timestamp(),
            "exp": (now + Duration::minutes(5)).timestamp(),
            "nonce": nonce,
            "amr": conduct.amr,
            "email": "hanako@example.jp",
            "email_verified": true,
        });
        if let Some(acr) = conduct.acr {
            claims["acr"] = acr.into();
        }
        if let Some(ago) = conduct.proved_ago {
            claims["auth_time"] = (now - ago).timestamp().into();
        }
        match spoil {
            Spoil::Nonce => claims["nonce"] = "another".into(),
            Spoil::NoNonce => drop(claims.as_object_mut().unwrap().remove("nonce")),
            Spoil::Audience => claims["aud"] = "another-client".into(),
            Spoil::SecondAudience => claims["aud"] = json!([CLIENT, "another-client"]),
            Spoil::Party => claims["azp"] = "another-client".into(),
            Spoil::Issuer => claims["iss"] = "https://evil.example".into(),
            Spoil::JustExpired => claims["exp"] = (now - Duration::seconds(55)).timestamp().into(),
            Spoil::Expired => claims["exp"] = (now - Duration::seconds(65)).timestamp().into(),
            Spoil::NotYet => claims["iat"] = (now + Duration::minutes(2)).timestamp().into(),
            Spoil::NoSubject => claims["sub"] = "".into(),
            Spoil::Nothing
            | Spoil::Signature
            | Spoil::OtherKey
            | Spoil::NoSignature
            | Spoil::SharedSecret
            | Spoil::NoToken => {}
        }
        sign(&claims, spoil)
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn coded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn sign(claims: &Value, spoil: Spoil) -> String {
    let algorithm = match spoil {
        Spoil::NoSignature => "none",
        Spoil::SharedSecret => "HS256",
        _ => "ES256",
    };
    let head = json!({"alg": algorithm, "typ": "JWT", "kid": "k1"}).to_string();
    let text = format!("{}.{}", coded(head), coded(claims.to_string()));
    let seed = if spoil == Spoil::OtherKey { 8 } else { 7 };
    let signature: Signature = key(seed).sign(text.as_bytes());
    let mut signature = signature.to_bytes().to_vec();
    match spoil {
        Spoil::Signature => signature[5] ^= 1,
        Spoil::NoSignature => signature.clear(),
        Spoil::SharedSecret => signature = hmac(SECRET.as_bytes(), text.as_bytes()),
        _ => {}
    }
    format!("{text}.{}", coded(signature))
}

/// HMAC-SHA-256 (RFC 2104), for a token signed by the secret that both sides know.
fn hmac(secret: &[u8], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| -> Vec<u8> {
        let byte = |at: usize| secret.get(at).copied().unwrap_or_default() ^ with;
        (0..64).map(byte).collect()
    };
    let inner = Sha256::digest([&pad(0x36)[..], text].concat());
    Sha256::digest([&pad(0x5c)[..], &inner[..]].concat()).to_vec()
}

async fn document(State(issuer): State<Arc<Issuer>>) -> Response {
    let (own, conduct) = (&issuer.address, issuer.now());
    let token = format!("{own}/token");
    let document = json!({
        "issuer": conduct.calls_itself.unwrap_or(own),
        "authorization_endpoint": format!("{own}/authorize"),
        "token_endpoint": conduct.token_endpoint.unwrap_or(&token),
        "jwks_uri": format!("{own}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    });
    match conduct.is_down {
        true => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        false => Json(document).into_response(),
    }
}

async fn keys() -> Json<Value> {
    let point = key(7).verifying_key().to_sec1_bytes();
    Json(json!({"keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1",
        "x": coded(&point[1..33]), "y": coded(&point[33..65]),
    }]}))
}

async fn authorize(
    State(issuer): State<Arc<Issuer>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Redirect {
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["client_id"], CLIENT);
    assert_eq!(asked["scope"], "openid");
    assert_eq!(asked["code_challenge_method"], "S256");
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    let mut pairs = back.query_pairs_mut();
    match issuer.now().error {
        Some(error) => pairs.append_pair("error", error),
        None => {
            let mut n = issuer.n_codes.lock().unwrap();
            *n += 1;
            let code = format!("code-{n}");
            let given = Given {
                challenge: asked["code_challenge"].clone(),
                nonce: asked["nonce"].clone(),
                redirect_uri: asked["redirect_uri"].clone(),
            };
            issuer.codes.lock().unwrap().insert(code.clone(), given);
            pairs.append_pair("code", &code)
        }
    };
    pairs.append_pair("state", &asked["state"]);
    pairs.append_pair("iss", &issuer.address);
    drop(pairs);
    Redirect::to(back.as_str())
}

async fn token(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    let refused =
        |why: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": why}))).into_response();
    let pair = format!("{CLIENT}:himitsu%2Fno%3Aaikotoba");
    let basic = format!("Basic {}", BASE64_STANDARD.encode(pair));
    if headers[header::AUTHORIZATION].to_str().unwrap() != basic {
        return refused("invalid_client");
    }
    let given = issuer.codes.lock().unwrap().remove(&asked["code"]);
    let Some(given) = given else {
        return refused("invalid_grant");
    };
    let challenge = coded(Sha256::digest(asked["code_verifier"].as_bytes()));
    if challenge != given.challenge || asked["redirect_uri"] != given.redirect_uri {
        return refused("invalid_grant");
    }
    let mut answer = json!({"access_token": "unused", "token_type": "Bearer"});
    if issuer.now().spoil != Spoil::NoToken {
        answer["id_token"] = issuer.id_token(&given.nonce).into();
    }
    Json(answer).into_response()
}

/// A wire that leads to this provider without a network.
pub struct Inside(pub Arc<Issuer>);

impl Wire for Inside {
    fn ask(&self, asked: Asked) -> Answering<'_> {
        Box::pin(async move {
            let address = asked.uri().to_string();
            assert!(address.starts_with(&self.0.address), "{address}");
            let answer = self.0.router().oneshot(asked.map(Body::from)).await;
            let (head, body) = answer.map_err(|_| Unreachable)?.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await;
            let body = body.map_err(|_| Unreachable)?.to_vec();
            Ok(axum::http::Response::from_parts(head, body))
        })
    }
}
