//! Restores that are cut off, and the starts after them.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;

use super::count::{Count, no_sum};
use super::e2e::PACKAGE;
use crate::build;
use crate::process::Cmd;
use crate::setup::Kit;

/// What may follow the suite's name.
#[derive(Parser)]
#[command(name = "cargo xtask test kill", no_binary_name = true)]
struct Options {
    /// How often the browser is killed; the page is closed and reloaded, and the worker broken, a third as often each
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Handed to Node's test runner
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// What a round may take; most take some seconds.
const LIMIT_OF_ROUND: Duration = Duration::from_secs(60);

/// What there is to do besides.
const LIMIT_BESIDES: Duration = Duration::from_secs(10 * 60);

pub(super) fn run(kit: &Kit, args: &[String]) -> Result<Count> {
    let options = match Options::try_parse_from(args) {
        Ok(options) => options,
        Err(error) => error.exit(),
    };
    build::build_if_needed(kit, &build::Options::default())?;
    let rounds = Cmd::new("npm")
        .args(["run", "kill", "--silent", "--workspace", PACKAGE, "--"])
        .args(&options.args);
    let finished = kit
        .browser()?
        .apply(rounds)
        .env("POS_BACKUP_ROUNDS", options.rounds.to_string())
        .limit(LIMIT_BESIDES + LIMIT_OF_ROUND * options.rounds)
        .follow()?;
    let count = Count::of_node(&finished.stdout)
        .with_context(|| no_sum(&finished))?
        .of(&finished);
    Ok(count.or_failure_if_empty("kill"))
}
