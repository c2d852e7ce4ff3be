//! What the public pages read beyond search and listing, on both engines: towns by name, outlines, sources, points.

use std::sync::Arc;

use keniki_app::account::By;
use keniki_app::area::show;
use keniki_app::definition::Definitions;
use keniki_app::directory::{loaded, spot};
use keniki_app::sample::{self, Plan};
use keniki_tests::on_both;

#[tokio::test]
async fn pages_read_the_same_from_both_engines() {
    on_both(async |database| {
        let db = database.open().await;
        let definitions = Arc::new(Definitions::load(None).unwrap());
        let plan = Plan {
            seed: 1,
            scale: 1,
            episodes: 0,
        };
        let now = "2026-11-24T01:00:00Z".parse().unwrap();
        sample::make(&db, definitions, plan, &By::command_line(), now, |_| ())
            .await
            .unwrap();

        let home = show::home(&db).await.unwrap().unwrap();
        let codes = home.member_codes();
        let outlines = show::outlines(&db, &codes).await.unwrap();
        assert_eq!(outlines.len(), codes.len());
        assert!(show::outline_source(&db, &codes).await.unwrap().is_some());
        assert_eq!(show::sources(&db).await.unwrap().len(), 1);
        assert_eq!(loaded::lists(&db).await.unwrap().len(), 1);

        let town = &show::towns_named(&db, &home.members[0].name).await.unwrap()[0];
        assert!(town.name.starts_with(&home.members[0].name));
        let again = show::towns_named(&db, &town.name).await.unwrap();
        assert!(
            again.contains(town),
            "{} is found by its whole name",
            town.name
        );
        assert_eq!(show::towns_named(&db, "ありえない町").await.unwrap(), []);

        let spots = spot::of(&db, &[3, 1, -1, 2]).await.unwrap();
        let ids: Vec<i64> = spots.iter().map(|spot| spot.service_id).collect();
        assert_eq!(
            ids,
            [3, 1, 2],
            "in the order asked for, without those that do not exist"
        );
    })
    .await;
}
