//! What a person should know before a restore.

use pos_backup_bridge::{
    AppVersions, ErrorCode, MigrationReport, SalvageReport, VersionOrder, Warning,
};

use super::lacks_files;

/// What a person should know before a restore.
pub(super) struct Warned<'a> {
    pub(super) app_version: &'a AppVersions,
    pub(super) untouched: &'a [String],
    pub(super) migration: &'a MigrationReport,
    pub(super) salvage: Option<&'a SalvageReport>,
    /// Whether files are restored too, and the archive has some.
    pub(super) with_files: bool,
    pub(super) says_others: bool,
    pub(super) is_sealed: bool,
}

impl Warned<'_> {
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let warning = |message: &str, table: Option<&String>| Warning {
            code: None,
            message: message.to_owned(),
            table: table.cloned(),
        };
        let mut warnings = Vec::new();
        if let Some(salvage) = self.salvage {
            let missing = salvage.missing.len() as u64 + salvage.unlisted;
            let message = match (missing, salvage.complete) {
                (0, true) => {
                    "The archive is damaged, but nothing of what it holds is lost.".to_owned()
                }
                (_, true) => format!(
                    "The archive is damaged. Pieces of it that cannot be brought back: {missing}. What is there in their place stays."
                ),
                (_, false) => format!(
                    "The archive is damaged. Pieces of it that cannot be brought back: {missing}, and perhaps more that nobody can tell any more. What is there in their place stays."
                ),
            };
            warnings.push(Warning {
                code: Some(ErrorCode::ArchiveDamaged),
                message,
                table: None,
            });
            if self.with_files && lacks_files(salvage, self.says_others) {
                let message = "Files of the archive may be missing. In their place come those that the page says it has; where it does not say, no file is touched.";
                warnings.push(warning(message, None));
            }
        }
        let AppVersions {
            archive,
            app,
            archive_is,
        } = self.app_version;
        if *archive_is == VersionOrder::Newer {
            let message = format!(
                "The archive was made by a newer version of the app: {archive}. This is {app}."
            );
            warnings.push(warning(&message, None));
        }
        warnings.extend(self.untouched.iter().map(|table| {
            let message = "The archive does not hold this table; it stays as it is.";
            warning(message, Some(table))
        }));
        for table in &self.migration.tables {
            if table.table.is_none() && table.records > 0 {
                let message = "A migration leaves this table of the archive out.";
                warnings.push(warning(message, table.archived.as_ref()));
            }
            let (removed, records) = (table.removed, table.records);
            if removed > 0 {
                let message = match removed == records {
                    true => format!(
                        "A migration leaves out all {records} records of this table. Does its function give the new value back?"
                    ),
                    false => format!(
                        "A migration leaves out {removed} of the {records} records of this table."
                    ),
                };
                warnings.push(warning(&message, table.table.as_ref()));
            }
        }
        if !self.is_sealed {
            let message = "The archive was packed anew by another tool. Its contents are whole.";
            warnings.push(warning(message, None));
        }
        warnings
    }
}
