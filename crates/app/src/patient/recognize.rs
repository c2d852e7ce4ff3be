//! Who of those that are there a row of a hospital's table is: one for certain, nobody, or somebody whom only people tell apart.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;

use super::find::Listed;
use super::identifier::Identifier;
use super::look_up::{self, Hit, LookUp, LookUpError};
use super::record::Record;
use super::same::{self, Likeness, Reason, Same};
use crate::account::By;
use crate::definition::Definitions;

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Somebody within one's own reach.
    Own(Box<Listed>),
    /// Somebody in the area, of whom nothing but who answers for them is told.
    Elsewhere(Hit),
    /// Nobody who is there.
    Nobody,
    /// Perhaps one of these, or none: sentences for people.
    Unsure(Vec<String>),
}

/// Recognizes somebody, first within one's own reach, then in the area. The look-up is written down.
///
/// # Errors
/// [`LookUpError`].
pub async fn recognize(
    tx: &DatabaseTransaction,
    definitions: &Definitions,
    by: &By,
    record: &Record,
    now: DateTime<Utc>,
) -> Result<Known, LookUpError> {
    let own = same::candidates(tx, by, record, now).await?;
    if !own.is_empty() {
        return Ok(of_own(record, own));
    }
    let mut named = Vec::new();
    if let (Some(name), Some(born_on)) = (record.name(), record.birth.born.day()) {
        let asked = LookUp::Name(name.whole_kana(), born_on);
        named = look_up::look_up_row(tx, definitions, by, &asked, now).await?;
    }
    let mut numbered = Vec::new();
    if let Some(number) = insured_number(record) {
        let asked = LookUp::InsuredNumber(number);
        numbered = look_up::look_up_row(tx, definitions, by, &asked, now).await?;
    }
    Ok(of_hits(named, &numbered))
}

fn insured_number(record: &Record) -> Option<String> {
    record.identifiers.iter().find_map(|it| match it {
        Identifier::CareInsurance { number, .. } => Some(number.clone()),
        Identifier::MedicalRecord { .. } => None,
    })
}

/// One is sure where a number says so, or name and birth do and no number says otherwise.
fn of_own(record: &Record, candidates: Vec<(Listed, Same)>) -> Known {
    let is_numbered = |same: &Same| {
        same.reasons.contains(&Reason::InsuredNumber)
            || same.reasons.contains(&Reason::MedicalNumber)
    };
    let of = |likeness| {
        let them = candidates.iter();
        them.filter(move |(_, same)| same.likeness == likeness)
            .map(|(listed, _)| listed)
            .collect::<Vec<_>>()
    };
    let n_numbered = candidates.iter().filter(|it| is_numbered(&it.1)).count();
    let sure = match (
        of(Likeness::Certain)[..].as_ref(),
        of(Likeness::Likely)[..].as_ref(),
    ) {
        ([one], _) if n_numbered == 1 => Some(*one),
        ([], [one]) if n_numbered == 0 => Some(*one),
        _ => None,
    };
    match sure.filter(|one| !contradicts(record, &one.record)) {
        Some(one) => Known::Own(Box::new(one.clone())),
        None => Known::Unsure(candidates.iter().map(told).collect()),
    }
}

fn told((listed, same): &(Listed, Same)) -> String {
    let name = listed.record.name().map(|it| it.whole());
    let reasons: Vec<&str> = same.reasons.iter().map(|it| it.words()).collect();
    format!(
        "「{}」さんの記録（{}）と同じ人かどうか、決められません。その人の記録を開いて確かめてください。",
        name.unwrap_or_default(),
        reasons.join("、")
    )
}

/// A number of one hospital, or of one insurer, that both have and that is another.
fn contradicts(one: &Record, other: &Record) -> bool {
    let has = |a: &Identifier, is: fn(&Identifier, &Identifier) -> bool| {
        other.identifiers.iter().any(|b| is(a, b))
    };
    let of_one_house = |a: &Identifier, b: &Identifier| match (a, b) {
        (
            Identifier::MedicalRecord {
                organization: a, ..
            },
            Identifier::MedicalRecord {
                organization: b, ..
            },
        ) => a == b,
        (
            Identifier::CareInsurance { insurer: a, .. },
            Identifier::CareInsurance { insurer: b, .. },
        ) => a == b,
        (Identifier::MedicalRecord { .. }, Identifier::CareInsurance { .. })
        | (Identifier::CareInsurance { .. }, Identifier::MedicalRecord { .. }) => false,
    };
    let mut numbers = one.identifiers.iter();
    numbers.any(|a| has(a, of_one_house) && !has(a, Identifier::is_same))
}

/// Name and birth find one, and the number nobody else.
fn of_hits(mut named: Vec<Hit>, numbered: &[Hit]) -> Known {
    let told = |sentence: &str| Known::Unsure(vec![sentence.to_owned()]);
    let is_other = |named: &Hit| numbered.iter().any(|it| it.patient != named.patient);
    match (named.len(), numbered.len()) {
        (0, 0) => Known::Nobody,
        (0, _) => told(
            "被保険者番号が同じ人が圏域にいますが、カナか生年月日がちがいます。番号とカナ、生年月日を確かめてください。",
        ),
        (1, _) if is_other(&named[0]) => told(
            "カナと生年月日が同じ人と、被保険者番号が同じ人が、べつの記録です。「圏域から探す」で確かめてください。",
        ),
        (1, _) => Known::Elsewhere(named.remove(0)),
        _ => told(
            "カナと生年月日が同じ人が、圏域に二人以上います。「圏域から探す」で確かめ、その人の記録から始めてください。",
        ),
    }
}
