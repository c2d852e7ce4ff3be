//! What each code takes and refuses, and how it says so.

use proptest::prelude::*;

use super::*;

#[test]
fn a_municipality_is_read_from_five_or_six_digits() {
    // 鳥取県米子市, 北海道札幌市, 東京都千代田区 as 総務省 prints them.
    for (five, six) in [
        ("31202", "312029"),
        ("01100", "011002"),
        ("13101", "131016"),
    ] {
        let code = MunicipalityCode::parse(six).unwrap();
        assert_eq!(code.as_str(), five);
        assert_eq!(MunicipalityCode::parse(five).unwrap(), code);
        assert_eq!(code.six(), six);
    }
    assert_eq!(
        MunicipalityCode::parse(" ３１２０２９ ").unwrap().as_str(),
        "31202"
    );
    assert_eq!(
        MunicipalityCode::parse("31202")
            .unwrap()
            .prefecture()
            .name(),
        Some("鳥取県")
    );
}

#[test]
fn a_wrong_check_digit_names_the_right_code() {
    let wrong = MunicipalityCode::parse("312020").unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "市区町村コード「312020」の検査数字が合いません（正しくは「312029」）"
    );
    let wrong = CorporateNumber::parse("1080001018392").unwrap_err();
    assert!(
        wrong.to_string().ends_with("（正しくは「5080001018392」）"),
        "{wrong}"
    );
}

#[test]
fn every_refusal_says_what_is_wrong() {
    let says = |text: &str| MunicipalityCode::parse(text).unwrap_err().to_string();
    assert_eq!(says(" "), "市区町村コードが空です");
    assert_eq!(
        says("3120"),
        "市区町村コード「3120」は5桁、または検査数字のついた6桁でなければなりません（4桁です）"
    );
    assert_eq!(
        says("3120a"),
        "市区町村コード「3120a」に使えない文字「a」があります"
    );
    assert_eq!(
        says("米子市"),
        "市区町村コード「米子市」に使えない文字「米」があります"
    );
    assert_eq!(
        says("48202"),
        "市区町村コード「48202」の都道府県番号「48」はありません（01～47）"
    );
    assert_eq!(
        says("00000"),
        "市区町村コード「00000」の都道府県番号「00」はありません（01～47）"
    );
}

#[test]
fn invented_prefectures_are_taken_and_have_no_name() {
    let invented = PrefectureCode::parse("50").unwrap();
    assert!(invented.is_invented());
    assert_eq!(invented.name(), None);
    assert!(AreaCode::parse("9901").is_ok());
    let real: Vec<_> = PrefectureCode::all().collect();
    assert_eq!(real.len(), 47);
    assert!(
        real.iter()
            .all(|code| code.name().is_some() && !code.is_invented())
    );
    assert_eq!(PrefectureCode::parse("１").unwrap().name(), Some("北海道"));
}

#[test]
fn a_prefecture_is_cut_off_an_address() {
    let (code, rest) = PrefectureCode::strip_name("京都府京都市").unwrap();
    assert_eq!((code.as_str(), rest), ("26", "京都市"));
    assert_eq!(PrefectureCode::strip_name("京都市"), None);
}

#[test]
fn a_medical_area_met_as_a_number_gets_its_zero_back() {
    assert_eq!(AreaCode::parse("101").unwrap().as_str(), "0101");
    assert_eq!(
        AreaCode::parse("0101").unwrap(),
        AreaCode::parse("101").unwrap()
    );
    assert!(matches!(
        AreaCode::parse("31"),
        Err(WrongCode::Length { found: 2, .. })
    ));
    assert!(matches!(
        AreaCode::parse("31033"),
        Err(WrongCode::Length { found: 5, .. })
    ));
}

