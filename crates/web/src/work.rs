//! `/` for somebody signed in: what waits for their office, and where their work lies.

use askama::Template;
use chrono::Duration;
use keniki_app::account::invitation;
use keniki_app::account::mailbox;
use keniki_app::account::membership::Desk;
use keniki_app::account::policy::Deed;
use keniki_app::audit::review;
use keniki_app::directory::{filing, listing, proposal, show};
use keniki_app::import::review as pairs;
use keniki_base::clock::jst_day;

use crate::error::Problem;
use crate::page::{Frame, Link};
use crate::service::words;
use crate::state::State;
use crate::visitor::Visitor;

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
    /// Mailboxes that they answer.
    pub mailboxes: Vec<String>,
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
            mailboxes: Vec::new(),
            services: Vec::new(),
        };
        if let Some(desk) = desk {
            page.fill(state, visitor, desk).await?;
        }
        Ok(page)
    }

    fn is_idle(&self) -> bool {
        self.waiting.iter().all(|(n, _)| *n == 0)
    }

    async fn fill(&mut self, state: &State, visitor: &Visitor, desk: &Desk) -> Result<(), Problem> {
        let (db, now) = (&state.db, state.clock.now());
        let organization = desk.actor.organization;
        self.organization = Some(desk.organization_name.clone());
        self.role = state.role_name(&desk.actor.role);
        if visitor.by.ever_may(Deed::InviteAccount) {
            let n = invitation::waiting(db, organization, now).await?.len() as u64;
            let link = Link::new(format!("/offices/{organization}"), "返事を待っている招待");
            self.waiting.push((n, link));
        }
        if visitor.by.ever_may(Deed::Approve) {
            let n = proposal::n_waiting(db, &visitor.by).await?;
            self.waiting
                .push((n, Link::new("/proposals", "承認を待っている申し出")));
        }
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
            mailboxes: vec!["退院支援の窓口".to_owned()],
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
