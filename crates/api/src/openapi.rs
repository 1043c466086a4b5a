//! The document that describes the API, and what is the same for every operation of it.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use utoipa::{
    OpenApi,
    openapi::{
        Components, Content, ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{ObjectBuilder, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

use crate::{Code, problem::ProblemBody};

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

/// Adds to every operation what all share: how it refuses, and the session where one is needed.
pub(crate) fn finish(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    document.info.version = "1".to_owned();
    for (path, item) in &mut document.paths.paths {
        let writes = [&mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in writes.into_iter().flatten() {
            refusals(path, operation, true);
            // Of nobody who is signed in nothing is kept.
            if operation.security.is_some() {
                let key = idempotency_key();
                operation.parameters.get_or_insert_default().push(RefOr::T(key));
            }
        }
        if let Some(operation) = &mut item.get {
            refusals(path, operation, false);
        }
    }
    answers_are_whole(&mut document);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        "__Host-switchboard",
        "Set by signing in. On the machine itself, without https, its name is `switchboard`.",
    )));
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("session", cookie);
    components.responses.extend(problems());
    document
}

/// With which statuses an operation can refuse. There is no `default`: what is not named here is a mistake.
fn refusals(path: &str, operation: &mut Operation, writes: bool) {
    once_each(operation);
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |wanted: &dyn Fn(&Parameter) -> bool| {
        let mut all = parameters.iter();
        all.any(|one| matches!(one, RefOr::T(one) if wanted(one)))
    };
    let is_query = |one: &Parameter| one.parameter_in == ParameterIn::Query;
    let (queries, pages) = (
        has(&is_query),
        has(&|one| is_query(one) && matches!(one.name.as_str(), "after" | "before")),
    );
    let (in_path, in_tenant) = (path.contains('{'), path.contains("{tenant}"));
    let is_link = path.contains("/setup/") || path.ends_with("/link");
    let signed_in = operation.security.is_some();
    for (status, applies) in [
        (StatusCode::BAD_REQUEST, writes || pages),
        (StatusCode::UNAUTHORIZED, signed_in || writes),
        (StatusCode::FORBIDDEN, signed_in || writes || is_link),
        (StatusCode::NOT_FOUND, in_path),
        (StatusCode::REQUEST_TIMEOUT, true),
        (StatusCode::CONFLICT, in_tenant || (writes && signed_in)),
        (StatusCode::GONE, is_link && writes),
        (StatusCode::PAYLOAD_TOO_LARGE, writes),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, writes),
        (StatusCode::MISDIRECTED_REQUEST, true),
        (StatusCode::UNPROCESSABLE_ENTITY, writes || queries),
        (StatusCode::TOO_MANY_REQUESTS, true),
        (StatusCode::INTERNAL_SERVER_ERROR, true),
        (StatusCode::SERVICE_UNAVAILABLE, true),
    ] {
        if applies {
            let responses = &mut operation.responses.responses;
            responses
                .entry(status.as_str().to_owned())
                .or_insert_with(|| RefOr::Ref(Ref::from_response_name(response_name(status))));
        }
    }
}

fn response_name(status: StatusCode) -> String {
    format!("Problem{}", status.as_u16())
}

/// One answer per status of the closed list, with the codes that it can have.
fn problems() -> BTreeMap<String, RefOr<Response>> {
    let mut codes: BTreeMap<StatusCode, Vec<String>> = BTreeMap::new();
    for code in Code::ALL {
        let line = format!("`{}`", code.as_str());
        codes.entry(code.status()).or_default().push(line);
    }
    let named = codes.into_iter().map(|(status, codes)| {
        let schema = Some(Ref::from_schema_name("Problem"));
        let response = ResponseBuilder::new()
            .description(codes.join(", "))
            .content(
                "application/problem+json",
                ContentBuilder::new().schema(schema).build(),
            )
            .build();
        (response_name(status), RefOr::T(response))
    });
    named.collect()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same request with the same key is done once, and answered alike for a day.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .min_length(Some(1))
                .max_length(Some(128))
                .pattern(Some("^[!-~]+$")),
        ))
        .build()
}

/// The path's parameters are named by the endpoint's notes and by its extractors too: the first of a name counts.
fn once_each(operation: &mut Operation) {
    let mut seen = Vec::new();
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|one| {
            let RefOr::T(one) = one else { return true };
            let this = (one.name.clone(), one.parameter_in.clone());
            let is_new = !seen.contains(&this);
            seen.push(this);
            is_new
        });
    }
}

