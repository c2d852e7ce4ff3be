//! 推奨データセット and 自治体標準オープンデータセット: both generations, both encodings, CSV and XLSX; rows invented.

use keniki_app::definition::Definitions;
use keniki_app::directory::held::Held;
use keniki_app::import::FileReport;
use keniki_base::code::MunicipalityCode;
use keniki_tests::{TestDatabase, on_both};
use rust_xlsxwriter::Workbook;

use super::fixture::World;

/// 医療機関一覧 of the older generation: heads and two rows.
const MEDICAL: [&[&str]; 3] = [
    &[
        "都道府県コード又は市区町村コード",
        "NO",
        "都道府県名",
        "市区町村名",
        "名称",
        "名称_カナ",
        "医療機関の種類",
        "住所",
        "方書",
        "緯度",
        "経度",
        "電話番号",
        "内線番号",
        "FAX番号",
        "法人番号",
        "法人の名称",
        "医療機関コード",
        "診療曜日",
        "診療開始時間",
        "診療終了時間",
        "診療日時特記事項",
        "時間外における対応",
        "診療科目",
        "病床数",
        "URL",
        "備考",
    ],
    &[
        "512010",
        "1",
        "みほん県",
        "ためし市",
        "髙橋医院",
        "タカハシイイン",
        "有床診療所",
        "みほん県ためし市本町1-1",
        "本町ビル2F",
        "35.05",
        "133.05",
        "0859-00-0001",
        "",
        "0859-00-0002",
        "",
        "医療法人社団あさひ",
        "5110100011",
        "月;火;水;木;金",
        "9:00",
        "18:00",
        "水曜は午前のみ",
        "",
        "内科;小児科",
        "12",
        "https://a.example/",
        "",
    ],
    &[
        "512010",
        "2",
        "みほん県",
        "ためし市",
        "あさひ歯科",
        "アサヒシカ",
        "無床診療所",
        "みほん県ためし市浜町2-2",
        "",
        "",
        "",
        "0859-00-0003",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "歯科;小児歯科",
        "",
        "",
        "",
    ],
];

/// 医療機関一覧 of the newer generation, the same two places.
const MEDICAL_NEWER: [&[&str]; 3] = [
    &[
        "全国地方公共団体コード",
        "ID",
        "地方公共団体名",
        "名称",
        "名称_カナ",
        "名称_英字",
        "医療機関の種類",
        "所在地_全国地方公共団体コード",
        "町字ID",
        "所在地_連結表記",
        "所在地_都道府県",
        "所在地_市区町村",
        "所在地_町字",
        "所在地_番地以下",
        "建物名等(方書)",
        "緯度",
        "経度",
        "高度の種別",
        "高度の値",
        "電話番号",
        "内線番号",
        "郵便番号",
        "FAX番号",
        "法人番号",
        "団体名",
        "医療機関コード",
        "診療曜日",
        "診療開始時間",
        "診療終了時間",
        "診療日時特記事項",
        "診療科目",
        "病床数",
        "URL",
        "備考",
    ],
    &[
        "510009",
        "1",
        "みほん県",
        "髙橋医院",
        "タカハシイイン",
        "",
        "有床診療所",
        "512010",
        "",
        "みほん県ためし市本町1-1",
        "みほん県",
        "ためし市",
        "本町",
        "1-1",
        "本町ビル2F",
        "35.05",
        "133.05",
        "",
        "",
        "0859-00-0001",
        "",
        "",
        "0859-00-0002",
        "",
        "医療法人社団あさひ",
        "5110100011",
        "月;火;水;木;金",
        "09:00",
        "18:00",
        "水曜は午前のみ",
        "内科;小児科",
        "12",
        "https://a.example/",
        "",
    ],
    &[
        "510009",
        "2",
        "みほん県",
        "あさひ歯科",
        "アサヒシカ",
        "",
        "無床診療所",
        "512010",
        "",
        "みほん県ためし市浜町2-2",
        "みほん県",
        "ためし市",
        "浜町",
        "2-2",
        "",
        "",
        "",
        "",
        "",
        "0859-00-0003",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "歯科;小児歯科",
        "",
        "",
        "",
    ],
];

/// 介護サービス事業所一覧: an office of two services, and one of a town that the code does not name.
const CARE: [&[&str]; 3] = [
    &[
        "都道府県コード又は市区町村コード",
        "NO",
        "都道府県名",
        "市区町村名",
        "介護サービス事業所名称",
        "介護サービス事業所名称_カナ",
        "実施サービス",
        "住所",
        "方書",
        "緯度",
        "経度",
        "電話番号",
        "内線番号",
        "FAX番号",
        "法人番号",
        "法人の名称",
        "事業所番号",
        "利用可能曜日",
        "利用可能曜日特記事項",
        "定員",
        "URL",
        "備考",
    ],
    &[
        "512010",
        "1",
        "みほん県",
        "ためし市",
        "いちごケアセンター",
        "イチゴケアセンター",
        "訪問看護;居宅介護支援",
        "みほん県ためし市本町3-3",
        "",
        "35.05",
        "133.05",
        "0859-00-0005",
        "",
        "",
        "",
        "合同会社いちご",
        "5171500011",
        "平日;土曜日",
        "祝日は応相談",
        "",
        "",
        "",
    ],
    &[
        "510009",
        "2",
        "みほん県",
        "南部町",
        "みなみ荘",
        "ミナミソウ",
        "通所介護",
        "みほん県南部町寺内5",
        "",
        "",
        "",
        "0859-00-0006",
        "",
        "",
        "",
        "",
        "5171500029",
        "",
        "",
        "18",
        "",
        "",
    ],
];

