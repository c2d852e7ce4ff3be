//! The protocol itself (OpenID Connect Core 1.0, RFC 7636): where to send a browser, and what its code is worth.
//!
//! The provider's document and keys are read anew each time, so that a changed key counts at once.

use chrono::{DateTime, Duration, Utc};
use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod,
    CoreErrorResponseType, CoreIdTokenClaims, CoreJwsSigningAlgorithm as Algorithm,
    CoreProviderMetadata,
};
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, DiscoveryError, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, TokenResponse,
};

use super::wire::{Guarded, Unreachable, may_ask};
use super::{Mfa, Provider, Road};

/// How far the provider's clock may be from ours.
const SKEW: Duration = Duration::seconds(60);

/// How long a subject is at most (OpenID Connect Core 1.0, 2).
const SUBJECT_LONGEST: usize = 255;

/// Signatures that are believed: by a key that only the provider has.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What is wrong with what a provider answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No connection, too slow, too long, or an error of its own.
    #[error(
        "そのサーバーにつながらないか、サーバーが答えません。しばらくしてから、もう一度お試しください。"
    )]
    Unreachable,
    /// It calls itself otherwise than it was registered.
    #[error(
        "つながったサーバーの名乗る発行元（issuer）が、登録と違います。システムの運用者に知らせてください。"
    )]
    OtherIssuer,
    /// Its document or answer is none, or leads where it must not.
    #[error(
        "サーバーの答えを読み取れないか、答えに書かれたアドレスが使えません。システムの運用者に知らせてください。"
    )]
    Unreadable,
    /// This site's own name or secret is refused.
    #[error(
        "この仕組みの登録（クライアントIDか秘密）が、サーバーに断られました。システムの運用者に知らせてください。"
    )]
    ClientRefused,
    /// The code was used, is old, or is another's.
    #[error(
        "サインインの引換えの番号が、もう使えません。サインインのページから、もう一度はじめてください。"
    )]
    CodeRefused,
    /// The signature is not by the provider's key, or by a way that is not believed.
    #[error("届いた証明の署名が、正しくありません。システムの運用者に知らせてください。")]
    Forged,
    /// It was made for another site.
    #[error(
        "届いた証明が、この仕組みにあてたものではありません。システムの運用者に知らせてください。"
    )]
    OtherAudience,
    /// It was made for another sign-in.
    #[error(
        "届いた証明が、このサインインのために出されたものではありません。サインインのページから、もう一度はじめてください。"
    )]
    WrongNonce,
    /// It is old, or of a time to come.
    #[error(
        "届いた証明の期限が過ぎているか、時刻が合いません。もう一度はじめてください。続くときは、システムの運用者に知らせてください。"
    )]
    WrongTime,
}

/// A question that goes along with a browser.
pub(super) struct Question<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    pub code_verifier: &'a str,
    /// Whether the person must prove anew who they are.
    pub is_again: bool,
}

/// What goes to the provider for a code.
pub(super) struct Kept<'a> {
    pub code: &'a str,
    pub nonce: &'a str,
    pub code_verifier: &'a str,
    pub asked_at: DateTime<Utc>,
}

/// Whom the provider names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// The provider's own name of them.
    pub subject: String,
    /// Whether a second factor was asked there.
    pub has_second_factor: bool,
    /// Whether they proved anew who they are since the question went out.
    pub is_fresh: bool,
}

/// Reads the provider's document and keys.
pub(super) async fn discover(road: Road<'_>, issuer: &str) -> Result<CoreProviderMetadata, Fault> {
    let wire = Guarded {
        wire: road.wire,
        issuer,
    };
    let url = IssuerUrl::new(issuer.to_owned()).map_err(|_| Fault::Unreadable)?;
    let read = CoreProviderMetadata::discover_async(url, &wire).await;
    let metadata = read.map_err(|error| match error {
        DiscoveryError::Request(_) | DiscoveryError::Response(..) => Fault::Unreachable,
        DiscoveryError::Validation(_) => Fault::OtherIssuer,
        _ => Fault::Unreadable,
    })?;
    let ways = [
        Some(metadata.authorization_endpoint().as_str()),
        metadata.token_endpoint().map(|url| url.as_str()),
    ];
    match ways
        .iter()
        .all(|way| way.is_some_and(|way| may_ask(issuer, way)))
    {
        true => Ok(metadata),
        false => Err(Fault::Unreadable),
    }
}

