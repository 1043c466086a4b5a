//! JSON documents under a key: what `setting` tables of both kinds of schema hold.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::error::StoreError;

pub(crate) fn read<T: DeserializeOwned>(
    key: &'static str,
    value: Option<Value>,
) -> Result<Option<T>, StoreError> {
    value
        .map(|value| {
            serde_json::from_value(value).map_err(|error| StoreError::unreadable(key, error.to_string()))
        })
        .transpose()
}

pub(crate) fn write<T: Serialize>(key: &'static str, value: &T) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::unreadable(key, error.to_string()))
}
