//! `/` for somebody signed in: what waits for their office, and where their work lies.

use askama::Template;
use chrono::Duration;
use keniki_app::account::invitation;
use keniki_app::account::mailbox;
use keniki_app::account::membership::Desk;
use keniki_app::account::policy::Deed;
use keniki_app::audit::review;
use keniki_app::case::handover::stage::At;
use keniki_app::case::handover::{self, Pile};
use keniki_app::case::inquiry::{Incoming, Outgoing};
use keniki_app::case::{self, list::Owed};
use keniki_app::directory::{filing, listing, proposal, show};
use keniki_app::import::review as pairs;
use keniki_app::patient::{emergency, find};
use keniki_base::clock::{jst_day, near_text};

use crate::case::due::Row;
use crate::error::Problem;
use crate::handover as handovers;
use crate::inquiry::{self as inquiries, Part};
use crate::message;
use crate::page::{Frame, Link};
use crate::service::words;
use crate::state::State;
use crate::visitor::Visitor;

/// How much of what is owed is shown.
const N_DUE: u64 = 20;

/// How many handovers, and inquiries of either kind, are shown.
const N_LINES: u64 = 10;

/// How many of the organization's services are shown.
const N_SERVICES: u64 = 30;

/// One's work.
#[derive(Debug, Clone, Template)]
#[template(path = "work.html")]
pub struct WorkPage {
    /// Around the page.
    pub frame: Frame,
    /// Where they work.
    pub organization: Option<String>,
    /// In which role.
    pub role: String,
    /// What waits: how many, of what, and where.
    pub waiting: Vec<(u64, Link)>,
    /// What the organization owes in cases, the earliest deadline first.
    pub due: Vec<Row>,
    /// How much it owes in all.
    pub n_due: u64,
    /// Handovers that wait, the oldest first.
    pub handovers: Vec<Line>,
    /// Inquiries that wait for an answer, then those that were answered; each the oldest first.
    pub inquiries: Vec<Line>,
    /// Mailboxes that they answer.
    pub mailboxes: Vec<String>,
    /// Whether they look after people.
    pub has_patients: bool,
    /// The lists of who is in hospital that are their role's.
    pub lists: Vec<Link>,
    /// What the organization runs: name and page, and what it is.
    pub services: Vec<(Link, String)>,
}

/// Something that waits between two organizations.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// Its page.
    pub link: Link,
    /// Of whom.
    pub whose: String,
    /// Who is on the other side.
    pub other: String,
    /// When it was sent.
    pub since: String,
    /// What it waits for.
    pub stands: String,
}

impl WorkPage {
    pub(crate) async fn load(state: &State, visitor: &Visitor) -> Result<Self, Problem> {
        let desk = visitor.signed_in().and_then(|it| it.desk.as_ref());
        let mut page = Self {
            frame: Frame::load(state, visitor, None).await?.at("/"),
            organization: None,
            role: String::new(),
            waiting: Vec::new(),
            due: Vec::new(),
            n_due: 0,
            handovers: Vec::new(),
            inquiries: Vec::new(),
            mailboxes: Vec::new(),
            has_patients: false,
            lists: Vec::new(),
            services: Vec::new(),
        };
        if let Some(desk) = desk {
            page.fill(state, visitor, desk).await?;
        }
        Ok(page)
    }

    /// How much is owed beside what is shown.
    fn n_more_due(&self) -> u64 {
        self.n_due.saturating_sub(self.due.len() as u64)
    }

    fn is_idle(&self) -> bool {
        self.waiting.iter().all(|(n, _)| *n == 0)
    }

    /// What is due in cases, and who is in hospital.
    async fn fill_cases(&mut self, state: &State, visitor: &Visitor) -> Result<(), Problem> {
        let (db, by, now) = (&state.db, &visitor.by, state.clock.now());
        let waiting = case::list::waiting(db, by, now).await?;
        for (n, href, words) in [
            (waiting.n_missed, "/due?part=missed", "期限を過ぎた対応事項"),
            (waiting.n_soon, "/due?part=soon", "あすまでの対応事項"),
            (
                waiting.n_leaving,
                "/cases?view=leaving&whole=1",
                "3日のうちに退院する予定の人のケース",
            ),
            (
                waiting.n_in_hospital,
                "/cases?view=hospital&whole=1",
                "入院している人のケース",
            ),
        ] {
            self.waiting.push((n, Link::new(href, words)));
        }
        let first = find::Page {
            first: 0,
            most: N_DUE,
        };
        let (n, due) = case::list::due(db, by, (Owed::All, first), now).await?;
        self.n_due = n;
        let row = |it| Row::of(state, it, now);
        self.due = due.into_iter().map(row).collect();
        Ok(())
    }

