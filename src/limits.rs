//! Every size and count that bounds memory, time or an archive. Units are in the names.

pub use pos_backup_record::limits::*;

/// A part is closed once it holds this much, uncompressed. With [`BATCH_TARGET_BYTES`] parts come out at 1 to 2 MiB.
pub const PART_TARGET_BYTES: usize = 1024 * 1024;

/// A read of one batch aims at this much, encoded.
pub const BATCH_TARGET_BYTES: usize = 512 * 1024;

/// A batch whose records turned out larger than those before them is cut after this many characters
/// of lines; the rest makes further batches.
pub const BATCH_ENOUGH_CHARACTERS: u32 = 2 * 1024 * 1024;

/// The first read of a table, before anything is known of its records' size.
pub const BATCH_FIRST_RECORDS: u32 = 16;

/// A batch grows at most by this factor from one read to the next, in case records grow too.
pub const BATCH_GROWTH_FACTOR: u32 = 8;

/// A read never takes more records: the next ones may be far larger than those before them, and
/// Chromium fails a single result over about 128 MiB (it keeps values over 64 KiB out of the result).
pub const BATCH_MAX_RECORDS: u32 = 512;

/// For the same reason a read takes no more than this share of the records that were read before it, so that memory is
/// bounded by the table's size. A read costs 0.1 ms, so that a table costs 5 ms more for it; to count its records beforehand
/// cost 13 ms for every 30,000.
pub const BATCH_SHARE_OF_READ: u64 = 16;

/// That share, however few they are.
pub const BATCH_SHARE_MIN_RECORDS: u32 = 32;

/// Keys of a table that are read to see about how many records it has.
pub const ABOUT_SAMPLE_RECORDS: u32 = 1000;

/// Records of a table are counted after so many were read: about 12 ms of the browser's storage at a time.
pub const COUNT_EVERY_RECORDS: u64 = 4096;

/// A part's first or last key is not listed when it has more bytes of JSON: there are many parts, and a
/// key may have megabytes.
pub const LISTED_KEY_MAX_BYTES: usize = 1024;

/// A binary value of this many bytes or more is kept in an entry of its own: an entry costs about 400
/// bytes, base64 a third of the value.
pub const BLOB_BYTES: u32 = 4096;

/// Once an archive has this many blobs, only values of [`BLOB_BYTES_OF_MANY`] or more become further
/// ones: entries are counted, and each is held in memory as a line of the manifest.
pub const BLOBS_MANY: usize = 100_000;

/// See [`BLOBS_MANY`].
pub const BLOB_BYTES_OF_MANY: u32 = 1024 * 1024;

/// A blob up to this size is compressed in memory; a larger one passes through twice.
pub const BLOB_BUFFERED_BYTES: u64 = 8 * 1024 * 1024;

/// So much of a file or blob is compressed to see whether the rest is worth it.
pub const SAMPLE_BYTES: usize = 64 * 1024;

/// A backup that would leave out more values than this fails instead.
pub const OMISSIONS_MAX: usize = 10_000;

/// A part with more records that cannot be restored is lost as a whole.
pub const LOST_LINES_MAX: usize = 1000;

/// Tables read side by side: enough to keep the browser's storage busy, few enough for memory.
pub const TABLES_SIDE_BY_SIDE: usize = 4;

/// Parts of tables that are compared side by side, together, unless a single one has more.
pub const PARTS_SIDE_BY_SIDE_BYTES: u64 = 32 * 1024 * 1024;

/// Parts that the second worker is given at a time; with further ones the first does the work itself.
pub const PARTS_AT_SECOND_WORKER: usize = 3;

/// A second worker is not started to check less than this, uncompressed: it takes as long to begin.
pub const SECOND_WORKER_MIN_BYTES: u64 = 4 * 1024 * 1024;

/// With about so many records to read a second worker is started at once, not only when there is a part for it.
pub const SECOND_WORKER_MIN_RECORDS: u64 = 20_000;

/// A part of more bytes is worked on piece by piece, and not given to the second worker: it would be in memory twice.
pub const WHOLE_PART_MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Deflate level, by zlib's count: beyond 6 files shrink by less than 2 % for twice the time.
pub const DEFLATE_LEVEL: u32 = 6;

/// That of parts, by libdeflate's count: they come out as small as by zlib's 6.
pub const PART_DEFLATE_LEVEL: i32 = 4;

/// That of the copies that a restore makes meanwhile.
pub const PART_DEFLATE_LEVEL_IN_HASTE: i32 = 1;

/// Records put by one call; a cancel is noticed between two.
pub const PUT_CHUNK_RECORDS: usize = 200;

/// Bytes of lines put by one call, unless a single line has more.
pub const PUT_CHUNK_BYTES: usize = 1024 * 1024;

/// Records compared at once; a cancel is noticed between two.
pub const COMPARE_CHUNK_RECORDS: u64 = 1000;

/// So much of what a restore finds to differ waits in memory until the archive is checked to its end. With more, the archive
/// is checked first; also where more than this is left to be checked by itself.
pub const LITTLE_BYTES: usize = 8 * 1024 * 1024;

/// The records that may differ in any case for the archive not to be checked first.
pub const LITTLE_FIRST_RECORDS: u64 = 500;

/// And the share of the records that were compared.
pub const LITTLE_SHARE: u64 = 4;

/// Keys that a plan shows of each kind of change.
pub const EXAMPLES_MAX: usize = 3;

/// Records of each kind of change, of each table, by which a restore that was cut off is told from one that was not.
pub const EVIDENCE_MAX: u64 = 2;

/// Puts issued and not yet confirmed. Without a bound the browser process took 800 MB.
pub const PUT_WINDOW_RECORDS: usize = 2000;

/// Bytes of lines put and not yet confirmed.
pub const PUT_WINDOW_BYTES: usize = 8 * 1024 * 1024;

/// A file of the page, or one of the archive's documents.
pub const FILE_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A part of a table, uncompressed: one batch of very large records.
pub const PART_MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Entries of an archive: at 1 MiB a part, 200 GB.
pub const ENTRIES_MAX: u64 = 200_000;

/// The ZIP's central directory.
pub const DIRECTORY_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// One read from an archive's file.
pub const READ_BYTES: usize = 256 * 1024;

/// The first read of headers: enough for those of many small entries, and little beside one large entry's content.
pub const HEADERS_READ_BYTES: u64 = 16 * 1024;

/// The first read of entries: one read of a Blob takes as long as many small entries.
pub const ENTRIES_READ_BYTES: u64 = 64 * 1024;

/// As long as reads follow one another, each next one is this much larger.
pub const AHEAD_GROWTH_FACTOR: u64 = 4;

/// But no larger: a MiB takes Chromium 5 ms in one read, 11 in four, 19 in sixteen.
pub const AHEAD_MAX_BYTES: u64 = 1024 * 1024;

/// A job that is not waiting for the database gives way to messages this often.
pub const PAUSE_EVERY_MS: f64 = 16.0;

/// Two status updates of a job are at least this far apart, but for what is said at once: a turn of
/// the job, a cancel, the end. Those are six at most, so that even a short job stays below 20 a second.
pub const STATUS_EVERY_MS: f64 = 75.0;

/// So long after a restore the browser may still lose what was written to localStorage.
pub const STORAGE_SETTLES_MS: f64 = 120_000.0;

/// The estimate of an archive's size is this much more than what it comes to if all compresses as other archives do.
pub const SAFETY_MARGIN: f64 = 1.2;

/// The page has this long to take over restored assets.
pub const ASSETS_TIMEOUT_MS: f64 = 30_000.0;
