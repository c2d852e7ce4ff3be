//! `GET /handovers/{id}/fax.pdf`: the cover sheet (送信票) of a FAX, which says nothing of the patient.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State as FromState};
use axum::response::Response;
use keniki_app::case::handover::{self, Shown, number};
use keniki_base::clock::jst_day;
use keniki_base::date::wareki;
use keniki_chart::code;
use keniki_paper::sheet::{Picture, Sheet};

use crate::error::Problem;
use crate::page::Frame;
use crate::print;
use crate::proposal::id_of;
use crate::state::State;
use crate::visitor::SignedIn;
use crate::wording;

/// `GET /handovers/{id}/fax.pdf`.
pub(crate) async fn print(
    FromState(state): FromState<Arc<State>>,
    SignedIn { visitor, .. }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let shown = handover::show(&state.db, &visitor.by, id, state.clock.now()).await?;
    let frame = Frame::load(&state, &visitor, None).await?;
    let sheet = FaxSheet::of(&frame, &shown)?;
    print::answer(&state, &format!("fax-{}.pdf", number::of(id)), sheet).await
}

/// The cover sheet.
#[derive(Debug, Template)]
#[template(path = "handover/fax.typ")]
pub struct FaxSheet {
    number: String,
    day: String,
    /// Name, telephone, FAX.
    to: [String; 3],
    from: [String; 3],
    has_code: bool,
}

impl FaxSheet {
    fn of(frame: &Frame, shown: &Shown) -> Result<Sheet, askama::Error> {
        let it = &shown.handover;
        let number = number::of(it.id);
        let code = code::draw(&number, "引継ぎ番号の二次元コード");
        let side = |name: &str, (phone, fax): &(Option<String>, Option<String>)| {
            let known = |it: &Option<String>| it.as_deref().unwrap_or(wording::UNKNOWN).to_owned();
            [name.to_owned(), known(phone), known(fax)]
        };
        let sender = it.sender.as_deref().unwrap_or_default();
        let from = format!("{}　{sender}", it.from_name);
        let markup = Self {
            day: wareki(jst_day(it.sent_at)),
            to: side(&it.to_name, &shown.to_numbers),
            from: side(&from, &shown.from_numbers),
            has_code: code.is_some(),
            number: number.clone(),
        };
        let picture = |code: String| Picture {
            name: "code.svg",
            bytes: code.into_bytes(),
        };
        Ok(Sheet {
            title: format!("FAX送信票 {number}"),
            day: frame.today.0,
            head: format!("FAX送信票　引継ぎ番号 {number}"),
            foot: String::new(),
            markup: markup.render()?,
            pictures: code.into_iter().map(picture).collect(),
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::handover::tests::shown;
    use crate::print::font;

    #[test]
    fn the_cover_sheet_is_one_page_and_says_nothing_of_the_patient() {
        let (press, _) = font::open(None).expect("npm or a Japanese font is there");
        let shown = shown("\"]#panic(\"開\") $ \\ @a #read(\"/etc/passwd\")");
        let sheet = FaxSheet::of(&Frame::sample_of_staff(), &shown).unwrap();
        assert_eq!(press.png(&sheet, 0.5).unwrap().len(), 1);
        for secret in [
            &shown.patient,
            &shown.handover.subject,
            &shown.handover.words,
        ] {
            assert!(!sheet.markup.contains(secret.as_str()), "{secret}");
        }
        assert!(sheet.markup.contains("000007-"));
    }
}
