//! Proves the chain, or names the first row that breaks it.

use std::fmt;

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};
use serde::Serialize;

use super::anchor::Anchor;
use super::entry::Entry;
use super::erase;
use super::queries::{self, Told};
use super::seal::BEGINNING;
use crate::account::policy::Deed;
use crate::database::begin_read;

/// Rows that are held at a time.
const AT_A_TIME: u64 = 5_000;

/// A month's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sea_orm::FromQueryResult)]
pub struct Chain {
    /// `2026-11`, in Japan.
    pub month: String,
    /// The head of the chain before it.
    pub before_head: String,
    /// The link of its last row.
    pub head: String,
    /// Its rows.
    pub n_entries: i64,
    /// When its rows were erased, their retention being over.
    pub erased_at: Option<String>,
}

impl Chain {
    /// An empty one that begins at the head of `before`.
    pub(super) fn behind(before: Option<&Self>, month: String) -> Self {
        let head = before.map_or(BEGINNING, |before| &before.head).to_owned();
        Self {
            month,
            before_head: head.clone(),
            head,
            n_entries: 0,
            erased_at: None,
        }
    }

    /// What is kept elsewhere of it.
    #[must_use]
    pub fn anchor(&self) -> Anchor {
        Anchor {
            month: self.month.clone(),
            n_entries: self.n_entries,
            head: self.head.clone(),
        }
    }
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The chains, oldest first.
    pub chains: Vec<Chain>,
    /// Rows that were proved.
    pub n_proved: u64,
    /// Rows that no sealer has linked yet: committed within the last second, or while none was running.
    pub n_unsealed: u64,
    /// The first thing that is not as it was written; none: the chain is whole.
    pub broken: Option<Break>,
}

/// Where the chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// Which chain; none: the row has no place yet.
    pub month: Option<String>,
    /// Which place in it.
    pub seq: Option<i64>,
    /// The row's id, where there is a row.
    pub id: Option<i64>,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The content does not have the hash that was written with it.
    Changed,
    /// The row is not the one that stood in this place.
    Moved,
    /// No row stands in this place.
    Missing,
    /// A row stands where none was.
    Added,
    /// The chain's head is not the link of its last row, or not the beginning of the next chain.
    Head,
    /// A head that was kept elsewhere is not in the chain.
    Anchor,
    /// It is said to be erased, and no later chain says so.
    Erased,
}

impl Why {
    fn words(self) -> &'static str {
        match self {
            Self::Changed => "内容が書き換えられています",
            Self::Moved => "順番が変えられているか、別の記録に置き換えられています",
            Self::Missing => "記録がなくなっています",
            Self::Added => "あとから入れられた記録です",
            Self::Head => "月の最後の記録が合いません",
            Self::Anchor => "控えてあった値と合いません",
            Self::Erased => "消去ずみとありますが、消去したという記録がないか、合いません",
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.month, self.seq) {
            (Some(month), Some(seq)) => write!(f, "{month} の {seq} 件目")?,
            (Some(month), None) => write!(f, "{month}")?,
            _ => f.write_str("封をする前の記録")?,
        }
        if let Some(id) = self.id {
            write!(f, "（番号 {id}）")?;
        }
        write!(f, "：{}。", self.why.words())
    }
}

/// Proves every chain from the first, and that each of `anchors` stands in it.
pub async fn verify(db: &DatabaseConnection, anchors: &[Anchor]) -> Result<Verdict, DbErr> {
    // The sealer may be at work: its rows and its heads must be of one moment.
    let tx = begin_read(db).await?;
    let mut verdict = Verdict {
        chains: queries::chains(&tx).await?,
        n_proved: 0,
        n_unsealed: queries::n_unsealed(&tx).await?,
        broken: None,
    };
    verdict.broken = first_break(&tx, anchors, &mut verdict).await?;
    tx.rollback().await?;
    Ok(verdict)
}

async fn first_break(
    db: &DatabaseTransaction,
    anchors: &[Anchor],
    verdict: &mut Verdict,
) -> Result<Option<Break>, DbErr> {
    let told = queries::erasures(db, Deed::EraseExpired.code(), erase::KIND).await?;
    let mut before = BEGINNING.to_owned();
    for chain in verdict.chains.clone() {
        if chain.before_head != before {
            return Ok(Some(at(&chain, None, None, Why::Head)));
        }
        let of_it: Vec<&Anchor> = anchors
            .iter()
            .filter(|it| it.month == chain.month)
            .collect();
        let broken = match &chain.erased_at {
            None => broken_row(db, &chain, &of_it, &mut verdict.n_proved).await?,
            Some(_) => broken_erasure(db, &chain, &of_it, (&verdict.chains, &told)).await?,
        };
        if broken.is_some() {
            return Ok(broken);
        }
        before = chain.head;
    }
    let is_known = |anchor: &&Anchor| verdict.chains.iter().any(|it| it.month == anchor.month);
    if let Some(lost) = anchors.iter().find(|anchor| !is_known(anchor)) {
        return Ok(Some(Break {
            month: Some(lost.month.clone()),
            seq: Some(lost.n_entries),
            id: None,
            why: Why::Anchor,
        }));
    }
    let loose = queries::loose(db).await?;
    let changed = loose
        .iter()
        .find(|entry| entry.chain.is_some() || entry.hash() != entry.content_hash);
    Ok(changed.map(|entry| Break {
        month: entry.chain.clone(),
        seq: entry.seq,
        id: Some(entry.id),
        why: if entry.chain.is_some() {
            Why::Added
        } else {
            Why::Changed
        },
    }))
}

