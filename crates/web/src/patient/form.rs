//! The form of a record: what it asks, and a record as the form has it.

use keniki_app::patient::identifier::Identifier;
use keniki_app::patient::level::Level;
use keniki_app::patient::name::Use;
use keniki_app::patient::record::{Record, Sex};
use keniki_base::date::wareki;
use keniki_base::id::OrganizationId;

use super::field::{Control, Field, Fields, Row, Section, Typed, choices};
use super::words;

mod read;

pub use read::read;

const NAME: [&str; 5] = ["_use", "_family", "_given", "_family_kana", "_given_kana"];
const INSURED: [&str; 2] = ["_insurer", "_number"];
const LEVEL: [&str; 3] = ["", "_from", "_to"];

/// A record as its form has it. Numbers of other hospitals stay where they are.
#[must_use]
pub fn typed(record: &Record, own: Option<OrganizationId>) -> Typed {
    let mut all = Typed::default();
    let mut put = |name: String, text: &str| all.0.insert(name, text.to_owned());
    let mut others = 0;
    for name in &record.names {
        let before = match name.used_as {
            Use::Official => String::new(),
            Use::Old | Use::Variant => {
                others += 1;
                put(format!("name{}_use", others - 1), name.used_as.code());
                format!("name{}_", others - 1)
            }
        };
        put(format!("{before}family"), &name.family);
        put(format!("{before}given"), &name.given);
        put(format!("{before}family_kana"), &name.family_kana);
        put(format!("{before}given_kana"), &name.given_kana);
    }
    put("birth".to_owned(), &words::birth(record.birth));
    put("sex".to_owned(), record.sex.code());
    put(
        "died_on".to_owned(),
        &record.died_on.map(wareki).unwrap_or_default(),
    );
    for (name, text) in [
        ("postal_code", &record.home.postal_code),
        ("municipality", &record.home.municipality_code),
        ("address", &record.home.address),
        ("phone", &record.home.phone),
    ] {
        put(name.to_owned(), text.as_deref().unwrap_or_default());
    }
    let insured = record.identifiers.iter().filter_map(|it| match it {
        Identifier::CareInsurance { insurer, number } => Some((insurer.as_str(), number)),
        Identifier::MedicalRecord { .. } => None,
    });
    for (at, (insurer, number)) in insured.enumerate() {
        put(format!("insured{at}_insurer"), insurer);
        put(format!("insured{at}_number"), number);
    }
    let mut medical = record.medical_records();
    if let Some((_, number)) = medical.find(|(of, _)| Some(*of) == own) {
        put("medical".to_owned(), number);
    }
    for (at, level) in record.levels.iter().enumerate() {
        put(format!("level{at}"), level.level.code());
        put(format!("level{at}_from"), &wareki(level.valid_from));
        put(
            format!("level{at}_to"),
            &level.valid_to.map(wareki).unwrap_or_default(),
        );
    }
    all
}

/// What the form asks, of a new record or of one that is there.
#[must_use]
pub fn sections(fields: Fields<'_>, towns: &[(String, String)], is_new: bool) -> Vec<Section> {
    let plain = |fields: Vec<Field>| Row {
        legend: String::new(),
        fields,
    };
    let mut who = vec![
        plain(names_of(fields, "", true)),
        plain(vec![
            fields.line("birth", "生年月日").must().help(
                "例：昭和15年3月3日、S15.3.3、1940-03-03。分かるところまででも書けます：昭和15年3月、昭和15年ころ",
            ),
            fields.of("about", "生年月日は、おおよそ", Control::Check),
        ]),
        plain(vec![fields.of("sex", "性別", Control::Radio(choices(Sex::ALL, |it| (it.code().into(), it.words().into())))).must()]),
    ];
    if !is_new {
        who.push(plain(vec![
            fields
                .short("died_on", "亡くなった日")
                .help("亡くなったときだけ書きます。"),
        ]));
    }
    let uses = || {
        choices([Use::Old, Use::Variant], |it| {
            (it.code().into(), it.words().into())
        })
    };
    let others = (0..fields.typed.n_rows("name", &NAME[1..])).map(|at| Row {
        legend: format!("ほかの名前 {}", at + 1),
        fields: [fields.of(
            &format!("name{at}_use"),
            "何の名前か",
            Control::List(uses()),
        )]
        .into_iter()
        .chain(names_of(fields, &format!("name{at}_"), false))
        .collect(),
    });
    let levels = || choices(Level::ALL, |it| (it.code().into(), it.words().into()));
    let certified = (0..fields.typed.n_rows("level", &LEVEL)).map(|at| Row {
        legend: format!("認定 {}", at + 1),
        fields: vec![
            fields.of(&format!("level{at}"), "要介護度", Control::List(levels())),
            fields.short(&format!("level{at}_from"), "始まりの日"),
            fields.short(
                &format!("level{at}_to"),
                "終わりの日（決まっていなければ空）",
            ),
        ],
    });
    let insured = (0..fields.typed.n_rows("insured", &INSURED)).map(|at| Row {
        legend: format!("介護保険 {}", at + 1),
        fields: vec![
            fields.short(&format!("insured{at}_insurer"), "保険者番号（6桁）"),
            fields.short(&format!("insured{at}_number"), "被保険者番号（10桁）"),
        ],
    });
    let medical =
        plain(vec![fields.short("medical", "患者番号").help(
            "ご自分の組織の診療録などの番号。ほかの組織の番号は変わりません。",
        )]);
    vec![
        Section {
            id: "who",
            title: "だれか",
            help: "",
            rows: who,
        },
        Section {
            id: "home",
            title: "住まいと連絡先",
            help: "",
            rows: vec![
                plain(vec![
                    fields.short("postal_code", "郵便番号"),
                    fields.of("municipality", "市町村", Control::List(towns.to_vec())),
                    fields.line("address", "町名・番地・建物"),
                ]),
                plain(vec![fields.short("phone", "電話番号")]),
            ],
        },
        Section {
            id: "levels",
            title: "要介護度",
            help: "なくてもかまいません。行を空にすると消えます。",
            rows: certified.collect(),
        },
        Section {
            id: "numbers",
            title: "番号",
            help: "どれも、なくてもかまいません。",
            rows: insured.chain([medical]).collect(),
        },
        Section {
            id: "names",
            title: "ほかの名前",
            help: "結婚の前の名前や、別の書き方（髙・高など）。どちらで探しても見つかります。",
            rows: others.collect(),
        },
    ]
}

fn names_of(fields: Fields<'_>, before: &str, is_official: bool) -> Vec<Field> {
    let all = [
        ("family", "姓（漢字）"),
        ("given", "名（漢字）"),
        ("family_kana", "姓（カナ）"),
        ("given_kana", "名（カナ）"),
    ];
    let field = |(name, label): (&str, &str)| {
        let field = fields.short(&format!("{before}{name}"), label);
        match is_official && name.starts_with("family") {
            true => field.must(),
            false => field,
        }
    };
    all.into_iter().map(field).collect()
}
