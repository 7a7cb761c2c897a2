//! docs/errors.md: the error codes as a page for those who write an app.

use std::fmt::Write;

use pos_backup_bridge::{ErrorCode, Fault};

const INTRODUCTION: &str = "\
<!-- Generated from bridge/src/error.rs by `cargo xtask build`. Do not edit. -->
# Error codes

Every failure is a `BackupError`. Decide by its `code`, which is stable; its `message` says what happened, its `context`
where, and its `hint` what to do. A case that the code's hint would mislead has one of its own.

The hints of the call and of the data speak to the developer, and so do those of `DATABASE_MISMATCH` and `WORKER_FAILED`. The
others can be shown to a person as they are.

*Retry* is the error's `retryable`: the same call may succeed later with nothing changed.

`CANCELLED` is the client's own: the job was ended by `cancel()`, by its signal or by `close()`, and everything is as it was
before. A newer worker may give codes that are not listed here.
";

const SECTIONS: [(Fault, &str); 5] = [
    (Fault::Call, "The call is wrong"),
    (Fault::Archive, "The archive cannot be used"),
    (Fault::Data, "The data cannot be kept"),
    (Fault::Machine, "The machine lacks or refuses something"),
    (Fault::Software, "This software has a defect"),
];

pub(super) fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (fault, title) in SECTIONS {
        let _ = write!(
            page,
            "\n## {title}\n\n| code | when | what to do | retry |\n|---|---|---|---|\n"
        );
        for code in ErrorCode::ALL.iter().filter(|code| code.fault() == fault) {
            let retry = if code.retryable() { "yes" } else { "no" };
            let _ = writeln!(
                page,
                "| {} | {} | {} | {retry} |",
                name(*code),
                code.meaning(),
                code.hint()
            );
        }
    }
    page
}

/// As it stands in a message.
fn name(code: ErrorCode) -> String {
    let word = serde_json::to_value(code).unwrap_or_default();
    format!("`{}`", word.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_row() {
        let page = page();
        for code in ErrorCode::ALL {
            assert_eq!(
                page.matches(&format!("\n| {} | ", name(*code))).count(),
                1,
                "{code}",
                code = name(*code)
            );
        }
    }
}