/// A list that an area keeps itself: no numbers, and what no public list has, by name or in plain words.
const OWN: [&[&str]; 4] = [
    &["市区町村名", "事業所名", "実施サービス", "住所", "電話番号"],
    &[
        "ためし市",
        "ためし市地域包括支援センター",
        "地域包括支援センター",
        "みほん県ためし市本町5-5",
        "0859-00-0007",
    ],
    &[
        "ためし市",
        "いきいき本町クラブ",
        "体操やお茶の集まり;認知症カフェ",
        "みほん県ためし市本町6-6",
        "",
    ],
    &[
        "ためし市",
        "ためし保健所",
        "保健所",
        "みほん県ためし市本町7-7",
        "0859-00-0008",
    ],
];

fn csv_of(table: &[&[&str]]) -> String {
    table
        .iter()
        .map(|row| format!("{}\r\n", row.join(",")))
        .collect()
}

fn book_of(table: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(table) {
        for (column, cell) in (0..).zip(*cells) {
            match cell.parse::<f64>() {
                Ok(number) if !cell.starts_with('0') => sheet.write(row, column, number).unwrap(),
                _ => sheet.write(row, column, *cell).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

async fn taken(world: &World, table: &[&[&str]], shape: &str) -> FileReport {
    let text = csv_of(table);
    let bytes = match shape {
        "utf-8" => format!("\u{feff}{text}").into_bytes(),
        "cp932" => encoding_rs::SHIFT_JIS.encode(&text).0.into_owned(),
        _ => book_of(table),
    };
    let report = world.take("a", bytes).await;
    let n_rows = table.len() as u64 - 1;
    assert_eq!(
        (report.warnings.len(), report.new),
        (0, n_rows),
        "{report:#?}"
    );
    report
}

#[tokio::test]
async fn both_generations_in_every_shape_say_the_same() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let mut first = None;
        for table in [&MEDICAL, &MEDICAL_NEWER] {
            for shape in ["utf-8", "cp932", "xlsx"] {
                world.clear().await;
                let report = taken(&world, table, shape).await;
                assert_eq!(report.format.as_deref(), Some("standard_medical"));
                let content = world.content().await;
                assert_eq!(*first.get_or_insert(content.clone()), content, "{shape}");
            }
        }
        let site = &world.rows("select * from site where name = '髙橋医院'").await[0];
        for (column, expected) in [
            ("kana", "タカハシイイン"), ("address", "みほん県ためし市本町1-1"), ("building", "本町ビル2F"), ("phone", "0859-00-0001"),
            ("fax", "0859-00-0002"), ("url", "https://a.example/"), ("municipality_code", "51201"), ("location_precision", "exact"),
        ] {
            assert_eq!(site[column], expected, "{column}");
        }
        assert_eq!(world.texts("select category from service order by 1").await, ["clinic", "dental"]);
        assert_eq!(world.texts("select capacity from service where category = 'clinic'").await, ["12"]);
        assert_eq!(world.texts("select hours_note from service where category = 'clinic'").await, ["水曜は午前のみ"]);
        let hours = "select weekday || ' ' || coalesce(opens, '') || '-' || coalesce(closes, '') from service_hours where is_open order by 1";
        let days = ["1", "2", "3", "4", "5"].map(|day| format!("{day} 09:00-18:00"));
        assert_eq!(world.texts(hours).await, days);
        // What a list leaves blank is not known: no hours, no point, no beds of the dentist.
        assert_eq!(world.texts("select location_precision from site where name = 'あさひ歯科'").await, ["none"]);
        assert_eq!(world.texts("select code from site_code").await, ["5110100011"]);
    })
    .await;
}

#[tokio::test]
async fn several_services_in_a_row_are_services_of_one_site() {
    on_both(async |database| {
        let world = World::invented(database).await;
        for shape in ["utf-8", "cp932", "xlsx"] {
            world.clear().await;
            let report = taken(&world, &CARE, shape).await;
            assert_eq!(report.format.as_deref(), Some("standard_care"));
            assert_eq!((report.rows, report.records.total), (2, 3));
            assert_eq!(world.count("site").await, 2);
            let services = "select category from service v join site s on s.id = v.site_id where s.name = 'いちごケアセンター' order by 1";
            assert_eq!(world.texts(services).await, ["care_management", "visiting_nursing"]);
            let open = "select distinct weekday from service_hours where is_open order by 1";
            assert_eq!(world.texts(open).await, ["1", "2", "3", "4", "5", "6"]);
            assert_eq!(world.texts("select municipality_code from site where name = 'みなみ荘'").await, ["51389"]);
            assert_eq!(world.texts("select name from organization").await, ["合同会社いちご"]);
            world.assert_indexed().await;
        }
    })
    .await;
}

/// Another word for the kind, another way to write the town's code: still the same list, so what left it is missed.
#[tokio::test]
async fn an_own_list_stays_one_however_its_kind_and_its_town_are_written() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let head = "都道府県コード又は市区町村コード,市区町村名,事業所名,実施サービス,住所,電話番号\n";
    let row = |code: &str, name: &str, kind: &str| {
        format!("{code},ためし市,{name},{kind},みほん県ためし市本町{name},\n")
    };
    let first = [
        row("51201", "東包括", "地域包括支援センター"),
        row("51201", "西包括", "地域包括支援センター"),
    ];
    world.take("a.csv", head.to_owned() + &first.concat()).await;
    let code = MunicipalityCode::parse("51201").unwrap().six();
    let next = head.to_owned() + &row(&code, "東包括", "高齢者のよろず相談窓口");
    let report = world.take("b.csv", next).await;
    assert_eq!(
        (report.rows, report.new, report.gone),
        (1, 0, 1),
        "{report:?}"
    );
}

