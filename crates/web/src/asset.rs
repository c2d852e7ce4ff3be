//! The browser's files (style, scripts, the map's worker), embedded under names that carry their hash.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One embedded file.
struct Asset {
    /// The name that templates use, such as `app.css`.
    name: &'static str,
    /// Where it is served, such as `/assets/app.0f1e2d3c4b5a6978.css`.
    url: &'static str,
    bytes: &'static [u8],
}

mod table {
    //! Written by `build.rs`.
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/asset_table.rs"));
    pub(super) fn all() -> &'static [Asset] {
        &ASSETS
    }
}

/// Whether npm was there when this program was built. If not, the pages carry plain styles and no scripts;
/// the status page says so.
pub const BUNDLED: bool = table::BUNDLED;

/// Where the file of this name is served: `url("app.css")` is `/assets/app.<hash>.css`.
///
/// # Panics
///
/// If `build.rs` makes no such file: the name is written in a template, and every template is tested.
#[must_use]
pub fn url(name: &str) -> &'static str {
    let asset = table::all().iter().find(|asset| asset.name == name);
    asset
        .unwrap_or_else(|| panic!("no browser asset is called {name}"))
        .url
}

/// `GET /assets/{file}`: the file, to be kept for ever, since another content has another name.
pub async fn get_asset(Path(file): Path<String>) -> Response {
    let Some(asset) = table::all()
        .iter()
        .find(|asset| asset.url.strip_prefix("/assets/") == Some(&file))
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(asset.name)),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.bytes).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_served_under_a_name_that_carries_its_hash() {
        let url = url("app.css");
        let hash = url
            .strip_prefix("/assets/app.")
            .and_then(|rest| rest.strip_suffix(".css"))
            .unwrap();
        assert_eq!(hash.len(), 16, "{url}");
        assert!(hash.chars().all(|digit| digit.is_ascii_hexdigit()), "{url}");
    }

    #[tokio::test]
    async fn an_asset_may_be_kept_for_ever() {
        let file = url("app.css").strip_prefix("/assets/").unwrap().to_owned();
        let response = get_asset(Path(file)).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "text/css; charset=utf-8"
        );
        assert_eq!(
            response.headers()[header::CACHE_CONTROL],
            "public, max-age=31536000, immutable"
        );
    }

    #[tokio::test]
    async fn an_asset_of_another_version_is_not_found() {
        let response = get_asset(Path("app.0000000000000000.css".to_owned())).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
