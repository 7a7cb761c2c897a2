//! What becomes of each table of an archive on its way through migrations.

use pos_backup_bridge::{
    Error, ErrorCode, Migration, MigrationStep, Result, Schema, SchemaVersions,
};

use crate::codec::{Function, Operation};

/// The way of one table.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::jobs) struct Route {
    /// Its name in the archive; `None` when a migration adds it.
    pub(in crate::jobs) archived: Option<String>,
    /// Its name in the database; `None` when a migration leaves it out.
    pub(in crate::jobs) table: Option<String>,
    /// What is done to its records.
    pub(in crate::jobs) operations: Vec<Operation>,
}

/// The migrations from one schema version to a later one, in order.
///
/// # Errors
///
/// `MIGRATION_MISSING`, with the version from which none leads on.
pub(in crate::jobs) fn chain(all: &[Migration], from: u64, to: u64) -> Result<Vec<&Migration>> {
    let mut chain = Vec::new();
    let mut version = from;
    while version < to {
        let next = all
            .iter()
            .find(|migration| migration.from == version && migration.to <= to);
        let Some(next) = next else {
            let known = all.iter().map(|m| format!("{} to {}", m.from, m.to));
            return Err(Error::new(
                ErrorCode::MigrationMissing,
                format!("The archive is older than the app's database, and no migration leads from schema version {version} towards {to}."),
            )
            .expected(
                format!("a migration from schema version {version}, to {to} at most"),
                known.collect::<Vec<_>>(),
            ));
        };
        version = next.to;
        chain.push(next);
    }
    Ok(chain)
}

