//! The page, and what it keeps outside the database.

use pos_backup_bridge::{RestoreOutcome, Result, Sorted};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::archive::EntryName;

/// What lies outside the database, kind by kind; what is absent is left as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assets {
    /// JSON text of an object of strings.
    pub local_storage: Option<ByteBuf>,
    /// JSON text of an object of strings.
    pub session_storage: Option<ByteBuf>,
    /// JSON text.
    pub config: Option<ByteBuf>,
    /// All files, by name.
    pub files: Option<Sorted<String, ByteBuf>>,
}

/// What a page answers: done, or why not (nothing is then changed).
pub type Answer = std::result::Result<(), String>;

/// The page, which alone can write localStorage and sessionStorage.
pub trait Page {
    /// Asks it to take over these assets, and waits for its answer.
    ///
    /// # Errors
    ///
    /// `RECORD_INVALID` for what no page can be given; it was not asked then.
    async fn take_over(&self, assets: &Assets) -> Result<Answer>;

    /// What it had before, once it has taken over something.
    fn previous(&self) -> Result<Option<Assets>>;

    /// Asks it to put back what it had before; `None` when it has taken over nothing.
    async fn put_back(&self) -> Option<Answer>;

    /// Asks the page of a later start to have these assets, the archive's or those before, unless it has them. `instead`
    /// is what its storages hold if it does not.
    ///
    /// # Errors
    ///
    /// As for [`take_over`](Self::take_over).
    async fn settle(
        &self,
        assets: &Assets,
        instead: &Assets,
        outcome: RestoreOutcome,
    ) -> Result<Answer>;
}

impl Assets {
    /// Adds what an archive's entry of this name holds, if it is of such a kind.
    pub(crate) fn insert(&mut self, entry: EntryName, content: Vec<u8>) {
        let content = ByteBuf::from(content);
        match entry {
            EntryName::LocalStorage => self.local_storage = Some(content),
            EntryName::SessionStorage => self.session_storage = Some(content),
            EntryName::Config => self.config = Some(content),
            EntryName::File(name) => {
                self.files.get_or_insert_default().insert(name, content);
            }
            _ => {}
        }
    }

    /// Whether there is nothing of any kind.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// With what is known otherwise in place of what this does not say.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            local_storage: self.local_storage.or(other.local_storage),
            session_storage: self.session_storage.or(other.session_storage),
            config: self.config.or(other.config),
            files: self.files.or(other.files),
        }
    }

    /// localStorage and sessionStorage alone.
    #[must_use]
    pub fn storages(self) -> Self {
        Self {
            local_storage: self.local_storage,
            session_storage: self.session_storage,
            ..Self::default()
        }
    }

    /// All but a storage that `present` does not have: the page leaves it alone.
    #[must_use]
    pub(crate) fn without_declined(self, present: &Self) -> Self {
        Self {
            local_storage: present.local_storage.as_ref().and(self.local_storage),
            session_storage: present.session_storage.as_ref().and(self.session_storage),
            ..self
        }
    }

    /// What of this undoes `other` being taken over: its kinds, as far as they are known.
    #[must_use]
    pub fn in_place_of(self, other: &Self) -> Self {
        let of = |kind: &Option<ByteBuf>, own| kind.as_ref().and(own);
        Self {
            local_storage: of(&other.local_storage, self.local_storage),
            session_storage: of(&other.session_storage, self.session_storage),
            config: of(&other.config, self.config),
            files: other.files.as_ref().and(self.files),
        }
    }
}
