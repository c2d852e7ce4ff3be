//! Whether two records may be of one person, and why: pure, and the same in both directions.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use keniki_base::clock::jst_day;
use keniki_base::id::PatientId;
use keniki_base::text::fold;
use sea_orm::{ConnectionTrait, DbErr};

use super::find::{self, Listed, Page};
use super::identifier::Identifier;
use super::queries as records;
use super::record::{Record, Sex};
use crate::account::By;
use crate::account::policy::{self, Deed};

mod queries;

/// Why two records may be of one person; in the order in which reasons are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// 被保険者番号 of one insurer.
    InsuredNumber,
    /// One hospital's own number.
    MedicalNumber,
    /// Name in kanji.
    Name,
    /// Name in kana.
    Kana,
    /// The day of birth.
    Birth,
    /// A day of birth as it is misread, or one that is known about.
    NearBirth,
    /// Telephone.
    Phone,
    /// Address.
    Address,
}

impl Reason {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::InsuredNumber => "被保険者番号が同じ",
            Self::MedicalNumber => "患者番号が同じ",
            Self::Name => "名前（漢字）が同じ",
            Self::Kana => "名前（カナ）が同じ",
            Self::Birth => "生年月日が同じ",
            Self::NearBirth => "生年月日が近い（月日の入れ違い、1字違いなど）",
            Self::Phone => "電話番号が同じ",
            Self::Address => "住所が同じ",
        }
    }
}

/// How likely it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// Something speaks for it.
    Possible,
    /// Much speaks for it.
    Likely,
    /// A number says so.
    Certain,
}

impl Likeness {
    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Possible => "同じ人かもしれない",
            Self::Likely => "同じ人らしい",
            Self::Certain => "同じ人（番号が一致）",
        }
    }
}

/// What speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// How much.
    pub likeness: Likeness,
    /// Why, in one order.
    pub reasons: BTreeSet<Reason>,
}

/// Whether two records may be of one person; none: nothing speaks for it.
#[must_use]
pub fn compare(a: &Record, b: &Record) -> Option<Same> {
    let reasons = reasons(a, b);
    let has = |reason| reasons.contains(&reason);
    let (is_named, is_born) = (has(Reason::Name) || has(Reason::Kana), has(Reason::Birth));
    let likeness = if has(Reason::InsuredNumber) || has(Reason::MedicalNumber) {
        // A number that was typed wrong is of somebody else: then nothing but the number agrees.
        match is_named || is_born || has(Reason::NearBirth) {
            true => Likeness::Certain,
            false => Likeness::Possible,
        }
    } else if is_named && is_born {
        Likeness::Likely
    } else if (is_named && has(Reason::NearBirth)) || (is_born && has(Reason::Phone)) {
        Likeness::Possible
    } else {
        return None;
    };
    let sexes = [a.sex, b.sex];
    let is_other = a.sex != b.sex && sexes.iter().all(|it| matches!(it, Sex::Male | Sex::Female));
    let likeness = match (is_other, likeness) {
        (true, Likeness::Certain) => Likeness::Likely,
        (true, Likeness::Likely | Likeness::Possible) => Likeness::Possible,
        (false, as_it_is) => as_it_is,
    };
    Some(Same { likeness, reasons })
}

fn reasons(a: &Record, b: &Record) -> BTreeSet<Reason> {
    let mut reasons = BTreeSet::new();
    for (one, other) in a
        .identifiers
        .iter()
        .flat_map(|one| b.identifiers.iter().map(move |other| (one, other)))
        .filter(|(one, other)| one.is_same(other))
    {
        reasons.insert(match (one, other) {
            (Identifier::CareInsurance { .. }, _) => Reason::InsuredNumber,
            (Identifier::MedicalRecord { .. }, _) => Reason::MedicalNumber,
        });
    }
    let keys = |it: &Record, kana: bool| -> BTreeSet<String> {
        let keys = it.names.iter().map(|name| match kana {
            true => name.kana_key(),
            false => name.key(),
        });
        keys.filter(|key| !key.is_empty()).collect()
    };
    let text = |it: &Option<String>| it.as_deref().map(fold).filter(|it| !it.is_empty());
    let is_text = |a: &Option<String>, b: &Option<String>| text(a).is_some() && text(a) == text(b);
    for (holds, reason) in [
        (!keys(a, false).is_disjoint(&keys(b, false)), Reason::Name),
        (!keys(a, true).is_disjoint(&keys(b, true)), Reason::Kana),
        (is_text(&a.home.phone, &b.home.phone), Reason::Phone),
        (is_text(&a.home.address, &b.home.address), Reason::Address),
    ] {
        if holds {
            reasons.insert(reason);
        }
    }
    if a.birth.born == b.birth.born {
        reasons.insert(Reason::Birth);
    } else if a.birth.born.is_near(b.birth.born) {
        reasons.insert(Reason::NearBirth);
    }
    reasons
}

/// Who of those within one's own reach a new record may be, the likeliest first.
pub(super) async fn candidates(
    db: &impl ConnectionTrait,
    by: &By,
    record: &Record,
    now: DateTime<Utc>,
) -> Result<Vec<(Listed, Same)>, DbErr> {
    let reach = by.reach(Deed::ReadPatient);
    let within = policy::condition_of_patient(&reach, "p.id", jst_day(now), now);
    let ids = queries::like(db, &within, record).await?;
    let listed = find::listed(db, &ids).await?.into_iter();
    let mut found: Vec<(Listed, Same)> = listed
        .filter_map(|one| Some((compare(record, &one.record)?, one)))
        .map(|(same, one)| (one, same))
        .collect();
    found.sort_by_key(|(one, same)| (std::cmp::Reverse(same.likeness), one.id));
    Ok(found)
}

/// Two records that may be of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The one with the lower number, and the other.
    pub records: (Listed, Listed),
    /// What speaks for it.
    pub same: Same,
}

/// So many pairs are looked at in one list.
const MOST: u64 = 20_000;

/// The pairs that `by` might merge, the likeliest first: how many, and a page of them.
///
/// # Errors
/// The engine's.
pub async fn pairs(
    db: &impl ConnectionTrait,
    by: &By,
    page: Page,
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Pair>), DbErr> {
    let reach = by.reach(Deed::MergePatient);
    let within = |id: &str| policy::condition_of_patient(&reach, id, jst_day(now), now);
    let pairs = queries::pairs(db, (&within("a.id"), &within("b.id")), MOST).await?;
    let ids: BTreeSet<i64> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    let records = records::records(db, &ids).await?;
    let mut found: Vec<((i64, i64), Same)> = pairs
        .into_iter()
        .filter_map(|(a, b)| {
            let (one, other) = (records.get(&a)?, records.get(&b)?);
            Some(((a, b), compare(&one.0, &other.0)?))
        })
        .collect();
    found.sort_by_key(|(pair, same)| (std::cmp::Reverse(same.likeness), *pair));
    let n = found.len() as u64;
    let listed = |id: i64| {
        let (record, version) = records.get(&id)?.clone();
        let id = PatientId::new(id);
        Some(Listed {
            id,
            record,
            version,
        })
    };
    let skip = usize::try_from(page.first).unwrap_or(usize::MAX);
    let take = usize::try_from(page.most).unwrap_or(usize::MAX);
    let shown = found.into_iter().skip(skip).take(take);
    let pairs = shown.filter_map(|((a, b), same)| {
        let records = (listed(a)?, listed(b)?);
        Some(Pair { records, same })
    });
    Ok((n, pairs.collect()))
}

#[cfg(test)]
mod tests;