/// In what is answered, a field that may be `null` is there all the same, so it is required. In what is sent it may be left out.
///
/// A field that an answer leaves out says so with `#[schema(nullable = false)]`.
fn answers_are_whole(document: &mut utoipa::openapi::OpenApi) {
    let Some(components) = &mut document.components else {
        return;
    };
    let mut sent = BTreeSet::new();
    let mut found: Vec<String> = Vec::new();
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            if let Some(RefOr::T(body)) = &operation.request_body {
                body.content
                    .values()
                    .filter_map(schema_of)
                    .for_each(|schema| names(schema, &mut found));
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    for content in response.content.values_mut() {
                        if let RefOr::T(content) = content
                            && let Some(schema) = &mut content.schema
                        {
                            whole(schema);
                        }
                    }
                }
            }
        }
    }
    while let Some(name) = found.pop() {
        if let Some(schema) = components.schemas.get(&name)
            && sent.insert(name)
        {
            names(schema, &mut found);
        }
    }
    for (name, schema) in &mut components.schemas {
        if !sent.contains(name) {
            whole(schema);
        }
    }
}

fn schema_of(content: &RefOr<Content>) -> Option<&RefOr<Schema>> {
    match content {
        RefOr::T(content) => content.schema.as_ref(),
        RefOr::Ref(_) => None,
    }
}

/// Schemas that this one speaks of.
fn names(schema: &RefOr<Schema>, found: &mut Vec<String>) {
    match schema {
        RefOr::Ref(to) => found.extend(to.ref_location.rsplit('/').next().map(str::to_owned)),
        RefOr::T(Schema::Object(object)) => object.properties.values().for_each(|one| names(one, found)),
        RefOr::T(Schema::Array(array)) => {
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &array.items {
                names(items, found);
            }
        }
        RefOr::T(Schema::OneOf(any)) => any.items.iter().for_each(|one| names(one, found)),
        RefOr::T(Schema::AllOf(all)) => all.items.iter().for_each(|one| names(one, found)),
        RefOr::T(Schema::AnyOf(any)) => any.items.iter().for_each(|one| names(one, found)),
        RefOr::T(_) => {}
    }
}

fn whole(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => {
            for (name, property) in &mut object.properties {
                if may_be_null(property) && !object.required.contains(name) {
                    object.required.push(name.clone());
                }
                whole(property);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            if let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &mut array.items {
                whole(items);
            }
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(whole),
        RefOr::T(Schema::OneOf(any)) => any.items.iter_mut().for_each(whole),
        _ => {}
    }
}

fn may_be_null(schema: &RefOr<Schema>) -> bool {
    let is_null = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    match schema {
        RefOr::T(Schema::Object(object)) => is_null(&object.schema_type),
        RefOr::T(Schema::Array(array)) => is_null(&array.schema_type),
        RefOr::T(Schema::OneOf(any)) => is_null(&any.schema_type) || any.items.iter().any(may_be_null),
        _ => false,
    }
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document() -> Value {
        serde_json::from_str(&document_json()).unwrap()
    }

    #[test]
    fn answers_have_all_their_fields_and_what_is_sent_may_leave_some_out() {
        let document = document();
        let required = |schema: &Value, field: &str| {
            let fields = schema["required"].as_array().unwrap();
            fields.iter().any(|name| name == field)
        };
        let schemas = &document["components"]["schemas"];
        for (schema, field) in [
            (&schemas["RequestRow"], "closed_at"),
            (&schemas["RequestRow"], "customer"),
            (&schemas["RequestDetail"]["allOf"][1], "message_text"),
            (&schemas["Page_ChatRow"], "next"),
            (&schemas["Page_ChatRow"]["properties"]["items"]["items"], "last"),
        ] {
            let schema = match schema["$ref"].as_str() {
                Some(name) => &schemas[name.rsplit('/').next().unwrap()],
                None => schema,
            };
            assert!(required(schema, field), "{field}: {schema}");
        }
        assert!(!required(&schemas["Problem"], "detail"));
        assert!(!required(&schemas["NewPanel"], "kind"));
    }

    #[test]
    fn no_operation_names_a_parameter_twice() {
        let document = document();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let mut seen = Vec::new();
                for one in operation["parameters"].as_array().into_iter().flatten() {
                    let this = json!([one["name"], one["in"]]);
                    assert!(!seen.contains(&this), "{method} {path}: {this}");
                    seen.push(this);
                }
            }
        }
    }
}
