//! What `doctor` sees of the database: reachable, up to date, home area, what is loaded and how old it is.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use keniki_app::audit::{self, Verdict};
use keniki_app::bundle::IsMirror;
use keniki_app::check::installation::{Installation, Loaded, installation};
use keniki_app::database::{self, Connection, DbErr, migration};
use keniki_app::definition::Definitions;
use keniki_app::definition::check::Severity;
use keniki_app::retention::{self, Standing};
use keniki_base::clock::jst_day;

use super::Part;

const DATABASE: (&str, &str) = ("database", "データベース");

/// The parts, and the database where it can be used.
pub(super) async fn look(
    url: &str,
    definitions: Option<&Definitions>,
    now: DateTime<Utc>,
) -> (Vec<Part>, Option<Connection>) {
    let db = match reach(url).await {
        Ok(db) => db,
        Err(message) => {
            let part = Part::ill(DATABASE.0, DATABASE.1, Severity::Error, message);
            return (vec![part, clock(None, now)], None);
        }
    };
    let looked =
        async { Ok::<_, DbErr>((installation(&db).await?, audit::verify(&db, &[]).await?)) };
    match looked.await {
        Ok((found, verdict)) => {
            let mut parts = parts(&found, definitions, now);
            parts.push(audit_log(&verdict));
            if let Some(definitions) = definitions {
                parts.push(erasing(&db, definitions, now).await);
            }
            (parts, Some(db))
        }
        Err(error) => {
            let message =
                format!("読めません（{error}）。ファイルの場所と権限を確かめてください。");
            let part = Part::ill(DATABASE.0, DATABASE.1, Severity::Error, message);
            (vec![part, clock(None, now)], None)
        }
    }
}

async fn reach(url: &str) -> Result<Connection, String> {
    if let Some(file) = database::missing_file(url) {
        return Err(format!(
            "{} がまだありません。「keniki demo」で見本を作るか、「keniki area load」で地域のデータを読み込んでください。",
            file.display()
        ));
    }
    let db = database::connect(url)
        .await
        .map_err(|error| error.to_string())?;
    match migration::pending(&db).await {
        Ok(0) => Ok(db),
        Ok(n) => Err(format!(
            "構造が古いままです（未適用 {n} 件）。「keniki migrate」で更新してください。データの点検は行っていません。"
        )),
        Err(error) => Err(error.to_string()),
    }
}

fn parts(found: &Installation, definitions: Option<&Definitions>, now: DateTime<Utc>) -> Vec<Part> {
    let size = format!(
        "構造は最新です。拠点 {}、サービス {}。",
        found.n_sites, found.n_services
    );
    let mut parts = vec![
        Part::well(DATABASE.0, DATABASE.1, size),
        home(found),
        sources(found, definitions),
    ];
    parts.extend(found.bundle.as_ref().map(|last| bundle(last, now)));
    let newest = found.loaded.iter().map(|loaded| loaded.at).max();
    parts.push(clock(newest, now));
    parts
}

fn home(found: &Installation) -> Part {
    const PART: (&str, &str) = ("home_area", "トップページの圏域");
    let ill = |message: String| Part::ill(PART.0, PART.1, Severity::Warning, message);
    match &found.home {
        None => ill("決まっていません。「keniki area load --data フォルダー --area 圏域コード」で決めてください。".to_owned()),
        Some(home) => match &home.name {
            Some(name) => Part::well(PART.0, PART.1, format!("{name}（{}）", home.code)),
            None => ill(format!("{} が読み込まれていません。「keniki area load」で読み込むか、別の圏域にしてください。", home.code)),
        },
    }
}

/// How old the lists are is a check of its own; here stand the days of which everything loaded speaks.
fn sources(found: &Installation, definitions: Option<&Definitions>) -> Part {
    const PART: (&str, &str) = ("sources", "読み込んだデータ");
    if found.loaded.is_empty() {
        let message = "まだ何も読み込んでいません。「keniki area load」と「keniki directory import」で読み込んでください。";
        return Part::ill(PART.0, PART.1, Severity::Warning, message);
    }
    let mut by_what: BTreeMap<&str, Vec<&Loaded>> = BTreeMap::new();
    for loaded in &found.loaded {
        let source = definitions.and_then(|definitions| definitions.source(&loaded.what));
        let what = source.map_or(loaded.what.as_str(), |source| source.name.as_str());
        by_what.entry(what).or_default().push(loaded);
    }
    let details = by_what
        .into_iter()
        .map(|(what, loaded)| line(what, &loaded))
        .collect();
    let message = format!("{} ファイル。", found.loaded.len());
    Part::well(PART.0, PART.1, message).with_details(details)
}

