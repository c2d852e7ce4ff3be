//! What is wrong with a cell or a row, so that a report can group it by cause and name every row.

use serde::Serialize;

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RowAt {
    /// Index of the sheet, from 0.
    pub sheet: u16,
    /// Row number as a spreadsheet shows it, from 1.
    pub row: u32,
}

/// One thing found in one cell or row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where.
    pub at: RowAt,
    /// The column's head; empty where the whole row is meant.
    pub column: &'static str,
    /// The cell as it stands in the file.
    pub value: String,
    /// What is wrong.
    pub cause: Cause,
}

/// Why a value or a row was not taken as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Fewer columns than the header.
    RowCutShort,
    /// No name.
    NoName,
    /// No number or id, or one that cannot be.
    WrongNumber,
    /// The check digit of a municipality code.
    WrongMunicipalityCode,
    /// A prefecture that there is not.
    WrongPrefecture,
    /// A service or kind that no definition knows.
    UnknownKind,
    /// The same record twice in one file.
    DuplicateRow,
    /// Name, address and kind of a row further up.
    SameRow,
    /// Likewise, but for the telephone number.
    SimilarRow,
    /// A text longer than its field may be.
    TooLong,
    /// Not a telephone number.
    WrongPhone,
    /// Not a FAX number.
    WrongFax,
    /// An impossible date.
    WrongDate,
    /// 0.0, which public lists write for "not given".
    PointZero,
    /// Latitude and longitude exchanged.
    PointSwapped,
    /// Not in Japan.
    PointOutsideJapan,
    /// Not numbers.
    PointUnreadable,
    /// Farther than the tolerance from its municipality.
    PointOutsideMunicipality,
    /// Neither an address nor a municipality.
    NoAddress,
    /// The address names no municipality of its prefecture.
    MunicipalityUnknown,
    /// The code's municipality and the address's differ.
    MunicipalityConflict,
    /// Not a number of places or beds.
    WrongCapacity,
    /// Check digit of a corporate number.
    WrongCorporateNumber,
    /// A time that there is not.
    WrongTime,
    /// A sheet beside others, without the header of a list.
    SheetPassedOver,
}

impl Cause {
    /// The code in reports, `wrong_phone`.
    pub fn code(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// True where the row becomes no record; otherwise only the field is emptied.
    pub fn is_error(self) -> bool {
        match self {
            Self::RowCutShort
            | Self::NoName
            | Self::WrongNumber
            | Self::WrongMunicipalityCode
            | Self::WrongPrefecture
            | Self::UnknownKind
            | Self::DuplicateRow
            | Self::SameRow
            | Self::TooLong => true,
            Self::SimilarRow
            | Self::WrongPhone
            | Self::WrongFax
            | Self::WrongDate
            | Self::PointZero
            | Self::PointSwapped
            | Self::PointOutsideJapan
            | Self::PointUnreadable
            | Self::PointOutsideMunicipality
            | Self::NoAddress
            | Self::MunicipalityUnknown
            | Self::MunicipalityConflict
            | Self::WrongCapacity
            | Self::WrongCorporateNumber
            | Self::WrongTime
            | Self::SheetPassedOver => false,
        }
    }

    /// What is wrong and what to do, without the row and the value.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::RowCutShort => {
                "列の数が見出しより少ない行です。ファイルが途中で切れていないか確かめてください。"
            }
            Self::NoName => "名称のない行です。名称を入れてください。",
            Self::WrongNumber => {
                "番号（コード・ID）がないか、桁や文字が合いません。元の名簿と照らしてください。"
            }
            Self::WrongMunicipalityCode => {
                "市区町村コードの検査数字が合いません。コードを確かめてください。"
            }
            Self::WrongPrefecture => {
                "都道府県を読めません。都道府県コード（01〜47）を確かめてください。"
            }
            Self::UnknownKind => {
                "定義にない種類です。種類の書き方を直してください。新しい種類が要るときは、Kenikiを設置した担当者に、種類の定義（definitions/categories.toml）に加えるよう頼んでください。"
            }
            Self::DuplicateRow => {
                "同じ番号（番号のない名簿では、名称と住所）で同じ種類の行が前にもあります。どちらか一方を消してください。"
            }
            Self::SameRow => {
                "名称・住所・種類が同じ行が前にもあります。どちらか一方を消してください。"
            }
            Self::SimilarRow => {
                "名称・住所・種類が同じで、電話番号だけが違う行が前にもあります。同じものなら、どちらか一方を消してください。このまま書き込むと、別の拠点として、同じかどうかの確認を待ちます。"
            }
            Self::TooLong => {
                "長すぎます。名称・フリガナ・法人の名称は200字、住所・方書は300字、URLは500字、特記事項は2,000字までです。短くしてください。"
            }
            Self::WrongPhone => "電話番号として読めないため、空欄にしました。",
            Self::WrongFax => "FAX番号として読めないため、空欄にしました。",
            Self::WrongDate => "日付として読めないため、空欄にしました。",
            Self::PointZero => "緯度・経度が0.0のため、位置を空欄にしました。",
            Self::PointSwapped => "緯度と経度が逆のようです。位置を空欄にしました。",
            Self::PointOutsideJapan => "緯度・経度が日本の外を指すため、位置を空欄にしました。",
            Self::PointUnreadable => "緯度・経度を数として読めないため、位置を空欄にしました。",
            Self::PointOutsideMunicipality => {
                "緯度・経度が所在地の市区町村から500 mを超えて外れているため、位置を空欄にしました。"
            }
            Self::NoAddress => {
                "住所も市区町村も書いていないため、どの市区町村のものとしても数えません。"
            }
            Self::MunicipalityUnknown => {
                "住所から市区町村が分かりません。市区町村名まで書いてあるか確かめてください。正しい住所なら、その地域がまだ読み込まれていません。Kenikiを設置した担当者に、地域の読込みを頼んでください。"
            }
            Self::MunicipalityConflict => {
                "市区町村コードと住所の市区町村が違います。コードの市区町村を採りました。"
            }
            Self::WrongCapacity => "定員・病床数として読めないため、空欄にしました。",
            Self::WrongCorporateNumber => "法人番号の検査数字が合わないため、空欄にしました。",
            Self::WrongTime => "時刻として読めないため、空欄にしました。",
            Self::SheetPassedOver => "名簿の見出しの行がないシートのため、読み込んでいません。",
        }
    }
}
