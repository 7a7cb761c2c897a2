//! The worker: Rust to wasm, and its glue and start into one ES module.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Options, WORKER_PACKAGE};
use crate::paths::{self, npm_bin, root};
use crate::process::{Cmd, say};
use crate::setup::{Kit, WASM};

/// The crate's name as a file name.
const NAME: &str = "pos_backup_worker";

/// The module that starts the worker.
const START: &str = "worker/js/start.js";

/// Measured: deflate runs 8 % faster than without, and the file is 5 % smaller. Higher levels are no
/// faster, take two to three times as long, and what they write compresses worse.
const WASM_OPT_LEVEL: &str = "-O1";

/// Writes `worker.js` and the wasm beside it into `out`.
pub(super) fn build(kit: &Kit, options: &Options, out: &Path) -> Result<()> {
    say(format!("building the worker ({})", options.kind()));
    let profile = if options.dev { "dev" } else { "release" };
    kit.cargo()
        .args(["build", "--package", WORKER_PACKAGE, "--target", WASM])
        .args(["--profile", profile])
        .run()?;
    let profile_dir = if options.dev { "debug" } else { "release" };
    let compiled = paths::target().join(WASM).join(profile_dir);

    let glue = generate_glue(kit, options, &compiled.join(NAME).with_extension("wasm"))?;
    let wasm = format!("{NAME}_bg.wasm");
    if options.optimizes() {
        optimize(&glue.join(&wasm), &out.join(&wasm))?;
    } else {
        fs::copy(glue.join(&wasm), out.join(&wasm))?;
    }
    bundle(&glue, options, &out.join("worker.js"))
}

fn generate_glue(kit: &Kit, options: &Options, wasm: &Path) -> Result<PathBuf> {
    let glue = paths::target().join("wasm-bindgen");
    if glue.exists() {
        fs::remove_dir_all(&glue).context("removing the glue of the last build")?;
    }
    let mut command = kit
        .wasm_bindgen()?
        // The start names the wasm file itself, so that a bundler leaves it alone.
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--omit-default-module-path",
        ])
        .arg("--out-dir")
        .arg(&glue);
    if !options.dev {
        command = command.args(["--remove-name-section", "--remove-producers-section"]);
    }
    command.arg(wasm).run()?;
    Ok(glue)
}

fn optimize(from: &Path, to: &Path) -> Result<()> {
    Cmd::new(npm_bin("wasm-opt"))
        .arg(WASM_OPT_LEVEL)
        .arg(from)
        .arg("-o")
        .arg(to)
        .hint("`--no-opt` builds without it")
        .run()
}

fn bundle(glue: &Path, options: &Options, out: &Path) -> Result<()> {
    // It imports the glue from its own directory, wherever cargo's target directory is.
    let start = glue.join("start.js");
    fs::copy(root().join(START), &start).with_context(|| format!("copying {START}"))?;
    let mut command = Cmd::new(npm_bin("rolldown"))
        .arg(&start)
        .args([
            "--format",
            "esm",
            "--platform",
            "browser",
            "--logLevel",
            "warn",
        ])
        .arg("--file")
        .arg(out);
    if !options.dev {
        command = command.arg("--minify");
    }
    command.run()
}
