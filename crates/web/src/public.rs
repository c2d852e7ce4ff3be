//! Which address leads to which public page.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::service::map;
use crate::state::State;
use crate::{about, area, guide, home, service};

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(home::show_home))
        .route("/services", get(service::list::list_services))
        .route("/services.csv", get(service::export::export_csv))
        .route("/services.xlsx", get(service::export::export_xlsx))
        .route("/services.geojson", get(map::list_points))
        .route("/outlines.geojson", get(map::list_outlines))
        .route("/services/{id}", get(service::show::show_service))
        .route(
            "/services/{id}/print.pdf",
            get(service::print::print_service),
        )
        .route("/sites/{id}", get(service::show::show_site))
        .route("/areas", get(area::list::list_areas))
        .route("/areas/{code}", get(area::show::show_area))
        .route("/areas/{code}/coverage", get(area::coverage::show_coverage))
        .route(
            "/areas/{code}/freshness",
            get(area::freshness::show_freshness),
        )
        .route(
            "/areas/{code}/figures/{file}",
            get(area::show::download_figure),
        )
        .route("/guide", get(guide::show_guide))
        .route("/about", get(about::show_about))
}

#[cfg(test)]
mod tests;
