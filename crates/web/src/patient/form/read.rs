//! What was typed in the form of a record, as a record; or every field that is wrong.

use chrono::NaiveDate;
use keniki_app::patient::birth::Birth;
use keniki_app::patient::identifier::{self, Identifier};
use keniki_app::patient::level::{Certified, Level};
use keniki_app::patient::name::{Name, Use, WrongName};
use keniki_app::patient::record::{Home, Record, Sex};
use keniki_base::code::InsurerNumber;
use keniki_base::date::parse_day;
use keniki_base::id::OrganizationId;

use super::super::field::{Typed, Wrong};
use super::{INSURED, LEVEL, NAME};

/// What was typed, as a record; or everything that is wrong. `before`: what it changes.
///
/// # Errors
/// The fields, each with a sentence.
pub fn read(
    typed: &Typed,
    (before, own): (Option<&Record>, Option<OrganizationId>),
    today: NaiveDate,
) -> Result<Record, Vec<Wrong>> {
    let mut reader = Reader {
        typed,
        today,
        wrong: Vec::new(),
    };
    let names = reader.names();
    let birth = reader.birth();
    let sex = Sex::of(typed.get("sex"));
    if sex.is_none() {
        reader.tell(
            "sex",
            "性別を選んでください。分からないときは「不明」にします。",
        );
    }
    let died_on = reader.day("died_on", "亡くなった日");
    let identifiers = reader.identifiers(before, own);
    let levels = reader.levels();
    let text = |name: &str| Some(typed.get(name).to_owned()).filter(|text| !text.trim().is_empty());
    for (name, most) in [("postal_code", 10), ("address", 200), ("phone", 30)] {
        if typed.get(name).trim().chars().count() > most {
            reader.tell(name, format!("{most}文字までで書いてください。"));
        }
    }
    if let (Some(died_on), Some(birth)) = (died_on, birth)
        && (died_on < birth.born.first() || died_on > today)
    {
        reader.tell(
            "died_on",
            "亡くなった日が、生まれた日より前か、今日より後になっています。",
        );
    }
    match (birth, sex, reader.wrong.is_empty()) {
        (Some(birth), Some(sex), true) => Ok(Record {
            names,
            sex,
            birth,
            died_on,
            home: Home {
                postal_code: text("postal_code"),
                municipality_code: text("municipality"),
                address: text("address"),
                phone: text("phone"),
            },
            identifiers,
            levels,
        }),
        _ => Err(reader.wrong),
    }
}

/// Takes fields one by one and remembers what is wrong.
struct Reader<'a> {
    typed: &'a Typed,
    today: NaiveDate,
    wrong: Vec<Wrong>,
}

