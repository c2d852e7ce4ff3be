//! Passkeys and security keys (WebAuthn level 3): asked for, checked, kept. The key verifies its owner (PIN, finger).

use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    CreationChallengeResponse, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, RequestChallengeResponse, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use keniki_base::id::AccountId;

/// Why a key was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WrongKey {
    /// This site's address is no name that a key could be bound to.
    #[error(
        "このアドレス（{0}）ではパスキーを使えません。サイトの名前を --public-url https://… で指定してください。確認アプリの6桁の番号は使えます。"
    )]
    NoName(String),
    /// What the browser sent does not prove the key, or answers another question.
    #[error("パスキーを確かめられませんでした。もう一度はじめからお試しください。")]
    NotProved,
}

impl From<WebauthnError> for WrongKey {
    fn from(_: WebauthnError) -> Self {
        Self::NotProved
    }
}

impl From<serde_json::Error> for WrongKey {
    fn from(_: serde_json::Error) -> Self {
        Self::NotProved
    }
}

/// This site, as keys know it.
#[derive(Debug, Clone)]
pub struct KeySite(Webauthn);

/// What the browser is asked, and what must be kept to check its answer; both JSON.
#[derive(Debug)]
pub struct Question {
    /// For `navigator.credentials`.
    pub asked: String,
    /// For [`KeySite::registered`] or [`KeySite::proved`].
    pub kept: String,
}

/// A key that was proved.
#[derive(Debug)]
pub struct Proved {
    /// Which.
    pub credential_id: String,
    /// The key as it is to be kept from now on.
    pub credential: String,
}

impl KeySite {
    /// The site under its public address.
    pub fn at(public_url: &str) -> Result<Self, WrongKey> {
        let no_name = || WrongKey::NoName(public_url.to_owned());
        let url = Url::parse(public_url).map_err(|_| no_name())?;
        let host = url.domain().ok_or_else(no_name)?;
        let site = WebauthnBuilder::new(host, &url).and_then(|it| it.rp_name("Keniki").build());
        site.map(Self).map_err(|_| no_name())
    }

    /// Asks a browser for a new key of `account`, none of those it has already.
    pub fn ask_new(
        &self,
        account: AccountId,
        login: &str,
        name: &str,
        has: &[String],
    ) -> Result<Question, WrongKey> {
        let has = keys(has)?.iter().map(|key| key.cred_id().clone()).collect();
        let id = Uuid::from_u128(account.get().unsigned_abs().into());
        let (asked, kept): (CreationChallengeResponse, PasskeyRegistration) = self
            .0
            .start_passkey_registration(id, login, name, Some(has))?;
        question(&asked, &kept)
    }

    /// The new key, where the browser's answer proves it.
    pub fn registered(&self, kept: &str, answer: &str) -> Result<Proved, WrongKey> {
        let kept: PasskeyRegistration = serde_json::from_str(kept)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        proved(&self.0.finish_passkey_registration(&answer, &kept)?)
    }

    /// Asks a browser for one of these keys.
    pub fn ask(&self, has: &[String]) -> Result<Question, WrongKey> {
        let (asked, kept): (RequestChallengeResponse, PasskeyAuthentication) =
            self.0.start_passkey_authentication(&keys(has)?)?;
        question(&asked, &kept)
    }

    /// Which of the keys answered; its counter goes on, so that a copy of it is found out.
    pub fn proved(&self, kept: &str, answer: &str, has: &[String]) -> Result<Proved, WrongKey> {
        let kept: PasskeyAuthentication = serde_json::from_str(kept)?;
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let found = self.0.finish_passkey_authentication(&answer, &kept)?;
        let mut keys = keys(has)?;
        let key = keys.iter_mut().find(|key| key.cred_id() == found.cred_id());
        let key = key.ok_or(WrongKey::NotProved)?;
        key.update_credential(&found);
        proved(key)
    }
}

fn keys(has: &[String]) -> Result<Vec<Passkey>, WrongKey> {
    let read = has.iter().map(|key| serde_json::from_str(key));
    Ok(read.collect::<Result<_, _>>()?)
}

fn question(
    asked: &impl serde::Serialize,
    kept: &impl serde::Serialize,
) -> Result<Question, WrongKey> {
    Ok(Question {
        asked: serde_json::to_string(asked)?,
        kept: serde_json::to_string(kept)?,
    })
}

fn proved(key: &Passkey) -> Result<Proved, WrongKey> {
    let id: &[u8] = key.cred_id().as_ref();
    Ok(Proved {
        credential_id: crate::digest::hex_of(id),
        credential: serde_json::to_string(key)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_bound_to_a_name_never_to_a_number() {
        assert!(KeySite::at("https://keniki.example.jp").is_ok());
        assert!(KeySite::at("http://localhost:8080").is_ok());
        for number in ["http://192.0.2.1:8080", "http://[::1]:8080", "keniki"] {
            let wrong = KeySite::at(number).unwrap_err();
            assert!(wrong.to_string().contains(number), "{wrong}");
        }
    }

    #[test]
    fn a_question_is_asked_for_this_site_and_made_up_answers_prove_nothing() {
        let site = KeySite::at("https://keniki.example.jp").unwrap();
        let question = site
            .ask_new(AccountId::new(7), "a@example.jp", "汐見 花子", &[])
            .unwrap();
        assert!(question.asked.contains(r#""id":"keniki.example.jp""#));
        assert!(question.asked.contains(r#""userVerification":"required""#));
        for answer in ["", "{}", r#"{"id":"x","rawId":"eA","type":"public-key"}"#] {
            assert!(site.registered(&question.kept, answer).is_err(), "{answer}");
        }
    }
}
