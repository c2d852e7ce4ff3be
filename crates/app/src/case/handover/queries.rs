//! The SQL of handovers and their links.

use chrono::{DateTime, Utc};
use keniki_base::id::CaseId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult, Value};

use super::show::{Attached, Handover};
use super::stage::{At, Mark, Stage, Why};
use crate::case::channel::Channel;
use crate::database::one::{counted, inserted, value};
use crate::database::{instant, statement};

/// A handover as it is kept, with what its organizations and its sender are called.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    id: i64,
    case_id: i64,
    patient_id: i64,
    purpose: String,
    cause_id: Option<i64>,
    former_id: Option<i64>,
    from_organization_id: i64,
    from_name: String,
    from_role: String,
    to_organization_id: Option<i64>,
    to_name: Option<String>,
    to_role: Option<String>,
    mailbox: Option<String>,
    recipient: Option<String>,
    fax: Option<String>,
    subject: String,
    words: String,
    form_record_id: Option<i64>,
    receipt_event_id: Option<i64>,
    state: String,
    sent_at: String,
    sender: Option<String>,
    read_at: Option<String>,
    read_by: Option<i64>,
    reader: Option<String>,
    reader_role: Option<String>,
    read_channel: Option<String>,
    decided_at: Option<String>,
    decided_by: Option<i64>,
    decider: Option<String>,
    decider_role: Option<String>,
    decided_channel: Option<String>,
    reason: Option<String>,
    ended_at: Option<String>,
    closed_why: Option<String>,
}

const ROW: &str = "select h.id, h.case_id, c.patient_id, h.purpose, h.cause_id, h.former_id, h.from_organization_id,
        f.name as from_name, h.from_role, h.to_organization_id, t.name as to_name, h.to_role, h.mailbox, h.recipient, h.fax,
        h.subject, h.words, h.form_record_id, h.receipt_event_id, h.state, h.sent_at, a.name as sender,
        h.read_at, h.read_by, h.reader, h.reader_role, h.read_channel,
        h.decided_at, h.decided_by, h.decider, h.decider_role, h.decided_channel, h.reason, h.ended_at, h.closed_why
    from handover h join care_case c on c.id = h.case_id join organization f on f.id = h.from_organization_id
    left join organization t on t.id = h.to_organization_id left join account a on a.id = h.sent_by";

