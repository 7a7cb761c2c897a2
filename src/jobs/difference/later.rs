//! What is put once all is deleted that is in its way.

use std::ops::Range;

use pos_backup_bridge::Result;

use super::Changes;
use super::lines::Archived;

/// What is to be put once all is deleted.
pub(in crate::jobs) struct Later<'a> {
    pub(super) marks: Marks,
    pub(super) archived: Archived<'a>,
}

impl Later<'_> {
    /// Some of it, perhaps nothing; `None` at the end. (Its records were counted when they were compared.)
    pub(in crate::jobs) fn next(&mut self) -> Result<Option<Changes>> {
        let mut changes = Changes::default();
        let Self { marks, archived } = self;
        while !changes.is_full() {
            archived.skip_parts(|records| !marks.has_any(records));
            if archived.line()?.is_none() {
                return Ok((changes.compared > 0).then_some(changes));
            }
            match marks.has(archived.passed) {
                true => archived.pass(&mut changes)?,
                false => archived.advance(),
            }
            changes.compared += 1;
        }
        Ok(Some(changes))
    }
}

/// Numbers of records, a bit for each.
#[derive(Default)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    pub(super) fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    pub(super) fn has(&self, number: usize) -> bool {
        let word = self.0.get(number / 64).copied().unwrap_or_default();
        word >> (number % 64) & 1 == 1
    }

    pub(super) fn has_any(&self, mut numbers: Range<usize>) -> bool {
        numbers.any(|number| self.has(number))
    }
}
