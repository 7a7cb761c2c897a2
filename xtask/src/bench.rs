//! `cargo xtask bench`: figures of speed and memory. They tell; they never fail.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::build;
use crate::process::{Cmd, asks_for_help};
use crate::setup::{self, Need};

#[derive(Args)]
pub(crate) struct Options {
    #[arg(default_value = "all")]
    what: What,
    /// In Node instead of a worker of Chromium; of `codec`
    #[arg(long)]
    node: bool,
    /// Handed to the bench, for example `-- --quick`; of `all`, `-- --help` says what there is
    #[arg(last = true)]
    args: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// pos-backup beside the browser's limits, and beside what people use now
    All,
    /// The record codec beside the engine's own JSON
    Codec,
    /// Restores beside the browser's limits of reading and putting
    Restore,
}

/// The script of `all`.
const RUN: &str = "bench/run.js";

/// One that needs nothing but the record codec's modules.
fn codec(in_node: bool) -> Result<Cmd> {
    let bench = Cmd::new("node").arg("bench/codec.mjs");
    if in_node {
        setup::prepare(&[Need::Node])?;
        return Ok(bench);
    }
    let kit = setup::prepare(&[Need::Node, Need::Browser])?;
    Ok(kit.browser()?.apply(bench).arg("--chromium"))
}

/// One of the release worker in a browser.
fn of_worker(script: &str) -> Result<Cmd> {
    let kit = setup::prepare(&[Need::WasmBindgen, Need::Node, Need::Browser])?;
    build::build_if_needed(&kit, &build::Options::default())?;
    Ok(kit.browser()?.apply(Cmd::new("node").arg(script)))
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let bench = match options.what {
        What::All if asks_for_help(&options.args) => {
            setup::prepare(&[Need::Node])?;
            Cmd::new("node").arg(RUN)
        }
        What::All => of_worker(RUN)?,
        What::Codec => codec(options.node)?,
        What::Restore => of_worker("bench/restore.mjs")?,
    };
    Ok(match bench.args(&options.args).status()?.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
