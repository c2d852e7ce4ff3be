//! Two records compared: the same both ways, a record with itself, reasons in one order.

use chrono::NaiveDate;
use keniki_base::code::InsurerNumber;
use keniki_base::id::OrganizationId;
use proptest::prelude::*;

use super::super::birth::{Birth, Born};
use super::super::name::{Name, Use};
use super::super::record::Home;
use super::*;

fn person(family: &str, kana: &str, born: &str) -> Record {
    Record {
        names: vec![Name::parse(Use::Official, (family, "花"), (kana, "ハナ")).unwrap()],
        sex: Sex::Female,
        birth: Birth {
            born: born.parse().unwrap(),
            is_about: false,
        },
        died_on: None,
        home: Home::default(),
        identifiers: Vec::new(),
        levels: Vec::new(),
    }
}

/// The insurer's number that its check digit makes.
fn insurer() -> InsurerNumber {
    let numbers = (0..10).map(|digit| format!("31202{digit}"));
    numbers
        .filter_map(|it| InsurerNumber::parse(&it).ok())
        .next()
        .unwrap()
}

fn like(a: &Record, b: &Record) -> Option<Likeness> {
    compare(a, b).map(|it| it.likeness)
}

#[test]
fn what_speaks_for_one_person_is_weighed() {
    let known = person("髙橋", "タカハシ", "1940-03-04");
    assert_eq!(
        like(&known, &person("高橋", "タカハシ", "1940-03-04")),
        Some(Likeness::Likely)
    );
    assert_eq!(
        like(&known, &person("高橋", "コウハシ", "1940-04-03")),
        Some(Likeness::Possible)
    );
    assert_eq!(
        like(&known, &person("高梁", "タカハシ", "1940-03-09")),
        Some(Likeness::Possible)
    );
    assert_eq!(
        like(&known, &person("高橋", "タカハシ", "1955-03-09")),
        None
    );
    assert_eq!(
        like(&known, &person("山田", "ヤマダ", "1940-03-04")),
        None,
        "a birthday is no person"
    );
    let man = Record {
        sex: Sex::Male,
        ..person("高橋", "タカハシ", "1940-03-04")
    };
    assert_eq!(like(&known, &man), Some(Likeness::Possible));

    let number = |number: &str| Identifier::CareInsurance {
        insurer: insurer(),
        number: number.to_owned(),
    };
    let with = |record: Record, number| Record {
        identifiers: vec![number],
        ..record
    };
    let known = with(known, number("0000000001"));
    let married = with(person("山田", "ヤマダ", "1940-03-04"), number("0000000001"));
    assert_eq!(like(&known, &married), Some(Likeness::Certain));
    let mistyped = with(person("山田", "ヤマダ", "1955-08-15"), number("0000000001"));
    assert_eq!(like(&known, &mistyped), Some(Likeness::Possible));

    // Twins at one telephone are asked about, not joined.
    let phone = |record: Record| Record {
        home: Home {
            phone: Some("0859-34-0001".to_owned()),
            ..Home::default()
        },
        ..record
    };
    let twins = [
        person("山田", "ヤマダ", "2020-01-01"),
        person("山田", "ヤマダイチ", "2020-01-01"),
    ];
    let [one, mut other] = twins.map(phone);
    other.names[0].family = "山田一".to_owned();
    let same = compare(&one, &other).unwrap();
    assert_eq!(same.likeness, Likeness::Possible);
    assert_eq!(same.reasons, [Reason::Birth, Reason::Phone].into());
}

fn records() -> impl Strategy<Value = Record> {
    let sexes = proptest::sample::select(Sex::ALL.to_vec());
    let days = (0_u32..40, 0_u32..3).prop_map(|(n, kind)| {
        let day = NaiveDate::from_ymd_opt(1940, 1 + n % 12, 1 + n % 28).unwrap();
        match kind {
            0 => Born::Year(1940),
            _ => Born::Day(day),
        }
    });
    let names = proptest::sample::select(vec![
        ("高橋", "タカハシ"),
        ("髙橋", "コウハシ"),
        ("山田", "ヤマダ"),
    ]);
    let phones = proptest::option::of(proptest::sample::select(vec![
        "0859-34-0001",
        "0859-34-0002",
    ]));
    let numbers = proptest::collection::vec((any::<bool>(), 1_u32..3), 0..3);
    (names, days, sexes, phones, numbers).prop_map(|((family, kana), born, sex, phone, numbers)| {
        Record {
            sex,
            birth: Birth {
                born,
                is_about: false,
            },
            home: Home {
                phone: phone.map(str::to_owned),
                ..Home::default()
            },
            identifiers: numbers
                .into_iter()
                .map(|(is_insured, n)| match is_insured {
                    true => Identifier::CareInsurance {
                        insurer: insurer(),
                        number: format!("{n:010}"),
                    },
                    false => Identifier::MedicalRecord {
                        organization: OrganizationId::new(i64::from(n)),
                        number: format!("{n}"),
                    },
                })
                .collect(),
            ..person(family, kana, "1940")
        }
    })
}

proptest! {
    #[test]
    fn it_is_the_same_in_both_directions_and_with_itself(a in records(), b in records()) {
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        let itself = compare(&a, &a).unwrap();
        prop_assert!(itself.likeness >= Likeness::Likely);
        prop_assert_eq!(itself.likeness == Likeness::Certain, !a.identifiers.is_empty());
        if let Some(same) = compare(&a, &b) {
            prop_assert!(!same.reasons.is_empty());
            prop_assert!(same.likeness <= itself.likeness.max(Likeness::Certain));
        }
    }

    #[test]
    fn reasons_stand_in_one_order_however_the_record_is_put_down(a in records(), b in records()) {
        let mut turned = b.clone();
        turned.identifiers.reverse();
        prop_assert_eq!(compare(&a, &b), compare(&a, &turned));
    }
}
