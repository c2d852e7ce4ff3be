//! Which list a file is, told by the heads of its columns and never by its name.

use keniki_base::text::squeeze;
use serde::Serialize;

use super::{Cause, RowAt, Sink};
use crate::sheet::read::Row;

/// The lists that Keniki reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// 地方厚生局 届出受理医療機関名簿（施設基準）.
    Filings,
    /// 介護サービス情報公表システム オープンデータ.
    CareServices,
    /// 医療情報ネット（ナビイ） 施設票.
    MedicalNet,
    /// 病床機能報告, as one table of the nation (`facility_R7_wide.csv`).
    BedReport,
    /// 病床機能報告, the publisher's book with a sheet for each area.
    BedBook,
    /// 推奨データセット・自治体標準オープンデータセット 医療機関一覧.
    StandardMedical,
    /// 推奨データセット・自治体標準オープンデータセット 介護サービス事業所一覧.
    StandardCare,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Filings,
        Self::CareServices,
        Self::MedicalNet,
        Self::BedReport,
        Self::BedBook,
        Self::StandardMedical,
        Self::StandardCare,
    ];

    /// The code of its source in `definitions/sources.toml`, also in batches, scopes and reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::Filings => "filings",
            Self::CareServices => "care_services",
            Self::MedicalNet => "medical_net",
            Self::BedReport => "bed_report",
            Self::BedBook => "bed_book",
            Self::StandardMedical => "standard_medical",
            Self::StandardCare => "standard_care",
        }
    }

    /// Its turn among files that are imported together: the lists with the most to know a place by come first.
    pub fn turn(self) -> u8 {
        match self {
            Self::Filings => 0,
            Self::MedicalNet => 1,
            Self::StandardMedical => 2,
            Self::CareServices => 3,
            Self::StandardCare => 4,
            Self::BedReport => 5,
            Self::BedBook => 6,
        }
    }

    /// Whether each prefecture or municipality publishes a list of its own: what another one's lacks is not gone.
    pub fn is_of_one_publisher(self) -> bool {
        matches!(self, Self::StandardMedical | Self::StandardCare)
    }

    /// The scope of the same list in the other shape in which its publisher gives it out, by the same record keys.
    pub fn other_edition(scope: &str) -> Option<String> {
        let (format, rest) = scope.split_once('/')?;
        let other = match Self::of_scope(format)? {
            Self::BedReport => Self::BedBook,
            Self::BedBook => Self::BedReport,
            _ => return None,
        };
        Some(format!("{}/{rest}", other.code()))
    }

    /// Whether a facility has one row in the list: two rows are two facilities, however alike their names.
    pub fn has_one_row_each(scope: &str) -> bool {
        Self::of_scope(scope).is_some_and(Self::is_bed_report)
    }

    /// Whether it is one of the two shapes of 病床機能報告, which know general and long-term beds only.
    pub fn is_bed_report(self) -> bool {
        matches!(self, Self::BedReport | Self::BedBook)
    }

    /// The format of a scope, or of its own code.
    pub fn of_scope(scope: &str) -> Option<Self> {
        let begin = scope.split('/').next()?;
        Self::ALL.into_iter().find(|format| format.code() == begin)
    }

    /// The list's name as its publisher says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filings => "届出受理医療機関名簿（地方厚生局）",
            Self::CareServices => "介護サービス情報公表システム（厚生労働省）",
            Self::MedicalNet => "医療情報ネット 施設票（厚生労働省）",
            Self::BedReport => "病床機能報告 医療機関別（厚生労働省）",
            Self::BedBook => "病床機能報告 構想区域別（厚生労働省）",
            Self::StandardMedical => "推奨データセット 医療機関一覧",
            Self::StandardCare => "推奨データセット 介護サービス事業所一覧",
        }
    }

    /// Heads without which a file is not of this list. A head is any of the spellings joined by `|`.
    pub(super) fn required(self) -> &'static [&'static str] {
        match self {
            Self::Filings => &[
                "都道府県コード",
                "区分",
                "医療機関番号",
                "併設医療機関番号",
                "医療機関名称",
                "医療機関所在地(住所)",
                "受理届出名称",
                "受理記号",
                "算定開始年月日",
            ],
            Self::CareServices => &[
                "都道府県コード又は市町村コード",
                "事業所名",
                "サービスの種類",
                "住所",
                "緯度",
                "経度",
                "電話番号",
                "法人の名称",
                "事業所番号",
                "利用可能曜日",
                "定員",
            ],
            Self::MedicalNet => &[
                "ID",
                "正式名称",
                "機関区分",
                "都道府県コード",
                "市区町村コード",
                "所在地",
                "所在地座標(緯度)",
                "所在地座標(経度)",
            ],
            Self::BedReport => &[
                "pref_code",
                "area_code",
                "facility_name",
                "municipality",
                "beds_total_incl_closed",
                "beds_kodo_kyusei",
                "beds_kyusei",
                "beds_kaifuku",
                "beds_mansei",
            ],
            // The book prints ①, ② …; heads are compared with such digits made plain.
            Self::BedBook => &["1医療機関名", "2所在地", "3一般・療養病床", "4医師数"],
            Self::StandardMedical => &[
                "名称",
                "医療機関の種類",
                "診療科目",
                "住所|所在地_連結表記",
                "電話番号",
            ],
            Self::StandardCare => &[
                "介護サービス事業所名称|事業所名|名称",
                "実施サービス",
                "住所|所在地_連結表記",
                "電話番号",
            ],
        }
    }
}

