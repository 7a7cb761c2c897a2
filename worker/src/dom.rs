//! The edge: what the browser throws becomes an [`Error`] with a code.

use js_sys::{Promise, Reflect};
use pos_backup_bridge::{Error, ErrorCode};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the browser says of an error: any thrown value has these, or lacks them.
#[derive(Debug)]
pub(crate) struct DomError {
    pub(crate) name: String,
    pub(crate) message: String,
}

impl From<&JsValue> for DomError {
    fn from(value: &JsValue) -> Self {
        let text = |property: &str| {
            Reflect::get(value, &property.into())
                .ok()
                .and_then(|text| text.as_string())
        };
        Self {
            name: text("name").unwrap_or_else(|| "Error".to_owned()),
            message: text("message").unwrap_or_else(|| format!("{value:?}")),
        }
    }
}

impl DomError {
    /// An error of this code, unless the browser's own says that storage is full.
    pub(crate) fn into_error(self, code: ErrorCode, doing: &str) -> Error {
        let code = match self.name.as_str() {
            "QuotaExceededError" => ErrorCode::QuotaExceeded,
            _ => code,
        };
        Error::new(code, format!("{doing} failed: {}", self.message)).with(|context| {
            context.cause = Some(self.name);
        })
    }
}

/// The browser's storage refused or failed.
pub(crate) fn storage_error(value: &JsValue, doing: &str) -> Error {
    DomError::from(value).into_error(ErrorCode::StorageFailed, doing)
}

/// The database refused or failed.
pub(crate) fn database_error(value: &JsValue, doing: &str) -> Error {
    DomError::from(value).into_error(ErrorCode::DatabaseFailed, doing)
}

/// An error of the idb crate, which rexie wraps.
pub(crate) fn idb_error(error: &idb::Error, doing: &str) -> Error {
    use idb::Error as E;
    match error {
        E::DomException(exception) => database_error(exception, doing),
        E::AddFailed(value)
        | E::ClearFailed(value)
        | E::CountFailed(value)
        | E::DeleteFailed(value)
        | E::GetAllFailed(value)
        | E::GetAllKeysFailed(value)
        | E::IndexedDbNotFound(value)
        | E::IndexedDbOpenFailed(value)
        | E::KeyRangeCreateFailed(value)
        | E::ObjectStoreNotFound(value)
        | E::TransactionOpenFailed(value)
        | E::TransactionCommitError(value)
        | E::UpdateFailed(value) => database_error(value, doing),
        other => Error::new(
            ErrorCode::DatabaseFailed,
            format!("{doing} failed: {other}"),
        ),
    }
}

/// An error of rexie.
pub(crate) fn rexie_error(error: &rexie::Error, doing: &str) -> Error {
    match error {
        rexie::Error::IdbError(error) => idb_error(error, doing),
        other => Error::new(
            ErrorCode::DatabaseFailed,
            format!("{doing} failed: {other}"),
        ),
    }
}

/// Waits for a promise of the storage and casts what it gives.
pub(crate) async fn stored<T: JsCast>(promise: Promise, doing: &str) -> Result<T, Error> {
    let value = JsFuture::from(promise)
        .await
        .map_err(|error| storage_error(&error, doing))?;
    Ok(value.unchecked_into())
}

/// A property of the worker's global scope's `navigator`, unless the browser lacks it.
pub(crate) fn navigator_property(name: &str) -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let property = Reflect::get(&navigator, &name.into()).ok()?;
    property.is_object().then_some(property)
}
