//! Everything that is loaded, with its publisher and day: what every number and service points back to.

use keniki_app::area::show;
use keniki_app::database::DbErr;
use keniki_app::directory::loaded;

use crate::about::LoadedSource;
use crate::service::words;
use crate::state::State;
use crate::wording::Day;

/// The newest edition of every publication, lists of services first.
///
/// # Errors
/// The database's own.
pub async fn loaded(state: &State) -> Result<Vec<LoadedSource>, DbErr> {
    let lists = loaded::lists(&state.db).await?.into_iter().map(|list| {
        let source = state.definitions.source(&list.format);
        LoadedSource {
            title: source.map_or_else(|| list.format.clone(), |source| source.name.clone()),
            publisher: source
                .map(|source| source.publisher.clone())
                .unwrap_or_default(),
            as_of: list.as_of.as_deref().and_then(Day::parse),
            loaded_on: Day::of_instant(&list.imported_at),
        }
    });
    let files = show::sources(&state.db)
        .await?
        .into_iter()
        .map(|file| LoadedSource {
            title: file.title,
            publisher: file.publisher,
            as_of: file.as_of.as_deref().and_then(Day::parse),
            loaded_on: Day::of_instant(&file.loaded_at),
        });
    Ok(lists.chain(files).collect())
}

/// The loaded lists among these formats with their days, for a figure.
///
/// # Errors
/// The database's own.
pub async fn sentence(state: &State, formats: &[String]) -> Result<String, DbErr> {
    let lists = loaded::lists(&state.db).await?;
    let titles = lists
        .into_iter()
        .filter(|list| formats.contains(&list.format) || list.format == "sample")
        .map(|list| {
            let title = words::source(&state.definitions, &list.format);
            let day = list.as_of.as_deref().and_then(Day::parse);
            day.map_or_else(
                || title.clone(),
                |day| format!("{title}（{}）", day.plain()),
            )
        });
    Ok(titles.collect::<Vec<_>>().join("、"))
}
