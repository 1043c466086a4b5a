//! Bodies, queries and path ids, refused in our own words.

use std::{fmt, marker::PhantomData};

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::{Code, Problem};

/// A JSON body, in and out. 400 when it is no JSON, 422 with the path of the field that does not fit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| match rejection {
                BytesRejection::FailedToBufferBody(error)
                    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE =>
                {
                    Problem::too_large()
                }
                _ => Code::BadJson.into(),
            })?;
        if let Some(field) = field_with_nul(&body) {
            return Err(unkept(&field));
        }
        let mut json = serde_json::Deserializer::from_slice(&body);
        let Object(value) =
            serde_path_to_error::deserialize(&mut json).map_err(|error| field_problem(&error))?;
        json.end().map_err(|_| Problem::new(Code::BadJson))?;
        Ok(Self(value))
    }
}

/// A struct that is read from an object alone. Serde takes a list of its fields' values for it too, of which no document speaks.
#[derive(Debug)]
pub(crate) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
                text.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields))
            }
        }

        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// The first field that holds U+0000, which no column takes. Raw it is no JSON; nearly no body has it escaped, and those are
/// looked through.
fn field_with_nul(json: &[u8]) -> Option<String> {
    if !json.windows(6).any(|window| window == b"\\u0000") {
        return None;
    }
    find_nul(&serde_json::from_slice(json).ok()?, String::new())
}

fn find_nul(value: &serde_json::Value, path: String) -> Option<String> {
    use serde_json::Value;
    match value {
        Value::String(text) => text.contains('\0').then_some(path),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| find_nul(item, format!("{path}[{at}]"))),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", name.replace('\0', ""));
            if name.contains('\0') {
                return Some(path);
            }
            find_nul(field, path)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn unkept(field: &str) -> Problem {
    Problem::field(
        field,
        "invalid",
        "There is a character in it that cannot be kept.",
    )
}

fn field_problem(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if !error.inner().is_data() {
        return Code::BadJson.into();
    }
    let path = error.path().to_string();
    let text = error.inner().to_string();
    fits(if path == "." { "" } else { &path }, &text)
}

/// Before the sentence of who reads a number that has bounds.
pub(crate) const OUT_OF_RANGE: &str = "out of range: ";

/// Serde says `missing field `x`` at the parent, and everything else at the field itself.
fn fits(path: &str, text: &str) -> Problem {
    let named = |prefix: &str| {
        let rest = text.strip_prefix(prefix)?;
        rest.split('`').next()
    };
    if let Some(name) = named("missing field `") {
        let field = match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        return Problem::field(field, "required", "This is needed.");
    }
    if let Some(range) = text.strip_prefix(OUT_OF_RANGE) {
        return Problem::field(path, "out-of-range", range);
    }
    let (code, message) = if text.starts_with("unknown variant") {
        ("not-offered", "This is not among the choices.")
    } else if text.starts_with("unknown field") {
        ("unknown", "There is no such field.")
    } else if text.starts_with("invalid type: null") {
        ("required", "This is needed.")
    } else {
        ("invalid", "This does not have the right form.")
    };
    Problem::field(path, code, message)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The query of a request. 422 with the field that does not fit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(text.as_bytes());
        if let Some((name, _)) = pairs.find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(unkept(&name.replace('\0', "")));
        }
        let query = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(text.as_bytes()));
        serde_path_to_error::deserialize(query)
            .map(Self)
            .map_err(|error| {
                let path = error.path().to_string();
                fits(if path == "." { "" } else { &path }, &error.inner().to_string())
            })
    }
}

/// Ids in the path. What is no id is not there: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains("%00") {
            return Err(Problem::not_found());
        }
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::not_found())
    }
}

/// 201 with what was made.
#[derive(Debug, Clone, Copy)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (http::StatusCode::CREATED, axum::Json(self.0)).into_response()
    }
}

/// 204.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        http::StatusCode::NO_CONTENT.into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use pretty_assertions::assert_eq;
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Input {
        name: String,
        links: Vec<Object<Link>>,
        theme: Option<Theme>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Link {
        panel: u32,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Theme {
        Dark,
    }

    async fn refusal(body: &str) -> (u16, Value) {
        let request = Request::new(Body::from(body.to_owned()));
        let problem = Json::<Input>::from_request(request, &()).await.unwrap_err();
        let response = problem.into_response();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn what_does_not_fit_is_named_by_its_path() {
        for (body, field, code) in [
            (json!({"links": []}), "name", "required"),
            (
                json!({"name": "a", "links": [{"panel": 1}, {}]}),
                "links[1].panel",
                "required",
            ),
            (
                json!({"name": "a", "links": [{"panel": "x"}]}),
                "links[0].panel",
                "invalid",
            ),
            (json!({"name": 7, "links": []}), "name", "invalid"),
            (json!({"name": null, "links": []}), "name", "required"),
            (
                json!({"name": "a", "links": [], "theme": "pink"}),
                "theme",
                "not-offered",
            ),
            // The values of the fields in their order are no object.
            (json!(["a", [], null]), "", "invalid"),
            (json!({"name": "a", "links": [[1]]}), "links[0]", "invalid"),
            (json!("x"), "", "invalid"),
        ] {
            let (status, problem) = refusal(&body.to_string()).await;
            assert_eq!(status, 422, "{body}: {problem}");
            assert_eq!(problem["errors"][0]["field"], field, "{body}: {problem}");
            assert_eq!(problem["errors"][0]["code"], code, "{body}: {problem}");
            assert!(!problem["errors"][0]["message"].as_str().unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn a_text_that_no_column_takes_is_refused_at_its_field() {
        for (body, field) in [
            (r#"{"name":"a\u0000b","links":[]}"#, "name"),
            (r#"{"name":"\\\u0000","links":[]}"#, "name"),
            (
                r#"{"name":"a","links":[],"other":[{"x":["\u0000"]}]}"#,
                "other[0].x[0]",
            ),
            (r#"{"name":"a","links":[],"\u0000x":1}"#, "x"),
        ] {
            let (status, problem) = refusal(body).await;
            assert_eq!(
                (
                    status,
                    &problem["errors"][0]["field"],
                    &problem["errors"][0]["code"]
                ),
                (422, &json!(field), &json!("invalid")),
                "{body}"
            );
        }
        assert_eq!(
            field_with_nul(br#"{"name":"a backslash and u0000: \\u0000"}"#),
            None
        );
    }

    #[tokio::test]
    async fn what_is_no_json_is_another_problem() {
        for body in [
            "",
            "{",
            "nonsense",
            "{\"name\":\"a\",\"links\":[]} x",
            "\u{feff}{}",
        ] {
            let (status, problem) = refusal(body).await;
            assert_eq!((status, &problem["code"]), (400, &json!("bad-json")), "{body}");
        }
    }
}
