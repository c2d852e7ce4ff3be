//! Codes of areas: prefecture (2 digits), medical area (4), municipality or ward (5, 6 with check digit).

use serde::{Deserialize, Serialize};

use super::{WrongCode, ascii, code_as_text, digit, digits, plain};

/// JIS X 0401, 01 to 47.
const PREFECTURES: [&str; 47] = [
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
    "神奈川県",
    "新潟県",
    "富山県",
    "石川県",
    "福井県",
    "山梨県",
    "長野県",
    "岐阜県",
    "静岡県",
    "愛知県",
    "三重県",
    "滋賀県",
    "京都府",
    "大阪府",
    "兵庫県",
    "奈良県",
    "和歌山県",
    "鳥取県",
    "島根県",
    "岡山県",
    "広島県",
    "山口県",
    "徳島県",
    "香川県",
    "愛媛県",
    "高知県",
    "福岡県",
    "佐賀県",
    "長崎県",
    "熊本県",
    "大分県",
    "宮崎県",
    "鹿児島県",
    "沖縄県",
];

/// A prefecture, 01–47 (JIS X 0401); 50–99 are free for invented sample areas.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrefectureCode([u8; 2]);
code_as_text!(PrefectureCode);

impl PrefectureCode {
    const WHAT: &str = "都道府県コード";

    /// Reads 2 digits; one digit, as spreadsheets leave it, is filled up.
    ///
    /// # Errors
    /// Wrong length or character, or no such prefecture.
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let text = plain(text);
        let padded = if text.len() == 1 {
            format!("0{text}")
        } else {
            text.into_owned()
        };
        let bytes = digits(Self::WHAT, &padded, "2桁")?;
        Self::leading(Self::WHAT, ascii(&bytes), bytes)
    }

    /// Every real prefecture in the order of the codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=47).map(|n: u8| Self([b'0' + n / 10, b'0' + n % 10]))
    }

    /// The prefecture that a Japanese text begins with, and what follows its name.
    pub fn strip_name(text: &str) -> Option<(Self, &str)> {
        Self::all()
            .zip(PREFECTURES)
            .find_map(|(code, name)| Some((code, text.strip_prefix(name)?)))
    }

    /// The Japanese name; invented prefectures have none here.
    pub fn name(self) -> Option<&'static str> {
        PREFECTURES
            .get(self.number().checked_sub(1)? as usize)
            .copied()
    }

    /// Whether the code is one of those kept for sample areas.
    pub fn is_invented(self) -> bool {
        self.number() >= 50
    }

    /// Checks the prefecture that begins a longer code.
    pub(super) fn leading(
        what: &'static str,
        value: &str,
        bytes: [u8; 2],
    ) -> Result<Self, WrongCode> {
        let code = Self(bytes);
        match code.number() {
            1..=47 | 50..=99 => Ok(code),
            _ => Err(WrongCode::Prefecture {
                what,
                value: value.to_owned(),
                found: ascii(&bytes).to_owned(),
            }),
        }
    }

    /// The prefecture of a longer code that was checked when it was made.
    pub(super) const fn of(bytes: [u8; 2]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(self) -> [u8; 2] {
        self.0
    }

    fn number(self) -> u32 {
        digit(self.0[0]) * 10 + digit(self.0[1])
    }
}

/// A municipality or ward by its 5 digits (JIS X 0402 with the prefecture in front).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MunicipalityCode([u8; 5]);
code_as_text!(MunicipalityCode);

impl MunicipalityCode {
    const WHAT: &str = "市区町村コード";

