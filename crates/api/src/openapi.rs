//! The document that describes the API, and what is the same for every operation of it.

use utoipa::{
    OpenApi,
    openapi::{
        Components, ContentBuilder, Ref, RefOr, ResponseBuilder,
        path::{Operation, PathItem},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

use crate::problem::ProblemBody;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Switchboard",
        description = "The HTTP API of the panel. Sign in with `POST /api/v1/login`; the session is a cookie. Unsafe requests need an `Origin` \
                       header of this site, take JSON, and may carry an `Idempotency-Key`. Lists are read page by page with `limit` and `after`. \
                       Every error is a `Problem` (docs/errors.md). Times are RFC 3339 in UTC, credits are micro-credits. \
                       `GET /api/v1/live` is a WebSocket: send a `LiveChoice`, hear a `LiveHint` whenever something changed; it closes with 4401 \
                       when the session has ended and with 4403 when it is no longer allowed.",
        license(name = "Proprietary", identifier = "LicenseRef-Proprietary")
    ),
    components(schemas(
        ProblemBody,
        crate::problem::FieldError,
        crate::live::LiveChoice,
        crate::live::LiveHint
    ))
)]
struct Base;

pub(crate) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// Adds to every operation what all share: the error, and the session where one is needed.
pub(crate) fn finish(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    document.info.version = "1".to_owned();
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let problem = ResponseBuilder::new()
                .description("What went wrong; docs/errors.md lists the codes.")
                .content(
                    "application/problem+json",
                    ContentBuilder::new()
                        .schema(Some(Ref::from_schema_name("Problem")))
                        .build(),
                )
                .build();
            operation
                .responses
                .responses
                .entry("default".to_owned())
                .or_insert(RefOr::T(problem));
        }
    }
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "__Host-switchboard",
        "Set by signing in. On the machine itself, without https, its name is `switchboard`.",
    )));
    document
        .components
        .get_or_insert_with(Components::new)
        .add_security_scheme("session", cookie);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        item.get.as_mut(),
        item.put.as_mut(),
        item.post.as_mut(),
        item.delete.as_mut(),
        item.patch.as_mut(),
    ]
    .into_iter()
    .flatten()
}

/// The document as it is committed at `web/openapi.json`.
pub fn document_json() -> String {
    let (_, document) = crate::routes::api().split_for_parts();
    let mut text = serde_json::to_string_pretty(&finish(document)).expect("the document is plain data");
    text.push('\n');
    text
}
