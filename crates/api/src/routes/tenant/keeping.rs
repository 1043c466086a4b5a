//! What a shop keeps besides its panels: providers, customers, and the test room that tries them.

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use super::{customers, providers, test_room};
use crate::{App, MAX_BODY};

pub fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(
            providers::list::list_providers,
            providers::create::create_provider
        ))
        .routes(routes!(providers::unrouted::list_unrouted_providers))
        .routes(routes!(providers::preview::preview_forward))
        .routes(routes!(
            providers::get::get_provider,
            providers::edit::update_provider,
            providers::delete::delete_provider
        ))
        .routes(routes!(providers::reveal::reveal_provider))
        .routes(routes!(providers::route_create::create_route))
        .routes(routes!(
            providers::route_edit::update_route,
            providers::route_delete::delete_route
        ))
        .routes(routes!(
            customers::list::list_customers,
            customers::create::create_customer
        ))
        .routes(routes!(
            customers::get::get_customer,
            customers::edit::update_customer,
            customers::delete::delete_customer
        ))
        .routes(routes!(customers::link::link_username))
        .routes(routes!(customers::unlink::unlink_username))
        .routes(routes!(customers::export::export_customers))
        .routes(
            routes!(customers::import_preview::preview_customer_import)
                .layer(DefaultBodyLimit::max(MAX_BODY)),
        )
        .routes(routes!(customers::import::import_customers).layer(DefaultBodyLimit::max(MAX_BODY)))
        .routes(routes!(customers::identities::list_identities))
        .routes(routes!(customers::identity_link::link_identity))
        .routes(routes!(customers::identity_unlink::unlink_identity))
        .routes(routes!(customers::identity_unmute::unmute_identity))
        .routes(routes!(test_room::play::play_message))
        .routes(routes!(
            test_room::examples::list_examples,
            test_room::example_create::create_example
        ))
        .routes(routes!(test_room::examples_run::run_examples))
        .routes(routes!(test_room::example_delete::delete_example))
}
