//! Loading small invented files: what is refused and how it is said, what stays unknown, what is not done twice.

use std::path::Path;

use super::*;
use crate::area::show::{self, people};
use crate::database::{Connection, open};

const MAP: &str = "muni_code,muni_name,area_code,area_name,pref_code,pref_name
51201,ためし市,5101,みなみ,51,みほん県
51202,ことり市,5101,みなみ,51,みほん県
51301,やまべ町,5102,きた,51,みほん県
";

const PEOPLE: &str = "dantai_code6,muni_code5,pref_name,muni_name,sex,total,a0_4,a75_79,a100_
512010,51201,みほん県,ためし市,T,1000,40,90,1
512010,51201,みほん県,ためし市,M,480,20,40,0
512010,51201,みほん県,ためし市,F,520,20,50,1
512028,51202,みほん県,ことり市,T,300,10,30,
513016,51301,みほん県,くさ郡やまべ町,T,50,1,9,1
";

/// Two squares side by side and one above, as the ministry's file has them.
const BOUNDARIES: &str = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"N03_001":"みほん県","N03_004":"ためし市","N03_007":"51201"},"geometry":{"type":"Polygon",
 "coordinates":[[[135.0,35.0],[135.1,35.0],[135.1,35.1],[135.0,35.1],[135.0,35.0]]]}},
{"type":"Feature","properties":{"N03_001":"みほん県","N03_004":"ことり市","N03_007":"51202"},"geometry":{"type":"Polygon",
 "coordinates":[[[135.1,35.0],[135.2,35.0],[135.2,35.1],[135.1,35.1],[135.1,35.0]]]}},
{"type":"Feature","properties":{"N03_001":"みほん県","N03_004":"やまべ町","N03_007":"51301"},"geometry":{"type":"Polygon",
 "coordinates":[[[135.0,35.1],[135.1,35.1],[135.1,35.2],[135.0,35.2],[135.0,35.1]]]}}]}"#;

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

async fn empty() -> Connection {
    open("sqlite::memory:", true).await.unwrap()
}

async fn load_into(db: &Connection, folder: &Path, scope: Scope) -> Result<Summary, LoadError> {
    load(
        db,
        folder,
        scope,
        &By::command_line(),
        "2026-11-22T00:00:00Z".parse().unwrap(),
        |_| {},
    )
    .await
}

/// The sentence with which the files are refused.
async fn refusal(files: &[(&str, &str)]) -> String {
    let folder = Folder::with(files);
    load_into(&empty().await, folder.path(), Scope::Nation)
        .await
        .unwrap_err()
        .to_string()
}

fn people_with(from: &str, to: &str) -> String {
    assert!(PEOPLE.contains(from));
    PEOPLE.replacen(from, to, 1)
}

