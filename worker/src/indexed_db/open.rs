//! Opens the app's database as it is: never creates it, never changes its version.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use idb::{Factory, Request};
use pos_backup_bridge::{Error, ErrorCode, Result};
use wasm_bindgen_futures::spawn_local;
use web_sys::IdbDatabase;

use crate::dom::idb_error;

/// Opening waits for another tab that is just changing the database's version, but not for ever.
const TIMEOUT_MS: u32 = 5_000;

/// Opens a database that exists. A tab that wants to upgrade it waits until it is closed.
///
/// # Errors
///
/// `DATABASE_NOT_FOUND`, `DATABASE_BLOCKED` or `DATABASE_FAILED`; the latter also when it is not of the
/// version that was expected, as another tab has upgraded it meanwhile.
pub(super) async fn existing(name: &str, version: Option<u64>) -> Result<IdbDatabase> {
    let doing = "Opening the database";
    let factory = Factory::new().map_err(|error| idb_error(&error, doing))?;
    let mut request = factory
        .open(name, None)
        .map_err(|error| idb_error(&error, doing))?;
    let is_missing = Rc::new(Cell::new(false));
    let created = Rc::clone(&is_missing);
    // Asked for without a version, a database is upgraded only if it does not exist. Its creation
    // is undone by aborting it.
    request.on_upgrade_needed(move |event| {
        created.set(true);
        let transaction = idb::Event::target(&event)
            .ok()
            .and_then(|request| request.transaction());
        let aborted = transaction.map(idb::Transaction::abort);
        debug_assert!(
            matches!(aborted, Some(Ok(_))),
            "an upgrade has a transaction"
        );
    });
    let opened = in_time(name, request.into_future(), |database| database.close()).await?;
    if is_missing.get() {
        return Err(
            Error::new(ErrorCode::DatabaseNotFound, "The database does not exist.")
                .with(|context| context.database = Some(name.to_owned())),
        );
    }
    let database = IdbDatabase::from(opened.map_err(|error| idb_error(&error, doing))?);
    let found = database_version(&database);
    if version.is_some_and(|version| version != found) {
        database.close();
        return Err(Error::new(
            ErrorCode::DatabaseFailed,
            "The database was upgraded while the job was running.",
        )
        .with(|context| context.database = Some(name.to_owned()))
        .expected(version, found));
    }
    Ok(database)
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
            spawn_local(async move {
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
