//! Large binary values of records: kept once, streamed, and found again.

use std::cell::Cell;
use std::io::Read;

use futures::executor::block_on;
use pos_backup::archive::{ArchiveWriter, Sha256Hex};
use pos_backup::bridge::{BackupOptions, ErrorCode, RestoreOptions};
use pos_backup::database::BlobSink;
use pos_backup::jobs::BackupAssets;
use pos_backup::limits::BLOB_BUFFERED_BYTES;
use pos_backup::memory::{MemoryStorage, MemoryTable, Steps, Strike};
use pos_backup::storage::{ReadAt, Storage};

use crate::testkit::archive::Archive;
use crate::testkit::world::{BACKUP_ID, World, failed, ok};

/// Bytes that deflate cannot shrink (xorshift).
fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Bytes that it can.
fn text(length: usize) -> Vec<u8> {
    let line = b"Espresso doppio,2.80,EUR,2026-01-31,table 7\n";
    line.iter().copied().cycle().take(length).collect()
}

fn sha256(content: &[u8]) -> String {
    let mut sum = Sha256Hex::default();
    sum.update(content);
    sum.finish()
}

fn line(id: usize, content: &[u8]) -> String {
    let (sha256, size) = (sha256(content), content.len());
    format!(
        "{{\"v\":{{\"id\":{id},\"image\":{{\"blob\":\"{sha256}\",\"size\":{size}}}}},\"t\":{{\"/image\":\"arraybuffer\"}}}}\n"
    )
}

/// A till with a picture for each of its products.
fn world(pictures: &[&[u8]], steps: &Steps) -> World {
    let lines = pictures.iter().enumerate();
    let lines = lines.map(|(id, content)| line(id, content)).collect();
    let table = MemoryTable::new("products", true, lines);
    let world = World::with_steps(vec![table], steps);
    for content in pictures {
        world.database.add_blob(content);
    }
    world
}

fn archive_of(world: &World) -> Vec<u8> {
    ok(world.backup(BackupOptions::default(), BackupAssets::default()));
    world.storage.archive(BACKUP_ID).expect("the archive")
}

fn pictures() -> [Vec<u8>; 5] {
    let large = BLOB_BUFFERED_BYTES as usize + 123_457;
    [
        noise(5000, 1),
        text(5000),
        noise(large, 2),
        text(large),
        Vec::new(),
    ]
}

#[test]
fn each_value_is_kept_once_and_comes_back() {
    let pictures = pictures();
    let twice: Vec<_> = pictures
        .iter()
        .chain(&pictures)
        .map(Vec::as_slice)
        .collect();
    let source = world(&twice, &Steps::default());
    let file = archive_of(&source);

    // Read by a ZIP library that shares no code with us.
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&file)).expect("a ZIP");
    let names: Vec<_> = (0..zip.len())
        .map(|index| {
            zip.by_index(index)
                .expect("an entry")
                .name()
                .expect("a name")
                .into_owned()
        })
        .collect();
    let blobs = names.iter().filter(|name| name.starts_with("blobs/"));
    assert_eq!(blobs.count(), pictures.len());
    for content in &pictures {
        let mut entry = zip
            .by_name(&format!("blobs/{}", sha256(content)))
            .expect("the blob");
        let mut read = Vec::new();
        entry.read_to_end(&mut read).expect("its content");
        assert!(read == *content, "{} bytes", content.len());
        // What does not shrink is stored.
        let shrinks = content.len() > 100 && content.starts_with(b"Espresso");
        let stored = entry.compression() == zip::CompressionMethod::Stored;
        assert_eq!(stored, !shrinks, "{} bytes", content.len());
    }

    let target = world(&[], &Steps::default());
    ok(target.verify(file.as_slice()));
    ok(target.restore(file.as_slice(), RestoreOptions::default()));
    assert_eq!(target.database.tables(), source.database.tables());
    assert_eq!(target.database.blobs(), source.database.blobs());
}

/// A source too large for memory, made as it is read; it remembers the largest piece.
struct Endless {
    size: u64,
    largest_piece: Cell<usize>,
    noisy: bool,
}

impl ReadAt for Endless {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> pos_backup::bridge::Result<()> {
        self.largest_piece
            .set(self.largest_piece.get().max(buffer.len()));
        let mut state = offset.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        for byte in buffer {
            if self.noisy {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
            }
            *byte = (state >> 32) as u8;
        }
        Ok(())
    }
}

