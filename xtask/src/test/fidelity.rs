//! What comes back of every kind of value, in Chromium and in Firefox.

use std::time::Duration;

use anyhow::{Context, Result};

use super::count::{Count, no_sum};
use crate::build;
use crate::process::Cmd;
use crate::setup::Kit;

const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    build::build_if_needed(kit, &build::Options::default())?;
    let suite = Cmd::new("npm")
        .args([
            "run",
            "test",
            "--silent",
            "--workspace",
            "tests/fidelity",
            "--",
        ])
        .args(args)
        .limit(LIMIT);
    let finished = kit.firefox()?.apply(kit.browser()?.apply(suite)).follow()?;
    let count = Count::of_last_line(&finished.stdout).with_context(|| no_sum(&finished))?;
    Ok(count.of(&finished).or_failure_if_empty("fidelity"))
}