/// The ways of an archive's tables: those in its schema, in that order, and then those that are added.
///
/// # Errors
///
/// `MIGRATION_FAILED` for a step about a table that is not there then, or that gives two tables one name. Of an archive of
/// some tables a step about another one is none.
pub(in crate::jobs) fn routes(schema: &Schema, chain: &[&Migration]) -> Result<Vec<Route>> {
    let tables = schema.stores.iter().map(|store| Route {
        archived: Some(store.name.clone()),
        table: Some(store.name.clone()),
        operations: Vec::new(),
    });
    let mut routes: Vec<_> = tables.collect();
    for migration in chain {
        let versions = SchemaVersions {
            from: migration.from,
            to: migration.to,
        };
        for (number, step) in migration.steps.iter().enumerate() {
            let faulty = |message: &str, expected: Vec<String>| {
                Error::new(ErrorCode::MigrationFailed, message)
                    .in_table(step.table())
                    .with(|c| c.path = Some(format!("/steps/{number}")))
                    .expected(expected, step.table())
                    .with(|c| c.migration = Some(versions))
            };
            let names = routes.iter().filter_map(|route| route.table.clone());
            let names: Vec<_> = names.collect();
            let new_name = match step {
                MigrationStep::RenameTable { to, .. } => Some(to),
                MigrationStep::AddTable { table } => Some(table),
                _ => None,
            };
            if new_name.is_some_and(|name| names.contains(name)) {
                let message = "A migration gives a table a name that another one has.";
                return Err(faulty(message, names));
            }
            if let MigrationStep::AddTable { table } = step {
                // Of a table that nobody asked for, an archive of some tables says nothing.
                if schema.partial {
                    continue;
                }
                routes.push(Route {
                    archived: None,
                    table: Some(table.clone()),
                    operations: Vec::new(),
                });
                continue;
            }
            let is_meant = |route: &&mut Route| route.table.as_deref() == Some(step.table());
            let Some(route) = routes.iter_mut().find(is_meant) else {
                if schema.partial {
                    continue;
                }
                let message = "A migration is about a table that is not there at its version.";
                return Err(faulty(message, names));
            };
            match step {
                MigrationStep::RenameTable { to, .. } => route.table = Some(to.clone()),
                MigrationStep::DropTable { .. } => route.table = None,
                step => route.operations.push(Operation::Step(step.clone())),
            }
        }
        if let Some(module) = &migration.module {
            for route in &mut routes {
                let Some(table) = &route.table else { continue };
                route.operations.push(Operation::Function(Function {
                    module: module.clone(),
                    table: table.clone(),
                    from: migration.from,
                    to: migration.to,
                }));
            }
        }
    }
    // What a migration has added and another one left out again has never been there.
    routes.retain(|route| route.archived.is_some() || route.table.is_some());
    Ok(routes)
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use pos_backup_bridge::{DatabaseSchema, StoreSchema};

    use super::*;

    fn schema(names: &[&str], partial: bool) -> Schema {
        let stores = names.iter().map(|name| StoreSchema {
            name: (*name).to_owned(),
            key_path: None,
            auto_increment: false,
            next_key: None,
            indexes: Vec::new(),
        });
        Schema {
            database: DatabaseSchema {
                name: "pos".to_owned(),
                version: 1,
            },
            action_queue: None,
            stores: stores.collect(),
            partial,
        }
    }

    fn migration(from: u64, to: u64, steps: Vec<MigrationStep>) -> Migration {
        Migration {
            from,
            to,
            steps,
            module: None,
        }
    }

    fn rename(table: &str, to: &str) -> MigrationStep {
        MigrationStep::RenameTable {
            table: table.to_owned(),
            to: to.to_owned(),
        }
    }

    fn drop_field(table: &str, field: &str) -> MigrationStep {
        MigrationStep::DropField {
            table: table.to_owned(),
            field: field.to_owned(),
        }
    }

    #[test]
    fn a_chain_goes_from_version_to_version() {
        let all = [
            migration(3, 4, Vec::new()),
            migration(1, 3, Vec::new()),
            migration(4, 7, Vec::new()),
        ];
        let versions = |from, to| {
            chain(&all, from, to)
                .map(|chain| chain.iter().map(|m| (m.from, m.to)).collect::<Vec<_>>())
        };
        assert_eq!(versions(1, 4).expect("a way"), [(1, 3), (3, 4)]);
        assert_eq!(versions(3, 7).expect("a way"), [(3, 4), (4, 7)]);
        assert_eq!(versions(4, 4).expect("no way"), []);
        for (from, to, at) in [(1, 5, 4), (2, 7, 2), (1, 8, 7)] {
            let error = versions(from, to).expect_err("a gap");
            assert_eq!(error.code, ErrorCode::MigrationMissing);
            assert!(
                error
                    .message
                    .contains(&format!("version {at} towards {to}"))
            );
        }
    }

    #[test]
    fn a_table_is_followed_through_its_names() {
        let first = migration(
            1,
            2,
            vec![
                drop_field("items", "/a"),
                rename("items", "goods"),
                drop_field("goods", "/b"),
            ],
        );
        let function = Migration {
            module: Some("m.js".to_owned()),
            ..migration(2, 3, vec![rename("goods", "products")])
        };
        let routes = routes(&schema(&["items"], false), &[&first, &function]).expect("a way");
        let called = Operation::Function(Function {
            module: "m.js".to_owned(),
            table: "products".to_owned(),
            from: 2,
            to: 3,
        });
        let route = routes.first().expect("a route");
        assert_eq!(route.archived.as_deref(), Some("items"));
        assert_eq!(route.table.as_deref(), Some("products"));
        assert_eq!(
            route.operations,
            [
                Operation::Step(drop_field("items", "/a")),
                Operation::Step(drop_field("goods", "/b")),
                called,
            ]
        );
    }

    #[test]
    fn tables_come_and_go() {
        let add = |table: &str| MigrationStep::AddTable {
            table: table.to_owned(),
        };
        let leave_out = |table: &str| MigrationStep::DropTable {
            table: table.to_owned(),
        };
        let migration = migration(
            1,
            2,
            vec![
                leave_out("a"),
                rename("b", "a"),
                add("b"),
                add("c"),
                leave_out("c"),
            ],
        );
        let routes = routes(&schema(&["a", "b"], false), &[&migration]).expect("a way");
        let names: Vec<_> = routes
            .iter()
            .map(|route| (route.archived.as_deref(), route.table.as_deref()))
            .collect();
        assert_eq!(
            names,
            [(Some("a"), None), (Some("b"), Some("a")), (None, Some("b"))]
        );
    }

    #[test]
    fn a_step_about_nothing_is_a_mistake() {
        for step in [
            drop_field("prodcuts", "/a"),
            rename("products", "orders"),
            MigrationStep::AddTable {
                table: "orders".to_owned(),
            },
        ] {
            let faulty = migration(1, 2, vec![step]);
            let names = ["products", "orders"];
            let error = routes(&schema(&names, false), &[&faulty]).expect_err("a mistake");
            assert_eq!(error.code, ErrorCode::MigrationFailed);
            assert_eq!(error.context.path.as_deref(), Some("/steps/0"));
        }
        let of_others = migration(1, 2, vec![drop_field("orders", "/a")]);
        let of_some = schema(&["products"], true);
        routes(&of_some, &[&of_others]).expect("an archive of some tables");
        let adding = MigrationStep::AddTable {
            table: "customers".to_owned(),
        };
        let adding = migration(1, 2, vec![adding]);
        let routes = routes(&of_some, &[&adding]).expect("an archive of some tables");
        assert_eq!(routes.len(), 1, "nothing is emptied that was not asked for");
    }
}
