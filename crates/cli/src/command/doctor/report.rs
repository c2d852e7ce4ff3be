//! The examination as sentences for a person and as one JSON document for a script.

use std::fmt::Write;

use chrono::{FixedOffset, SecondsFormat};
use keniki_app::check::Outcome;
use keniki_app::definition::check::Severity;
use serde_json::{Value, json};

use super::{Checked, Examination, Part};

/// Lines below a part that the text shows; JSON has them all.
const MOST_DETAILS: usize = 40;

pub(super) fn text(examination: &Examination) -> String {
    let mut out = String::new();
    for part in &examination.parts {
        write_part(&mut out, part);
    }
    for checked in &examination.checks {
        write_check(&mut out, checked);
    }
    let found = |checked: &Checked| !matches!(checked.outcome, Outcome::Ran { count: 0, .. });
    let is_clean = examination.parts.iter().all(|part| part.trouble.is_none())
        && !examination.checks.iter().any(found);
    if examination.checks.iter().any(found) {
        line(
            &mut out,
            "点検の結果の直し方: もとの名簿か、地域で作った名簿を直して、「keniki directory import」でもう一度取り込んでください（docs/data.md）。拠点番号のページは /sites/番号、サービス番号のページは /services/番号 です。",
        );
    }
    let verdict = match (examination.is_well(), is_clean) {
        (true, true) => "問題は見つかりませんでした。",
        (true, false) => "使えます。上の［注意］［情報］は、手の空いたときに確かめてください。",
        (false, _) => "［誤り］があります。上の説明に従って直してください。",
    };
    line(&mut out, verdict);
    out
}

pub(super) fn json(examination: &Examination) -> Value {
    const JAPAN_SECONDS: i32 = 9 * 3600;
    let japan = FixedOffset::east_opt(JAPAN_SECONDS).expect("nine hours are less than a day");
    json!({
        "ok": examination.is_well(),
        "checked_at": examination.at.with_timezone(&japan).to_rfc3339_opts(SecondsFormat::Secs, false),
        "parts": examination.parts.iter().map(json_part).collect::<Vec<_>>(),
        "checks": examination.checks.iter().map(json_check).collect::<Vec<_>>(),
    })
}

fn json_part(part: &Part) -> Value {
    json!({
        "code": part.code,
        "name": part.name,
        "state": part.trouble.map_or("ok", Severity::code),
        "message": part.message,
        "details": part.details,
    })
}

fn json_check(checked: &Checked) -> Value {
    let (state, count, rows) = match &checked.outcome {
        Outcome::Ran { count: 0, .. } => ("ok", Some(0), &[][..]),
        Outcome::Ran { count, rows } => ("found", Some(*count), rows.as_slice()),
        Outcome::TimedOut => ("timed_out", None, &[][..]),
    };
    json!({
        "code": checked.code,
        "name": checked.name,
        "severity": checked.severity.code(),
        "state": state,
        "count": count,
        "columns": checked.heads,
        "rows": rows,
        "advice": checked.advice,
        "file": checked.file,
    })
}

fn write_part(out: &mut String, part: &Part) {
    let state = part.trouble.map_or("良好", Severity::name);
    line(out, &format!("［{state}］{}: {}", part.name, part.message));
    for detail in part.details.iter().take(MOST_DETAILS) {
        line(out, &format!("    {detail}"));
    }
    if part.details.len() > MOST_DETAILS {
        line(
            out,
            &format!("    ほか {} 件", part.details.len() - MOST_DETAILS),
        );
    }
}

fn write_check(out: &mut String, checked: &Checked) {
    let head = format!("［{}］{}", checked.severity.name(), checked.name);
    match &checked.outcome {
        Outcome::Ran { count: 0, .. } => {}
        Outcome::TimedOut => line(
            out,
            &format!(
                "{head}: 時間がかかりすぎるため打ち切りました（{}）。",
                checked.file
            ),
        ),
        Outcome::Ran { count, rows } => {
            line(out, &format!("{head}: {count} 件"));
            line(out, &format!("    {}", checked.advice));
            line(out, &format!("    {}", checked.heads.join(" | ")));
            for row in rows {
                line(out, &format!("    {}", row.join(" | ")));
            }
            let more = count.saturating_sub(rows.len() as u64);
            if more > 0 {
                line(out, &format!("    ほか {more} 件"));
            }
        }
    }
}

fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("a string takes all");
}