pub(super) async fn rows(
    db: &impl ConnectionTrait,
    rest: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<Handover>, DbErr> {
    let asked = statement(db, format!("{ROW} {rest}"), values);
    let rows = Row::find_by_statement(asked).all(db).await?;
    rows.into_iter().map(Row::handover).collect()
}

fn at(text: Option<String>) -> Option<DateTime<Utc>> {
    text?.parse().ok()
}

impl Row {
    fn handover(self) -> Result<Handover, DbErr> {
        let id = self.id;
        let wrong = || DbErr::Custom(format!("handover {id}: its stage cannot be read"));
        let mark = |when: Option<String>, account: Option<i64>, names: [Option<String>; 3]| {
            let [name, role, channel] = names.map(Option::unwrap_or_default);
            Some(Mark {
                at: at(when)?,
                account: account.map(Into::into),
                name,
                role,
                channel: Channel::of(&channel)?,
            })
        };
        let read = [self.reader, self.reader_role, self.read_channel];
        let read = mark(self.read_at, self.read_by, read);
        let answer = [self.decider, self.decider_role, self.decided_channel];
        let answer = mark(self.decided_at, self.decided_by, answer);
        let (ended, why) = (at(self.ended_at), self.closed_why.as_deref());
        let why = why.and_then(Why::of);
        let stage = match (At::of(&self.state).ok_or_else(wrong)?, read, answer) {
            (At::Sent, ..) => Stage::Sent,
            (At::Read, Some(read), _) => Stage::Read { read },
            (At::Accepted, Some(read), Some(answer)) => Stage::Accepted { read, answer },
            (At::Returned, Some(read), Some(answer)) => Stage::Returned {
                read,
                answer,
                reason: self.reason.unwrap_or_default(),
            },
            (At::Done, Some(read), Some(answer)) => Stage::Done {
                read,
                answer,
                at: ended.ok_or_else(wrong)?,
            },
            (At::Cancelled, read, answer) => Stage::Cancelled {
                read,
                answer,
                at: ended.ok_or_else(wrong)?,
                why: why.ok_or_else(wrong)?,
                reason: self.reason,
            },
            (At::Read | At::Accepted | At::Returned | At::Done, ..) => return Err(wrong()),
        };
        Ok(Handover {
            id: id.into(),
            case: self.case_id.into(),
            patient: self.patient_id.into(),
            purpose: self.purpose,
            cause: self.cause_id.map(Into::into),
            former: self.former_id.map(Into::into),
            from: self.from_organization_id.into(),
            from_name: self.from_name,
            from_role: self.from_role,
            to: self.to_organization_id.map(Into::into),
            to_name: self.to_name.or(self.recipient).unwrap_or_default(),
            to_role: self.to_role,
            mailbox: self.mailbox,
            fax: self.fax,
            subject: self.subject,
            words: self.words,
            form_record: self.form_record_id,
            receipt: self.receipt_event_id.map(Into::into),
            sent_at: self.sent_at.parse().map_err(|_| wrong())?,
            sender: self.sender,
            stage,
        })
    }
}

pub(super) async fn case_of(
    db: &impl ConnectionTrait,
    handover: i64,
) -> Result<Option<CaseId>, DbErr> {
    let sql = "select case_id from handover where id = $1";
    let case: Option<i64> = value(db, sql, [handover.into()]).await?;
    Ok(case.map(Into::into))
}

pub(super) async fn name_of(
    db: &impl ConnectionTrait,
    account: i64,
) -> Result<Option<String>, DbErr> {
    value(
        db,
        "select name from account where id = $1",
        [account.into()],
    )
    .await
}

/// A handover that goes out.
pub(super) struct New<'a> {
    pub case: i64,
    pub purpose: &'a str,
    pub cause: Option<i64>,
    pub former: Option<i64>,
    pub from: (i64, &'a str),
    pub to: (Option<i64>, Option<&'a str>, Option<&'a str>),
    pub outside: (Option<&'a str>, Option<&'a str>),
    pub subject: &'a str,
    pub words: &'a str,
    pub form_record: Option<i64>,
    pub receipt: Option<i64>,
    pub form_key: Option<&'a str>,
    pub account: Option<i64>,
    pub now: &'a str,
}

pub(super) async fn insert(tx: &DatabaseTransaction, new: &New<'_>) -> Result<i64, DbErr> {
    let sql = "insert into handover (case_id, purpose, cause_id, former_id, from_organization_id, from_role, to_organization_id,
            to_role, mailbox, recipient, fax, subject, words, form_record_id, receipt_event_id, state, form_key, sent_at, sent_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'sent', $16, $17, $18) returning id";
    let values: [Value; 18] = [
        new.case.into(),
        new.purpose.into(),
        new.cause.into(),
        new.former.into(),
        new.from.0.into(),
        new.from.1.into(),
        new.to.0.into(),
        new.to.1.into(),
        new.to.2.into(),
        new.outside.0.into(),
        new.outside.1.into(),
        new.subject.into(),
        new.words.into(),
        new.form_record.into(),
        new.receipt.into(),
        new.form_key.into(),
        new.now.into(),
        new.account.into(),
    ];
    inserted(tx, sql, values).await
}