#[test]
fn the_length_tells_which_kind_of_area() {
    assert!(matches!(AreaRef::parse("31"), Ok(AreaRef::Prefecture(_))));
    assert!(matches!(AreaRef::parse("101"), Ok(AreaRef::MedicalArea(_))));
    assert!(matches!(
        AreaRef::parse("3103"),
        Ok(AreaRef::MedicalArea(_))
    ));
    assert!(matches!(
        AreaRef::parse("31202"),
        Ok(AreaRef::Municipality(_))
    ));
    assert_eq!(AreaRef::parse("３１２０２９").unwrap().to_string(), "31202");
    assert_eq!(
        AreaRef::parse("312029").unwrap().prefecture().name(),
        Some("鳥取県")
    );
    for wrong in ["", "3", "3120291", "31-202", "３１あ"] {
        assert!(AreaRef::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_institution_code_is_put_together_from_its_parts() {
    let tottori = PrefectureCode::parse("31").unwrap();
    let code = InstitutionCode::from_parts(tottori, InstitutionKind::Medical, "0110750").unwrap();
    assert_eq!(code.as_str(), "3110110750");
    assert_eq!(
        code.kind(),
        PlaceKind::Institution(InstitutionKind::Medical)
    );
    assert_eq!((code.prefecture(), code.number()), (tottori, "0110750"));
    assert_eq!(
        InstitutionCode::from_parts(tottori, InstitutionKind::Medical, "01,1075,0"),
        Ok(code)
    );
    assert_eq!(
        InstitutionCode::from_parts(tottori, InstitutionKind::Medical, "110750"),
        Ok(code)
    );
    assert_ne!(
        InstitutionCode::from_parts(tottori, InstitutionKind::Dental, "0110750"),
        Ok(code)
    );
    assert!(InstitutionCode::from_parts(tottori, InstitutionKind::Medical, "11075").is_err());
    assert!(InstitutionCode::from_parts(tottori, InstitutionKind::Medical, "01B0750").is_err());
}

#[test]
fn a_care_office_may_have_letters_and_a_deemed_one_the_hospital_s_code() {
    let integrated = CareOfficeNumber::parse("01b0100011").unwrap();
    assert_eq!(integrated.as_str(), "01B0100011");
    assert_eq!(integrated.kind(), PlaceKind::CareOffice);
    assert_eq!(integrated.institution(), None);
    assert_eq!(integrated.check_digit_holds(), None);
    let deemed = CareOfficeNumber::parse("3110212184").unwrap();
    assert_eq!(deemed.institution(), Some(InstitutionKind::Medical));
    assert_eq!(deemed.check_digit_holds(), Some(true));
    assert_eq!(
        CareOfficeNumber::parse("3110212185")
            .unwrap()
            .check_digit_holds(),
        Some(false)
    );
}

#[test]
fn every_kind_of_institution_reads_back_from_its_digit() {
    let prefecture = PrefectureCode::parse("31").unwrap();
    for kind in [
        InstitutionKind::Medical,
        InstitutionKind::UninsuredCheck,
        InstitutionKind::Dental,
        InstitutionKind::Pharmacy,
        InstitutionKind::Nursing,
    ] {
        let code = PlaceCode::from_parts(prefecture, kind, "0000000").unwrap();
        assert_eq!(code.institution(), Some(kind), "{}", kind.name());
    }
}

#[test]
fn a_place_code_is_refused_when_it_cannot_be_one() {
    for wrong in [
        "",
        "311021218",
        "31102121844",
        "A110212184",
        "4810212184",
        "31102１218４あ",
        "3110:12184",
    ] {
        assert!(PlaceCode::parse(wrong).is_err(), "{wrong}");
    }
    assert_eq!(
        PlaceCode::parse("３１１０２１２１８４").unwrap(),
        PlaceCode::parse("31-1-0212184").unwrap()
    );
}

#[test]
fn corporate_numbers_carry_their_check_digit_in_front() {
    // 国税庁 itself, and the example of its own page on the check digit.
    for right in ["7000012050002", "8700110005901", "5080001018392"] {
        assert_eq!(CorporateNumber::parse(right).unwrap().as_str(), right);
    }
    assert!(CorporateNumber::parse("7000012050003").is_err());
    assert!(matches!(
        CorporateNumber::parse("700001205000"),
        Err(WrongCode::Length { found: 12, .. })
    ));
}

#[test]
fn insurer_numbers_carry_theirs_at_the_end() {
    // 札幌市, 新宿区, 横浜市.
    for right in ["011007", "131045", "141002"] {
        assert_eq!(InsurerNumber::parse(right).unwrap().as_str(), right);
    }
    assert!(
        matches!(InsurerNumber::parse("011002"), Err(WrongCode::CheckDigit { right, .. }) if right == "011007")
    );
}

#[test]
fn serde_reads_and_checks_the_plain_text() {
    use serde::Deserialize;
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    let from = |text: &'static str| -> StrDeserializer<'static, Error> { text.into_deserializer() };
    assert_eq!(
        MunicipalityCode::deserialize(from("312029")).map(|code| code.to_string()),
        Ok("31202".to_owned())
    );
    assert_eq!(
        AreaRef::deserialize(from("101")).map(|area| area.to_string()),
        Ok("0101".to_owned())
    );
    let wrong = InsurerNumber::deserialize(from("011002")).unwrap_err();
    assert!(
        wrong.to_string().contains("検査数字が合いません"),
        "{wrong}"
    );
}

proptest! {
    #[test]
    fn a_municipality_code_reads_back_what_it_wrote(n in 1_000_u32..48_000) {
        let code = MunicipalityCode::parse(&format!("{n:05}")).unwrap();
        prop_assert_eq!(MunicipalityCode::parse(&code.six()), Ok(code));
        prop_assert_eq!(code.to_string().parse(), Ok(code));
    }

    #[test]
    fn one_changed_digit_never_passes_a_corporate_number(body in 0_u64..1_000_000_000_000, at in 1_usize..13, by in 1_u8..9) {
        let wrong = CorporateNumber::parse(&format!("0{body:012}"));
        let right = match wrong {
            Err(WrongCode::CheckDigit { right, .. }) => right,
            other => return Err(TestCaseError::fail(format!("no check digit is 0: {other:?}"))),
        };
        let mut changed = right.into_bytes();
        let digit = (changed[at] - b'0' + by) % 10;
        // 0 and 9 are one to a modulus of 9.
        prop_assume!(!matches!((changed[at] - b'0', digit), (0, 9) | (9, 0)));
        changed[at] = digit + b'0';
        prop_assert!(CorporateNumber::parse(super::ascii(&changed)).is_err());
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,14}") {
        let _ = AreaRef::parse(&text);
        let _ = PlaceCode::parse(&text);
        let _ = CorporateNumber::parse(&text);
        let _ = InsurerNumber::parse(&text);
        if let Ok(code) = PlaceCode::parse(&text) {
            prop_assert_eq!(PlaceCode::parse(code.as_str()), Ok(code));
        }
    }
}