    /// What was handed over and waits, on either side.
    async fn fill_handovers(&mut self, state: &State, visitor: &Visitor) -> Result<(), Problem> {
        let now = state.clock.now();
        let waiting = handover::waiting(&state.db, &visitor.by, N_LINES, now).await?;
        for (n, pile) in waiting.n.into_iter().zip(Pile::WAITING) {
            self.waiting.push((n, handovers::link_of(pile)));
        }
        let line = |(pile, it): &(Pile, handover::Handover)| {
            let whose = waiting.names.get(&it.patient);
            let other = match pile.is_out() {
                true => format!("送り先：{}", it.to_name),
                false => format!("送り元：{}", it.from_name),
            };
            let stands = match pile {
                Pile::Unread => "まだ読んでいません",
                Pile::Returned => "返されました。送り直してください",
                Pile::Unanswered | Pile::In | Pile::Out => match it.stage.at() {
                    At::Sent => "相手がまだ読んでいません",
                    At::Read | At::Accepted | At::Returned | At::Done | At::Cancelled => {
                        "読まれて、まだ返事がありません"
                    }
                },
            };
            Line {
                link: Link::new(format!("/handovers/{}", it.id), &it.subject),
                whose: whose.cloned().unwrap_or_default(),
                other,
                since: near_text(now, it.sent_at),
                stands: stands.to_owned(),
            }
        };
        self.handovers = waiting.handovers.iter().map(line).collect();
        Ok(())
    }

    /// What is asked of us, and what we asked and was answered.
    async fn fill_inquiries(&mut self, state: &State, visitor: &Visitor) -> Result<(), Problem> {
        if visitor.by.ever_may(Deed::AnswerInquiry) {
            let which = (Incoming::Waiting, N_LINES);
            let (n, lines) = inquiries::received(state, visitor, which).await?;
            self.waiting.push((n, Part::Waiting.link()));
            let line = |it: inquiries::Received| Line {
                link: Link::new(it.href.unwrap_or_default(), it.title),
                whose: it.person,
                other: format!("照会元：{}", it.office),
                since: it.at,
                stands: "あなたの返事を待っています".to_owned(),
            };
            self.inquiries.extend(lines.into_iter().map(line));
        }
        if visitor.by.ever_may(Deed::SendInquiry) {
            let which = (Outgoing::Answered, N_LINES);
            let (n, lines) = inquiries::sent_lines(state, visitor, which).await?;
            self.waiting.push((n, Part::Answered.link()));
            let line = |it: inquiries::Sent| Line {
                link: it.link,
                whose: String::new(),
                other: format!("照会先：{}か所", it.answers.len()),
                since: it.at,
                stands: "返事が届いています".to_owned(),
            };
            self.inquiries.extend(lines.into_iter().map(line));
        }
        Ok(())
    }

