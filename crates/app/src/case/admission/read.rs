//! What a row says, read as a record and an admission; or everything in it that is wrong.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use keniki_base::clock::{jst_day, jst_instant};
use keniki_base::date::parse_day;
use keniki_base::id::OrganizationId;
use keniki_base::text::squeeze;

use super::{
    BACKUP_BED, BIRTH, CARE_MANAGER, DAY, INSURED, INSURER, KANA, NAME, NUMBER, PLANNED, Row, SEX,
    TIME, WARD,
};
use crate::patient::birth::Birth;
use crate::patient::identifier::Identifier;
use crate::patient::name::{Name, Use};
use crate::patient::record::{Home, Record, Sex};

/// An admission of somebody.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    pub record: Record,
    pub at: DateTime<Utc>,
    pub ward: String,
    /// 緊急入院（バックアップ病床）, which an ordinary emergency is not.
    pub is_to_backup_bed: bool,
    pub has_care_manager: Option<bool>,
    pub planned_on: Option<NaiveDate>,
}

impl Admission {
    pub(super) fn day(&self) -> NaiveDate {
        jst_day(self.at)
    }

    /// Name and birth, and the hospital's own number: by either two rows are of one patient.
    fn keys(&self) -> Vec<String> {
        let name = self.record.name().map(Name::kana_key).unwrap_or_default();
        let numbers = self.record.medical_records();
        let bare = numbers.map(|(_, number)| number.trim_start_matches('0').to_owned());
        let person = format!("{name} {}", self.record.birth.born);
        std::iter::once(person).chain(bare).collect()
    }
}

/// The rows of a table, each read or with its faults. A patient stands in it once.
pub(super) fn read_all(
    rows: &[Row],
    own: OrganizationId,
    now: DateTime<Utc>,
) -> Vec<Result<Admission, Vec<String>>> {
    let mut met: HashMap<String, u32> = HashMap::new();
    let one = |row: &Row| {
        let admission = read(row, own, now)?;
        let keys = admission.keys();
        if let Some(first) = keys.iter().find_map(|key| met.get(key)) {
            return Err(vec![format!(
                "{first}行目と同じ人（番号か、カナと生年月日が同じ）です。一人を一行にしてください。"
            )]);
        }
        met.extend(keys.into_iter().map(|key| (key, row.number)));
        Ok(admission)
    };
    rows.iter().map(one).collect()
}

fn read(row: &Row, own: OrganizationId, now: DateTime<Utc>) -> Result<Admission, Vec<String>> {
    let mut reader = Reader {
        row,
        today: jst_day(now),
        faults: Vec::new(),
    };
    let (name, birth, sex) = (reader.name(), reader.birth(), reader.sex());
    let identifiers = reader.identifiers(own);
    let at = reader.moment(now);
    let day = at.map(jst_day);
    let planned_on = reader.planned_on(day);
    if let (Some(birth), Some(day)) = (birth, day)
        && day < birth.born.first()
    {
        reader.tell("入院日が、生まれた日より前です。日付を確かめてください。");
    }
    let is_to_backup_bed = reader.is_marked(BACKUP_BED);
    let has_care_manager = reader.yes_or_no(CARE_MANAGER);
    let ward = row.cell(WARD).to_owned();
    if ward.chars().count() > 100 {
        reader.tell("「病棟」は100文字までで書いてください。");
    }
    match (name, birth, sex, at, reader.faults.is_empty()) {
        (Some(name), Some(birth), Some(sex), Some(at), true) => Ok(Admission {
            record: Record {
                names: vec![name],
                sex,
                birth,
                died_on: None,
                home: Home::default(),
                identifiers,
                levels: Vec::new(),
            },
            at,
            ward,
            is_to_backup_bed,
            has_care_manager,
            planned_on,
        }),
        _ => Err(reader.faults),
    }
}

/// Signs that say no.
const NO: [&str; 11] = [
    "×",
    "無",
    "無し",
    "なし",
    "いない",
    "いいえ",
    "0",
    "n",
    "no",
    "-",
    "ー",
];

