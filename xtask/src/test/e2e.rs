//! The whole in a real browser: the demo page, the client, the worker and the archive.

use std::time::Duration;

use anyhow::{Context, Result};

use super::count::Count;
use crate::build;
use crate::process::Cmd;
use crate::serve::Server;
use crate::setup::Kit;

const LIMIT: Duration = Duration::from_secs(60 * 60);

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    build::build_if_needed(kit, &build::Options::default())?;
    let url = Server::bind(0)?.run_in_background();
    let suites = Cmd::new("npm")
        .args(["run", "test", "--silent", "--workspace", "tests/e2e", "--"])
        .args(args);
    let finished = kit
        .browser()?
        .apply(suites)
        .env("POS_BACKUP_URL", url)
        .limit(LIMIT)
        .follow()?;
    let count = Count::of_node(&finished.stdout).context("the runner has printed no sum")?;
    Ok(count.of(&finished).or_failure_if_empty("e2e"))
}
