//! How a transaction ends, and why: events of the transaction itself, which rexie and idb do not pass on whole.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{LocalBoxFuture, Shared};
use pos_backup_bridge::{Error, ErrorCode, Result};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Event, IdbRequest, IdbTransaction};

use crate::dom::database_error;

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    #[wasm_bindgen(js_name = holdTransaction)]
    fn hold_transaction(transaction: &IdbTransaction);

    #[wasm_bindgen(js_name = releaseTransaction)]
    fn release_transaction(transaction: &IdbTransaction);
}

const DOING: &str = "Writing to the database";

/// Watches a transaction to its end.
pub(in crate::indexed_db) struct TransactionEnd {
    transaction: IdbTransaction,
    failed: Rc<RefCell<Option<IdbRequest>>>,
    /// Whether it was committed.
    ended: Shared<LocalBoxFuture<'static, bool>>,
    /// They are called until the end, so they live until then.
    _listeners: [Closure<dyn FnMut(Event)>; 3],
}

/// Why a transaction was aborted.
pub(super) struct Cause {
    /// The request that failed first, if one did.
    pub(super) request: Option<IdbRequest>,
    /// The transaction's error, if it has one.
    pub(super) error: Option<Error>,
}

impl Drop for TransactionEnd {
    fn drop(&mut self) {
        // Chromium answers a large read also after the transaction was aborted.
        self.transaction.set_oncomplete(None);
        self.transaction.set_onabort(None);
        self.transaction.set_onerror(None);
    }
}

impl TransactionEnd {
    pub(in crate::indexed_db) fn watch(transaction: IdbTransaction) -> Self {
        hold_transaction(&transaction);
        let failed = Rc::new(RefCell::new(None));
        let (sender, receiver) = oneshot::channel();
        let sender = Rc::new(RefCell::new(Some(sender)));
        let end = |committed: bool| {
            let (sender, transaction) = (Rc::clone(&sender), transaction.clone());
            Closure::<dyn FnMut(Event)>::new(move |_| {
                release_transaction(&transaction);
                if let Some(sender) = sender.take() {
                    // Nobody may be waiting.
                    let _ = sender.send(committed);
                }
            })
        };
        let (on_complete, on_abort) = (end(true), end(false));
        let first_failed = Rc::clone(&failed);
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            // A read that may fail.
            if event.default_prevented() {
                return;
            }
            let request = event
                .target()
                .and_then(|target| target.dyn_into::<IdbRequest>().ok());
            let mut first = first_failed.borrow_mut();
            if first.is_none() {
                *first = request;
            }
        });
        transaction.set_oncomplete(Some(on_complete.as_ref().unchecked_ref()));
        transaction.set_onabort(Some(on_abort.as_ref().unchecked_ref()));
        transaction.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Self {
            transaction,
            failed,
            ended: receiver
                .map(|ended| ended.unwrap_or(false))
                .boxed_local()
                .shared(),
            _listeners: [on_complete, on_abort, on_error],
        }
    }

    /// Whether the browser has aborted it.
    pub(super) fn is_aborted(&self) -> bool {
        self.transaction.error().is_some() || self.ended.peek().is_some()
    }

    /// Why the transaction was aborted; waits until it is.
    pub(super) async fn cause(&self) -> Cause {
        self.ended.clone().await;
        Cause {
            request: self.failed.borrow().clone(),
            error: self
                .transaction
                .error()
                .map(|error| database_error(&error, DOING)),
        }
    }

    /// Commits, and waits until it is done.
    pub(super) async fn commit(self) -> Result<()> {
        // A transaction that the browser has committed or aborted by itself refuses; its end tells.
        #[allow(deprecated, reason = "only web-sys's name of it is")]
        let _ = self.transaction.commit();
        if self.ended.clone().await {
            return Ok(());
        }
        let cause = self.cause().await;
        Err(cause.error.unwrap_or_else(aborted))
    }

    /// Aborts.
    pub(super) fn give_up(&self) {
        // A transaction that has ended refuses.
        let _ = self.transaction.abort();
    }

    /// Aborts, and waits until all is undone.
    pub(in crate::indexed_db) async fn abort(self) {
        self.give_up();
        self.ended.clone().await;
    }
}

/// The error of a transaction that ended without any.
pub(super) fn aborted() -> Error {
    let message = "The browser aborted the transaction.";
    Error::new(ErrorCode::DatabaseFailed, message)
}
