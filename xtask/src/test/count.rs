//! How many tests passed and failed, read from what the runners print.

use serde::Deserialize;

use crate::process::Finished;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

/// The sums in vitest's report. The names of the tests stay unread: in them may be lone surrogates,
/// which are no text in Rust.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestReport {
    num_passed_tests: u64,
    num_failed_tests: u64,
    num_failed_test_suites: u64,
}

impl Count {
    /// A runner that gave no result: it crashed, hung, or could not be built.
    pub(super) fn failure() -> Self {
        Self {
            passed: 0,
            failed: 1,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }

    /// The sum of all `test result:` lines, as cargo's and wasm-bindgen's runners print them.
    pub(super) fn of_test_results(output: &str) -> Self {
        output
            .lines()
            .filter_map(|line| line.trim().strip_prefix("test result: "))
            .fold(Self::default(), |sum, line| {
                sum.plus(Self {
                    passed: number_before(line, " passed"),
                    failed: number_before(line, " failed"),
                })
            })
    }

    /// The report that vitest writes as JSON.
    pub(super) fn of_vitest(report: &str) -> serde_json::Result<Self> {
        let report: VitestReport = serde_json::from_str(report)?;
        // A file that cannot even be loaded fails without a failing test.
        let failed_files = u64::from(report.num_failed_test_suites > 0);
        Ok(Self {
            passed: report.num_passed_tests,
            failed: report.num_failed_tests.max(failed_files),
        })
    }

    /// The end of what Node's test runner prints, `# pass 3` or `ℹ pass 3`; of all runners, if there
    /// was more than one.
    pub(super) fn of_node(output: &str) -> Option<Self> {
        let output = without_colors(output);
        let sum = |what: &str| {
            let numbers = output.lines().filter_map(|line| {
                let (mark, rest) = line.split_once(' ')?;
                let number = rest.strip_prefix(what)?.trim().parse().ok()?;
                (mark == "#" || mark == "ℹ").then_some(number)
            });
            numbers.reduce(|sum: u64, number| sum + number)
        };
        let cancelled = sum("cancelled").unwrap_or(0);
        Some(Self {
            passed: sum("pass")?,
            failed: sum("fail")? + cancelled,
        })
    }

    /// A last line that is a sum as we print it: `128 passed, 0 failed`.
    pub(super) fn of_last_line(output: &str) -> Option<Self> {
        let (passed, failed) = output.trim_end().lines().last()?.split_once(" passed, ")?;
        Some(Self {
            passed: passed.parse().ok()?,
            failed: failed.strip_suffix(" failed")?.parse().ok()?,
        })
    }

    /// A runner that ended badly has failed, even if no test has.
    pub(super) fn of(self, finished: &Finished) -> Self {
        let Some(failure) = &finished.failure else {
            return self;
        };
        println!("the runner ended with: {failure}");
        Self {
            failed: self.failed.max(1),
            ..self
        }
    }

    /// A suite without a test is broken: nothing can pass or fail any more.
    pub(super) fn or_failure_if_empty(self, suite: &str) -> Self {
        if self != Self::default() {
            return self;
        }
        println!("no test of `{suite}` has run");
        Self::failure()
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The text without the escape sequences of a terminal's colors.
fn without_colors(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

/// The number in front of a word, 0 if there is none.
fn number_before(line: &str, word: &str) -> u64 {
    let Some((before, _)) = line.split_once(word) else {
        return 0;
    };
    let number = before.rsplit(|c: char| !c.is_ascii_digit()).next();
    number.unwrap_or_default().parse().unwrap_or(0)
}

/// What to say of a runner that was cut off before it printed its sum.
pub(super) fn no_sum(finished: &Finished) -> String {
    let why = finished.failure.as_deref().unwrap_or("yet it ended well");
    format!("the runner has printed no sum: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(passed: u64, failed: u64) -> Count {
        Count { passed, failed }
    }

    #[test]
    fn all_results_of_cargo_are_summed_up() {
        let output = "running 2 tests\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; \
                      0 filtered out; finished in 0.01s\n\ntest result: FAILED. 3 passed; 2 failed; \
                      0 ignored; 0 measured; 0 filtered out; finished in 1.21s\n";
        assert_eq!(Count::of_test_results(output), count(15, 2));
        assert_eq!(
            Count::of_test_results("error: could not compile"),
            count(0, 0)
        );
    }

    #[test]
    fn vitest_is_read() {
        let report = r#"{ "numPassedTests": 41, "numFailedTests": 2, "numFailedTestSuites": 1,
            "testResults": [{ "title": "keeps \ud800" }] }"#;
        assert_eq!(Count::of_vitest(report).unwrap(), count(41, 2));
        assert!(Count::of_vitest("{}").is_err());
    }

    #[test]
    fn a_file_that_vitest_cannot_load_is_a_failure() {
        let report = r#"{ "numPassedTests": 41, "numFailedTests": 0, "numFailedTestSuites": 1 }"#;
        assert_eq!(Count::of_vitest(report).unwrap(), count(41, 1));
    }

    #[test]
    fn both_reports_of_node_are_read() {
        let tap = "# tests 5\n# suites 1\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 0\n";
        assert_eq!(Count::of_node(tap), Some(count(3, 2)));
        let spec = "ℹ tests 2\nℹ pass 2\nℹ fail 0\nℹ cancelled 0\n";
        assert_eq!(Count::of_node(spec), Some(count(2, 0)));
        let colored = "\u{1b}[34mℹ pass 2\u{1b}[39m\n\u{1b}[34mℹ fail 1\u{1b}[39m\n";
        assert_eq!(Count::of_node(colored), Some(count(2, 1)));
        assert_eq!(
            Count::of_node(&format!("{spec}  ℹ pass 9\n{tap}")),
            Some(count(5, 2)),
            "two runners, and what a test says"
        );
        assert_eq!(Count::of_node("SyntaxError"), None);
    }

    #[test]
    fn a_crash_is_a_failure_even_when_all_tests_passed() {
        let crashed = Finished {
            stdout: String::new(),
            failure: Some("signal: 9".to_owned()),
        };
        assert_eq!(count(7, 0).of(&crashed), count(7, 1));
        assert_eq!(count(7, 2).of(&crashed), count(7, 2));
    }

    #[test]
    fn a_suite_that_ran_nothing_is_a_failure() {
        assert_eq!(count(0, 0).or_failure_if_empty("unit"), count(0, 1));
        assert_eq!(count(1, 0).or_failure_if_empty("unit"), count(1, 0));
    }

    #[test]
    fn the_last_line_has_its_form() {
        assert_eq!(count(128, 0).to_string(), "128 passed, 0 failed");
        let of_last_line = |output| Count::of_last_line(output);
        assert_eq!(
            of_last_line("a table\n12 passed, 3 failed\n"),
            Some(count(12, 3))
        );
        assert_eq!(of_last_line("12 passed, 3 failed\nerror"), None);
    }
}
