//! The SQL of the review list and of joining two sites.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{Review, ReviewSite};
use crate::database::one::counted;
use crate::database::{statement, within};
use crate::directory::source::said::is_same_service;
use crate::import::fold::{AUTHORITY, OFFICE};

#[derive(FromQueryResult)]
struct OpenRow {
    id: i64,
    confidence: f64,
    reasons: String,
    site_id: i64,
    site_name: String,
    site_municipality: Option<String>,
    site_address: Option<String>,
    site_phone: Option<String>,
    candidate_id: i64,
    candidate_name: String,
    candidate_municipality: Option<String>,
    candidate_address: Option<String>,
    candidate_phone: Option<String>,
}

/// Those that wait, or one of them by its number.
pub(super) async fn open<C: ConnectionTrait>(
    db: &C,
    id: Option<i64>,
) -> Result<Vec<Review>, DbErr> {
    let rows = OpenRow::find_by_statement(statement(
        db,
        "select r.id, r.confidence, r.reasons,
                a.id as site_id, a.name as site_name, a.address as site_address, a.phone as site_phone,
                a.municipality_code as site_municipality, b.municipality_code as candidate_municipality,
                b.id as candidate_id, b.name as candidate_name, b.address as candidate_address,
                b.phone as candidate_phone
         from match_review r
         join site a on a.id = r.site_id
         join site b on b.id = r.candidate_site_id
         where r.status = 'open' and r.id between $1 and $2 order by r.confidence desc, r.id",
        [id.unwrap_or(i64::MIN).into(), id.unwrap_or(i64::MAX).into()],
    ))
    .all(db)
    .await?;
    Ok(rows.into_iter().map(OpenRow::review).collect())
}

pub(super) async fn n_open<C: ConnectionTrait>(db: &C) -> Result<u64, DbErr> {
    counted(
        db,
        "select count(*) from match_review where status = 'open'",
        [],
    )
    .await
}

pub(super) async fn n_open_in<C: ConnectionTrait>(
    db: &C,
    municipalities: &[String],
) -> Result<u64, DbErr> {
    if municipalities.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "select count(*) from match_review r
         join site a on a.id = r.site_id
         join site b on b.id = r.candidate_site_id
         where r.status = 'open' and a.municipality_code = b.municipality_code and a.municipality_code in {}",
        within(db, municipalities.len())
    );
    let codes = municipalities.iter().map(|code| code.as_str().into());
    let row = db.query_one_raw(statement(db, sql, codes)).await?;
    let n: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(n.unsigned_abs())
}

impl OpenRow {
    fn review(self) -> Review {
        Review {
            id: self.id,
            confidence: self.confidence,
            reasons: self.reasons,
            site: ReviewSite {
                id: self.site_id,
                name: self.site_name,
                municipality: self.site_municipality,
                address: self.site_address,
                phone: self.site_phone,
            },
            candidate: ReviewSite {
                id: self.candidate_id,
                name: self.candidate_name,
                municipality: self.candidate_municipality,
                address: self.candidate_address,
                phone: self.candidate_phone,
            },
        }
    }
}

#[derive(FromQueryResult)]
pub(super) struct Pair {
    pub site_id: i64,
    pub candidate_site_id: i64,
    pub batch_id: Option<i64>,
}

pub(super) async fn pair<C: ConnectionTrait>(tx: &C, id: i64) -> Result<Option<Pair>, DbErr> {
    Pair::find_by_statement(statement(
        tx,
        "select site_id, candidate_site_id, batch_id from match_review where id = $1 and status = 'open'",
        [id.into()],
    ))
    .one(tx)
    .await
}

