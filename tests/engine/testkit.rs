//! A small till, jobs over the doubles, and archives taken apart and put together again.

pub mod archive;
pub mod documents;
pub mod refused;
pub mod world;
pub mod zip;
