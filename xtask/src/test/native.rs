//! Everything that needs no browser, by `cargo test`.

use std::time::Duration;

use anyhow::Result;

use super::count::Count;
use crate::build::NATIVE;
use crate::setup::Kit;

/// Compiling everything the first time included.
const LIMIT: Duration = Duration::from_secs(45 * 60);

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    let finished = kit
        .cargo()
        .args(["test", "--no-fail-fast"])
        .args(NATIVE)
        .args(args)
        .limit(LIMIT)
        .follow()?;
    Ok(Count::of_test_results(&finished.stdout)
        .of(&finished)
        .or_failure_if_empty("native"))
}
