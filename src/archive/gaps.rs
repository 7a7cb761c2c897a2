//! Where records of a damaged archive are missing.

use pos_backup_bridge::SortedSet;

/// The places between a table's records where some are missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Gaps {
    /// Numbers of records before which something is missing; one after the last is for what is missing at the end.
    before: SortedSet<u64>,
    /// Whether nobody knows where.
    is_anywhere: bool,
}

impl Gaps {
    /// Something is missing before the record of this number.
    pub(crate) fn insert(&mut self, number: u64) {
        self.before.insert(number);
    }

    /// Something is missing, and nobody knows where.
    pub(crate) fn insert_anywhere(&mut self) {
        self.is_anywhere = true;
    }

    /// Whether something may be missing before the record of this number.
    pub(crate) fn has(&self, number: u64) -> bool {
        self.is_anywhere || self.before.contains(&number)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.is_anywhere && self.before.is_empty()
    }
}
