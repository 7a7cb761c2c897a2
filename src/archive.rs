//! The archive: an ordinary ZIP with a manifest and a seal. The format is described in
//! `docs/format.md`.

mod check;
mod checksum;
mod deflate;
mod directory;
mod documents;
mod gaps;
mod name;
mod reader;
mod writer;

pub use check::{
    Blobs, CheckedArchive, Checking, Known, OpenedArchive, Part, PartInZip, Salvaged, Table, check,
    check_but_tables, is_damage, salvage,
};
pub(crate) use check::{Parts, is_string_map};
pub use checksum::{Sha256Hex, entries_checksum, hex};
pub use deflate::{EntryWriter, Packed};
pub(crate) use gaps::Gaps;
pub use name::EntryName;
pub use writer::ArchiveWriter;

/// The format that is written.
pub const FORMAT_VERSION: &str = "1.0";

/// The major format version that can be read.
pub const FORMAT_MAJOR: u32 = 1;
