//! Reads of places that follow one another, served by fewer and larger ones.

use std::cell::RefCell;

use pos_backup_bridge::{Handle, Result};

use crate::limits::{AHEAD_GROWTH_FACTOR, AHEAD_MAX_BYTES};
use crate::storage::ReadAt;

/// A file of which a piece is kept, as one read of a Blob costs about as much as checking a hundred headers: small at
/// first and after a leap, larger as long as reads follow one another.
#[derive(Debug)]
pub struct Window<F> {
    file: F,
    first_bytes: u64,
    kept: RefCell<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    offset: u64,
    bytes: Vec<u8>,
}

impl<F: ReadAt> Window<F> {
    /// A window whose first piece has so many bytes.
    pub fn new(file: F, first_bytes: u64) -> Self {
        Self {
            file,
            first_bytes,
            kept: RefCell::default(),
        }
    }
}

impl<F> Window<F> {
    /// Reads anew from here on: a file can change.
    pub fn forget(&self) {
        self.kept.take();
    }
}

impl<F: ReadAt> ReadAt for Window<F> {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        // A large read takes as long with the window as without.
        if buffer.len() as u64 > AHEAD_MAX_BYTES / 4 {
            return self.file.read_at(offset, buffer);
        }
        let mut kept = self.kept.borrow_mut();
        if let Some(bytes) = kept.get(offset, buffer.len()) {
            buffer.copy_from_slice(bytes);
            return Ok(());
        }
        let ahead = match kept.is_followed_by(offset) {
            true => (kept.bytes.len() as u64 * AHEAD_GROWTH_FACTOR).min(AHEAD_MAX_BYTES),
            false => self.first_bytes,
        };
        let rest = self.size().saturating_sub(offset);
        let room = ahead.max(buffer.len() as u64).min(rest);
        if room < buffer.len() as u64 {
            return self.file.read_at(offset, buffer);
        }
        kept.offset = offset;
        kept.bytes.resize(room as usize, 0);
        if let Err(error) = self.file.read_at(offset, &mut kept.bytes) {
            kept.bytes.clear();
            return Err(error);
        }
        if let Some(bytes) = kept.get(offset, buffer.len()) {
            buffer.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn slice(&self, offset: u64, bytes: u64) -> Option<Handle> {
        self.file.slice(offset, bytes)
    }
}

impl Kept {
    /// Whether a read there goes on with this piece, or leaves out less than the piece has after it.
    fn is_followed_by(&self, offset: u64) -> bool {
        let bytes = self.bytes.len() as u64;
        (self.offset..self.offset + 2 * bytes).contains(&offset)
    }

    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.offset)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of zeros that notes the bytes of each read.
    struct Noting {
        size: u64,
        reads: RefCell<Vec<usize>>,
    }

    impl ReadAt for Noting {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_at(&self, _offset: u64, buffer: &mut [u8]) -> Result<()> {
            self.reads.borrow_mut().push(buffer.len());
            Ok(())
        }
    }

    const KIB: u64 = 1024;

    fn window(size: u64) -> Window<Noting> {
        let reads = RefCell::default();
        Window::new(Noting { size, reads }, 64 * KIB)
    }

    fn read(window: &Window<Noting>, offset: u64, bytes: u64) {
        let read = window.read_at(offset, &mut vec![0; bytes as usize]);
        assert!(read.is_ok());
    }

    fn reads(window: &Window<Noting>) -> Vec<u64> {
        let reads = window.file.reads.borrow();
        reads.iter().map(|bytes| *bytes as u64 / KIB).collect()
    }

    #[test]
    fn reads_that_follow_one_another_are_few() {
        let window = window(4096 * KIB);
        for entry in 0..40 {
            read(&window, entry * 100 * KIB + 50, 99 * KIB);
        }
        assert_eq!(reads(&window), [99, 396, 1024, 1024, 1024, 695]);
    }

    #[test]
    fn a_leap_begins_anew() {
        let window = window(100_000 * KIB);
        for offset in [0, 64, 50_000, 50_064, 10, 80_000] {
            read(&window, offset * KIB, KIB);
        }
        assert_eq!(reads(&window), [64, 256, 64, 256, 64, 64]);
    }

    #[test]
    fn a_large_read_and_one_past_the_end_are_the_files() {
        let window = window(300 * KIB);
        read(&window, 0, 257 * KIB);
        read(&window, 290 * KIB, 20 * KIB);
        assert_eq!(reads(&window), [257, 20]);
    }
}
