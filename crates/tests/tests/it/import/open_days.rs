//! The days of the 施設票: whatever its heads say, a 0 is a day off and a 1 a working day.

use keniki_tests::{TestDatabase, shared_data};

use super::fixture::World;

/// `01-1_hospital_facility_info_20250601.csv`, 145 hospitals of three prefectures: 124 marked 1 and 1 marked 0 on
/// Mondays, 2 and 137 on Sundays, 2 and 140 on public holidays; 001306376.xlsx says 「0：休診/1：診療」.
#[tokio::test]
async fn the_published_hospitals_work_on_mondays_and_rest_on_sundays() {
    let Some(data) = shared_data() else { return };
    let world = World::invented(TestDatabase::sqlite()).await;
    let list = data.join("facilities/01-1_hospital_facility_info_20250601.csv");
    assert_eq!(world.import(&list).await.rows, 145);
    for (weekday, n_open, n_closed) in [(1, 124, 1), (7, 2, 137), (8, 2, 140)] {
        let on = format!("service_hours where weekday = {weekday} and is_open =");
        let found = (
            world.count(&format!("{on} true")).await,
            world.count(&format!("{on} false")).await,
        );
        assert_eq!(found, (n_open, n_closed), "weekday {weekday}");
    }
}
