//! The letters about accounts: a link, until when it is good, and nothing else.

use chrono::{DateTime, Utc};
use keniki_app::account::invitation::{Purpose, Sent};
use keniki_app::database::DbErr;
use keniki_app::mail::{self, Draft};
use keniki_base::clock::full_text;

use crate::state::State;

/// The address of a link.
pub(super) fn href(state: &State, sent: &Sent) -> String {
    format!(
        "{}/invitations/{}",
        state.site.public_url,
        sent.token.as_str()
    )
}

/// Writes the letter that carries a link, in the transaction that made it.
pub(super) async fn write(
    tx: &keniki_app::database::Transaction,
    state: &State,
    sent: &Sent,
    (purpose, organization): (Purpose, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rule = state.definitions.sign_in();
    let (subject, why, good_for) = match purpose {
        Purpose::Invite => (
            "圏域の仕組みへの招待",
            format!(
                "「{}」の一員として、招待が届いています。次のアドレスを開いて、サインインのしかたを決めてください。",
                organization.unwrap_or_default()
            ),
            rule.invitation(),
        ),
        Purpose::Password => (
            "パスワードを決め直すリンク",
            "パスワードを決め直すためのリンクです。次のアドレスを開いて、新しいパスワードを決めてください。".to_owned(),
            rule.reset(),
        ),
        Purpose::Factor => (
            "二つめの確認を登録し直すリンク",
            "二つめの確認（パスキーや確認アプリ）を登録し直すためのリンクです。次のアドレスを開いてください。".to_owned(),
            rule.reset(),
        ),
    };
    let until = full_text(now + good_for);
    let body = format!(
        "{why}\n\n{}\n\nこのリンクは {until} まで、一度だけ使えます。\n心当たりがないときは、開かずに、このメールを捨ててください。\n",
        href(state, sent)
    );
    let draft = Draft {
        recipient: &sent.login,
        subject,
        body: &body,
    };
    mail::write(tx, draft, now).await
}