    async fn fill(&mut self, state: &State, visitor: &Visitor, desk: &Desk) -> Result<(), Problem> {
        let (db, now) = (&state.db, state.clock.now());
        let organization = desk.actor.organization;
        self.organization = Some(desk.organization_name.clone());
        self.has_patients = visitor.by.ever_may(Deed::WritePatient);
        self.role = state.role_name(&desk.actor.role);
        let lists = [
            ("/clients", "入院している利用者"),
            ("/ward", "入院している人"),
        ];
        let is_theirs = |href: &str| self.frame.seat.as_ref().is_some_and(|it| it.leads_to(href));
        self.lists = lists
            .into_iter()
            .filter(|(href, _)| is_theirs(href))
            .map(|(href, text)| Link::new(href, text))
            .collect();
        if visitor.by.ever_may(Deed::ReadCase) {
            self.fill_cases(state, visitor).await?;
        }
        if visitor.by.ever_may(Deed::InviteAccount) {
            let n = invitation::waiting(db, organization, now).await?.len() as u64;
            let link = Link::new(format!("/offices/{organization}"), "返事を待っている招待");
            self.waiting.push((n, link));
        }
        self.fill_inquiries(state, visitor).await?;
        if visitor.by.ever_may(Deed::Approve) {
            let n = proposal::n_waiting(db, &visitor.by).await?;
            self.waiting
                .push((n, Link::new("/proposals", "承認を待っている申し出")));
        }
        if visitor.by.ever_may(Deed::ReadHandover) {
            self.fill_handovers(state, visitor).await?;
        }
        let n_unread = message::unread(state, visitor).await?.len() as u64;
        let link = Link::new("/cases?view=unread&whole=1", "未読の連絡があるケース");
        self.waiting.push((n_unread, link));
        if visitor.by.ever_may(Deed::Review) {
            let codes: Vec<String> = desk.actor.area.iter().cloned().collect();
            let n = pairs::n_open_in(db, &codes).await?;
            let link = Link::new("/reviews", "同じ拠点かどうかの確認");
            self.waiting.push((n, link));
        }
        if visitor.by.ever_may(Deed::Propose) {
            let n = proposal::n_decided(db, &visitor.by, now - Duration::days(7)).await?;
            let link = Link::new("/proposals?state=over", "この7日に決まった、ご自分の申し出");
            self.waiting.push((n, link));
        }
        if visitor.by.ever_may(Deed::ReadFiling) {
            let (n, n_due) = filing::n_waiting(db, &visitor.by, jst_day(now)).await?;
            for (n, words) in [
                (n_due, "期限の来た届出・立入検査の対応"),
                (n - n_due, "これから期限の来る届出・立入検査の対応"),
            ] {
                self.waiting.push((n, Link::new("/filings", words)));
            }
        }
        if visitor.by.ever_may(Deed::ReviewEmergency) {
            let part = find::Page { first: 0, most: 1 };
            let (n, _) = emergency::to_review(db, &visitor.by, part).await?;
            let link = Link::new("/emergencies", "確かめていない緊急時閲覧");
            self.waiting.push((n, link));
        }
        let n = review::n_unsigned(db, &visitor.by, now).await?;
        let link = Link::new("/audit", "最後に確認を記録した日よりあとの監査記録");
        self.waiting.push((n.unsigned_abs(), link));
        let kinds = state.definitions.mailboxes();
        let mailboxes = mailbox::of(db, kinds, organization, now).await?;
        let answers = |mailbox: &mailbox::Mailbox| {
            let mut people = mailbox.people.iter();
            people.any(|(account, _, answers)| *answers && Some(*account) == visitor.by.account)
        };
        let mine = mailboxes.into_iter().filter(answers);
        self.mailboxes = mine.map(|mailbox| mailbox.name).collect();
        let ids = show::services_of_organization(db, organization.get(), N_SERVICES).await?;
        let listed = listing::of(db, &ids).await?;
        self.services = listed
            .into_iter()
            .map(|one| {
                let kind = words::category(&state.definitions, &one.category).to_owned();
                (Link::new(format!("/services/{}", one.id), one.name), kind)
            })
            .collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::check::assert_sound;

    #[test]
    fn one_s_work_says_what_waits_or_that_nothing_does() {
        let line = |href: &str| Line {
            link: Link::new(href, "見本 <script>"),
            whose: "見本 <script>".to_owned(),
            other: "送り先：見本 <script>".to_owned(),
            since: "昨日 9:00".to_owned(),
            stands: "返されました".to_owned(),
        };
        let mut page = WorkPage {
            frame: Frame::sample_of_staff(),
            organization: Some("汐見病院".to_owned()),
            role: "病院（病棟）".to_owned(),
            waiting: vec![(0, Link::new("/offices/7", "返事を待っている招待"))],
            due: vec![Row {
                case: Link::new("/cases/1", "見本 <script>"),
                step: "入院の連絡".to_owned(),
                until: "今日 23:59（今日まで）".to_owned(),
                is_missed: true,
            }],
            n_due: 21,
            handovers: vec![line("/handovers/1")],
            inquiries: vec![line("/inquiries/1")],
            mailboxes: vec!["退院支援の窓口".to_owned()],
            has_patients: true,
            lists: vec![Link::new("/clients", "入院している利用者")],
            services: vec![(Link::new("/services/1", "汐見病院"), "病院".to_owned())],
        };
        let html = page.render().unwrap();
        assert_sound(&html);
        assert!(html.contains("待っているものはありません"));
        page.waiting[0].0 = 2;
        assert!(page.render().unwrap().contains("<strong>2</strong>"));
        page.organization = None;
        assert_sound(&page.render().unwrap());
    }
}
