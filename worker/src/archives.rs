//! Places for archives: the origin private file system, or memory where there is none.

mod memory;
mod opfs;

pub use memory::BlobArchives;
pub(crate) use memory::blob_of;
pub use opfs::OpfsArchives;

use pos_backup::storage::{Finished, PartFile, ReadAt, Storage};
use pos_backup_bridge::{Error, ErrorCode, Result};

use crate::blob::BlobFile;

/// The media type of archives.
const MEDIA_TYPE: &str = "application/zip";

/// Whichever place this browser has.
#[derive(Clone)]
pub(crate) enum Archives {
    Opfs(OpfsArchives),
    Memory(BlobArchives),
}

/// An archive being written there.
pub(crate) enum ArchivePartFile {
    Opfs(<OpfsArchives as Storage>::PartFile),
    Memory(<BlobArchives as Storage>::PartFile),
}

impl Archives {
    /// The place for a database's archives.
    pub(crate) async fn open(database: &str) -> Self {
        match OpfsArchives::open(database).await {
            Some(archives) => Self::Opfs(archives),
            None => Self::Memory(BlobArchives),
        }
    }

    /// Whether an archive is unfinished: being written, or left by a run that crashed.
    pub(crate) async fn has_part_files(&self) -> bool {
        match self {
            Self::Opfs(archives) => archives.has_part_files().await,
            Self::Memory(_) => false,
        }
    }

    /// Removes what crashed runs have left, and says what it was.
    pub(crate) async fn remove_part_files(&self) -> Result<Vec<String>> {
        match self {
            Self::Opfs(archives) => archives.remove_part_files().await,
            Self::Memory(_) => Ok(Vec::new()),
        }
    }

    /// A stored archive.
    ///
    /// # Errors
    ///
    /// `BACKUP_NOT_FOUND`.
    pub(crate) async fn stored(&self, id: &str) -> Result<BlobFile> {
        let found = match self {
            Self::Opfs(archives) => archives.file(id).await?,
            Self::Memory(_) => None,
        };
        match found {
            Some(file) => BlobFile::new(file.into()),
            None => Err(Error::new(
                ErrorCode::BackupNotFound,
                "The browser keeps no backup of this id.",
            )
            .in_entry(id)),
        }
    }
}

impl Storage for Archives {
    type PartFile = ArchivePartFile;

    fn keeps(&self) -> bool {
        match self {
            Self::Opfs(archives) => archives.keeps(),
            Self::Memory(archives) => archives.keeps(),
        }
    }

    async fn has_room(&self, bytes: u64) -> bool {
        match self {
            Self::Opfs(archives) => archives.has_room(bytes).await,
            Self::Memory(archives) => archives.has_room(bytes).await,
        }
    }

    async fn remove(&self, id: &str) -> Result<()> {
        match self {
            Self::Opfs(archives) => archives.remove(id).await,
            Self::Memory(archives) => archives.remove(id).await,
        }
    }

    async fn create(&self, id: &str) -> Result<ArchivePartFile> {
        Ok(match self {
            Self::Opfs(archives) => ArchivePartFile::Opfs(archives.create(id).await?),
            Self::Memory(archives) => ArchivePartFile::Memory(archives.create(id).await?),
        })
    }
}

impl ReadAt for ArchivePartFile {
    fn size(&self) -> u64 {
        match self {
            Self::Opfs(file) => file.size(),
            Self::Memory(file) => file.size(),
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        match self {
            Self::Opfs(file) => file.read_at(offset, buffer),
            Self::Memory(file) => file.read_at(offset, buffer),
        }
    }
}

impl PartFile for ArchivePartFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Opfs(file) => file.append(bytes),
            Self::Memory(file) => file.append(bytes),
        }
    }

    async fn finish(self) -> Result<Finished> {
        match self {
            Self::Opfs(file) => file.finish().await,
            Self::Memory(file) => file.finish().await,
        }
    }

    async fn discard(self) -> Result<()> {
        match self {
            Self::Opfs(file) => file.discard().await,
            Self::Memory(file) => file.discard().await,
        }
    }
}

fn archive_name(id: &str) -> String {
    format!("{id}.zip")
}
