//! `cargo xtask bench`: figures of speed. They tell; they never fail.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

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
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let What::Codec = options.what;
    let bench = Cmd::new("node").arg("bench/codec.mjs");
    let bench = if options.node {
        setup::prepare(&[Need::Node])?;
        bench
    } else {
        let kit = setup::prepare(&[Need::Node, Need::Browser])?;
        kit.browser()?.apply(bench).arg("--chromium")
    };
    Ok(match bench.status()?.success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}
