//! The engine over its in-memory doubles: whole jobs, and everything that can go wrong with them.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::type_complexity
)]

mod backup_assets;
mod blobs;
mod cancelling;
mod contract;
mod corrupt_agreement;
mod corrupt_container;
mod corrupt_contents;
mod corrupt_documents;
mod corrupt_fields;
mod corrupt_records;
mod creating;
mod damage;
mod differences;
mod foreign;
mod keys;
mod migrating;
mod record_lines;
mod record_properties;
mod recovering;
mod rehearsing;
mod salvaging;
mod scripted_database;
mod second_worker;
mod statuses;
mod strikes;
mod testkit;
mod undoing;
mod validating;
mod whole_jobs;
