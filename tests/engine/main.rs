//! The engine over its in-memory doubles: whole jobs, and everything that can go wrong with them.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod contract;
mod record_lines;
mod record_properties;
mod statuses;
mod strikes;
mod testkit;
mod whole_jobs;
