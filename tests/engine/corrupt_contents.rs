//! Entries whose content is not what the ZIP says of it.

use std::cell::Cell;

use pos_backup::bridge::{ErrorCode, Result};
use pos_backup::storage::ReadAt;

use crate::corrupt_container::all_refused;
use crate::testkit::documents::{PART, good};
use crate::testkit::refused::Refused;
use crate::testkit::world::{World, failed, till};
use crate::testkit::zip::{STORED, deflate};

#[test]
fn contents_that_are_not_as_stated() {
    all_refused(
        ErrorCode::ChecksumMismatch,
        &[
            ("wrong CRC", |zip| zip.entry(PART).stated.crc32 = Some(7)),
            ("broken deflate data", |zip| {
                let entry = zip.entry(PART);
                let mut data = deflate(&entry.content);
                data[0] |= 0b110;
                entry.data = Some(data);
            }),
            ("deflate data cut off", |zip| {
                let entry = zip.entry(PART);
                let mut data = deflate(&entry.content);
                data.pop();
                entry.data = Some(data);
            }),
            ("deflate data with something after it", |zip| {
                let entry = zip.entry(PART);
                let mut data = deflate(&entry.content);
                data.push(0);
                entry.data = Some(data);
            }),
            ("no deflate data", |zip| {
                zip.entry(PART).data = Some(Vec::new())
            }),
            ("one byte more than stated", |zip| {
                let entry = zip.entry(PART);
                let mut content = entry.content.clone();
                content.push(b'\n');
                entry.data = Some(deflate(&content));
            }),
            ("one byte less than stated", |zip| {
                let entry = zip.entry(PART);
                let content = entry.content.clone();
                entry.data = Some(deflate(&content[..content.len() - 1]));
            }),
            ("two sizes of a stored entry", |zip| {
                let entry = zip.entry(PART);
                entry.method = STORED;
                entry.data = Some(entry.content[1..].to_vec());
            }),
            ("another content, with a right CRC", |zip| {
                let entry = zip.entry(PART);
                entry.content = entry
                    .content
                    .iter()
                    .map(|b| if *b == b'7' { b'8' } else { *b })
                    .collect();
            }),
            ("a size other than the manifest's", |zip| {
                zip.entry(PART).content.push(b'\n')
            }),
        ],
    );
}

/// Counts what is read of a file.
struct Counted {
    file: Vec<u8>,
    bytes: Cell<u64>,
}

impl ReadAt for Counted {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.bytes.set(self.bytes.get() + buffer.len() as u64);
        self.file.read_at(offset, buffer)
    }
}

#[test]
fn an_entry_that_inflates_to_more_than_it_says_is_stopped() {
    let bomb = deflate(&vec![0; 1 << 29]);
    assert!(bomb.len() > 450_000);
    for target in [PART, "files/logo.png", "manifest.json"] {
        let mut archive = good();
        if target != "manifest.json" {
            *archive.content(target) = vec![0; 10];
            archive.consistent();
        }
        let mut zip = archive.zip();
        zip.entry(target).data = Some(bomb.clone());
        let file = Counted {
            file: zip.sealed(),
            bytes: Cell::new(0),
        };
        let error = failed(World::new(till()).verify(&file));
        assert_eq!(error.code, ErrorCode::ChecksumMismatch, "{target}: {error}");
        assert!(
            file.bytes.get() < 450_000,
            "{} bytes read of {target}",
            file.bytes.get()
        );
    }
}

#[test]
fn an_entry_beyond_the_limit_is_not_read() {
    for (target, limit) in [
        (PART, 512_u64 << 20),
        ("files/logo.png", 64 << 20),
        ("manifest.json", 64 << 20),
    ] {
        let mut archive = good();
        if target != "manifest.json" {
            archive
                .relist(target, |entry| entry["size"] = (limit + 1).into())
                .sum();
        }
        let mut zip = archive.zip();
        zip.entry(target).stated.bytes = Some(limit + 1);
        Refused::with(ErrorCode::ArchiveDamaged)
            .in_entry(target)
            .by_all_jobs(target, &zip.sealed());
    }
}