/// The heads of one file and where they stand.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    heads: Vec<String>,
}

impl Columns {
    fn of(row: &Row) -> Self {
        Self {
            heads: row.cells.iter().map(|cell| plain(cell)).collect(),
        }
    }

    /// How many columns the header has, without empty ones at its end.
    pub fn len(&self) -> usize {
        self.heads
            .iter()
            .rposition(|head| !head.is_empty())
            .map_or(0, |last| last + 1)
    }

    /// True where the row has no head at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The place of a head; `head` may be several spellings joined by `|`.
    pub fn find(&self, head: &str) -> Option<usize> {
        head.split('|')
            .find_map(|head| self.heads.iter().position(|known| known == head))
    }

    /// The heads of `format` that the file has, and those that it lacks.
    fn against(&self, format: Format) -> (Vec<&'static str>, Vec<&'static str>) {
        let heads = format.required().iter();
        heads.partition(|head| self.find(head).is_some())
    }

    /// True where `row` ends before one of the heads without which a file is not of `format`.
    pub(super) fn cut_short(&self, row: &Row, format: Format) -> bool {
        let last = format
            .required()
            .iter()
            .filter_map(|head| self.find(head))
            .max();
        last.is_some_and(|last| row.cells.len() <= last)
    }

    /// The cell of `row` under `head`, trimmed; empty where the file has no such column.
    pub fn get<'r>(&self, row: &'r Row, head: &str) -> &'r str {
        self.find(head).map_or("", |column| row.cell(column))
    }

    /// Rejects a row with fewer cells than the header: the file may have been cut there.
    pub fn reject_if_cut(&self, row: &Row, at: RowAt, sink: &mut Sink) -> bool {
        let is_short = row.cells.len() < self.len();
        if is_short {
            sink.reject(at.finding("", &row.cells.join(","), Cause::RowCutShort));
        }
        is_short
    }

    /// Every head with its cell, in the order of the file.
    pub fn pairs<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.heads
            .iter()
            .enumerate()
            .map(|(column, head)| (head.as_str(), row.cell(column)))
    }
}

/// Why no list fits. `Display` names what was found, what is nearest and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "見出しの行が見つかりません。見つかった列: {}。いちばん近い形式: {}。足りない列: {}。{}",
    shown(found),
    nearest.name(),
    missing.join("、"),
    advice(*nearest)
)]
pub struct UnknownHeader {
    /// Heads of the row that came nearest.
    pub found: Vec<String>,
    /// The list whose heads were met most.
    pub nearest: Format,
    /// Its heads that the file lacks.
    pub missing: Vec<String>,
    /// How many of its heads were met.
    n_met: usize,
}

