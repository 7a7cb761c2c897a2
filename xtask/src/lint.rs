//! `cargo xtask lint`: everything that is checked without running the product.

use anyhow::Result;

use crate::build::{NATIVE, WORKER_PACKAGE, generated};
use crate::paths::{npm_bin, root};
use crate::process::{Cmd, say};
use crate::setup::{self, Kit, Need, WASM};

/// The crates that become the worker.
const LIBRARIES: [&str; 4] = [
    "pos-backup",
    "pos-backup-bridge",
    "pos-backup-record",
    WORKER_PACKAGE,
];

pub(crate) fn run() -> Result<()> {
    let kit = setup::prepare(&[Need::Toolchain, Need::Lints, Need::Node])?;
    say("checking the generated files");
    generated::check()?;
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
        .args(["clippy", "--all-targets"])
        .args(NATIVE)
        .args(["--", "-D", "warnings"])
        .run()?;
    say("clippy, for wasm32");
    let wasm = |what: &[&str]| {
        let clippy = kit.cargo().args(["clippy", "--target", WASM]).args(what);
        clippy.args(["--", "-D", "warnings"]).run()
    };
    // The tests of these run on this machine, over doubles of what a browser has.
    wasm(&[
        "--lib",
        "--package",
        "pos-backup",
        "--package",
        "pos-backup-bridge",
        "--package",
        "pos-backup-record",
    ])?;
    wasm(&["--all-targets", "--package", WORKER_PACKAGE])?;
    say("the documentation");
    kit.cargo()
        .args(["doc", "--no-deps", "--document-private-items", "--quiet"])
        // Where every module of every crate exists.
        .args(["--target", WASM])
        .args(LIBRARIES.iter().flat_map(|package| ["--package", package]))
        // It is read by developers, with the private items.
        .env(
            "RUSTDOCFLAGS",
            "-D warnings -A rustdoc::private-intra-doc-links",
        )
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