#[tokio::test]
async fn a_folder_loads_and_the_second_time_changes_nothing() {
    let db = empty().await;
    let folder = Folder::with(&[
        ("map.csv", MAP),
        ("20250101.csv", PEOPLE),
        ("b.geojson", BOUNDARIES),
    ]);
    let first = load_into(&db, folder.path(), Scope::Nation).await.unwrap();
    assert_eq!((first.n_files, first.n_passed_over), (3, 0));
    let second = load_into(&db, folder.path(), Scope::Nation).await.unwrap();
    assert_eq!(second.changed, 0);
    let south = show::find(&db, "5101".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let neighbors = show::neighbors(&db, &south).await.unwrap();
    assert_eq!(neighbors[0].name, "きた");
    let outlines = show::outlines(&db, &south.member_codes()).await.unwrap();
    assert_eq!(outlines.len(), 2);
}

#[tokio::test]
async fn a_blank_cell_is_unknown_and_so_is_every_sum_with_it() {
    let db = empty().await;
    let folder = Folder::with(&[("map.csv", MAP), ("20250101.csv", PEOPLE)]);
    load_into(&db, folder.path(), Scope::Nation).await.unwrap();
    let people = async |code: &str| {
        people::population(&db, &[code.to_owned()])
            .await
            .unwrap()
            .unwrap()
    };
    assert_eq!(people("51201").await.age_75_plus, Some(91));
    assert_eq!(
        (
            people("51202").await.total,
            people("51202").await.age_75_plus
        ),
        (Some(300), None)
    );
    let south = show::find(&db, "5101".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let both = people::population(&db, &south.member_codes())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((both.total, both.age_75_plus), (Some(1300), None));
}

#[tokio::test]
async fn a_wrong_check_digit_is_named_with_its_row_and_the_right_code() {
    let text = refusal(&[
        ("map.csv", MAP),
        ("20250101.csv", &people_with("512028", "512029")),
    ])
    .await;
    assert!(
        text.starts_with("20250101.csvの5行目「dantai_code6」列の値「512029」"),
        "{text}"
    );
    assert!(text.contains("512028"), "{text}");
}

#[tokio::test]
async fn an_impossible_number_of_people_is_refused() {
    let text = refusal(&[
        ("map.csv", MAP),
        ("20250101.csv", &people_with("T,300", "T,-300")),
    ])
    .await;
    assert!(
        text.contains("5行目「total」列の値「-300」は人数として読めません"),
        "{text}"
    );
    let text = refusal(&[
        ("map.csv", MAP),
        ("20250101.csv", &people_with("T,300", "T,三百")),
    ])
    .await;
    assert!(text.contains("「三百」"), "{text}");
}

#[tokio::test]
async fn a_row_that_comes_twice_is_refused() {
    let twice = format!("{PEOPLE}512010,51201,みほん県,ためし市,T,1001,40,90,1\n");
    let text = refusal(&[("map.csv", MAP), ("20250101.csv", &twice)]).await;
    assert!(text.contains("7行目") && text.contains("二度"), "{text}");
    let twice = format!("{MAP}51201,ためし市,5102,きた,51,みほん県\n");
    let text = refusal(&[("map.csv", &twice)]).await;
    assert!(
        text.contains("5行目「muni_code」列の値「51201」は二度"),
        "{text}"
    );
}

#[tokio::test]
async fn without_a_day_the_count_is_refused() {
    let text = refusal(&[("map.csv", MAP), ("people.csv", PEOPLE)]).await;
    assert!(
        text.contains("基準日") && text.contains("people.csv"),
        "{text}"
    );
}

#[tokio::test]
async fn an_unknown_header_says_what_was_found_and_what_is_missing() {
    let text = refusal(&[("a.csv", &MAP.replace("pref_name", "prefecture"))]).await;
    assert!(text.contains("列「pref_name」がありません"), "{text}");
    assert!(
        text.contains("見出しは「muni_code」「muni_name」"),
        "{text}"
    );
    let text = refusal(&[("a.csv", "氏名,点数\n見本,3\n")]).await;
    assert!(
        text.contains("見つかりません") && text.contains("見出しは「氏名」「点数」"),
        "{text}"
    );
}

#[tokio::test]
async fn boundaries_cut_short_are_refused() {
    let text = refusal(&[("map.csv", MAP), ("b.geojson", &BOUNDARIES[..600])]).await;
    assert!(
        text.starts_with("b.geojson: ") && text.contains("途中で終わっています"),
        "{text}"
    );
}

#[tokio::test]
async fn a_refused_file_writes_nothing_and_what_came_before_it_stays() {
    let db = empty().await;
    let folder = Folder::with(&[
        ("map.csv", MAP),
        ("20250101.csv", &people_with("T,50", "T,-50")),
    ]);
    load_into(&db, folder.path(), Scope::Nation)
        .await
        .unwrap_err();
    assert!(
        show::find(&db, "5101".parse().unwrap())
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        people::population(&db, &["51201".to_owned()])
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn an_area_that_is_not_there_cannot_be_home() {
    let db = empty().await;
    let folder = Folder::with(&[("map.csv", MAP), ("20250101.csv", PEOPLE)]);
    let scope = Scope::Area("5199".parse().unwrap());
    let text = load_into(&db, folder.path(), scope)
        .await
        .unwrap_err()
        .to_string();
    assert!(text.contains("コード「5199」の圏域はありません"), "{text}");
    assert_eq!(show::home(&db).await.unwrap(), None);
    let scope = Scope::Area("5101".parse().unwrap());
    load_into(&db, folder.path(), scope).await.unwrap();
    assert_eq!(
        show::home(&db)
            .await
            .unwrap()
            .map(|area| area.name)
            .as_deref(),
        Some("みなみ")
    );
}

#[tokio::test]
async fn a_layer_of_ones_own_lies_over_medical_areas() {
    let db = empty().await;
    let layer = "区域の種類,区域コード,区域名,市区町村コード
保健所管轄,H01,ためし保健所,51201
保健所管轄,H01,ためし保健所,51301
除雪,J1,やまがわ,51301
";
    let folder = Folder::with(&[("map.csv", MAP), ("layer.csv", layer)]);
    load_into(&db, folder.path(), Scope::Nation).await.unwrap();
    let center = show::find_in(&db, "health_center", "H01")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(center.member_codes(), ["51201", "51301"]);
    let over: Vec<String> = show::holding(&db, "51301")
        .await
        .unwrap()
        .into_iter()
        .map(|area| area.name)
        .collect();
    assert!(
        ["ためし保健所", "きた", "やまがわ"]
            .iter()
            .all(|name| over.contains(&(*name).to_owned())),
        "{over:?}"
    );
}

#[tokio::test]
async fn a_layer_whose_area_has_two_names_is_refused() {
    let layer = "layer,code,name,municipality_code
fire_department,F1,みなみ消防,51201
fire_department,F1,きた消防,51202
";
    let text = refusal(&[("layer.csv", layer)]).await;
    assert!(
        text.contains("3行目「name」列の値「きた消防」") && text.contains("みなみ消防"),
        "{text}"
    );
}
