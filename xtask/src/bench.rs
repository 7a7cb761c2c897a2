//! `cargo xtask bench`: figures of speed. They tell; they never fail.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::build;
use crate::process::Cmd;
use crate::setup::{self, Need};

#[derive(Args)]
pub(crate) struct Options {
    what: What,
    /// In Node instead of a worker of Chromium
    #[arg(long)]
    node: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The record codec beside the engine's own JSON
    Codec,
    /// Restores beside the browser's limits of reading and putting
    Restore,
}

fn codec(in_node: bool) -> Result<Cmd> {
    let bench = Cmd::new("node").arg("bench/codec.mjs");
    if in_node {
        setup::prepare(&[Need::Node])?;
        return Ok(bench);
    }
    let kit = setup::prepare(&[Need::Node, Need::Browser])?;
    Ok(kit.browser()?.apply(bench).arg("--chromium"))
}

fn restore() -> Result<Cmd> {
    let kit = setup::prepare(&[Need::WasmBindgen, Need::Node, Need::Browser])?;
    build::build_if_needed(&kit, &build::Options::default())?;
    Ok(kit
        .browser()?
        .apply(Cmd::new("node").arg("bench/restore.mjs")))
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let bench = match options.what {
        What::Codec => codec(options.node)?,
        What::Restore => restore()?,
    };
    Ok(match bench.status()?.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
