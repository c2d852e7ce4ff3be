//! What is done here, with the codes of the audit log: what everybody may do with their own account, and how deeds are declared.

/// Declares deeds with their codes and what they are called.
macro_rules! deeds {
    ($(#[$doc:meta])* $deed:ident $($name:ident = $code:literal, $words:literal;)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
        pub enum $deed {
            $(#[doc = $words] #[serde(rename = $code)] $name,)*
        }

        impl $deed {
            /// Every one, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As the audit log has it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// For people.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}
pub(super) use deeds;

deeds! {
    /// What people do with their own account; no policy is asked.
    OwnDeed
    SignIn = "session.begin", "サインインする";
    FailSignIn = "session.fail", "サインインに失敗する";
    Confirm = "session.confirm", "本人であることを確かめ直す";
    ChooseDesk = "session.choose_desk", "所属と役割を切り替える";
    SignOut = "session.end", "サインアウトする";
    TakeInvitation = "account.take_invitation", "招待を受けてアカウントをつくる";
    TakePasswordLink = "account.take_password_link", "リンクでパスワードを決め直す";
    TakeFactorLink = "account.take_factor_link", "リンクで二つめの確認を登録し直す";
    PutLastDay = "account.put_last_day", "役割の終わりの日を決める";
    AskPassword = "account.ask_password", "パスワードを決め直すリンクを頼む";
    SetPassword = "account.set_password", "パスワードを決める";
    AddFactor = "factor.add", "二つめの確認方法を加える";
    RemoveFactor = "factor.remove", "二つめの確認方法を外す";
    LinkProvider = "provider.link", "所属先のサインインを結び付ける";
    UnlinkProvider = "provider.unlink", "所属先のサインインを外す";
    MakeRecoveryCodes = "factor.recovery_codes", "予備の番号をつくり直す";
}

/// What a code of the audit log is called.
#[must_use]
pub fn words(code: &str) -> Option<&'static str> {
    let guarded = super::policy::Deed::ALL
        .iter()
        .find(|deed| deed.code() == code);
    let own = OwnDeed::ALL.iter().find(|deed| deed.code() == code);
    guarded
        .map(|deed| deed.words())
        .or_else(|| own.map(|deed| deed.words()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::account::policy::Deed;

    #[test]
    fn every_deed_has_a_code_of_its_own_and_words() {
        let guarded = Deed::ALL.iter().map(|deed| deed.code());
        let own = OwnDeed::ALL.iter().map(|deed| deed.code());
        let codes: Vec<&str> = guarded.chain(own).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        assert!(codes.iter().all(|code| words(code).is_some()));
        assert_eq!(words("none"), None);
    }
}
