//! What the tables and columns of a disclosure are called, and what is withheld, with the reason.

/// What is not given out: table, column, and why.
pub const WITHHELD: &[(&str, &str, &str)] = &[
    ("account", "password_hash", SECRET),
    ("account", "totp_secret", SECRET),
    ("account", "totp_last_step", SECRET),
    ("session", "token_hash", SECRET),
    ("session", "challenge", SECRET),
    ("session", "new_totp_secret", SECRET),
    ("passkey", "credential_id", SECRET),
    ("passkey", "credential", SECRET),
    ("recovery_code", "code_hash", SECRET),
    ("invitation", "token_hash", SECRET),
    ("provider", "client_secret", HOUSE),
    ("provider_visit", "state_hash", SECRET),
    ("provider_visit", "browser_hash", SECRET),
    ("provider_visit", "nonce", SECRET),
    ("provider_visit", "code_verifier", SECRET),
    ("confirmation_link", "token_hash", SECRET),
    ("mail", "body", LETTER),
    ("sign_in_failure", "who_hash", SECRET),
    ("upload", "content", FILE),
    ("session", "filters", PATIENT),
    ("attachment", "name", PATIENT),
    ("attachment", "content", PATIENT),
    ("message", "topic", PATIENT),
    ("message", "text", PATIENT),
    ("handover", "purpose", PATIENT),
    ("handover", "subject", PATIENT),
    ("handover", "words", PATIENT),
    ("handover", "reason", PATIENT),
    ("handover", "closed_why", PATIENT),
    ("handover_link", "token_hash", SECRET),
    ("handover_link", "code_hash", SECRET),
    ("batch_change", "before_fields", DIRECTORY),
    ("batch_change", "after_fields", DIRECTORY),
    ("source_record", "content", DIRECTORY),
    ("service", "last_assured_by", LIST),
    ("site", "last_assured_by", LIST),
];

const SECRET: &str =
    "本人であることを確かめるための値（またはそのハッシュ）で、知られると本人になりすませる";
const HOUSE: &str = "この設置の秘密で、だれか一人のものではない";
const LETTER: &str = "送ると消える。送る前のものには、一度だけ使えるリンクの鍵が入っている";
const FILE: &str = "取り込んだ名簿そのもので、ほかの人の情報を含む。名前と大きさは入れている";
const PATIENT: &str = "患者・利用者についてのことで、働く人のことではない。書いたこと、添えたことは、番号と日時で入れている";
const DIRECTORY: &str =
    "名簿の記録で、だれのものかを示す列がない。連絡先の担当者名は「連絡先」に入れている";
const LIST: &str = "名簿か組織の名前で、働く人の名前ではない";

/// The same for whoever reads the book.
pub(super) const WITHHELD_IN_WORDS: &[(&str, &str)] = &[
    (
        "パスワード、確認アプリ、パスキー、予備の番号、リンクの値",
        SECRET,
    ),
    ("メールの本文", LETTER),
    ("取り込んだファイルの中身", FILE),
    (
        "患者・利用者の記録、連絡・引継ぎの内容、添付ファイルの名前と中身",
        PATIENT,
    ),
    ("名簿の記録", DIRECTORY),
];

/// Records of people who are cared for: what somebody did with them is given out with the audit log.
pub const OF_PATIENTS: [&str; 15] = [
    "care_case",
    "care_level",
    "care_team",
    "case_event",
    "consent",
    "emergency_access",
    "form_record",
    "inquiry",
    "inquiry_need",
    "inquiry_target",
    "obligation",
    "patient",
    "patient_identifier",
    "patient_merge",
    "patient_name",
];

/// Why a column is not given out.
#[must_use]
pub fn withheld(table: &str, column: &str) -> Option<&'static str> {
    if OF_PATIENTS.contains(&table) {
        return Some(PATIENT);
    }
    let found = WITHHELD
        .iter()
        .find(|(t, c, _)| (*t, *c) == (table, column));
    found.map(|(_, _, reason)| *reason)
}