pub(super) async fn mark<C: ConnectionTrait>(
    tx: &C,
    id: i64,
    status: &str,
    by: &str,
    at: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(statement(
        tx,
        "update match_review set status = $1, decided_by = $2, decided_at = $3 where id = $4",
        [status.into(), by.into(), at.into(), id.into()],
    ))
    .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct ServiceRow {
    id: i64,
    category: String,
}

/// Puts all that hangs on `from` on `onto` and takes `from` out; answers the services that went into another.
pub(super) async fn join<C: ConnectionTrait>(
    tx: &C,
    from: i64,
    onto: i64,
) -> Result<Vec<i64>, DbErr> {
    let theirs = services(tx, onto).await?;
    let mut merged = Vec::new();
    for own in services(tx, from).await? {
        let twin = theirs
            .iter()
            .find(|their| is_same_service(&their.category, &own.category));
        let Some(twin) = twin else {
            run(
                tx,
                "update service set site_id = $1 where id = $2",
                &[onto, own.id],
            )
            .await?;
            continue;
        };
        for table in ["source_record", "contact_point", "proposal", "filing"] {
            let sql = format!("update {table} set service_id = $1 where service_id = $2");
            run(tx, &sql, &[twin.id, own.id]).await?;
        }
        // What the office and the authority say is kept under the service's number.
        let sql = format!(
            "update source_record set record_key = '{}' where service_id = $1 and scope in ('{OFFICE}', '{AUTHORITY}')",
            twin.id
        );
        run(tx, &sql, &[twin.id]).await?;
        run(
            tx,
            "delete from service_hours where service_id = $1",
            &[own.id],
        )
        .await?;
        run(
            tx,
            "delete from service_capability where service_id = $1",
            &[own.id],
        )
        .await?;
        run(tx, "delete from service where id = $1", &[own.id]).await?;
        merged.push(own.id);
    }
    for sql in [
        "update source_record set site_id = $1 where site_id = $2",
        "update contact_point set site_id = $1 where site_id = $2",
        "insert into site_code (system, code, site_id, batch_id)
            select system, code, $1, batch_id from site_code where site_id = $2 on conflict do nothing",
    ] {
        run(tx, sql, &[onto, from]).await?;
    }
    // The organization that was made of the site that goes has accounts, maybe: it goes on with the one that stays.
    let sql = format!(
        "update site set organization_id = (select f.organization_id from site f where f.id = {from}) where id = $1
            and exists (select 1 from site f join organization o on o.id = f.organization_id
                where f.id = {from} and o.created_batch_id is null)"
    );
    run(tx, &sql, &[onto]).await?;
    run(tx, "delete from site_code where site_id = $1", &[from]).await?;
    // Other pairs that wait go on with the site that stays; the decided one pointed at the site that goes.
    run(
        tx,
        "update match_review set candidate_site_id = $1 where candidate_site_id = $2 and site_id <> $1",
        &[onto, from],
    )
    .await?;
    run(
        tx,
        "delete from match_review where site_id = $1 or candidate_site_id = $1",
        &[from],
    )
    .await?;
    run(tx, "delete from site where id = $1", &[from]).await?;
    Ok(merged)
}

/// Whether somebody stands behind both: an office's or authority's own word on each, or an organization made of each.
pub(super) async fn are_both_kept<C: ConnectionTrait>(
    tx: &C,
    from: i64,
    onto: i64,
) -> Result<bool, DbErr> {
    let sql = format!(
        "select (select count(*) from source_record a join source_record b on b.scope = a.scope
                where a.site_id = $1 and b.site_id = $2 and a.scope in ('{OFFICE}', '{AUTHORITY}'))
            + (select count(*) from site t join organization o on o.id = t.organization_id and o.created_batch_id is null
                join site u on u.id = $3 join organization p on p.id = u.organization_id and p.created_batch_id is null
                where t.id = $4)"
    );
    let values = [from, onto, from, onto].map(Into::into);
    Ok(counted(tx, &sql, values).await? > 0)
}

async fn services<C: ConnectionTrait>(tx: &C, site_id: i64) -> Result<Vec<ServiceRow>, DbErr> {
    ServiceRow::find_by_statement(statement(
        tx,
        "select id, category from service where site_id = $1 order by id",
        [site_id.into()],
    ))
    .all(tx)
    .await
}

async fn run<C: ConnectionTrait>(tx: &C, sql: &str, ids: &[i64]) -> Result<(), DbErr> {
    let values = ids.iter().map(|id| (*id).into());
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}
