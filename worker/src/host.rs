//! The browser's clock, event loop and page, for a job.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use js_sys::Date;
use pos_backup::job::Host;
use pos_backup::part_worker::PartWorker;
use pos_backup_bridge::{BackupStatus, Event};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{MessageChannel, Performance, WorkerGlobalScope};

use crate::outbox::Outbox;
use crate::part_worker::BrowserPartWorker;

/// The browser's clock, event loop and page, for a job.
///
/// Its clock begins at the time of day and never goes back, even when the computer's is set anew.
pub struct BrowserHost {
    status: Box<dyn Fn(BackupStatus)>,
    performance: Performance,
    /// What the time of day, in milliseconds since the Unix epoch, is ahead of `performance`.
    ahead_ms: f64,
    part_worker: BrowserPartWorker,
}

impl BrowserHost {
    /// A host that hands each status to a function.
    pub fn new(status: impl Fn(BackupStatus) + 'static) -> Self {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        let performance = scope.performance().expect_throw("every worker has a clock");
        Self {
            status: Box::new(status),
            ahead_ms: Date::now() - performance.now(),
            performance,
            part_worker: BrowserPartWorker::default(),
        }
    }

    pub(crate) fn posting(outbox: Outbox) -> Self {
        Self::new(move |status| {
            let job_id = status.id.clone();
            outbox.send(&Event::Status {
                job_id,
                status: Box::new(status),
            });
        })
    }
}

impl Host for BrowserHost {
    fn now_ms(&self) -> f64 {
        self.ahead_ms + self.performance.now()
    }

    fn pause(&self) -> LocalBoxFuture<'static, ()> {
        next_task().boxed_local()
    }

    fn status(&self, status: BackupStatus) {
        (self.status)(status);
    }

    fn part_worker(&self) -> Option<&dyn PartWorker> {
        Some(&self.part_worker)
    }
}

/// Waits for the next turn of the event loop, after the messages that wait already. A message to
/// oneself is not slowed down as timers are.
pub(crate) async fn next_task() {
    thread_local! {
        static TURNS: Turns = Turns::new();
    }
    let turn = TURNS.with(Turns::next);
    if let Some(turn) = turn {
        // The sender lives as long as the thread.
        let _ = turn.await;
    }
}

struct Turns {
    channel: Option<MessageChannel>,
    waiting: Rc<RefCell<Vec<oneshot::Sender<()>>>>,
}

impl Turns {
    fn new() -> Self {
        let waiting: Rc<RefCell<Vec<oneshot::Sender<()>>>> = Rc::default();
        let channel = MessageChannel::new().ok();
        if let Some(channel) = &channel {
            let waiting = Rc::clone(&waiting);
            let on_message = Closure::<dyn FnMut()>::new(move || {
                for turn in waiting.take() {
                    // Whoever dropped its future does not wait any more.
                    let _ = turn.send(());
                }
            });
            channel
                .port2()
                .set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
        }
        Self { channel, waiting }
    }

    fn next(&self) -> Option<oneshot::Receiver<()>> {
        let (sender, turn) = oneshot::channel();
        self.waiting.borrow_mut().push(sender);
        self.channel
            .as_ref()?
            .port1()
            .post_message(&JsValue::NULL)
            .ok()?;
        Some(turn)
    }
}