const TABLES: &[(&str, &str)] = &[
    ("account", "アカウント"),
    ("membership", "所属"),
    ("mailbox_member", "応じている窓口"),
    ("session", "サインイン"),
    ("passkey", "パスキー"),
    ("recovery_code", "予備の番号"),
    ("invitation", "招待・リンク"),
    ("provider_link", "所属先のサインイン"),
    ("provider_visit", "所属先のサインインへの行き来"),
    ("mail", "メール"),
    ("confirmation_link", "掲載内容の確認のリンク"),
    ("confirmation_address", "掲載内容の確認の宛先"),
    ("filing", "届出・立入検査の記録"),
    ("sign_in_failure", "失敗した試み"),
    ("draft", "送る前の書きかけ"),
    ("proposal", "申し出"),
    ("import_batch", "取込み"),
    ("match_review", "同じ拠点かどうかの判断"),
    ("upload", "取り込んだファイル"),
    ("attachment", "添付ファイル"),
    ("message", "書いた連絡"),
    ("message_read", "読んだ連絡"),
    ("handover", "送った・読んだ・答えた引継ぎ"),
    ("handover_link", "引継ぎのリンク"),
    ("job", "処理"),
    ("audit_entry", "監査記録"),
    ("audit_mark", "監査記録に付けた印"),
    ("audit_review", "監査記録の確認"),
    ("contact_point", "連絡先"),
];

/// Every column by name, in the order in which a sheet has them.
const COLUMNS: &[(&str, &str)] = &[
    ("id", "番号"),
    ("at", "日時"),
    ("login", "メールアドレス"),
    ("recipient", "宛先"),
    ("name", "名前"),
    ("account_id", "アカウントの番号"),
    ("organization_id", "組織"),
    ("membership_id", "所属の番号"),
    ("mailbox_id", "窓口の番号"),
    ("mailboxes", "受けたら応じる窓口"),
    ("role", "役割"),
    ("deed", "行為"),
    ("object_kind", "対象の種類"),
    ("object_id", "対象の番号"),
    ("outcome", "結果"),
    ("kind", "種類"),
    ("purpose", "目的"),
    ("status", "状態"),
    ("state", "状態（段階）"),
    ("stage", "段階"),
    ("hold", "消さない理由"),
    ("valid_from", "始まりの日"),
    ("valid_to", "終わりの日"),
    ("from_day", "初めの日"),
    ("to_day", "終わりの日"),
    ("since", "いつから"),
    ("created_at", "つくった日時"),
    ("created_by", "つくった人のアカウントの番号"),
    ("password_set_at", "パスワードを決めた日時"),
    ("seen_at", "最後に使った日時"),
    ("confirmed_at", "本人であることを確かめた日時"),
    ("used_at", "使った日時"),
    ("expires_at", "期限"),
    ("revoked_at", "取り消した日時"),
    ("ended_at", "終わった日時"),
    ("sent_at", "送った日時"),
    ("saved_at", "保存した日時"),
    ("next_at", "次に送る日時"),
    ("run_at", "始める日時"),
    ("lease_until", "担当の期限"),
    ("decided_at", "決めた日時"),
    ("decided_by", "決めた人"),
    ("vouched_by", "宛先を登録した人のアカウントの番号"),
    ("imported_at", "取り込んだ日時"),
    ("imported_by", "取り込んだ人"),
    ("undone_at", "取り消した日時"),
    ("changes_erased_at", "前の内容を消した日時"),
    ("origin", "接続元"),
    ("agent", "ブラウザー"),
    ("request_id", "要求の番号"),
    ("subject", "件名（所属先のサインインでは、相手先での番号）"),
    ("body", "本文"),
    ("attempts", "試した回数"),
    ("note", "備考"),
    ("decision_note", "決めたときのことば"),
    ("finding", "確認の結果"),
    ("reason", "理由"),
    ("reasons", "理由"),
    ("file_name", "ファイルの名前"),
    ("size", "大きさ（バイト）"),
    ("sha256", "ファイルの照合の値"),
    ("format", "名簿の種類"),
    ("scope", "名簿の範囲"),
    ("as_of", "名簿の時点"),
    ("source_rows", "行"),
    ("report", "結果の報告"),
    ("input", "処理の対象"),
    ("result", "処理の結果"),
    ("worker", "処理した係"),
    ("n_done", "済んだ数"),
    ("n_total", "全部の数"),
    ("n_entries", "記録の数"),
    ("n_refused", "拒否の数"),
    ("n_marked", "印の数"),
    ("media_type", "ファイルの種類"),
    ("key_id", "鍵の番号"),
    ("case_id", "ケースの番号"),
    ("message_id", "連絡の番号"),
    ("former_id", "前の連絡・引継ぎの番号"),
    ("read_at", "読んだ日時"),
    ("cause_id", "もとの出来事の番号"),
    ("from_organization_id", "送った組織の番号"),
    ("from_role", "送った側の役割"),
    ("to_organization_id", "受ける組織の番号"),
    ("to_role", "受ける側の役割"),
    ("mailbox", "窓口"),
    ("form_record_id", "様式の記録の番号"),
    ("receipt_event_id", "対応の記録の番号"),
    ("form_key", "送信の照合の値"),
    ("sent_by", "送った人のアカウントの番号"),
    ("read_by", "読んだ人のアカウントの番号"),
    ("reader", "読んだ人"),
    ("reader_role", "読んだ人の役割"),
    ("read_channel", "読んだことを知った方法"),
    ("decider", "答えた人"),
    ("decider_role", "答えた人の役割"),
    ("decided_channel", "答えを知った方法"),
    ("handover_id", "引継ぎの番号"),
    ("made_by", "つくった人のアカウントの番号"),
    ("made_at", "つくった日時"),
    ("failures", "違った回数"),
    ("confirmation_id", "確認の番号"),
    ("mail", "宛先のメールアドレス"),
    ("day", "届出・検査の日"),
    ("number", "受理番号など"),
    ("effective_on", "効力の始まる日"),
    ("status_before", "前の状態"),
    ("closed_before", "前に廃止した日"),
    ("granted", "できるようになったこと"),
    ("withdrawn", "できなくなったこと"),
    ("follow_up", "このあとすること"),
    ("follow_up_due", "いつまでに"),
    ("is_applied", "効力が始まったか"),
    ("ended_by", "済ませた人のアカウントの番号"),
    ("provider_id", "所属先のサインインの番号"),
    ("linked_at", "結び付けた日時"),
    ("errand", "用件"),
    ("session_id", "サインインの番号"),
    ("invitation_id", "招待の番号"),
    ("next", "次のページ"),
    ("source_batch_id", "申し出た取込みの番号"),
    ("service_id", "サービスの番号"),
    ("site_id", "拠点の番号"),
    ("candidate_site_id", "候補の拠点の番号"),
    ("batch_id", "取込みの番号"),
    ("job_id", "処理の番号"),
    ("after_id", "前の処理の番号"),
    ("entry_id", "監査記録の番号"),
    ("confidence", "確からしさ"),
    ("content", "書きかけの内容"),
    ("fields", "申し出の内容"),
    ("before_fields", "前の内容"),
    ("audience", "見せる相手"),
    ("phone", "電話"),
    ("fax", "ファクス"),
    ("email", "メール"),
    ("hours_note", "時間の注記"),
    ("last_assured_on", "確かめた日"),
    ("last_assured_by", "確かめた人"),
    ("content_hash", "内容の照合の値"),
    ("chain", "封をした月"),
    ("seq", "月の中の順番"),
    ("link", "前の記録とのつながり"),
];

