//! `cargo xtask build`: dist/, a directory for any static server.

pub(crate) mod generated;

mod dist;
mod wasm;

use std::env;
use std::path::Path;

use anyhow::Result;
use clap::Args;

use crate::process::{Cmd, say};
use crate::setup::{self, Kit, Need};

/// The crate that becomes the worker.
pub(crate) const WORKER_PACKAGE: &str = "pos-backup-worker";

/// For cargo: every crate that compiles for this machine. The worker names browser types, which
/// are for wasm32 alone.
pub(crate) const NATIVE: [&str; 3] = ["--workspace", "--exclude", WORKER_PACKAGE];

/// What a build needs.
pub(crate) const NEEDS: [Need; 3] = [Need::Toolchain, Need::WasmBindgen, Need::Node];

#[derive(Args, Clone, Default)]
#[group(id = "build")]
pub(crate) struct Options {
    /// Build the worker without optimizations: faster to build, slower to run
    #[arg(long)]
    dev: bool,
    /// Leave out wasm-opt, which takes some seconds to make compression about 8 % faster
    #[arg(long)]
    no_opt: bool,
}

impl Options {
    fn optimizes(&self) -> bool {
        !self.dev && !self.no_opt
    }

    /// What tells builds with different options apart.
    fn kind(&self) -> &'static str {
        match (self.dev, self.no_opt) {
            (true, _) => "dev",
            (false, true) => "release without wasm-opt",
            (false, false) => "release",
        }
    }
}

/// `cargo xtask build`
pub(crate) fn run(options: &Options) -> Result<()> {
    let kit = setup::prepare(&NEEDS)?;
    build(&kit, options)?;
    dist::print_sizes()
}

/// Builds dist/ unless it is newer than everything it is made of.
pub(crate) fn build_if_needed(kit: &Kit, options: &Options) -> Result<()> {
    if dist::is_current(options.kind())? {
        say("dist/ is up to date");
        return Ok(());
    }
    build(kit, options)
}

fn build(kit: &Kit, options: &Options) -> Result<()> {
    match env::var_os("CI") {
        Some(_) => generated::check()?,
        None => generated::write()?,
    }
    let started = std::time::SystemTime::now();
    let staging = dist::Staging::new()?;
    wasm::build(kit, options, staging.dir())?;

    say("building the page's client");
    npm_build("bridge/client", staging.dir())?;
    say("building the demo");
    npm_build("static", staging.dir())?;

    staging.swap_in(options.kind(), started)
}

fn npm_build(workspace: &str, out: &Path) -> Result<()> {
    Cmd::new("npm")
        .args(["run", "build", "--silent", "--workspace", workspace])
        .env("POS_BACKUP_OUT_DIR", out)
        .run()
}
