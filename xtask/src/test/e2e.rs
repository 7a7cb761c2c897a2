//! The whole in a real browser: the demo page, the client, the worker and the archive.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::count::{Count, no_sum};
use super::vitest::Report;
use crate::build;
use crate::paths::root;
use crate::process::Cmd;
use crate::serve::Server;
use crate::setup::Kit;

pub(super) const PACKAGE: &str = "tests/e2e";

/// It takes about twenty minutes.
const LIMIT: Duration = Duration::from_secs(40 * 60);

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    build::build_if_needed(kit, &build::Options::default())?;
    let url = Server::bind(0)?.run_in_background();
    let report = uses_vitest()?.then(Report::new);
    let suites = Cmd::new("npm")
        .args(["run", "test", "--silent", "--workspace", PACKAGE, "--"])
        .args(report.iter().flat_map(Report::args))
        .args(args);
    let finished = kit
        .browser()?
        .apply(suites)
        .env("POS_BACKUP_URL", url)
        .limit(LIMIT)
        .follow()?;
    let count = match report {
        Some(report) => report.count(&finished)?,
        None => Count::of_node(&finished.stdout)
            .with_context(|| no_sum(&finished))?
            .of(&finished),
    };
    Ok(count.or_failure_if_empty("e2e"))
}

/// Whether the suites run by vitest; otherwise it is Node's own runner.
fn uses_vitest() -> Result<bool> {
    let file = root().join(PACKAGE).join("package.json");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let package: Value = serde_json::from_str(&text).context("its package.json is not JSON")?;
    let script = package.pointer("/scripts/test").and_then(Value::as_str);
    Ok(script
        .context("tests/e2e/package.json has no script `test`")?
        .contains("vitest"))
}