#[test]
fn a_large_value_passes_through_in_pieces() {
    for noisy in [false, true] {
        let source = Endless {
            size: 12 * 1024 * 1024 + 5,
            largest_piece: Cell::new(0),
            noisy,
        };
        let storage = MemoryStorage::new(&Steps::default());
        let file = block_on(storage.create("a")).expect("a file");
        let mut archive = ArchiveWriter::new(file);
        let mut pauses = 0;
        let kept = block_on(archive.keep(&source, &mut async || {
            pauses += 1;
            Ok(())
        }));
        assert_eq!(kept.expect("it is kept").len(), 64);
        assert!(source.largest_piece.get() <= 256 * 1024);
        assert!(pauses >= 2 * 12 * 4, "{pauses}");
        assert_eq!(archive.archive_bytes() > source.size, noisy);
    }
}

#[test]
fn a_value_that_changes_while_it_is_read_is_noticed() {
    struct Changing(Cell<u8>, u64);
    impl ReadAt for Changing {
        fn size(&self) -> u64 {
            self.1
        }
        fn read_at(&self, _: u64, buffer: &mut [u8]) -> pos_backup::bridge::Result<()> {
            self.0.set(self.0.get().wrapping_add(1));
            buffer.fill(self.0.get());
            Ok(())
        }
    }
    let storage = MemoryStorage::new(&Steps::default());
    let mut archive = ArchiveWriter::new(block_on(storage.create("a")).expect("a file"));
    let source = Changing(Cell::new(0), BLOB_BUFFERED_BYTES + 1);
    let error = block_on(archive.keep(&source, &mut async || Ok(()))).expect_err("it changed");
    assert_eq!(error.code, ErrorCode::StorageFailed);
}

/// Verify and restore refuse it, and the database stays as it is.
fn refused(file: &[u8], code: ErrorCode) {
    let kept = noise(5000, 9);
    let target = world(&[&kept], &Steps::default());
    let before = target.database.tables();
    for error in [
        failed(target.verify(file)),
        failed(target.restore(file, RestoreOptions::default())),
    ] {
        assert_eq!(error.code, code, "{error:?}");
    }
    assert_eq!(target.database.tables(), before);
}

#[test]
fn a_blob_that_is_missing_or_of_another_size_is_found_before_anything_is_touched() {
    let content = noise(6000, 3);
    let name = format!("blobs/{}", sha256(&content));
    let file = archive_of(&world(&[&content], &Steps::default()));

    let mut missing = Archive::read(&file);
    missing.remove(&name).unlist(&name).consistent();
    let missing = missing.sealed();
    refused(&missing, ErrorCode::RecordInvalid);

    let mut damaged = Archive::read(&file);
    damaged.content(&name).push(0);
    let damaged = damaged.consistent().sealed();
    refused(&damaged, ErrorCode::ManifestInvalid);

    let mut resized = Archive::read(&file);
    let part = resized.content("database/products/000000.ndjson");
    let text = String::from_utf8_lossy(part).replace("\"size\":6000", "\"size\":6001");
    *part = text.into_bytes();
    let resized = resized.consistent().sealed();
    refused(&resized, ErrorCode::RecordInvalid);

    let mut endless = Archive::read(&file);
    let part = endless.content("database/products/000000.ndjson");
    let text = String::from_utf8_lossy(part).replace("\"size\":6000", "\"size\":4294967296");
    *part = text.into_bytes();
    let endless = endless.consistent().sealed();
    let error = failed(world(&[], &Steps::default()).verify(endless.as_slice()));
    let found = error.context.found.unwrap_or_default().to_string();
    assert!(found.contains("4294967296 bytes in one record"), "{found}");
}

#[test]
fn a_strike_at_any_step_leaves_nothing_behind() {
    let content = noise(BLOB_BUFFERED_BYTES as usize + 1, 4);
    let steps = Steps::default();
    archive_of(&world(&[&content], &steps));
    // Most steps are pieces of the value, one like the other.
    let names = steps.names();
    let steps = names.iter().enumerate();
    let steps =
        steps.filter(|(step, name)| step % 25 == 0 || !matches!(**name, "piece" | "read_at"));
    for (step, _) in steps {
        for strike in [Strike::Fail, Strike::Cancel] {
            let steps = Steps::strike_at(step, strike);
            let world = world(&[&content], &steps);
            let outcome = world.backup(BackupOptions::default(), BackupAssets::default());
            let names = world.storage.names();
            let name = steps.names().get(step).copied();
            if outcome.is_ok() {
                assert_eq!(names, [format!("{BACKUP_ID}.zip")], "{name:?}");
            } else {
                assert!(names.is_empty(), "{name:?}: {names:?}");
            }
            assert_eq!(steps.broken_promises(), Vec::<String>::new(), "{name:?}");
        }
    }
}