/// Codes of a column, in words.
const VALUES: &[(&str, &str, &str)] = &[
    ("status", "active", "使える"),
    ("status", "suspended", "止まっている"),
    ("outcome", "done", "実行"),
    ("outcome", "refused", "拒否"),
    ("purpose", "invite", "招待"),
    ("purpose", "password", "パスワードの決め直し"),
    ("purpose", "factor", "二つめの確認の登録し直し"),
    ("stage", "second", "二つめの確認の前"),
    ("stage", "enroll", "二つめの確認の登録の前"),
    ("stage", "full", "サインインした"),
    ("stage", "ended", "終わった"),
    ("state", "open", "承認待ち"),
    ("state", "approved", "承認済み"),
    ("state", "rejected", "見送り"),
    ("state", "withdrawn", "取り下げ"),
    ("state", "queued", "順番を待っている"),
    ("state", "running", "進めている"),
    ("state", "done", "終わった"),
    ("state", "failed", "できなかった"),
    ("state", "cancelled", "取りやめた"),
    ("state", "recorded", "記録済み"),
    ("state", "waiting", "対応待ち"),
    ("state", "followed", "対応済み"),
    ("state", "taken_back", "取消し"),
];

/// A code in words, where it has any.
#[must_use]
pub(super) fn value(column: &str, code: &str) -> Option<&'static str> {
    let found = VALUES
        .iter()
        .find(|(of, it, _)| (*of, *it) == (column, code));
    found.map(|(_, _, words)| *words)
}

/// What a table is called.
#[must_use]
pub fn table(code: &str) -> &str {
    let found = TABLES.iter().find(|(own, _)| *own == code);
    found.map_or(code, |(_, words)| words)
}

/// What a column is called.
#[must_use]
pub fn column(code: &str) -> &str {
    let found = COLUMNS.iter().find(|(own, _)| *own == code);
    found.map_or(code, |(_, words)| words)
}

/// Where it stands in a sheet.
pub(super) fn order(code: &str) -> usize {
    let at = COLUMNS.iter().position(|(own, _)| *own == code);
    at.unwrap_or(COLUMNS.len())
}