fn line(what: &str, loaded: &[&Loaded]) -> String {
    let days = loaded.iter().filter_map(|loaded| loaded.as_of);
    let as_of = match (days.clone().min(), days.max()) {
        (Some(first), Some(last)) if first == last => format!("{first} 時点"),
        (Some(first), Some(last)) => format!("{first}から{last} 時点"),
        (None, _) | (_, None) => "時点の記載なし".to_owned(),
    };
    let newest = loaded.iter().map(|loaded| loaded.at).max();
    let read = newest.map_or_else(String::new, |at| format!("、{} に読込み", jst_day(at)));
    format!("{what}: {} ファイル、{as_of}{read}", loaded.len())
}

/// How old the directory is that came from the other network.
fn bundle(last: &IsMirror, now: DateTime<Utc>) -> Part {
    let made = last.made_at.parse::<DateTime<Utc>>().map(jst_day);
    let age = made.map_or_else(
        |_| "作られた日が読めません。".to_owned(),
        |day| {
            format!(
                "{day} に作られたもの（{}日前）。",
                (jst_day(now) - day).num_days()
            )
        },
    );
    let message = format!("{} 番、{age}", last.serial);
    Part::well("bundle", "もう一方の網からの束", message)
}

/// Whether the record of what was done is as it was written.
fn audit_log(verdict: &Verdict) -> Part {
    const PART: (&str, &str) = ("audit", "監査記録");
    match &verdict.broken {
        Some(broken) => {
            let message =
                format!("{broken}データベースの写しを残して、だれが書き換えたかを調べてください。");
            Part::ill(PART.0, PART.1, Severity::Error, message)
        }
        None => {
            let n = verdict.n_proved + verdict.n_unsealed;
            Part::well(PART.0, PART.1, format!("{n} 件。書き換えられていません。"))
        }
    }
}

/// Whether what is over its time goes.
async fn erasing(db: &Connection, definitions: &Definitions, now: DateTime<Utc>) -> Part {
    const PART: (&str, &str) = ("retention", "保存期間");
    match retention::standing(db, definitions, now).await {
        Ok(standing) => erased(&standing),
        Err(error) => {
            let message = format!("調べられません（{error}）。もう一度試してください。");
            Part::ill(PART.0, PART.1, Severity::Error, message)
        }
    }
}

fn erased(standing: &Standing) -> Part {
    const PART: (&str, &str) = ("retention", "保存期間");
    let last = standing.last_done.map_or_else(
        || "消去の処理は、まだ動いていません。".to_owned(),
        |at| format!("最後の消去は {}。", jst_day(at)),
    );
    let details: Vec<String> = standing
        .overdue
        .iter()
        .map(|(table, n)| format!("{}: {n} 件", table.words()))
        .collect();
    if let Some(reason) = &standing.failed {
        let message = format!("{last}そのあと、できませんでした: {reason}");
        return Part::ill(PART.0, PART.1, Severity::Warning, message).with_details(details);
    }
    if details.is_empty() {
        return Part::well(PART.0, PART.1, format!("{last}過ぎたものはありません。"));
    }
    let message = format!(
        "{last}保存期間を過ぎたものが残っています。keniki serve（または keniki worker）を動かしておくと、毎日消します。"
    );
    Part::ill(PART.0, PART.1, Severity::Warning, message).with_details(details)
}

/// A clock that stands before what was written yesterday, or before this program was made, is wrong.
fn clock(newest: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Part {
    const PART: (&str, &str) = ("clock", "時計");
    let today = jst_day(now);
    let is_before = newest.is_some_and(|newest| jst_day(newest) > today + Days::new(1));
    let made = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default();
    if is_before || today < made {
        let message =
            format!("{today} になっています。時計が遅れていないか確かめ、時刻を合わせてください。");
        return Part::ill(PART.0, PART.1, Severity::Error, message);
    }
    Part::well(PART.0, PART.1, format!("{today}（日本時間）"))
}
