//! A journal in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pos_backup_bridge::{Result, UndoableRestore};

use super::Steps;
use crate::journal::{Journal, Note};

/// A journal in memory.
#[derive(Clone, Default)]
pub struct MemoryJournal {
    note: Rc<RefCell<Option<Note>>>,
    undoable: Rc<RefCell<Option<UndoableRestore>>>,
    rehearsed: Rc<RefCell<BTreeMap<String, f64>>>,
    steps: Steps,
}

impl MemoryJournal {
    /// An empty journal.
    pub fn new(steps: &Steps) -> Self {
        Self {
            steps: steps.clone(),
            ..Self::default()
        }
    }

    /// The same journal, found by another start.
    pub fn found(&self, steps: &Steps) -> Self {
        Self {
            note: Rc::clone(&self.note),
            undoable: Rc::clone(&self.undoable),
            rehearsed: Rc::clone(&self.rehearsed),
            steps: steps.clone(),
        }
    }

    /// The note that is kept.
    pub fn note(&self) -> Option<Note> {
        self.note.borrow().clone()
    }
}

impl Journal for MemoryJournal {
    async fn read(&self) -> Result<Option<Note>> {
        self.steps.wait_outside("read_note").await?;
        Ok(self.note())
    }

    async fn write(&self, note: &Note) -> Result<()> {
        self.steps.wait_outside("write_note").await?;
        self.note.replace(Some(note.clone()));
        Ok(())
    }

    async fn undoable(&self) -> Result<Option<UndoableRestore>> {
        self.steps.wait_outside("read_undoable").await?;
        Ok(self.undoable.borrow().clone())
    }

    async fn keep_undoable(&self, restore: Option<&UndoableRestore>) -> Result<()> {
        self.steps.wait_outside("keep_undoable").await?;
        self.undoable.replace(restore.cloned());
        Ok(())
    }

    async fn rehearsed_at(&self, checksum: &str) -> Result<Option<f64>> {
        self.steps.wait_outside("rehearsed_at").await?;
        Ok(self.rehearsed.borrow().get(checksum).copied())
    }

    async fn note_rehearsed(&self, checksum: &str, at_ms: f64) -> Result<()> {
        self.steps.wait_outside("note_rehearsed").await?;
        self.rehearsed
            .borrow_mut()
            .insert(checksum.to_owned(), at_ms);
        Ok(())
    }

    async fn told(&self, job_id: &str) -> Result<()> {
        self.steps.wait_outside("told").await?;
        let note = self.note.take();
        let is_its = note.as_ref().is_some_and(|note| note.job_id == job_id);
        self.note.replace(match note {
            Some(note) if is_its => note.once_told(),
            other => other,
        });
        Ok(())
    }

    async fn clear(&self) -> Result<()> {
        self.steps.wait_outside("clear_note").await?;
        self.note.replace(None);
        Ok(())
    }
}