impl UnknownHeader {
    /// The share of the nearest list's heads that were met.
    pub fn share(&self) -> f64 {
        self.n_met as f64 / self.nearest.required().len() as f64
    }

    /// Nearer than `other`, or as far and with more to show.
    fn is_nearer(&self, other: &Self) -> bool {
        let by_share = self.share().total_cmp(&other.share());
        by_share
            .then(self.found.len().cmp(&other.found.len()))
            .is_gt()
    }

    /// As the form in which an area brings its own list.
    fn as_own_list(columns: &Columns) -> Self {
        let (met, missing) = columns.against(OWN_LIST);
        unknown(columns, OWN_LIST, met.len(), &missing)
    }
}

/// The form in which an area brings what nobody publishes.
const OWN_LIST: Format = Format::StandardCare;

/// A list of which fewer heads were met is not near.
const NEAR: f64 = 0.5;

/// What whoever made the list themselves is told.
fn advice(nearest: Format) -> &'static str {
    match nearest == OWN_LIST {
        true => {
            "自分で作った一覧なら、見出しを「市区町村名、事業所名、実施サービス、住所、電話番号」にしてください。ひな形は「名簿の取込み」のページから受け取れます。"
        }
        false => "",
    }
}

/// Looks for the header in the first rows of a file.
#[derive(Debug, Default)]
pub struct Recogniser {
    best: Option<(UnknownHeader, Columns)>,
    n_rows: usize,
}

/// A header never stands lower; the filings' stands on row 4, the bed book's on row 11.
const HEADER_WITHIN_ROWS: usize = 15;

impl Recogniser {
    /// `Ok(Some)` once `row` is the header of a list; `Err` when it is too late for one.
    pub fn look(&mut self, row: &Row) -> Result<Option<(Format, Columns)>, UnknownHeader> {
        let columns = Columns::of(row);
        for format in Format::ALL {
            let (met, missing) = columns.against(format);
            if missing.is_empty() {
                return Ok(Some((format, columns)));
            }
            let unknown = unknown(&columns, format, met.len(), &missing);
            if self
                .best
                .as_ref()
                .is_none_or(|(best, _)| unknown.is_nearer(best))
            {
                self.best = Some((unknown, columns.clone()));
            }
        }
        self.n_rows += 1;
        if self.n_rows >= HEADER_WITHIN_ROWS {
            return Err(self.give_up());
        }
        Ok(None)
    }

    /// The refusal when the file ended without a header.
    pub fn give_up(&mut self) -> UnknownHeader {
        match self.best.take() {
            Some((best, _)) if best.share() >= NEAR => best,
            Some((_, columns)) => UnknownHeader::as_own_list(&columns),
            None => UnknownHeader::as_own_list(&Columns::default()),
        }
    }
}

fn unknown(columns: &Columns, nearest: Format, n_met: usize, missing: &[&str]) -> UnknownHeader {
    UnknownHeader {
        found: columns
            .heads
            .iter()
            .filter(|head| !head.is_empty())
            .cloned()
            .collect(),
        nearest,
        missing: missing
            .iter()
            .map(|head| head.replace('|', "または"))
            .collect(),
        n_met,
    }
}

/// Heads are compared without blanks, breaks, full-width letters and stars.
fn plain(head: &str) -> String {
    squeeze(head)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊'))
        .collect()
}

fn shown(found: &[String]) -> String {
    const MOST: usize = 12;
    match found.len() {
        0 => "なし".to_owned(),
        n if n > MOST => format!("{} ほか{}列", found[..MOST].join("、"), n - MOST),
        _ => found.join("、"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_required_head_is_written_as_heads_are_compared() {
        for format in Format::ALL {
            for head in format.required().iter().flat_map(|heads| heads.split('|')) {
                assert_eq!(plain(head), head, "{format:?}");
            }
        }
    }
}