/// Where to send the browser.
pub(super) async fn address(
    road: Road<'_>,
    provider: &Provider,
    question: Question<'_>,
) -> Result<String, Fault> {
    let metadata = discover(road, &provider.issuer).await?;
    let client_id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, client_id, None)
        .set_redirect_uri(redirect(road, provider)?);
    let verifier = PkceCodeVerifier::new(question.code_verifier.to_owned());
    let (state, nonce) = (question.state.to_owned(), question.nonce.to_owned());
    let mut request = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new(state),
            || Nonce::new(nonce),
        )
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
    if question.is_again {
        request = request
            .add_prompt(CoreAuthPrompt::Login)
            .set_max_age(std::time::Duration::ZERO);
    }
    if let Some(Mfa::Class(class)) = &provider.mfa {
        request = request.add_auth_context_value(AuthenticationContextClass::new(class.clone()));
    }
    let (url, _, _) = request.url();
    Ok(url.into())
}

/// Takes a code to the provider and checks the ID token that comes for it.
pub(super) async fn redeem(
    road: Road<'_>,
    provider: &Provider,
    kept: Kept<'_>,
    now: DateTime<Utc>,
) -> Result<Named, Fault> {
    let wire = Guarded {
        wire: road.wire,
        issuer: &provider.issuer,
    };
    let metadata = discover(road, &provider.issuer).await?;
    let way = way_to_prove(&metadata);
    let secret = ClientSecret::new(provider.client_secret.clone());
    let client_id = ClientId::new(provider.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata, client_id, Some(secret))
        .set_redirect_uri(redirect(road, provider)?)
        .set_auth_type(way);
    let request = client
        .exchange_code(AuthorizationCode::new(kept.code.to_owned()))
        .map_err(|_| Fault::Unreadable)?
        .set_pkce_verifier(PkceCodeVerifier::new(kept.code_verifier.to_owned()));
    let answer = request.request_async(&wire).await.map_err(|error| {
        // What the provider says may name the person: only the kind of trouble goes on.
        match error {
            RequestTokenError::Request(Unreachable) => Fault::Unreachable,
            RequestTokenError::ServerResponse(said) => match said.error() {
                CoreErrorResponseType::InvalidGrant => Fault::CodeRefused,
                CoreErrorResponseType::InvalidClient
                | CoreErrorResponseType::UnauthorizedClient => Fault::ClientRefused,
                _ => Fault::Unreadable,
            },
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Fault::Unreadable,
        }
    })?;
    let earliest = kept.asked_at - SKEW;
    let is_now = move |at: DateTime<Utc>| at >= earliest && at <= now + SKEW;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now - SKEW)
        .set_issue_time_verifier_fn(move |at| match is_now(at) {
            true => Ok(()),
            false => Err("made at another time".to_owned()),
        });
    let token = answer.id_token().ok_or(Fault::Unreadable)?;
    let claims = token
        .claims(&verifier, &Nonce::new(kept.nonce.to_owned()))
        .map_err(|error| fault(&error))?;
    let party = claims.authorized_party();
    if party.is_some_and(|party| **party != provider.client_id) {
        return Err(Fault::OtherAudience);
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > SUBJECT_LONGEST {
        return Err(Fault::Unreadable);
    }
    Ok(Named {
        subject: subject.to_owned(),
        has_second_factor: has_second_factor(provider, claims),
        is_fresh: claims.auth_time().is_some_and(is_now),
    })
}

fn redirect(road: Road<'_>, provider: &Provider) -> Result<RedirectUrl, Fault> {
    let url = Provider::callback(provider.id, road.public_url);
    RedirectUrl::new(url).map_err(|_| Fault::Unreadable)
}

/// How this site proves itself: in the header, unless the provider takes its secret in the body alone.
fn way_to_prove(metadata: &CoreProviderMetadata) -> AuthType {
    let takes = |way: CoreClientAuthMethod| {
        let ways = metadata.token_endpoint_auth_methods_supported();
        ways.is_some_and(|ways| ways.contains(&way))
    };
    match !takes(CoreClientAuthMethod::ClientSecretBasic)
        && takes(CoreClientAuthMethod::ClientSecretPost)
    {
        true => AuthType::RequestBody,
        false => AuthType::BasicAuth,
    }
}

fn has_second_factor(provider: &Provider, claims: &CoreIdTokenClaims) -> bool {
    match &provider.mfa {
        None => false,
        Some(Mfa::Class(class)) => claims.auth_context_ref().is_some_and(|it| **it == *class),
        Some(Mfa::Method(method)) => {
            let methods = claims.auth_method_refs();
            methods.is_some_and(|them| them.iter().any(|it| **it == *method))
        }
    }
}

fn fault(error: &ClaimsVerificationError) -> Fault {
    match error {
        ClaimsVerificationError::Expired(_) => Fault::WrongTime,
        ClaimsVerificationError::InvalidAudience(_) => Fault::OtherAudience,
        ClaimsVerificationError::InvalidIssuer(_) => Fault::OtherIssuer,
        ClaimsVerificationError::InvalidNonce(_) => Fault::WrongNonce,
        ClaimsVerificationError::SignatureVerification(_) => Fault::Forged,
        _ => Fault::Unreadable,
    }
}
