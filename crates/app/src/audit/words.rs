//! What the codes of the log are called: the kinds of things it names, and the notes that its rows carry.

use std::borrow::Cow;

use crate::case::engine::{Standing, Why};
use crate::definition::Definitions;
use crate::definition::retention::Kept;
use crate::directory::filing;
use crate::directory::proposal;

/// Kinds that no retention names.
const KINDS: [(&str, &str); 25] = [
    ("attachment_key", "添付ファイルの鍵"),
    ("audit_chain", "監査記録の月"),
    ("bundle", "持ち運びのファイル"),
    ("bundle_key", "持ち運びの鍵"),
    ("care_team", "支援チームの一員"),
    ("confirmation", "掲載内容の確認"),
    ("consent", "同意"),
    ("database", "データベース"),
    ("emergency_access", "緊急時閲覧"),
    ("filing", "届出・立入検査"),
    ("form_record", "様式の記録"),
    ("handover", "引継ぎ"),
    ("import_batch", "取込み"),
    ("mailbox", "窓口"),
    ("match_review", "同じ場所かの確認"),
    ("message", "連絡"),
    ("obligation", "対応事項"),
    ("organization", "組織"),
    ("passkey", "パスキー"),
    ("person", "人"),
    ("provider", "所属先のサインイン"),
    ("service", "サービス"),
    ("site", "拠点"),
    ("source_file", "読み込んだ資料"),
    ("totp", "確認アプリ"),
];

/// What a kind of object is called; a code that nobody knows stays as it is.
#[must_use]
pub fn kind(code: &str) -> &str {
    let kept = Kept::ALL.iter().find(|kept| kept.table() == code);
    let known = KINDS.iter().find(|(known, _)| *known == code);
    known
        .map(|(_, words)| *words)
        .or_else(|| kept.map(|kept| kept.words()))
        .unwrap_or(code)
}

/// An object: what it is called and its number, which 0 is not.
#[must_use]
pub fn object(code: &str, id: &str) -> String {
    match id {
        "" | "0" => kind(code).to_owned(),
        id => format!("{} {id}", kind(code)),
    }
}

/// Notes of which no definition and no lifecycle knows the words.
const NOTES: [(&str, &str); 67] = [
    ("active", "再び使えるようにした"),
    ("address", "宛先の登録"),
    ("by_itself", "申し合わせのとおりに終わった"),
    ("consent", "同意による"),
    ("consent: withdrawn", "同意が撤回された"),
    ("demo", "見本の人として"),
    ("different", "別の場所とした"),
    ("distrusted", "信頼をやめた"),
    ("factor", "二つめの確認"),
    ("found", "探して見つかった"),
    ("handover: annulled", "もとの出来事の取消しで閉じた"),
    ("handover: case_over", "ケースの終了で閉じた"),
    ("handover: died", "死亡で閉じた"),
    ("handover: elsewhere", "ほかの病院への入院で閉じた"),
    (
        "handover: link",
        "Kenikiに参加していない事業所がリンクで開いた",
    ),
    ("handover: outside", "Kenikiに参加していない事業所へ"),
    ("handover: paper", "電話・FAXなどの返事"),
    ("handover: wrong code", "リンクの確認番号が違う"),
    ("hold", "消さずに残す"),
    ("joined", "支援チームに入った"),
    ("law", "法令による"),
    ("left", "支援チームを離れた"),
    ("listed", "書き出した一覧にある"),
    ("mailbox", "窓口に応じる人"),
    ("mark", "印を付けた"),
    ("merged: gone", "ほかの記録に統合された"),
    ("merged: kept", "ほかの記録を統合した"),
    ("no end", "終わりの日なし"),
    ("no factor", "二つめの確認が未登録"),
    ("notice", "院内掲示による"),
    ("office", "組織の追加"),
    ("password", "パスワード"),
    ("provider", "所属先のサインイン"),
    ("provider: audience", "所属先の答えの宛先が違う"),
    ("provider: cancelled", "所属先で取りやめた"),
    ("provider: client", "所属先がこのサイトを受け付けない"),
    ("provider: code", "所属先が番号を受け付けない"),
    ("provider: denied", "所属先が断った"),
    ("provider: invitation", "招待が使えない"),
    ("provider: issuer", "所属先の名が違う"),
    ("provider: no factor", "所属先で二つめの確認をしていない"),
    ("provider: no organization", "使える所属がない"),
    ("provider: nonce", "所属先の答えが使い回されている"),
    ("provider: not again", "いま確かめたものではない"),
    ("provider: not registered", "結び付けられていない"),
    ("provider: other person", "ほかの人の答え"),
    ("provider: signature", "所属先の答えの署名が合わない"),
    ("provider: state", "途中で切れたか、古い"),
    ("provider: taken", "ほかの人に結び付いている"),
    ("provider: time", "所属先の答えの時刻が合わない"),
    ("provider: unreachable", "所属先につながらない"),
    ("provider: unreadable", "所属先の答えを読めない"),
    ("recovery code", "予備の番号"),
    ("registered", "登録した"),
    ("release", "残すのをやめた"),
    ("reminder", "再度のお願い"),
    ("removed", "外した"),
    ("revoked", "取り消した"),
    ("same", "同じ場所とした"),
    ("secret", "所属先との合言葉を替えた"),
    ("suspended", "止めた"),
    ("taken back", "もとの出来事の取消しで外した"),
    ("throttled", "失敗が続いた"),
    ("trusted", "信頼した"),
    ("unmerged: gone", "統合から元に戻された"),
    ("unmerged: kept", "統合を元に戻した"),
    ("withdrawn", "撤回を記録した"),
];

