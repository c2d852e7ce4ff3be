//! What the wall lets through and what it does not.

use proptest::prelude::*;

use super::*;

#[test]
fn a_plain_select_tells_how_many_columns_it_returns() {
    assert_eq!(select_columns("select count(*) from v_site"), Ok(1));
    assert_eq!(
        select_columns(
            "select s.site_id, coalesce(s.address, 'な,し (x)'), 1 from v_site s where exists (select 1, 2 from v_service v where v.site_id = s.site_id)"
        ),
        Ok(3)
    );
    assert_eq!(
        select_columns(
            "select a, b from (select site_id as a, phone as b from v_site) t join v_service v on v.site_id = t.a, v_town w order by a, b, 3"
        ),
        Ok(2)
    );
}

#[test]
fn other_tables_are_refused_wherever_they_stand() {
    for sql in [
        "select 1 from site",
        "select 1 from v_site, site",
        "select 1 from v_site s join site t on t.id = s.site_id",
        "select 1 from v_site cross join (site)",
        "select 1 from (v_site, setting)",
        "select 1 from v_site where site_id in (select id from site)",
        "select 1 from v_site union select 1 from setting",
        "select 1 from v_public.site",
        "select 1 from pg_catalog.pg_user",
        "select (select value from setting) from v_site",
        "select 1 from v_site where 1 = (select 1 from v_town, setting)",
    ] {
        assert!(
            matches!(select_columns(sql), Err(Refused::Table(_))),
            "{sql}"
        );
    }
}

#[test]
fn what_an_engine_reads_otherwise_than_it_looks_is_refused() {
    for sql in [
        "select 1 from v_site where site_id in setting",
        "select 1 from v_site where site_id not in setting",
        r"select E'a\'' || (select value from setting) || '' from v_site",
        "select '{today} from setting' from v_site",
    ] {
        assert!(
            matches!(
                select_columns(sql),
                Err(Refused::Word(_) | Refused::Sign(_))
            ),
            "{sql}"
        );
    }
}

#[test]
fn what_is_no_plain_reading_is_refused() {
    assert_eq!(select_columns("delete from v_site"), Err(Refused::NoSelect));
    assert_eq!(
        select_columns("with x as (select 1) select 1 from v_site"),
        Err(Refused::NoSelect)
    );
    for sql in [
        "select 1 from v_site; drop table site",
        "select 1 from v_site -- and more",
        "select 1 /* */ from v_site",
        "select 1 from \"site\"",
        "select 1 from `site`",
        "select $1 from v_site",
        "select ?1 from v_site",
        "select $$site$$ from v_site",
    ] {
        assert!(
            matches!(select_columns(sql), Err(Refused::Sign(_))),
            "{sql}"
        );
    }
    for sql in [
        "select 1 into site from v_site",
        "select 1 from v_site for update",
        "select 1 from v_site union table setting",
        "select 1 from lateral (select 1) x",
    ] {
        assert!(
            matches!(
                select_columns(sql),
                Err(Refused::Word(_) | Refused::Table(_))
            ),
            "{sql}"
        );
    }
    for sql in [
        "select pg_sleep(100) from v_site",
        "select 1 from v_site where load_extension('x') = 1",
        "select pg_catalog.pg_read_file('x') from v_site",
        "select 1 from v_evil('x')",
    ] {
        assert!(
            matches!(
                select_columns(sql),
                Err(Refused::Function(_) | Refused::Table(_))
            ),
            "{sql}"
        );
    }
    for sql in [
        "select (1 from v_site",
        "select 1) from v_site",
        "select 'a from v_site",
    ] {
        assert_eq!(select_columns(sql), Err(Refused::Open), "{sql}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(sql in "(select )?[a-z_' (),;{}*日本\"$-]{0,60}") {
        let _ = select_columns(&sql);
    }

    #[test]
    fn a_table_without_v_never_passes(table in "[a-uw-z][a-z_]{0,12}", before in "(v_site, |v_site join |\\(|)") {
        prop_assume!(table != "select");
        let sql = format!("select 1 from {before}{table}");
        prop_assert!(select_columns(&sql).is_err());
    }
}
