//! `cargo xtask lint`: everything that is checked without running the product.

use anyhow::Result;

use crate::build::protocol;
use crate::paths::{npm_bin, root};
use crate::process::{Cmd, say};
use crate::setup::{self, Kit, Need, WASM};

/// The crates that become wasm.
const WASM_PACKAGES: [&str; 3] = ["pos-backup", "pos-backup-bridge", "pos-backup-worker"];

pub(crate) fn run() -> Result<()> {
    let kit = setup::prepare(&[Need::Toolchain, Need::Lints, Need::Node])?;
    say("checking the generated TypeScript");
    protocol::check()?;
    rust(&kit)?;
    typescript()?;
    say("no complaints");
    Ok(())
}

fn rust(kit: &Kit) -> Result<()> {
    say("checking the format");
    kit.cargo()
        .args(["fmt", "--all", "--check"])
        .hint("`cargo fmt --all` formats everything")
        .run()?;
    say("clippy, for this machine");
    kit.cargo()
        .args(["clippy", "--workspace", "--all-targets"])
        .args(["--", "-D", "warnings"])
        .run()?;
    say("clippy, for wasm32");
    kit.cargo()
        .args(["clippy", "--target", WASM, "--all-targets"])
        .args(
            WASM_PACKAGES
                .iter()
                .flat_map(|package| ["--package", package]),
        )
        .args(["--", "-D", "warnings"])
        .run()?;
    say("the documentation");
    kit.cargo()
        .args(["doc", "--workspace", "--no-deps", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}

fn typescript() -> Result<()> {
    say("the types of TypeScript");
    Cmd::new("npm")
        .args(["run", "check", "--silent", "--workspaces", "--if-present"])
        .run()?;
    // The worker's own JavaScript belongs to a crate, not to an npm package.
    if root().join("worker/js/tsconfig.json").exists() {
        Cmd::new(npm_bin("tsc"))
            .args(["--noEmit", "--project", "worker/js"])
            .run()?;
    }
    Ok(())
}
