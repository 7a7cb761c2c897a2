//! Places for archives, both kinds by the same rules.

use pos_backup::storage::{PartFile, ReadAt, Storage};
use pos_backup_worker::{BlobArchives, BlobFile, OpfsArchives};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::File;

/// Writes pieces, reads them back, finishes, and reads the finished file.
async fn keeps_what_is_written(storage: &impl Storage, stored: bool) {
    let mut part = storage.create("one").await.unwrap();
    let piece: Vec<u8> = (0..3_000_000_u32).map(|i| (i * 7) as u8).collect();
    for _ in 0..3 {
        part.append(&piece).unwrap();
    }
    part.append(b"end").unwrap();
    assert_eq!(part.size(), 9_000_003);
    let mut buffer = [0; 5];
    part.read_at(8_999_998, &mut buffer).unwrap();
    assert_eq!(&buffer[..2], &piece[2_999_998..]);
    assert_eq!(&buffer[2..], b"end");
    assert!(
        part.read_at(8_999_999, &mut buffer).is_err(),
        "there are only four bytes"
    );

    let finished = part.finish().await.unwrap();
    assert_eq!(finished.stored, stored);
    let file: File = JsValue::from(finished.file).dyn_into().unwrap();
    assert_eq!(file.name(), "one.zip");
    let file = BlobFile::new(file.into()).unwrap();
    assert_eq!(file.size(), 9_000_003);
    let mut buffer = vec![0; 3_000_000];
    file.read_at(3_000_000, &mut buffer).unwrap();
    assert_eq!(buffer, piece);
    assert!(file.read_at(9_000_000, &mut buffer).is_err());
}

#[wasm_bindgen_test]
async fn memory_hands_the_archive_out() {
    keeps_what_is_written(&BlobArchives, false).await;
}

#[wasm_bindgen_test]
async fn the_private_file_system_keeps_the_archive() {
    let archives = OpfsArchives::open("keeping/it").await.unwrap();
    keeps_what_is_written(&archives, true).await;
    assert_eq!(archives.names().await.unwrap(), ["one.zip"]);
    assert!(archives.file("one").await.unwrap().is_some());
    for absent in ["two", "../one", "a/b", ""] {
        assert!(archives.file(absent).await.unwrap().is_none(), "{absent}");
    }
}

#[wasm_bindgen_test]
async fn a_discarded_archive_leaves_nothing() {
    let archives = OpfsArchives::open("discarding").await.unwrap();
    let mut part = archives.create("one").await.unwrap();
    part.append(b"half").unwrap();
    assert_eq!(archives.names().await.unwrap(), ["one.zip.part"]);
    part.discard().await.unwrap();
    assert!(archives.names().await.unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn what_a_crash_left_is_removed_but_not_what_is_being_written() {
    let archives = OpfsArchives::open("crashing").await.unwrap();
    let mut lost = archives.create("lost").await.unwrap();
    lost.append(b"half").unwrap();
    assert!(
        archives.remove_part_files().await.unwrap().is_empty(),
        "it is open"
    );
    // As a crash does: closed, neither finished nor discarded.
    lost.close();
    let finished = archives.create("whole").await.unwrap();
    finished.finish().await.unwrap();
    assert_eq!(
        archives.remove_part_files().await.unwrap(),
        ["lost.zip.part"]
    );
    assert_eq!(archives.names().await.unwrap(), ["whole.zip"]);
}
