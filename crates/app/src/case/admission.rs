//! Admissions as the hospital's own system writes them out: a table that is tried, looked at and written, a row a patient.
//!
//! Nothing of a table is kept: the page carries its rows from the trial to the writing, and back to a book with what is to be
//! mended. A row that was written is known by patient, hospital and day: the same table again writes nothing again.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::account::By;
use crate::account::policy::Deed;
use crate::definition::Definitions;
use crate::definition::patient::{Setting, TeamRole};
use crate::definition::program::{EventRule, Kind, Program, RoleRule};

mod act;
mod book;
mod read;
mod read_file;
mod take;

pub use book::{FAULT, faults, template};
pub use read_file::{Sheet, read_file};
pub use take::{Line, Outcome, Taken, take, try_out};

/// So many rows of one table are looked at.
pub const MOST_ROWS: usize = 500;

/// A column: its head, other heads of the same, whether it must be there, how it is filled, and an example.
struct Column {
    head: &'static str,
    others: &'static [&'static str],
    is_required: bool,
    how: &'static str,
    example: &'static str,
}

const NUMBER: &str = "患者番号";
const NAME: &str = "氏名";
const KANA: &str = "カナ";
const BIRTH: &str = "生年月日";
const SEX: &str = "性別";
const DAY: &str = "入院日";
const TIME: &str = "入院時刻";
const WARD: &str = "病棟";
const BACKUP_BED: &str = "バックアップ病床";
const INSURED: &str = "被保険者番号";
const INSURER: &str = "保険者番号";
const CARE_MANAGER: &str = "担当ケアマネ";
const PLANNED: &str = "退院予定日";

/// How the name of the example begins, which is no patient's.
const EXAMPLE: &str = "（例）";

const COLUMNS: [Column; 13] = [
    Column {
        head: NUMBER,
        others: &["患者ID", "患者No", "診察券番号", "カルテ番号"],
        is_required: false,
        how: "病院の番号。次からは、この番号で同じ人だとわかります",
        example: "0012345",
    },
    Column {
        head: NAME,
        others: &["患者氏名", "漢字氏名", "氏名漢字", "患者名"],
        is_required: true,
        how: "姓と名のあいだを空けます",
        example: "（例）見本 花子",
    },
    Column {
        head: KANA,
        others: &[
            "カナ氏名",
            "氏名カナ",
            "フリガナ",
            "ふりがな",
            "患者カナ氏名",
        ],
        is_required: true,
        how: "姓と名のあいだを空けます。半角でもかまいません",
        example: "ミホン ハナコ",
    },
    Column {
        head: BIRTH,
        others: &[],
        is_required: true,
        how: "年月日まで。昭和15年3月3日、S15.3.3、1940/3/3、19400303",
        example: "S15.3.3",
    },
    Column {
        head: SEX,
        others: &[],
        is_required: false,
        how: "男・女（1・2、M・Fでも）。わからなければ空欄",
        example: "女",
    },
    Column {
        head: DAY,
        others: &["入院年月日"],
        is_required: true,
        how: "生年月日と同じ書き方",
        example: "R8.11.24",
    },
    Column {
        head: TIME,
        others: &["入院時間"],
        is_required: false,
        how: "14:30 のように。空欄なら、今日の入院はいまの時刻、前の日の入院は正午とします",
        example: "10:30",
    },
    Column {
        head: WARD,
        others: &["病棟名"],
        is_required: false,
        how: "病棟の名前。ケアマネジャーに知らせます",
        example: "3階西",
    },
    Column {
        head: BACKUP_BED,
        others: &[],
        is_required: false,
        how: "バックアップ病床への緊急入院なら ○ などの印。ほかの入院（ふつうの緊急入院も）は空欄",
        example: "",
    },
    Column {
        head: INSURED,
        others: &["介護保険被保険者番号"],
        is_required: false,
        how: "介護保険の10けた。書くときは保険者番号も書きます",
        example: "",
    },
    Column {
        head: INSURER,
        others: &["介護保険者番号"],
        is_required: false,
        how: "介護保険の6けた",
        example: "",
    },
    Column {
        head: CARE_MANAGER,
        others: &["担当ケアマネ有無", "ケアマネ有無", "担当ケアマネジャー"],
        is_required: false,
        how: "いれば あり（○、いる、1）、いなければ なし（×、いない、0）。わからなければ空欄",
        example: "あり",
    },
    Column {
        head: PLANNED,
        others: &["退院見込日"],
        is_required: false,
        how: "わかっていれば",
        example: "",
    },
];

/// A row as it came; a page carries it from the trial to the writing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As a spreadsheet counts.
    pub number: u32,
    /// In the order of the columns.
    cells: Vec<String>,
    /// Whom the trial recognized; empty before it.
    #[serde(default)]
    pub(super) seen: String,
}

impl Row {
    fn cell(&self, head: &str) -> &str {
        let at = COLUMNS.iter().position(|it| it.head == head);
        at.and_then(|at| self.cells.get(at))
            .map_or("", |it| it.trim())
    }
}

/// A program under which the reader's hospital begins cases with an admission.
#[derive(Debug, Clone, Copy)]
pub struct Agreed<'a> {
    /// In the version that holds today.
    pub program: &'a Program,
    /// The hospital's role in it.
    pub role: &'a RoleRule,
    /// Its part in care teams.
    part: &'a TeamRole,
    admitted: &'a EventRule,
    emergency: Option<&'a EventRule>,
    planned: Option<&'a EventRule>,
}

/// The programs for which somebody may bring a table; none: they may not at all.
#[must_use]
pub fn agreed<'a>(definitions: &'a Definitions, by: &By, today: NaiveDate) -> Vec<Agreed<'a>> {
    let deeds = [
        Deed::OpenCase,
        Deed::TellCase,
        Deed::WritePatient,
        Deed::LookUpPatient,
    ];
    let (Some(_), Some(own)) = (by.organization, by.role.as_deref()) else {
        return Vec::new();
    };
    if !deeds.into_iter().all(|deed| by.ever_may(deed)) {
        return Vec::new();
    }
    let files = definitions.programs().iter();
    let current =
        files.filter(|file| definitions.program_on(&file.program.code, today) == Some(*file));
    current
        .filter_map(|file| of_program(definitions, &file.program, own))
        .collect()
}

fn of_program<'a>(
    definitions: &'a Definitions,
    program: &'a Program,
    own: &str,
) -> Option<Agreed<'a>> {
    program.roles.iter().find_map(|role| {
        let part = definitions.patients().team_role(&role.team_role)?;
        let is_theirs =
            role.opens && part.setting == Setting::Hospital && part.held_by.contains(own);
        let told = |is: &dyn Fn(&EventRule) -> bool| {
            let mut events = program.events.iter();
            events.find(|it| it.from.contains(&role.code) && is(it))
        };
        let admitted = told(&|it| it.kind == Kind::Admitted)?;
        is_theirs.then_some(Agreed {
            program,
            role,
            part,
            admitted,
            emergency: told(&|it| it.kind == Kind::Admitted && it.code == "emergency_admitted"),
            planned: told(&|it| it.replaces && it.day.is_some()),
        })
    })
}
