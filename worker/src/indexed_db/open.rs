//! Opens the app's database as it is: never creates it, never changes its version.

use std::pin::Pin;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use idb::Factory;
use pos_backup_bridge::{Error, ErrorCode, Result};
use rexie::Rexie;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::IdbDatabase;

use crate::dom::{idb_error, rexie_error};
use crate::spawn::spawn;

/// Opening waits for another tab that is just changing the database's version, but not for ever.
const TIMEOUT_MS: u32 = 5_000;

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    type ExistingOnly;

    /// For the next opening, which is to be asked for at once.
    #[wasm_bindgen(js_name = openExistingOnly)]
    fn open_existing_only() -> ExistingOnly;

    /// Whether it has failed because there is no such database.
    #[wasm_bindgen(method, getter, js_name = isMissing)]
    fn is_missing(this: &ExistingOnly) -> bool;
}

const DOING: &str = "Opening the database";

/// Opens a database that exists. A tab that wants to upgrade it waits until it is closed.
///
/// # Errors
///
/// `DATABASE_NOT_FOUND`, `DATABASE_BLOCKED` or `DATABASE_FAILED`; the latter also when it is not of the
/// version that was expected, as another tab has upgraded it meanwhile.
pub(super) async fn existing(name: &str, version: Option<u64>) -> Result<IdbDatabase> {
    let open = async |name: String| {
        let request = Factory::new().and_then(|factory| factory.open(&name, None));
        let opened = async { request?.await }.await;
        opened.map_err(|error| idb_error(&error, DOING))
    };
    let database = only_existing(name, open, |database| database.close()).await?;
    let database = IdbDatabase::from(database);
    expect_version(name, version, database_version(&database)).inspect_err(|_| database.close())?;
    Ok(database)
}

/// The same by rexie, which keeps the version from us.
///
/// # Errors
///
/// `DATABASE_NOT_FOUND`, `DATABASE_BLOCKED` or `DATABASE_FAILED`.
pub(crate) async fn existing_by_rexie(name: &str) -> Result<Rexie> {
    // Without a version: with one, rexie deletes every store that it was not told of.
    let open = async |name: String| {
        let opened = Rexie::builder(&name).build().await;
        opened.map_err(|error| rexie_error(&error, DOING))
    };
    only_existing(name, open, Rexie::close).await
}

async fn only_existing<T: 'static>(
    name: &str,
    open: impl AsyncFnOnce(String) -> Result<T> + 'static,
    close: impl FnOnce(T) + 'static,
) -> Result<T> {
    let owned = name.to_owned();
    let opening = async move {
        let existing_only = open_existing_only();
        open(owned)
            .await
            .map_err(|error| (existing_only.is_missing(), error))
    };
    let opened = in_time(name, opening, close).await?;
    opened.map_err(|(is_missing, error)| match is_missing {
        true => Error::new(ErrorCode::DatabaseNotFound, "The database does not exist.")
            .with(|context| context.database = Some(name.to_owned())),
        false => error,
    })
}

/// # Errors
///
/// `DATABASE_FAILED` when the database is of another version than was expected.
pub(super) fn expect_version(name: &str, expected: Option<u64>, found: u64) -> Result<()> {
    if expected.is_none_or(|expected| expected == found) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::DatabaseFailed,
        "The database was upgraded while the job was running.",
    )
    .with(|context| context.database = Some(name.to_owned()))
    .expected(expected, found))
}

/// The version of a database. (idb knows those only that 32 bits hold.)
pub(super) fn database_version(database: &IdbDatabase) -> u64 {
    database.version() as u64
}

/// A writer that takes longer than this is not waited for.
const WRITER_TIMEOUT_MS: u32 = 30_000;

/// The first request's answer of a transaction that writes, unless others keep it waiting too long: then the request, which
/// is to be waited for once its transaction is aborted.
pub(super) async fn unless_blocked<F: Future>(request: F) -> Result<F::Output, Pin<Box<F>>> {
    match select(Box::pin(request), TimeoutFuture::new(WRITER_TIMEOUT_MS)).await {
        Either::Left((answer, _)) => Ok(answer),
        Either::Right(((), request)) => Err(request),
    }
}

/// The error of a transaction that others keep waiting.
pub(super) fn blocked(name: &str) -> Error {
    let message =
        "Another tab, or the page itself, has been writing to the database without an end.";
    let error = Error::new(ErrorCode::DatabaseBlocked, message);
    error.with(|context| context.database = Some(name.to_owned()))
}

/// What an opening gives, unless it takes too long; it is then closed when it comes.
pub(super) async fn in_time<T: 'static, E: 'static>(
    name: &str,
    opening: impl Future<Output = Result<T, E>> + 'static,
    close: impl FnOnce(T) + 'static,
) -> Result<Result<T, E>> {
    let opening = Box::pin(opening);
    match select(opening, TimeoutFuture::new(TIMEOUT_MS)).await {
        Either::Left((opened, _)) => Ok(opened),
        Either::Right(((), opening)) => {
            spawn(async move {
                if let Ok(late) = opening.await {
                    close(late);
                }
            });
            Err(Error::new(
                ErrorCode::DatabaseBlocked,
                "The database could not be opened in time.",
            )
            .with(|context| context.database = Some(name.to_owned())))
        }
    }
}
