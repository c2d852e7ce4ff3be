//! `/` for somebody signed in: what waits for their office, and where their work lies.

use askama::Template;
use chrono::{DateTime, Duration, Utc};
use keniki_app::account::invitation;
use keniki_app::account::mailbox;
use keniki_app::account::membership::Desk;
use keniki_app::account::policy::Deed;
use keniki_app::audit::review;
use keniki_app::case::{self, handover, inquiry};
use keniki_app::directory::{filing, listing, proposal, show};
use keniki_app::import::review as pairs;
use keniki_app::patient::{emergency, find};
use keniki_base::clock::jst_day;

use crate::error::Problem;
use crate::message;
use crate::page::{Frame, Link};
use crate::service::words;
use crate::state::State;
use crate::visitor::Visitor;
use crate::wording::until;

/// How much of what is owed is shown.
const N_DUE: u64 = 20;

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
    /// What the organization owes in cases, the earliest deadline first: the case, what, until when, whether that is over.
    pub due: Vec<(Link, String, String, bool)>,
    /// How much it owes in all.
    pub n_due: u64,
    /// Mailboxes that they answer.
    pub mailboxes: Vec<String>,
    /// Whether they look after people.
    pub has_patients: bool,
    /// The lists of who is in hospital that are their role's.
    pub lists: Vec<Link>,
    /// What the organization runs: name and page, and what it is.
    pub services: Vec<(Link, String)>,
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
            (waiting.n_missed, "/cases?view=mine", "期限を過ぎた対応事項"),
            (waiting.n_soon, "/cases?view=mine", "あすまでの対応事項"),
            (
                waiting.n_leaving,
                "/cases?view=hospital",
                "3日のうちに退院する予定の人",
            ),
            (
                waiting.n_in_hospital,
                "/cases?view=hospital",
                "入院している人のケース",
            ),
        ] {
            self.waiting.push((n, Link::new(href, words)));
        }
        let (n, due) = case::list::due(db, by, N_DUE, now).await?;
        self.n_due = n;
        let line = |it: case::list::Due| {
            let file = state
                .definitions
                .program_version(&it.program, &it.program_version);
            let step = file.and_then(|file| file.program.step(&it.step));
            let at: Option<DateTime<Utc>> = it.due_at.and_then(|text| text.parse().ok());
            let until = at.map_or_else(String::new, |at| until(now, at));
            (
                Link::new(
                    format!("/cases/{}", it.case_id),
                    format!("{} {}", it.family, it.given),
                ),
                step.map_or(it.step, |step| step.name.clone()),
                until,
                it.state == "missed",
            )
        };
        self.due = due.into_iter().map(line).collect();
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
        if visitor.by.ever_may(Deed::AnswerInquiry) {
            let n = inquiry::n_waiting(db, &visitor.by).await?;
            let link = Link::new("/inquiries", "返事を待っている受入れ照会");
            self.waiting.push((n, link));
        }
        if visitor.by.ever_may(Deed::Approve) {
            let n = proposal::n_waiting(db, &visitor.by).await?;
            self.waiting
                .push((n, Link::new("/proposals", "承認を待っている申し出")));
        }
        if visitor.by.ever_may(Deed::ReadHandover) {
            let n = handover::n_unread(db, &visitor.by, now).await?;
            self.waiting
                .push((n, Link::new("/handovers", "まだ読んでいない引継ぎ")));
        }
        let n_unread = message::unread(state, visitor).await?.values().sum();
        let link = Link::new("/cases?view=unread", "未読の連絡");
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
        let mut page = WorkPage {
            frame: Frame::sample_of_staff(),
            organization: Some("汐見病院".to_owned()),
            role: "病院（病棟）".to_owned(),
            waiting: vec![(0, Link::new("/offices/7", "返事を待っている招待"))],
            due: vec![(
                Link::new("/cases/1", "見本 <script>"),
                "入院の連絡".to_owned(),
                "今日 23:59（今日まで）".to_owned(),
                false,
            )],
            n_due: 21,
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
