//! `cargo xtask demo`: the main job, in a real browser.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::build;
use crate::process::{Cmd, asks_for_help};
use crate::serve::Server;
use crate::setup::{self, Need};

#[derive(Args)]
pub(crate) struct Options {
    /// Handed to the demo, for example `-- --help`
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let demo = Cmd::new("npm")
        .args(["run", "demo", "--silent", "--workspace", "tests/e2e", "--"])
        .args(&options.args);
    if asks_for_help(&options.args) {
        setup::prepare(&[Need::Node])?;
        return exit_code(demo);
    }
    let kit = setup::prepare(&[
        Need::Toolchain,
        Need::WasmBindgen,
        Need::Node,
        Need::Browser,
        Need::ArchiveCheck,
    ])?;
    build::build_if_needed(&kit, &build::Options::default())?;
    let url = Server::bind(0)?.run_in_background();
    exit_code(kit.browser()?.apply(demo).env("POS_BACKUP_URL", url))
}

fn exit_code(demo: Cmd) -> Result<ExitCode> {
    let code = demo.status()?.code();
    let code = code.and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