pub(super) async fn put_stage(
    tx: &DatabaseTransaction,
    handover: i64,
    stage: &Stage,
) -> Result<(), DbErr> {
    let sql = "update handover set state = $1, read_at = $2, read_by = $3, reader = $4, reader_role = $5, read_channel = $6,
            decided_at = $7, decided_by = $8, decider = $9, decider_role = $10, decided_channel = $11,
            reason = $12, ended_at = $13, closed_why = $14 where id = $15";
    let mark = |mark: Option<&Mark>| -> [Value; 5] {
        [
            mark.map(|it| instant(it.at)).into(),
            mark.and_then(|it| it.account).map(i64::from).into(),
            mark.map(|it| it.name.clone()).into(),
            mark.map(|it| it.role.clone()).into(),
            mark.map(|it| it.channel.code()).into(),
        ]
    };
    let ended = stage.ended();
    let mut values: Vec<Value> = vec![stage.at().code().into()];
    values.extend(mark(stage.read()));
    values.extend(mark(stage.answer()));
    values.extend([
        stage.reason().into(),
        ended.map(|(at, _)| instant(at)).into(),
        ended.and_then(|(_, why)| why).map(|why| why.code()).into(),
        handover.into(),
    ]);
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

/// The handover that this form made before.
pub(super) async fn by_form(
    db: &impl ConnectionTrait,
    case: i64,
    form_key: &str,
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from handover where case_id = $1 and form_key = $2";
    value(db, sql, [case.into(), form_key.into()]).await
}

/// The one for the same purpose and recipient that is not over. Of those that belong to no step the subject is the purpose.
pub(super) async fn live(
    db: &impl ConnectionTrait,
    (case, purpose, cause, subject): (i64, &str, Option<i64>, &str),
    (to, recipient): (Option<i64>, Option<&str>),
) -> Result<Option<i64>, DbErr> {
    let sql = "select id from handover where case_id = $1 and purpose = $2 and coalesce(cause_id, 0) = $3
        and coalesce(to_organization_id, 0) = $4 and coalesce(recipient, '') = $5 and (purpose <> 'other' or subject = $6)
        and state in ('sent', 'read', 'accepted')";
    let values = [
        case.into(),
        purpose.into(),
        cause.unwrap_or(0).into(),
        to.unwrap_or(0).into(),
        recipient.unwrap_or_default().into(),
        subject.into(),
    ];
    value(db, sql, values).await
}

/// Whether an organization runs services and all of them are closed.
pub(super) async fn is_closed(db: &impl ConnectionTrait, organization: i64) -> Result<bool, DbErr> {
    let sql = "select count(*) from organization o where o.id = $1
        and exists (select 1 from service s join site t on t.id = s.site_id where t.organization_id = o.id)
        and not exists (select 1 from service s join site t on t.id = s.site_id
            where t.organization_id = o.id and s.status <> 'closed' and t.status <> 'closed')";
    Ok(counted(db, sql, [organization.into()]).await? > 0)
}

/// Telephone and FAX of an organization's first site that has one.
pub(super) async fn numbers_of(
    db: &impl ConnectionTrait,
    organization: i64,
) -> Result<(Option<String>, Option<String>), DbErr> {
    let sql = "select (select min(phone) from site where organization_id = $1) as phone,
        (select min(fax) from site where organization_id = $1) as fax";
    let row = db
        .query_one_raw(statement(db, sql, [organization.into()]))
        .await?;
    match row {
        Some(row) => Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)),
        None => Ok((None, None)),
    }
}

pub(super) async fn attach(
    tx: &DatabaseTransaction,
    handover: i64,
    attachment: i64,
) -> Result<(), DbErr> {
    let sql = "insert into handover_attachment (handover_id, attachment_id) values ($1, $2)";
    let values = [handover.into(), attachment.into()];
    tx.execute_raw(statement(tx, sql, values)).await?;
    Ok(())
}

pub(super) async fn files(
    db: &impl ConnectionTrait,
    handover: i64,
) -> Result<Vec<Attached>, DbErr> {
    let sql = "select f.id, f.name, f.media_type, f.size from handover_attachment h join attachment f on f.id = h.attachment_id
        where h.handover_id = $1 order by f.id";
    let rows = db
        .query_all_raw(statement(db, sql, [handover.into()]))
        .await?;
    let file = |row: &sea_orm::QueryResult| {
        Ok(Attached {
            id: row.try_get_by_index::<i64>(0)?.into(),
            name: row.try_get_by_index(1)?,
            media_type: row.try_get_by_index(2)?,
            size: row.try_get_by_index(3)?,
        })
    };
    rows.iter().map(file).collect()
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Handover>, DbErr> {
    let found = rows(db, "where h.id = $1", [id.into()]).await?;
    Ok(found.into_iter().next())
}

/// The one that was sent in the place of another of the case.
pub(super) async fn later(
    db: &impl ConnectionTrait,
    (case, former): (i64, i64),
) -> Result<Option<i64>, DbErr> {
    let sql = "select max(id) from handover where case_id = $1 and former_id = $2";
    Ok(value(db, sql, [case.into(), former.into()])
        .await?
        .flatten())
}

/// The handovers of a case, the newest first.
pub(super) async fn of_case(db: &impl ConnectionTrait, case: i64) -> Result<Vec<Handover>, DbErr> {
    rows(db, "where h.case_id = $1 order by h.id desc", [case.into()]).await
}
