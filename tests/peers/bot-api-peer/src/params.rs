//! Parameters of an API call, whichever of the four ways they came.

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Request},
    http::header::CONTENT_TYPE,
};
use serde_json::{Map, Value};

/// Telegram refuses bigger bodies of methods without files.
const MOST_BYTES: usize = 1 << 20;

#[derive(Debug, Default, Clone)]
pub struct Params(pub Map<String, Value>);

impl Params {
    /// Query string first, body over it. The error is the text of a 400.
    pub async fn read(request: Request<Body>) -> Result<Self, String> {
        let mut params = Map::new();
        if let Some(query) = request.uri().query() {
            read_form(query.as_bytes(), &mut params);
        }
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
            .to_ascii_lowercase();
        if kind.starts_with("multipart/form-data") {
            let mut form = Multipart::from_request(request, &())
                .await
                .map_err(|_| "Bad Request: can't parse multipart body".to_owned())?;
            while let Some(field) = form
                .next_field()
                .await
                .map_err(|_| "Bad Request: can't parse multipart body".to_owned())?
            {
                let name = field.name().unwrap_or("").to_owned();
                let is_file = field.file_name().is_some();
                let bytes = field
                    .bytes()
                    .await
                    .map_err(|_| "Bad Request: can't parse multipart body".to_owned())?;
                if !is_file {
                    params.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
            return Ok(Self(params));
        }
        let body = axum::body::to_bytes(request.into_body(), MOST_BYTES)
            .await
            .map_err(|_| "Request Entity Too Large".to_owned())?;
        if kind.starts_with("application/json") && !body.is_empty() {
            match serde_json::from_slice(&body) {
                Ok(Value::Object(fields)) => params.extend(fields),
                // Clients send `null` for methods without parameters.
                Ok(Value::Null) => {}
                _ => return Err("Bad Request: can't parse JSON object".to_owned()),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            read_form(&body, &mut params);
        }
        Ok(Self(params))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "True" | "1"))
    }

    /// A structured parameter: JSON as it is, or as text inside a form field.
    pub fn json(&self, name: &str) -> Option<Value> {
        match self.get(name)? {
            Value::String(text) => serde_json::from_str(text).ok(),
            other => Some(other.clone()),
        }
    }

    /// For the call log: the webhook's secret stays out.
    pub fn for_log(&self) -> Value {
        let mut fields = self.0.clone();
        if let Some(secret) = fields.get_mut("secret_token") {
            *secret = Value::String("[secret]".into());
        }
        Value::Object(fields)
    }
}

fn read_form(bytes: &[u8], into: &mut Map<String, Value>) {
    for (name, value) in url::form_urlencoded::parse(bytes) {
        into.insert(name.into_owned(), Value::String(value.into_owned()));
    }
}
