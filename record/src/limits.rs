//! What bounds a line, and the numbers in it. Units are in the names.

/// The longest line of a part, in UTF-16 code units as an engine's strings count.
pub const LINE_MAX_CHARACTERS: usize = 128 * 1024 * 1024;

/// A line is read in one go, and each tag takes its time.
pub const LINE_MAX_TAGS: usize = 1_000_000;

/// Decimal digits of a BigInt: ten times as many take an engine seconds.
pub const BIGINT_MAX_DIGITS: usize = 1_000_000;

/// All large binary values that one record names, together: each place of a buffer is a copy in memory.
pub const LINE_BLOBS_MAX_BYTES: u64 = 4 * 1024 * 1024 * 1024 - 1;

/// Number.MAX_SAFE_INTEGER: the largest whole number that a page is sure of.
pub const SAFE_INTEGER_MAX: u64 = 9_007_199_254_740_991;
