//! Spellings of one address, most of them from the public lists.

use proptest::prelude::*;

use super::*;

fn compare(a: &str, b: &str) -> Nearness {
    let (a, b) = (address_key(a), address_key(b));
    assert_eq!(same_place(&a, &b), same_place(&b, &a));
    same_place(&a, &b)
}

#[test]
fn an_address_is_taken_apart() {
    let key = address_key("山梨県甲府市蓬沢１丁目１２番２５号　コーポ松３Ｆ");
    assert_eq!(
        key.prefecture.and_then(PrefectureCode::name),
        Some("山梨県")
    );
    assert_eq!(key.municipality.as_deref(), Some("甲府市"));
    assert_eq!(
        (key.town.as_str(), key.numbers.as_slice()),
        ("蓬沢", [1, 12, 25].as_slice())
    );
    assert_eq!(key.building, "コーポ松3F");
    assert_eq!(key.key(), "蓬沢1-12-25");
}

#[test]
fn one_place_in_many_spellings_has_one_key() {
    for (a, b) in [
        (
            "山梨県甲府市蓬沢１丁目１２番２５号",
            "甲府市蓬沢1丁目12番25号",
        ),
        ("甲府市蓬沢1丁目12番25号", "蓬沢1-12-25"),
        (
            "山梨県都留市四日市場瀬中188",
            "山梨県都留市四日市場字瀬中188",
        ),
        ("山梨県北杜市武川町柳沢740-1", "北杜市武川町柳澤740‐1"),
        ("鳥取県鳥取市野寺62番地1", "鳥取県鳥取市野寺６２番地１"),
        (
            "鳥取県倉吉市山根５５－２３３",
            "鳥取県倉吉市山根５５-２３３",
        ),
        ("鳥取県倉吉市三江1281番1", "倉吉市三江１２８１－１"),
        ("鳥取県倉吉市瀬崎町2714-1", "瀬崎町2714-1"),
        (
            "鳥取県八頭郡八頭町宮谷１２３番地",
            "八頭郡八頭町宮谷123番地",
        ),
        (
            "鳥取県東伯郡琴浦町大字逢束1210番地",
            "東伯郡琴浦町逢束１２１０番地",
        ),
        (
            "鳥取県西伯郡大山町西坪５４５番地１介護老人保健施設小谷苑",
            "西伯郡大山町西坪545-1",
        ),
        (
            "島根県松江市上乃木三丁目４番１号",
            "松江市上乃木3丁目4番1号",
        ),
        ("鳥取市的場一丁目１番地", "鳥取県鳥取市的場１ー１"),
        ("米子市日原３１９番地の１", "鳥取県米子市日原３１９－１"),
        ("島根県鹿足郡津和野町森村ﾛ141番地", "森村ロ１４１"),
        ("島根県益田市市原町イ５９７ー２", "市原町イ597-2"),
        (
            "山梨県西八代郡市川三郷町市川大門428-1",
            "西八代郡市川三郷町市川大門428番地1",
        ),
        (
            "鳥取県　米子市　石井　1238番地",
            "鳥取県米子市石井１２３８番地",
        ),
        (
            "島根県隠岐郡隠岐の島町栄町975-2",
            "島根県隠岐郡隠岐の島町栄町975番地2",
        ),
        ("三刀屋町三刀屋1294-1", "島根県雲南市三刀屋町三刀屋1294-1"),
        ("茨城県龍ケ崎市栄町1-2", "茨城県竜ヶ崎市栄町１番２号"),
        ("三重県四日市市鵜の森二丁目１番", "四日市市鵜の森2-1"),
        ("奈良県大和郡山市北郡山町10", "大和郡山市北郡山町１０番地"),
        ("群馬県佐波郡玉村町下新田201", "佐波郡玉村町下新田２０１"),
        ("山口県山口市小郡下郷1", "山口市小郡下郷１番地"),
        (
            "神奈川県川崎市中原区小杉町三丁目245",
            "川崎市中原区小杉町3-245",
        ),
        ("東京都千代田区一番町２５番地", "千代田区一番町25"),
        ("札幌市中央区北１条西２丁目", "札幌市中央区北一条西2"),
        ("甲府市下石田二丁目二十三番地", "下石田2-23"),
    ] {
        assert_eq!(address_key(a).key(), address_key(b).key(), "{a} / {b}");
        assert_eq!(compare(a, b), Nearness::Same, "{a} / {b}");
    }
}

#[test]
fn a_lot_without_its_branch_or_a_town_written_shorter_is_near() {
    for (a, b) in [
        ("山梨県甲斐市万才287", "山梨県甲斐市万才287-8"),
        (
            "山梨県甲州市勝沼町菱山中平4300",
            "山梨県甲州市勝沼町菱山４３００",
        ),
        (
            "鳥取県東伯郡湯梨浜町443番地1",
            "鳥取県東伯郡湯梨浜町野花443番地1",
        ),
        ("1851-2", "福市1851-2"),
    ] {
        assert_eq!(compare(a, b), Nearness::Near, "{a} / {b}");
    }
}

