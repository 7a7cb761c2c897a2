//! `cargo xtask`: everything a developer or the CI does with this repository.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)
)]

mod bench;
mod build;
mod demo;
mod lint;
mod paths;
mod process;
mod serve;
mod setup;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Everything a developer or the CI does with pos-backup.
///
/// Each command installs what it needs by itself; nothing has to be prepared.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = ENVIRONMENT)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const ENVIRONMENT: &str = "\
Environment:
  POS_BACKUP_TOOLCHAIN  `rustup` or `debian`: where the Rust for wasm32 comes from. By default rustup's,
                        or Debian's packages when rustup cannot provide the wasm32 target
  CHROME, CHROMEDRIVER  the browser and its driver, instead of those on PATH
  FIREFOX               the other browser, likewise
  CARGO_TARGET_DIR      where builds, installed tools and results go, instead of target/
  CI                    when set, `build` refuses to change committed files";

#[derive(Subcommand)]
enum Command {
    /// Install everything the other commands need
    Setup,
    /// Write dist/: the worker, the page's client and the demo, for any static server
    Build(build::Options),
    /// Serve dist/ on localhost, built first if it is out of date
    Serve(serve::Options),
    /// Back up and restore a filled till in a real browser, and prove that nothing changed
    Demo(demo::Options),
    /// Run the tests, all or one suite, and sum them up
    Test(test::Options),
    /// Measure speed, beside its targets
    Bench(bench::Options),
    /// Check format, lints, types, documentation and generated files
    Lint,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    process::end_children_on_interrupt()?;
    match command {
        Command::Setup => setup::everything(),
        Command::Build(options) => build::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Demo(options) => return demo::run(&options),
        Command::Test(options) => return test::run(&options),
        Command::Bench(options) => return bench::run(&options),
        Command::Lint => lint::run(),
    }
    .map(|()| ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_follows_a_suite_is_handed_on() {
        let line = [
            "xtask",
            "test",
            "browser",
            "--test",
            "restore",
            "--nocapture",
        ];
        let Command::Test(options) = Cli::try_parse_from(line).unwrap().command else {
            panic!("test");
        };
        assert_eq!(options.args, ["--test", "restore", "--nocapture"]);
    }
}