    /// Reads 5 digits, or 6 with the check digit (全国地方公共団体コード).
    ///
    /// # Errors
    /// Wrong length or character, no such prefecture, wrong check digit.
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let text = plain(text);
        if text.chars().count() != 6 {
            let bytes = digits(Self::WHAT, &text, "5桁、または検査数字のついた6桁")?;
            return Self::checked(&text, bytes);
        }
        let [a, b, c, d, e, _] = digits(Self::WHAT, &text, "6桁")?;
        let code = Self::checked(&text, [a, b, c, d, e])?;
        if code.six() == *text {
            return Ok(code);
        }
        Err(WrongCode::CheckDigit {
            what: Self::WHAT,
            value: text.into_owned(),
            right: code.six(),
        })
    }

    /// The 6 digits with the check digit.
    pub fn six(self) -> String {
        let weighted: u32 = self
            .0
            .iter()
            .zip([6, 5, 4, 3, 2])
            .map(|(&byte, weight)| digit(byte) * weight)
            .sum();
        format!("{self}{}", (11 - weighted % 11) % 10)
    }

    /// The prefecture it lies in.
    pub fn prefecture(self) -> PrefectureCode {
        PrefectureCode::of([self.0[0], self.0[1]])
    }

    fn checked(value: &str, bytes: [u8; 5]) -> Result<Self, WrongCode> {
        PrefectureCode::leading(Self::WHAT, value, [bytes[0], bytes[1]])?;
        Ok(Self(bytes))
    }
}

/// A medical area (二次医療圏, 構想区域) by its 4 digits. The same code can mean other members in another
/// area set.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaCode([u8; 4]);
code_as_text!(AreaCode);

impl AreaCode {
    const WHAT: &str = "二次医療圏コード";

    /// Reads 4 digits, or the 3 that spreadsheets leave of "0101".
    ///
    /// # Errors
    /// Wrong length or character, no such prefecture.
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let text = plain(text);
        let padded = if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("0{text}")
        } else {
            text.into_owned()
        };
        let bytes = digits(Self::WHAT, &padded, "4桁")?;
        PrefectureCode::leading(Self::WHAT, &padded, [bytes[0], bytes[1]])?;
        Ok(Self(bytes))
    }

    /// The prefecture it lies in.
    pub fn prefecture(self) -> PrefectureCode {
        PrefectureCode::of([self.0[0], self.0[1]])
    }
}

/// Any area as people and addresses of pages name it; the length tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AreaRef {
    /// 2 digits.
    Prefecture(PrefectureCode),
    /// 3 or 4 digits.
    MedicalArea(AreaCode),
    /// 5 or 6 digits.
    Municipality(MunicipalityCode),
}

impl AreaRef {
    /// Reads a code of 2, 3, 4, 5 or 6 digits.
    ///
    /// # Errors
    /// Any other length, and what the code of that length refuses.
    pub fn parse(text: &str) -> Result<Self, WrongCode> {
        let text = plain(text);
        match text.chars().count() {
            2 => PrefectureCode::parse(&text).map(Self::Prefecture),
            3 | 4 => AreaCode::parse(&text).map(Self::MedicalArea),
            5 | 6 => MunicipalityCode::parse(&text).map(Self::Municipality),
            0 => Err(WrongCode::Empty {
                what: "地域コード"
            }),
            found => Err(WrongCode::Length {
                what: "地域コード",
                value: text.into_owned(),
                expected: "2桁（都道府県）、4桁（二次医療圏）、5桁または6桁（市区町村）",
                found,
            }),
        }
    }

    /// The prefecture it is or lies in.
    pub fn prefecture(self) -> PrefectureCode {
        match self {
            Self::Prefecture(code) => code,
            Self::MedicalArea(code) => code.prefecture(),
            Self::Municipality(code) => code.prefecture(),
        }
    }
}

impl std::fmt::Display for AreaRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Prefecture(code) => code.fmt(f),
            Self::MedicalArea(code) => code.fmt(f),
            Self::Municipality(code) => code.fmt(f),
        }
    }
}

impl std::str::FromStr for AreaRef {
    type Err = WrongCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AreaRef {
    type Error = WrongCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<AreaRef> for String {
    fn from(area: AreaRef) -> Self {
        area.to_string()
    }
}