/// 実施サービス takes every category by its name or its plain words, and the list covers the towns it names.
#[tokio::test]
async fn an_area_s_own_list_brings_what_nobody_publishes() {
    on_both(async |database| {
        let world = World::invented(database).await;
        let report = taken(&world, &OWN, "utf-8").await;
        assert!(report.written, "{:?}", report.errors);
        assert_eq!(
            (report.format.as_deref(), report.rejected),
            (Some("standard_care"), 0)
        );
        let categories = world.texts("select category from service order by 1").await;
        assert_eq!(
            categories,
            [
                "community_support_center",
                "dementia_cafe",
                "exercise_salon",
                "health_center"
            ]
        );
        let held = Held::load(&world.db, &Definitions::load(None).unwrap())
            .await
            .unwrap();
        for code in &categories {
            assert!(
                held.has_category(code, &["51201".to_owned()].into()),
                "{code}"
            );
            assert!(
                !held.has_category(code, &["51389".to_owned()].into()),
                "{code}"
            );
        }
    })
    .await;
    let definitions = Definitions::load(None).unwrap();
    for category in definitions
        .categories()
        .iter()
        .filter(|it| it.institution_kinds.is_empty())
    {
        for word in [&category.name, &category.plain] {
            assert!(
                !word.contains([';', '；', '、']),
                "{word} would be cut in the cell"
            );
            assert_eq!(
                definitions.category_called(word).map(|it| &it.code),
                Some(&category.code),
                "{word}"
            );
        }
    }
}

#[tokio::test]
async fn one_town_s_list_says_nothing_of_another_town_s() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let here = csv_of(&MEDICAL[..2]);
    let there = here
        .replace("512010", "512028")
        .replace("ためし市", "となり市")
        .replace("5110100011", "5110100029")
        .replace("133.05", "133.35");
    world.take("a.csv", &here).await;
    let report = world.take("b.csv", &there).await;
    assert_eq!((report.new, report.gone), (1, 0));
    assert_eq!(world.take("a.csv", &here).await.unchanged, 1);
}

#[tokio::test]
async fn a_row_saved_by_excel_without_its_empty_end_is_whole_and_one_that_ends_before_its_address_is_not()
 {
    let world = World::invented(TestDatabase::sqlite()).await;
    let text = csv_of(&MEDICAL);
    world
        .take(
            "a.csv",
            text.replace("歯科;小児歯科,,,\r\n", "歯科;小児歯科\r\n"),
        )
        .await;
    world.clear().await;
    let report = world
        .import(&world.file("b.csv", text.split(",無床診療所").next().unwrap()))
        .await;
    assert_eq!(report.errors[0].cause, "row_cut_short");
}

#[tokio::test]
async fn a_time_that_there_is_not_empties_the_hours_and_not_the_days() {
    let world = World::invented(TestDatabase::sqlite()).await;
    let text = csv_of(&MEDICAL[..2]).replace("9:00", "25時");
    let report = world.take("a.csv", text).await;
    assert_eq!(
        (
            report.warnings[0].cause.as_str(),
            report.warnings[0].rows[0].value.as_str()
        ),
        ("wrong_time", "25時")
    );
    assert_eq!(
        world
            .texts("select count(opens) from service_hours where is_open")
            .await,
        ["0"]
    );
    assert_eq!(
        world
            .texts("select count(*) from service_hours where is_open")
            .await,
        ["5"]
    );
}
