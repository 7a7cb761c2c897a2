//! The worker as gloo-worker sees it: messages in, one job each. The arms hold no logic.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_worker::{HandlerId, Worker, WorkerScope};
use pos_backup::job::Job;
use pos_backup_bridge::codec::{Incoming, Outgoing};
use pos_backup_bridge::{
    AssetsApplied, Command, Config, Error, ErrorCode, Event, Rejected, Sorted, SortedSet,
};

use crate::assets::{Mailbox, revert};
use crate::jobs;
use crate::outbox::Outbox;
use crate::page::PageAnswers;

/// The worker.
pub(crate) struct Dispatcher {
    state: Rc<State>,
}

/// What the dispatcher and its jobs share.
#[derive(Default)]
pub(crate) struct State {
    config: RefCell<Option<Config>>,
    running: RefCell<Sorted<String, Running>>,
    /// The restore of an earlier start that is being finished or undone, by its id.
    recovering: RefCell<Option<(String, Rc<Mailbox>)>>,
    /// Jobs that ended before the page had answered `APPLY_ASSETS`.
    unanswered: RefCell<SortedSet<String>>,
}

struct Running {
    job: Rc<Job>,
    mailbox: Rc<Mailbox>,
}

impl Worker for Dispatcher {
    type Message = ();
    type Input = Incoming;
    type Output = Outgoing;

    fn create(_scope: &WorkerScope<Self>) -> Self {
        Self {
            state: Rc::default(),
        }
    }

    fn update(&mut self, _scope: &WorkerScope<Self>, (): ()) {}

    fn received(&mut self, scope: &WorkerScope<Self>, message: Incoming, id: HandlerId) {
        let scope = scope.clone();
        let outbox = Outbox::new(move |event| scope.respond(id, Outgoing::new(event)));
        match message.parse() {
            Ok(command) => self.dispatch(command, &outbox),
            Err(rejected) => {
                let Rejected { job_id, error } = *rejected;
                outbox.send(&Event::Failed { job_id, error });
            }
        }
    }
}

impl Dispatcher {
    fn dispatch(&self, command: Command, outbox: &Outbox) {
        let state = &self.state;
        match command {
            Command::Init(init) => jobs::init(state, outbox, init),
            Command::CreateBackup(command) => jobs::create_backup(state, outbox, command),
            Command::PlanRestore(command) => jobs::plan_restore(state, outbox, command),
            Command::Restore(command) => jobs::restore(state, outbox, command),
            Command::UndoRestore(command) => jobs::undo_restore(state, outbox, command),
            Command::Verify(command) => jobs::verify(state, outbox, command),
            Command::Inspect(command) => jobs::inspect(state, outbox, command),
            Command::Cancel(command) => state.cancel(&command.job_id),
            Command::AssetsApplied(answer) => state.assets_applied(answer, outbox),
            Command::FileListMade(answer) => state.answered(&answer.job_id.clone(), |answers| {
                answers.file_list.replace(Some(answer));
            }),
            Command::NullsChecked(answer) => state.answered(&answer.job_id.clone(), |answers| {
                answers.nulls.replace(Some(answer));
            }),
        }
    }
}

impl State {
    /// What `INIT` said.
    ///
    /// # Errors
    ///
    /// `NOT_INITIALIZED`.
    pub(crate) fn config(&self) -> Result<Config, Error> {
        let config = self.config.borrow().clone();
        config.ok_or_else(|| {
            Error::new(
                ErrorCode::NotInitialized,
                "The worker does not know the database yet.",
            )
        })
    }

    pub(crate) fn set_config(&self, config: Config) {
        self.config.replace(Some(config));
    }

    /// Whether a job of this id is running.
    pub(crate) fn is_running(&self, id: &str) -> bool {
        self.running.borrow().contains_key(id)
    }

    pub(crate) fn job_began(&self, id: &str, job: Rc<Job>) -> Rc<Mailbox> {
        let mailbox = Rc::<Mailbox>::default();
        let running = Running {
            job,
            mailbox: Rc::clone(&mailbox),
        };
        self.running.borrow_mut().insert(id.to_owned(), running);
        crate::panic::job_began(id);
        mailbox
    }

    pub(crate) fn job_ended(&self, id: &str) {
        let ended = self.running.borrow_mut().remove(id);
        if ended.is_some_and(|running| running.mailbox.is_unanswered()) {
            self.unanswered.borrow_mut().insert(id.to_owned());
        }
        crate::panic::job_ended(id);
    }

    /// A job that has ended meanwhile needs no cancel.
    fn cancel(&self, id: &str) {
        let job = self
            .running
            .borrow()
            .get(id)
            .map(|running| Rc::clone(&running.job));
        if let Some(job) = job {
            job.cancel();
        }
    }

    /// An answer that comes after its job has ended is dropped.
    fn answered(&self, job_id: &str, put: impl FnOnce(&PageAnswers)) {
        if let Some(running) = self.running.borrow().get(job_id) {
            put(&running.mailbox.answers);
        }
    }

    /// Where the page's answer for a restore of an earlier start comes in.
    pub(crate) fn recovering(&self, id: &str) -> Rc<Mailbox> {
        let mailbox = Rc::<Mailbox>::default();
        let recovering = (id.to_owned(), Rc::clone(&mailbox));
        self.recovering.replace(Some(recovering));
        mailbox
    }

    fn mailbox(&self, job_id: &str) -> Option<Rc<Mailbox>> {
        let running = self.running.borrow();
        if let Some(running) = running.get(job_id) {
            return Some(Rc::clone(&running.mailbox));
        }
        let recovering = self.recovering.borrow();
        let (id, mailbox) = recovering.as_ref()?;
        (id == job_id).then(|| Rc::clone(mailbox))
    }

    /// An answer that comes after its job has failed is undone at once.
    fn assets_applied(&self, answer: AssetsApplied, outbox: &Outbox) {
        match self.mailbox(&answer.job_id) {
            Some(mailbox) => mailbox.put(answer),
            None if self.unanswered.borrow_mut().remove(&answer.job_id)
                && answer.error.is_none() =>
            {
                outbox.send(&Event::ApplyAssets {
                    job_id: answer.job_id,
                    assets: revert(answer.previous),
                    undo: true,
                    instead: None,
                });
            }
            None => {}
        }
    }
}