/// Takes cells one by one and remembers what is wrong.
struct Reader<'a> {
    row: &'a Row,
    today: NaiveDate,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn tell(&mut self, fault: impl ToString) {
        self.faults.push(fault.to_string());
    }

    fn heard<T, E: ToString>(&mut self, read: Result<T, E>) -> Option<T> {
        read.map_err(|fault| self.tell(fault)).ok()
    }

    fn name(&mut self) -> Option<Name> {
        let (kanji, kana) = (squeeze(self.row.cell(NAME)), squeeze(self.row.cell(KANA)));
        let parts = |text: &str| {
            let (family, given) = text.split_once(' ').unwrap_or((text, ""));
            (family.to_owned(), given.to_owned())
        };
        let (kanji, kana) = (parts(&kanji), parts(&kana));
        let kanji = (kanji.0.as_str(), kanji.1.as_str());
        let read = Name::parse(Use::Official, kanji, (&kana.0, &kana.1));
        self.heard(read)
    }

    fn birth(&mut self) -> Option<Birth> {
        let birth = self.heard(Birth::parse(self.row.cell(BIRTH), self.today))?;
        if birth.born.day().is_none() || birth.is_about {
            self.tell(
                "生年月日を年月日まで書いてください。わからない人は、画面から登録してください。",
            );
            return None;
        }
        let is_too_old = birth.born.first() + Days::new(130 * 366) < self.today;
        if is_too_old {
            self.tell("生年月日が130年より前です。元号を確かめてください。");
            return None;
        }
        Some(birth)
    }

    fn sex(&mut self) -> Option<Sex> {
        match squeeze(self.row.cell(SEX)).to_lowercase().as_str() {
            "男" | "男性" | "1" | "m" | "male" => Some(Sex::Male),
            "女" | "女性" | "2" | "f" | "female" => Some(Sex::Female),
            "その他" => Some(Sex::Other),
            "" | "不明" => Some(Sex::Unknown),
            _ => {
                self.tell("性別は、男・女で書いてください。わからなければ空欄にします。");
                None
            }
        }
    }

    fn identifiers(&mut self, own: OrganizationId) -> Vec<Identifier> {
        let mut numbers = Vec::new();
        let medical = self.row.cell(NUMBER);
        if !medical.is_empty() {
            let read = Identifier::medical_record(own, medical);
            numbers.extend(self.heard(read));
        }
        match (self.row.cell(INSURER), self.row.cell(INSURED)) {
            ("", "") => {}
            ("", _) | (_, "") => {
                self.tell("被保険者番号と保険者番号は、両方を書くか、両方を空けてください。");
            }
            (insurer, number) => {
                let read = Identifier::care_insurance(insurer, number);
                numbers.extend(self.heard(read));
            }
        }
        numbers
    }

    fn moment(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.row.cell(DAY).is_empty() {
            self.tell("「入院日」を書いてください。");
            return None;
        }
        let day = self.heard(parse_day(self.row.cell(DAY), Some(self.today)))?;
        if day > self.today {
            self.tell("入院日が今日より後です。入院した日に送ってください。");
            return None;
        }
        let time = match squeeze(self.row.cell(TIME)).as_str() {
            "" if day == self.today => return Some(now),
            "" => NaiveTime::from_hms_opt(12, 0, 0),
            typed => time(typed),
        };
        let Some(time) = time else {
            self.tell("入院時刻を読めません。14:30 のように書いてください。");
            return None;
        };
        Some(jst_instant(day, time))
    }

    fn planned_on(&mut self, admitted_on: Option<NaiveDate>) -> Option<NaiveDate> {
        if self.row.cell(PLANNED).is_empty() {
            return None;
        }
        let day = self.heard(parse_day(self.row.cell(PLANNED), Some(self.today)))?;
        if admitted_on.is_some_and(|admitted| day < admitted) {
            self.tell("退院予定日が、入院日より前です。日付を確かめてください。");
            return None;
        }
        Some(day)
    }

    /// Any sign but one that says no.
    fn is_marked(&self, head: &str) -> bool {
        let cell = squeeze(self.row.cell(head)).to_lowercase();
        !cell.is_empty() && !NO.contains(&cell.as_str())
    }

    /// None: not said.
    fn yes_or_no(&mut self, head: &str) -> Option<bool> {
        match squeeze(self.row.cell(head)).to_lowercase().as_str() {
            "" | "不明" | "わからない" => None,
            "○" | "◯" | "〇" | "有" | "有り" | "あり" | "いる" | "はい" | "1" | "y" | "yes" => {
                Some(true)
            }
            no if NO.contains(&no) => Some(false),
            _ => {
                self.tell(format!(
                    "「{head}」は、あり・なし（○・空欄）で書いてください。"
                ));
                None
            }
        }
    }
}

/// 14:30, 1430, 14時30分.
fn time(typed: &str) -> Option<NaiveTime> {
    let forms = ["%H:%M", "%H:%M:%S", "%H%M", "%H時%M分"];
    forms
        .into_iter()
        .find_map(|form| NaiveTime::parse_from_str(typed, form).ok())
}
