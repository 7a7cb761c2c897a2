//! A panic is a defect, and ends the worker: the page is told, so that nobody waits in vain.

use std::cell::RefCell;

use js_sys::global;
use pos_backup_bridge::codec::Outgoing;
use pos_backup_bridge::{Error, ErrorCode, Event, SortedSet};
use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

thread_local! {
    /// The jobs that the page is waiting for.
    static RUNNING: RefCell<SortedSet<String>> = const { RefCell::new(SortedSet::new()) };
}

/// The page waits for this job from now on.
pub(crate) fn job_began(id: &str) {
    RUNNING.with_borrow_mut(|running| running.insert(id.to_owned()));
}

/// The page has been told how the job ended.
pub(crate) fn job_ended(id: &str) {
    RUNNING.with_borrow_mut(|running| running.remove(id));
}

/// Reports a panic as the failure of every running job, and as one that belongs to none.
pub(crate) fn report_to_page() {
    std::panic::set_hook(Box::new(|info| {
        let jobs = RUNNING.try_with(|running| {
            running
                .try_borrow()
                .map(|jobs| jobs.clone())
                .unwrap_or_default()
        });
        let jobs = jobs.unwrap_or_default();
        let jobs = jobs.iter().cloned().map(Some);
        let scope: DedicatedWorkerGlobalScope = global().unchecked_into();
        for job_id in jobs.chain([None]) {
            let error = Error::new(ErrorCode::Internal, format!("The worker panicked: {info}"));
            let event = Outgoing::new(&Event::Failed { job_id, error });
            // There is nobody left to tell if even this fails.
            let _ = scope.post_message(event.as_js());
        }
    }));
}
