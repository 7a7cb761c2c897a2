//! One backup or restore of a database at a time, across all tabs (Web Locks).

use std::cell::RefCell;

use futures::channel::oneshot;
use futures::future::{Either, select};
use js_sys::{Array, Date, Object, Promise, Reflect};
use pos_backup_bridge::{Error, ErrorCode, Result, Sorted};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::dom::{navigator_property, storage_error};

#[wasm_bindgen]
extern "C" {
    /// web-sys has it only behind its flag for unstable interfaces.
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, options: &JsValue, callback: &JsValue) -> Promise;

    #[wasm_bindgen(method)]
    fn query(this: &LockManager) -> Promise;
}

/// Whether the lock was free.
pub enum LockState {
    /// It is held until [`Lock::release`].
    Held(Lock),
    /// Another holds it, since this time (milliseconds since the Unix epoch) where it is known.
    Taken(Option<f64>),
}

/// A held lock. You MUST call [`release`](Self::release).
pub struct Lock(Holding);

enum Holding {
    /// The lock itself, and beside it one whose name says since when: a lock can carry no more.
    Browser(Request, Option<Request>),
    /// A browser without Web Locks: this worker only.
    Worker(String),
}

struct Request {
    release: oneshot::Sender<()>,
    released: Promise,
}

thread_local! {
    static HELD_HERE: RefCell<Sorted<String, f64>> = const { RefCell::new(Sorted::new()) };
}

impl Lock {
    /// Whether the browser has locks across tabs.
    pub fn is_supported() -> bool {
        manager().is_some()
    }

    /// Takes the lock of a database, if it is free.
    pub async fn try_acquire(database: &str) -> Result<LockState> {
        let name = format!("pos-backup:{database}");
        let Some(manager) = manager() else {
            return Ok(HELD_HERE.with_borrow_mut(|held| match held.get(&name) {
                Some(since) => LockState::Taken(Some(*since)),
                None => {
                    held.insert(name.clone(), Date::now());
                    LockState::Held(Self(Holding::Worker(name)))
                }
            }));
        };
        let prefix = format!("{name}:since:");
        match request(&manager, &name).await? {
            Some(lock) => {
                let since = request(&manager, &format!("{prefix}{}", Date::now())).await?;
                Ok(LockState::Held(Self(Holding::Browser(lock, since))))
            }
            None => Ok(LockState::Taken(held_since(&manager, &prefix).await)),
        }
    }

    /// Takes the lock of a database.
    ///
    /// # Errors
    ///
    /// `BACKUP_IN_PROGRESS` with the holder's start time in `context.since`.
    pub async fn acquire(database: &str) -> Result<Self> {
        match Self::try_acquire(database).await? {
            LockState::Held(lock) => Ok(lock),
            LockState::Taken(since) => Err(Error::new(
                ErrorCode::BackupInProgress,
                "Another backup or restore of this database is running.",
            )
            .with(|context| {
                context.database = Some(database.to_owned());
                context.since = since;
            })),
        }
    }

    /// Gives the lock back, and returns when it is free.
    pub async fn release(self) {
        match self.0 {
            Holding::Browser(lock, since) => {
                for request in since.into_iter().chain([lock]) {
                    // Only the lock's own callback waits for it, and it cannot fail.
                    let _ = request.release.send(());
                    let _ = JsFuture::from(request.released).await;
                }
            }
            Holding::Worker(name) => {
                HELD_HERE.with_borrow_mut(|held| held.remove(&name));
            }
        }
    }
}

fn manager() -> Option<LockManager> {
    navigator_property("locks").map(JsCast::unchecked_into)
}

/// Asks for a lock, and holds it until told to release it.
async fn request(manager: &LockManager, name: &str) -> Result<Option<Request>> {
    let (release, released_by_us) = oneshot::channel::<()>();
    let (granted, is_granted) = oneshot::channel::<bool>();
    let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        // The receiver waits below.
        let _ = granted.send(!lock.is_null());
        if lock.is_null() {
            return JsValue::UNDEFINED;
        }
        wasm_bindgen_futures::future_to_promise(async move {
            // A sender that was dropped releases the lock too.
            let _ = released_by_us.await;
            Ok(JsValue::UNDEFINED)
        })
        .into()
    });
    let options = Object::new();
    let set = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    set.map_err(|error| storage_error(&error, "Asking for the lock"))?;
    let released = manager.request(name, &options, &callback);
    // Refused, the promise ends without the callback having been called.
    let ended = JsFuture::from(released.clone());
    match select(is_granted, ended).await {
        Either::Left((Ok(true), _)) => Ok(Some(Request { release, released })),
        Either::Left(_) | Either::Right((Ok(_), _)) => Ok(None),
        Either::Right((Err(error), _)) => Err(storage_error(&error, "Asking for the lock")),
    }
}

async fn held_since(manager: &LockManager, prefix: &str) -> Option<f64> {
    let state = JsFuture::from(manager.query()).await.ok()?;
    let held: Array = Reflect::get(&state, &"held".into()).ok()?.dyn_into().ok()?;
    held.iter().find_map(|lock| {
        let name = Reflect::get(&lock, &"name".into()).ok()?.as_string()?;
        name.strip_prefix(prefix)?.parse().ok()
    })
}
