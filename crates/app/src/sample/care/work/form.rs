//! Forms that the invented persons filled in: what is known, and plausible words for the rest that must be there.

use keniki_base::chance::SeededChance;
use keniki_base::clock::jst_day;
use sea_orm::DatabaseTransaction;

use super::{Desk, Shared, WorkError};
use crate::account::By;
use crate::attachment::Sealing;
use crate::attachment::key::KeyFile;
use crate::definition::form::{Form, Kind};
use crate::form::Raw;
use crate::form::read::read;
use crate::form::record::RecordError;
use crate::form::record::file::Brought;
use crate::form::record::start::{Wanted, start};
use crate::form::record::write::{NewRecord, write};

/// Which form of which case, and whether the hospital fills it in.
const FORMS: [(usize, &str, bool); 6] = [
    (0, "admission_info", false),
    (1, "admission_info", false),
    (2, "nursing_summary", true),
    (3, "nursing_summary", true),
    (4, "discharge_record", false),
    (4, "nursing_summary", true),
];

/// Plausible words by the code of an item.
const WORDS: [(&str, &str); 25] = [
    ("hospital_name", "架空中央病院"),
    ("office_name", "架空居宅介護支援事業所"),
    ("ward", "3階東病棟"),
    ("diagnosis", "大腿骨頸部骨折（右）、高血圧症"),
    ("past", "10年前に胃の手術"),
    ("cause", "自宅で転び、右の大腿骨頸部を骨折"),
    ("admission_reason", "自宅の廊下で転び、立てなくなったため"),
    (
        "course",
        "手術のあと、翌日から離床。杖で30mほど歩けるようになった",
    ),
    (
        "explained",
        "杖での歩行が目安と説明。本人・家族とも、家に帰りたいと話している",
    ),
    ("fall_how", "夜のトイレは、足もとの灯りをつけて見守る"),
    ("meal_form", "軟飯、一口大のおかず"),
    ("meal_limit", "塩分は1日6g"),
    ("stool_how", "便が3日出ないときは下剤を使う"),
    (
        "mind_note",
        "夕方に落ち着かないことがある。声をかけると安心する",
    ),
    (
        "taught",
        "杖の使い方、薬の一包化。本人が朝の薬を自分で飲めるようになった",
    ),
    (
        "emergency",
        "痛みが強いとき、熱が38度を超えるときは、かかりつけ医に連絡する",
    ),
    ("interests", "畑仕事、テレビの時代劇"),
    ("life_history", "長く農業をしてきた。地区の役員も務めた"),
    ("wish_of_person", "家に帰って、畑を見たい"),
    ("wish_of_family", "夜が心配だが、できるだけ家で過ごさせたい"),
    ("home_note", "玄関に20cmの段差、寝室は2階"),
    ("needed_at_home", "手すり、ベッド、朝夕の見守り"),
    ("drug_note", "一包化。飲み忘れが週に1回ほど"),
    ("prognosis", "歩く力は、2か月ほどで入院前に近づく見込み"),
    ("conditions", "手すりの取付け、通所リハビリの利用"),
];

impl Desk<'_> {
    /// Fills in some forms of the cases.
    pub(super) async fn fill_forms(
        &self,
        tx: &DatabaseTransaction,
        shared: &[Shared],
    ) -> Result<(), WorkError> {
        for (number, form, is_hospital) in FORMS {
            let by = match is_hospital {
                true => &self.people.hospital,
                false => &self.people.care_manager,
            };
            if let Some(whose) = shared.get(number) {
                self.fill(tx, by, (*whose, form)).await?;
            }
        }
        Ok(())
    }

    async fn fill(
        &self,
        tx: &DatabaseTransaction,
        by: &By,
        (whose, code): (Shared, &str),
    ) -> Result<(), WorkError> {
        let at = self.at(65);
        let form = self.definitions.form(code, jst_day(at));
        let form = form.ok_or(RecordError::NoForm)?;
        let (case, patient) = (whose.case, whose.patient);
        let wanted = Wanted {
            patient,
            case: Some(case),
            form: code,
            former: None,
        };
        let started = start(tx, self.definitions, by, wanted, at).await?;
        let raw = filled(form, Raw::of(form, &started.values), self);
        let (keys, chance) = (KeyFile::of(None, ""), SeededChance::of(1));
        let new = NewRecord {
            patient,
            case: Some(case),
            form: code,
            version: &form.version,
            raw: &raw,
            former: None,
            files: Brought {
                files: &[],
                sealing: Sealing {
                    rule: self.definitions.attachments(),
                    keys: &keys,
                    chance: &chance,
                },
            },
            key: None,
        };
        write(tx, self.definitions, by, &new, at).await?;
        Ok(())
    }
}

/// With words where some are known, and with whatever else must be there.
fn filled(form: &Form, mut raw: Raw, desk: &Desk<'_>) -> Raw {
    let today = jst_day(desk.now);
    let known = read(form, &raw, today).values;
    for item in form.items().filter(|it| known.get(&it.code).is_none()) {
        let words = WORDS.iter().find(|(code, _)| *code == item.code);
        if let Some((code, words)) = words.filter(|_| matches!(item.kind, Kind::Text { .. })) {
            raw.put(code, Some((*words).to_owned()));
        }
        if let Kind::Choice(choices) = &item.kind
            && let Some(first) = choices.first()
        {
            raw.put(&item.code, Some(first.code.clone()));
        }
    }
    // What must be there because of an answer shows when that is read.
    for _ in 0..2 {
        for fault in read(form, &raw, today).faults {
            let item = form.items().find(|it| it.code == fault.item);
            match item.map(|item| &item.kind) {
                Some(Kind::Table { columns, .. }) => {
                    for column in columns {
                        let field = format!("{}.0.{}", fault.item, column.code);
                        raw.put(&field, answer(&column.kind, desk));
                    }
                }
                kind => raw.put(&fault.field, kind.and_then(|kind| answer(kind, desk))),
            }
        }
    }
    raw
}

/// Something that is right.
fn answer(kind: &Kind, desk: &Desk<'_>) -> Option<String> {
    match kind {
        Kind::Text { .. } => Some("特になし".to_owned()),
        Kind::Number(measure) => Some(measure.min.unwrap_or(1.0).to_string()),
        Kind::Date => Some(jst_day(desk.now).to_string()),
        Kind::DateTime => Some(format!("{} 14:00", jst_day(desk.now))),
        Kind::Choice(choices) | Kind::Many(choices) => Some(choices.first()?.code.clone()),
        Kind::Scale(parts) => Some(parts.first()?.scores.first()?.to_string()),
        Kind::Table { .. } | Kind::Attachment => None,
    }
}