/// What is wrong with one chain that is not erased, behind `before`.
pub(super) async fn broken_chain(
    db: &DatabaseTransaction,
    chain: &Chain,
    before: Option<&Chain>,
) -> Result<Option<Break>, DbErr> {
    if chain.before_head != before.map_or(BEGINNING, |before| &before.head) {
        return Ok(Some(at(chain, None, None, Why::Head)));
    }
    broken_row(db, chain, &[], &mut 0).await
}

/// What is wrong with a chain that is said to be erased. The oldest go first, and each head holds all before it: so the head
/// of the last of them must stand in a chain that is proved, and no word on another one may differ. Where the erasing ended
/// in the middle, the rows that are left still end in the head.
async fn broken_erasure(
    db: &DatabaseTransaction,
    chain: &Chain,
    anchors: &[&Anchor],
    (chains, told): (&[Chain], &[Told]),
) -> Result<Option<Break>, DbErr> {
    let own = chain.anchor();
    if let Some(anchor) = anchors.iter().find(|it| {
        it.n_entries > own.n_entries || (it.n_entries == own.n_entries && it.head != own.head)
    }) {
        return Ok(Some(at(chain, Some(anchor.n_entries), None, Why::Anchor)));
    }
    let is_whole = |month: &str| {
        let found = chains.iter().find(|it| it.month == month);
        found.is_some_and(|it| it.erased_at.is_none())
    };
    let is_behind_kept = chains
        .iter()
        .any(|it| it.month < chain.month && it.erased_at.is_none());
    let is_last = !chains
        .iter()
        .any(|it| it.month > chain.month && it.erased_at.is_some());
    let mut of_it = told.iter().filter_map(|told| Some((told, told.anchor()?)));
    let differs = of_it
        .clone()
        .any(|(_, anchor)| anchor.month == own.month && anchor != own);
    let is_told = of_it
        .any(|(told, anchor)| anchor == own && told.chain > own.month && is_whole(&told.chain));
    if is_behind_kept || differs || (is_last && !is_told) {
        return Ok(Some(at(chain, None, None, Why::Erased)));
    }
    let Some(first) = queries::sealed(db, &chain.month, 0, 1).await?.pop() else {
        return Ok(None);
    };
    if first.hash() != first.content_hash {
        return Ok(Some(at(chain, first.seq, Some(first.id), Why::Changed)));
    }
    let place = (
        first.seq.unwrap_or_default(),
        first.link.unwrap_or_default(),
    );
    broken_behind(db, chain, place, &[], &mut 0).await
}

/// The first row of one chain that is not as it was sealed.
async fn broken_row(
    db: &DatabaseTransaction,
    chain: &Chain,
    anchors: &[&Anchor],
    n_proved: &mut u64,
) -> Result<Option<Break>, DbErr> {
    let first = (0, chain.before_head.clone());
    broken_behind(db, chain, first, anchors, n_proved).await
}

/// The same behind a place and its link.
async fn broken_behind(
    db: &DatabaseTransaction,
    chain: &Chain,
    (mut seq, mut head): (i64, String),
    anchors: &[&Anchor],
    n_proved: &mut u64,
) -> Result<Option<Break>, DbErr> {
    loop {
        let entries: Vec<Entry> = queries::sealed(db, &chain.month, seq, AT_A_TIME).await?;
        let n = entries.len() as u64;
        for entry in entries {
            seq += 1;
            let link = entry.link_behind(&head, seq);
            let why = if entry.seq != Some(seq) {
                return Ok(Some(at(chain, Some(seq), None, Why::Missing)));
            } else if seq > chain.n_entries {
                Some(Why::Added)
            } else if entry.hash() != entry.content_hash {
                Some(Why::Changed)
            } else if entry.link.as_ref() != Some(&link) {
                Some(Why::Moved)
            } else if anchors
                .iter()
                .any(|it| it.n_entries == seq && it.head != link)
            {
                Some(Why::Anchor)
            } else {
                None
            };
            if let Some(why) = why {
                return Ok(Some(at(chain, Some(seq), Some(entry.id), why)));
            }
            head = link;
            *n_proved += 1;
        }
        if n < AT_A_TIME {
            break;
        }
    }
    let why = if seq < chain.n_entries {
        (Some(seq + 1), Why::Missing)
    } else if head != chain.head {
        (None, Why::Head)
    } else if let Some(anchor) = anchors.iter().find(|it| it.n_entries > seq) {
        (Some(anchor.n_entries), Why::Anchor)
    } else {
        return Ok(None);
    };
    Ok(Some(at(chain, why.0, None, why.1)))
}

fn at(chain: &Chain, seq: Option<i64>, id: Option<i64>, why: Why) -> Break {
    Break {
        month: Some(chain.month.clone()),
        seq,
        id,
        why,
    }
}