impl Reader<'_> {
    fn tell(&mut self, field: &str, how: impl Into<String>) {
        self.wrong.push((field.to_owned(), how.into()));
    }

    fn has(&self, row: &str, fields: &[&str]) -> bool {
        let mut fields = fields.iter();
        fields.any(|field| !self.typed.get(&format!("{row}{field}")).trim().is_empty())
    }

    fn names(&mut self) -> Vec<Name> {
        let mut names: Vec<Name> = self.name("", Use::Official).into_iter().collect();
        for at in 0..self.typed.n_rows("name", &NAME[1..]) {
            let row = format!("name{at}");
            if self.has(&row, &NAME[1..]) {
                let used_as = Use::of(self.typed.get(&format!("{row}_use")));
                let used_as = used_as.filter(|it| *it != Use::Official);
                names.extend(self.name(&format!("{row}_"), used_as.unwrap_or(Use::Variant)));
            }
        }
        names
    }

    fn name(&mut self, before: &str, used_as: Use) -> Option<Name> {
        let typed = self.typed;
        let text = |name: &str| typed.get(&format!("{before}{name}"));
        let kanji = (text("family"), text("given"));
        let kana = (text("family_kana"), text("given_kana"));
        let wrong = match Name::parse(used_as, kanji, kana) {
            Ok(name) => return Some(name),
            Err(wrong) => wrong,
        };
        let field = match &wrong {
            WrongName::NoKana => "family_kana",
            WrongName::NotKana(kana) if *kana == keniki_base::text::squeeze(text("given_kana")) => {
                "given_kana"
            }
            WrongName::NotKana(_) => "family_kana",
            WrongName::NoFamily | WrongName::WrongText | WrongName::NotOneOfficial => "family",
        };
        self.tell(&format!("{before}{field}"), wrong.to_string());
        let lacks_kana = used_as == Use::Official && text("family_kana").trim().is_empty();
        if lacks_kana && wrong == WrongName::NoFamily {
            self.tell("family_kana", WrongName::NoKana.to_string());
        }
        None
    }

    fn birth(&mut self) -> Option<Birth> {
        if self.typed.get("birth").trim().is_empty() {
            self.tell(
                "birth",
                "生年月日を書いてください。分かるところまででかまいません（昭和15年ころ など）。",
            );
            return None;
        }
        match Birth::parse(self.typed.get("birth"), self.today) {
            Ok(birth) => Some(Birth {
                is_about: birth.is_about || self.typed.get("about") == "1",
                ..birth
            }),
            Err(wrong) => {
                self.tell("birth", wrong.to_string());
                None
            }
        }
    }

    fn day(&mut self, field: &str, name: &str) -> Option<NaiveDate> {
        let text = self.typed.get(field).trim();
        if text.is_empty() {
            return None;
        }
        match parse_day(text, Some(self.today)) {
            Ok(day) => Some(day),
            Err(wrong) => {
                self.tell(field, format!("「{name}」：{wrong}"));
                None
            }
        }
    }

    fn identifiers(
        &mut self,
        before: Option<&Record>,
        own: Option<OrganizationId>,
    ) -> Vec<Identifier> {
        let all = before.map_or(&[][..], |it| &it.identifiers).iter();
        let medical = |it: &&Identifier| matches!(it, Identifier::MedicalRecord { .. });
        let mut numbers: Vec<Identifier> = all.filter(medical).cloned().collect();
        let is_own = |it: &Identifier| matches!(it, Identifier::MedicalRecord { organization, .. } if Some(*organization) == own);
        // The form shows the first of one's own numbers; what a merge brought besides stays.
        if let Some(at) = numbers.iter().position(is_own) {
            numbers.remove(at);
        }
        for at in 0..self.typed.n_rows("insured", &INSURED) {
            let row = format!("insured{at}");
            if !self.has(&row, &INSURED) {
                continue;
            }
            let names = [format!("{row}_insurer"), format!("{row}_number")];
            let insurer = InsurerNumber::parse(self.typed.get(&names[0]));
            let number = identifier::insured_number(self.typed.get(&names[1]));
            if let Err(wrong) = &insurer {
                self.tell(&names[0], format!("保険者番号：{wrong}"));
            }
            if let Err(wrong) = &number {
                self.tell(&names[1], wrong.to_string());
            }
            if let (Ok(insurer), Ok(number)) = (insurer, number) {
                numbers.push(Identifier::CareInsurance { insurer, number });
            }
        }
        let medical = self.typed.get("medical").trim();
        if let (Some(own), false) = (own, medical.is_empty()) {
            match Identifier::medical_record(own, medical) {
                Ok(number) => numbers.push(number),
                Err(wrong) => self.tell("medical", wrong.to_string()),
            }
        }
        numbers
    }

    fn levels(&mut self) -> Vec<Certified> {
        let mut levels = Vec::new();
        for at in 0..self.typed.n_rows("level", &LEVEL) {
            let row = format!("level{at}");
            if !self.has(&row, &LEVEL) {
                continue;
            }
            let level = Level::of(self.typed.get(&row));
            if level.is_none() {
                self.tell(&row, "要介護度を選んでください。");
            }
            let from = format!("{row}_from");
            let valid_from = self.day(&from, "始まりの日");
            if self.typed.get(&from).trim().is_empty() {
                self.tell(&from, "認定の始まりの日を書いてください。");
            }
            let n_wrong = self.wrong.len();
            let valid_to = self.day(&format!("{row}_to"), "終わりの日");
            if let (Some(level), Some(valid_from), true) =
                (level, valid_from, n_wrong == self.wrong.len())
            {
                if valid_to.is_some_and(|to| to < valid_from) {
                    self.tell(
                        &format!("{row}_to"),
                        "終わりの日が、始まりの日より前になっています。",
                    );
                }
                levels.push(Certified {
                    level,
                    valid_from,
                    valid_to,
                });
            }
        }
        levels
    }
}