/// What a note says; a number, or what nobody knows, stays as it is.
#[must_use]
pub fn note<'a>(definitions: &'a Definitions, code: &'a str) -> Cow<'a, str> {
    let noted = NOTES.iter().find(|(known, _)| *known == code);
    let recorded = definitions.filings().kind(code);
    let mut decided = proposal::State::ALL.into_iter();
    let decided = decided.find(|state| state.code() == code);
    noted
        .map(|(_, words)| *words)
        .or_else(|| recorded.map(|kind| kind.name.as_str()))
        .or_else(|| filing::State::of(code).map(filing::State::words))
        .or_else(|| decided.map(proposal::State::words))
        .map(Cow::Borrowed)
        .or_else(|| of_a_rule(definitions, code).map(Cow::Owned))
        .unwrap_or(Cow::Borrowed(code))
}

/// An event or a step of a rule, the step with how its obligation stands: `admission_notice met`.
fn of_a_rule(definitions: &Definitions, code: &str) -> Option<String> {
    let (code, standing) = code.split_once(' ').unwrap_or((code, ""));
    let named = definitions.programs().iter().find_map(|file| {
        let event = file.program.event(code).map(|it| &it.name);
        event.or_else(|| file.program.step(code).map(|it| &it.name))
    })?;
    let known = STANDINGS.into_iter().find(|it| it.code() == standing);
    Some(match (known, standing) {
        (Some(standing), _) => format!("{named}：{}", standing.words()),
        (None, "gone") => format!("{named}：もうない"),
        (None, _) => named.clone(),
    })
}

/// Each way in which an obligation stands.
const STANDINGS: [Standing; 5] = [
    Standing::Waiting,
    Standing::Met,
    Standing::Late,
    Standing::Missed,
    Standing::Waived(Why::Closed),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_words_and_what_nobody_knows_stays() {
        let definitions = Definitions::load(None).expect("the built-in definitions");
        for (code, words) in [
            ("care_closing", "介護保険の廃止の届出"),
            ("recovery code", "予備の番号"),
            ("taken_back", "取消し"),
            ("approved", "承認済み"),
            ("discharge_notice", "退院日の連絡"),
            ("discharge_notice late", "退院日の連絡：期限後に実施"),
            ("discharge_notice gone", "退院日の連絡：もうない"),
            ("132", "132"),
        ] {
            assert_eq!(note(&definitions, code), words);
        }
        assert_eq!(object("service", "22"), "サービス 22");
        assert_eq!(object("membership", "11"), "所属 11");
        assert_eq!(object("audit_entry", "0"), "監査記録");
        assert_eq!(object("new_thing", "3"), "new_thing 3");
    }
}
