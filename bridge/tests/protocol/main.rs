//! The protocol as JSON: what is refused and how, what is said, and that nothing is lost on the way.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod commands;
mod errors;
mod events;
mod rejected;
mod schema;
