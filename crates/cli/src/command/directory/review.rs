//! `keniki directory review`: the pairs of sites that may be one, and a person's decision.

use std::process::ExitCode;

use keniki_app::account::By;
use keniki_app::area::show::{self, Area};
use keniki_app::database::Connection;
use keniki_app::directory::source::locate::Places;
use keniki_app::import::review::{Decision, Review, ReviewSite, decide, open_reviews};

use super::Review as Input;
use crate::clock;
use crate::output::{Format, say};

pub(super) async fn run(db: &Connection, input: Input) -> anyhow::Result<ExitCode> {
    let decision = match (input.same, input.different) {
        (Some(id), _) => Some((id, Decision::Same, "同じ施設としてまとめました")),
        (None, Some(id)) => Some((id, Decision::Different, "別の施設としました")),
        (None, None) => None,
    };
    if let Some((id, decision, done)) = decision {
        let places = Places::load(db).await?;
        decide(db, &places, id, decision, &By::command_line(), clock::now()).await?;
        say!("番号 {id} の組を、{done}。");
        return Ok(ExitCode::SUCCESS);
    }
    let reviews = open_reviews(db).await?;
    if input.format == Format::Json {
        say!("{}", serde_json::to_string_pretty(&reviews)?);
        return Ok(ExitCode::SUCCESS);
    }
    if reviews.is_empty() {
        say!("確認を待つ組はありません。");
    }
    let home = show::home(db).await?;
    let members = home.as_ref().map(Area::member_codes).unwrap_or_default();
    let is_ours = |site: &ReviewSite| {
        let code = site.municipality.as_ref();
        code.is_some_and(|code| members.contains(code))
    };
    let (ours, others): (Vec<_>, Vec<_>) = reviews
        .iter()
        .partition(|review| is_ours(&review.site) || is_ours(&review.candidate));
    if let Some(home) = home.filter(|_| !reviews.is_empty()) {
        say!(
            "{}: {}組、ほかの地域: {}組",
            home.name,
            ours.len(),
            others.len()
        );
    }
    ours.into_iter().chain(others).for_each(print);
    Ok(ExitCode::SUCCESS)
}

fn print(review: &Review) {
    say!(
        "番号 {}  確からしさ {:.0} %  {}",
        review.id,
        review.confidence * 100.0,
        review.reasons
    );
    print_site("新しい名簿", &review.site);
    print_site("既にある施設", &review.candidate);
    say!(
        "  同じなら keniki directory review --same {0}、別なら keniki directory review --different {0}",
        review.id
    );
}

fn print_site(word: &str, site: &ReviewSite) {
    say!(
        "  {word}: {}  {}  {}",
        site.name,
        site.address.as_deref().unwrap_or("住所不明"),
        site.phone.as_deref().unwrap_or("電話不明")
    );
}
