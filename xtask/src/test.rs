//! `cargo xtask test`: every suite, summed up.

mod browser;
mod count;
mod e2e;
mod fidelity;
mod kill;
mod native;
mod unit;
mod vitest;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::process::say;
use crate::setup::{self, Kit, Need};
use count::Count;

#[derive(Args)]
pub(crate) struct Options {
    /// The suite; all of them when left out
    suite: Option<Suite>,
    /// Handed to the suite's runner: the name of a test, or what its help says
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Suite {
    /// The engine and xtask, on this machine (cargo test)
    Native,
    /// The parts in TypeScript and JavaScript (vitest)
    Unit,
    /// The worker's adapters in a dedicated worker (wasm-pack test)
    Browser,
    /// Every kind of value, backed up and restored in Chromium and Firefox
    Fidelity,
    /// Restores that are cut off at random moments: the browser is killed, the page closed, the worker broken. `--rounds
    /// N` sets how often, 30 by default
    Kill,
    /// The page, the worker and the browser as a whole (playwright-core)
    // Last: its runner ends with what failed, and the end of a log is what is read.
    E2e,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let suites = match options.suite {
        Some(suite) => vec![suite],
        None => Suite::value_variants().to_vec(),
    };
    let kit = setup::prepare(&needs(&suites))?;
    let mut total = Count::default();
    for suite in suites {
        println!("\n=== {} ===", suite.name());
        let count = suite.run(&kit, &options.args).unwrap_or_else(|error| {
            println!("error: {error:#}");
            Count::failure()
        });
        say(format!("{}: {count}", suite.name()));
        total = total.plus(count);
    }
    // Read by the CI: the last line of the output, in exactly this form.
    println!("{total}");
    Ok(match total.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn needs(suites: &[Suite]) -> Vec<Need> {
    let mut needs = vec![Need::Toolchain];
    for suite in suites {
        needs.extend_from_slice(suite.needs());
    }
    needs
}

impl Suite {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn needs(self) -> &'static [Need] {
        match self {
            Self::Native => &[],
            Self::Unit => &[Need::Node, Need::Browser],
            Self::Browser => &[Need::WasmBindgen, Need::WasmPack, Need::Node, Need::Browser],
            Self::Kill => &[Need::WasmBindgen, Need::Node, Need::Browser],
            Self::E2e => &[
                Need::WasmBindgen,
                Need::Node,
                Need::Browser,
                Need::ArchiveCheck,
            ],
            Self::Fidelity => &[
                Need::WasmBindgen,
                Need::Node,
                Need::Browser,
                Need::Firefox,
                Need::ArchiveCheck,
            ],
        }
    }

    fn run(self, kit: &Kit, args: &[String]) -> Result<Count> {
        match self {
            Self::Native => native::run(kit, args),
            Self::Unit => unit::run(kit, args),
            Self::Browser => browser::run(kit, args),
            Self::Kill => kill::run(kit, args),
            Self::E2e => e2e::run(kit, args),
            Self::Fidelity => fidelity::run(kit, args),
        }
    }
}