#[test]
fn other_places_are_different() {
    for (a, b) in [
        ("山梨県南巨摩郡南部町南部8000", "鳥取県西伯郡南部町南部8000"),
        ("松江市宍道町白石81-10", "松江市宍道町白石81-28"),
        ("鳥取県鳥取市浜坂315-2", "鳥取県鳥取市湖山町東1-117-4"),
        ("山梨県上野原市上野原682-3", "山梨県上野原市上野原268-3"),
        ("甲府市丸の内1-1", "山梨市丸の内1-1"),
        ("甲府市中央1-12", "甲府市中央11-2"),
    ] {
        assert_eq!(compare(a, b), Nearness::Different, "{a} / {b}");
    }
}

#[test]
fn too_little_is_unknown() {
    for (a, b) in [
        ("", "甲府市中央1-1"),
        ("甲府市", "甲府市中央1-1"),
        ("甲府市中央", "甲府市中央1-1"),
        ("不明", "不明"),
    ] {
        assert_eq!(compare(a, b), Nearness::Unknown, "{a} / {b}");
    }
}

#[test]
fn a_known_municipality_leaves_the_town() {
    let key = address_key("邑南町中野３８４８番地２").within("邑南町");
    assert_eq!(
        (key.municipality.as_deref(), key.key().as_str()),
        (Some("邑南町"), "中野3848-2")
    );
    let key = address_key("江津町１１１０－１５").within("江津市");
    assert_eq!((key.municipality, key.town.as_str()), (None, "江津町"));
    let key = address_key("隠岐の島町岬町岬1853-26").within("隠岐の島町");
    assert_eq!(key.key(), "岬町岬1853-26");
}

#[test]
fn numbers_in_a_town_s_name_stay_there() {
    assert_eq!(address_key("北海道北見市北3条西4-5").key(), "北3条西4-5");
    assert_eq!(
        address_key("青森県十和田市西三番町1-28").key(),
        "西三番町1-28"
    );
    assert_eq!(
        address_key("福島県郡山市七日町１").municipality.as_deref(),
        Some("郡山市")
    );
    assert_eq!(address_key("山形県酒田市十文字町3").town, "十文字町");
}

/// What lists and people write for the hyphen of 12-3.
const DASHES: &str = "-‐‑‒–—―−─━⁃ーｰ－﹣﹘";

#[test]
fn between_digits_every_dash_is_one_hyphen_and_elsewhere_it_stays() {
    for dash in DASHES.chars() {
        let written = format!("鴎渡町１２{dash}３");
        assert_eq!(
            address_text(&written),
            "鴎渡町12-3",
            "{dash} {:x}",
            u32::from(dash)
        );
        assert_eq!(address_key(&written), address_key("鴎渡町12-3"), "{dash}");
    }
    assert_eq!(
        address_text("セーター通り3 コーポー2"),
        "セーター通り3 コーポー2"
    );
    assert_eq!(address_text("　西町１−２−３　Ａ−２ "), "西町1-2-3 A−2");
    assert_eq!(address_text("本町3−"), "本町3−");
}

proptest! {
    #[test]
    fn an_address_is_the_same_place_as_it_is_shown(
        text in "\\PC{0,24}|[鳥取県西伯郡南部町市村丁目番地号0-9０-９ーｰ－−‐―A-C -]{0,24}",
    ) {
        let shown = address_text(&text);
        prop_assert_eq!(address_text(&shown), shown.clone());
        prop_assert_eq!(address_key(&shown).numbers, address_key(&squeeze(&text)).numbers);
        prop_assert_eq!(address_key(&shown).key(), address_key(&squeeze(&text)).key());
    }

    #[test]
    fn which_dash_is_typed_does_not_matter(numbers in proptest::collection::vec(1_u32..9999, 2..4), at in 0_usize..16) {
        let dash = DASHES.chars().nth(at).unwrap().to_string();
        let written = |dash: &str| format!("みほん市本町{}", numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(dash));
        prop_assert_eq!(address_text(&written(&dash)), written("-"));
        prop_assert_eq!(address_key(&written(&dash)), address_key(&written("-")));
    }

    #[test]
    fn any_text_is_at_most_like_itself(text in "\\PC{0,24}|[鳥取県西伯郡南部町市村区大字三十丁目番地号0-9０-９ －-]{0,24}") {
        let key = address_key(&text);
        prop_assert!(matches!(same_place(&key, &key), Nearness::Same | Nearness::Unknown));
    }

    #[test]
    fn the_width_of_digits_does_not_matter(a in 1_u32..9999, b in 1_u32..99) {
        let wide: String = format!("米子市西町{a}番地{b}").chars()
            .map(|c| c.to_digit(10).map_or(c, |d| char::from_u32('０' as u32 + d).unwrap())).collect();
        prop_assert_eq!(address_key(&wide).key(), format!("西町{a}-{b}"));
    }
}
