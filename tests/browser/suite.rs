//! The adapters in a dedicated worker of a real browser, over databases that a real Dexie made.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "archives.rs"]
mod archives;
#[path = "bookkeeping.rs"]
mod bookkeeping;
#[path = "database.rs"]
mod database;
#[path = "jobs.rs"]
mod jobs;
#[path = "lock.rs"]
mod lock;
#[path = "messages.rs"]
mod messages;
#[path = "shop.rs"]
mod shop;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
