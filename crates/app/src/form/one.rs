//! One field: its text made one in width and read as what its item wants, or a sentence that says what to do.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use keniki_base::date::{parse_day, wareki};
use keniki_base::text::squeeze;

use super::value::Value;
use crate::definition::form::{Choice, Kind, Measure};

/// The value of a field that is not empty.
///
/// # Errors
/// What to do, without the name of the field.
pub(super) fn read(kind: &Kind, text: &str, today: NaiveDate) -> Result<Option<Value>, String> {
    let plain = squeeze(text);
    if plain.is_empty() {
        return Ok(None);
    }
    let value = match kind {
        Kind::Text { lines, length } => match words(text, *lines) {
            written if written.is_empty() => return Ok(None),
            written => Value::Text(within(written, *length)?),
        },
        Kind::Number(measure) => Value::Number(number(&plain, measure)?),
        Kind::Date => Value::Date(day(&plain, today)?),
        Kind::DateTime => Value::DateTime(instant(&plain, today)?),
        Kind::Choice(choices) => Value::Choice(choice(&plain, choices)?),
        Kind::Attachment => Value::Attachment(within(plain, 200)?),
        // These have several fields.
        Kind::Many(_) | Kind::Table { .. } | Kind::Scale(_) => return Ok(None),
    };
    Ok(Some(value))
}

/// A value as it would be typed.
pub(super) fn typed(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Choice(text) | Value::Attachment(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Date(day) => wareki(*day),
        Value::DateTime(at) => format!("{} {}", wareki(at.date()), at.format("%H:%M")),
        Value::Many(_) | Value::Rows(_) | Value::Scores(_) => String::new(),
    }
}

/// The code of a choice, of which the code or the word was typed.
pub(super) fn choice(plain: &str, choices: &[Choice]) -> Result<String, String> {
    let is_it = |choice: &&Choice| choice.code == plain || squeeze(&choice.word) == plain;
    match choices.iter().find(is_it) {
        Some(choice) => Ok(choice.code.clone()),
        None => {
            let words: Vec<&str> = choices.iter().map(|choice| choice.word.as_str()).collect();
            Err(format!("「{}」から選んでください", words.join("」「")))
        }
    }
}

/// One line as in all lists; of several lines what people wrote stays, but for digits, letters and half-width kana.
fn words(text: &str, lines: u16) -> String {
    if lines == 1 {
        return squeeze(text);
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let rows: Vec<String> = text.split('\n').map(row).collect();
    rows.join("\n").trim().to_owned()
}

fn row(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kana = String::new();
    for c in text.chars() {
        if matches!(c, '\u{ff61}'..='\u{ff9f}') {
            kana.push(c);
            continue;
        }
        out.push_str(&squeeze(&std::mem::take(&mut kana)));
        match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
                out.extend(char::from_u32(c as u32 - 0xfee0));
            }
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push_str(&squeeze(&kana));
    out.trim_end().to_owned()
}

fn within(text: String, length: usize) -> Result<String, String> {
    match text.chars().count() {
        n if n > length => Err(format!("{length}字までで書いてください（いま{n}字）")),
        _ => Ok(text),
    }
}

fn number(plain: &str, measure: &Measure) -> Result<f64, String> {
    let unit = squeeze(measure.unit.as_deref().unwrap_or_default());
    let bare = plain.strip_suffix(unit.as_str()).unwrap_or(plain);
    let bare: String = bare.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let bare = bare.replace(['−', '‐', 'ー'], "-");
    let is_number = bare
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let read = bare
        .parse::<f64>()
        .ok()
        .filter(|_| is_number && bare.len() <= 12);
    let example = measure.min.or(measure.max).unwrap_or(1.0);
    let number = read.ok_or_else(|| format!("数字で書いてください。例：{example}"))?;
    let decimals = bare.split_once('.').map_or(0, |(_, behind)| behind.len());
    if decimals > usize::from(measure.decimals) {
        return Err(match measure.decimals {
            0 => "小数を付けずに書いてください".to_owned(),
            n => format!("小数は{n}桁までで書いてください"),
        });
    }
    let is_within =
        measure.min.is_none_or(|min| number >= min) && measure.max.is_none_or(|max| number <= max);
    match (is_within, measure.min, measure.max) {
        // No zero with a sign.
        (true, ..) => Ok(number + 0.0),
        (_, Some(min), Some(max)) => Err(format!("{min}から{max}までの数で書いてください")),
        (_, Some(min), None) => Err(format!("{min}以上の数で書いてください")),
        (_, None, Some(max)) => Err(format!("{max}以下の数で書いてください")),
        (false, None, None) => Err("数字で書いてください".to_owned()),
    }
}

fn day(plain: &str, today: NaiveDate) -> Result<NaiveDate, String> {
    let example = "例：令和8年4月1日、R8.4.1、20260401、4/1";
    let wrong = |error: keniki_base::date::WrongDate| match error {
        keniki_base::date::WrongDate::OutsideEra { .. } => {
            error.to_string().trim_end_matches('。').to_owned()
        }
        keniki_base::date::WrongDate::Impossible { .. } => "暦にある日を書いてください".to_owned(),
        _ => format!("日付で書いてください。{example}"),
    };
    parse_day(plain, Some(today)).map_err(wrong)
}

fn instant(plain: &str, today: NaiveDate) -> Result<NaiveDateTime, String> {
    let wrong = || "日付と時刻で書いてください。例：R8.4.1 14:30".to_owned();
    let (date, time) = plain.rsplit_once([' ', 'T']).ok_or_else(wrong)?;
    let time = time.replace('時', ":").replace('分', "");
    let time = match time.strip_suffix(':') {
        Some(hour) => format!("{hour}:00"),
        None => time,
    };
    let time = NaiveTime::parse_from_str(&time, "%H:%M").map_err(|_| wrong())?;
    Ok(day(date, today)?.and_time(time))
}
