//! Archives whose documents are missing, no JSON, or of another version. All sizes, checksums and the seal
//! are right, so that nothing else is wrong.

use pos_backup::bridge::ErrorCode;
use serde_json::{Value, json};

use crate::testkit::documents::{
    MANIFEST, METADATA, PART_INDEX, SCHEMA, changed, good, invalid, settle,
};
use crate::testkit::refused::{Refused, accepted};

#[test]
fn documents_missing_or_no_json() {
    for document in [MANIFEST, METADATA, SCHEMA] {
        let code = invalid(document);
        let refused = Refused::with(code).in_entry(document);
        let mut archive = good();
        archive.remove(document);
        if document != MANIFEST {
            archive.unlist(document);
            if document == SCHEMA {
                archive.consistent();
            } else {
                archive.sum();
            }
        }
        refused.by_all_jobs("missing", &archive.sealed());
        for text in [
            "",
            "{",
            "null",
            "7",
            "\"\"",
            "[]",
            "{}",
            "{} {}",
            "{\"version\":\"1.0\"}",
            "\u{feff}{}",
        ] {
            let mut archive = good();
            *archive.content(document) = text.into();
            settle(&mut archive, document);
            refused.by_all_jobs(text, &archive.sealed());
        }
        let mut archive = good();
        archive.content(document)[5] = 0xff;
        settle(&mut archive, document);
        refused.by_all_jobs("not UTF-8", &archive.sealed());
    }
}

#[test]
fn a_document_that_is_an_array_of_its_fields() {
    let fields = json!(["1.0", 1, "", []]);
    let file = changed(MANIFEST, |manifest| *manifest = fields);
    Refused::with(ErrorCode::ManifestInvalid)
        .at("")
        .by_all_jobs("array", &file);
    let schema = good().json(SCHEMA);
    let fields = json!([schema["database"], "actionQueue", schema["stores"]]);
    let file = changed(SCHEMA, |schema| *schema = fields);
    Refused::with(ErrorCode::SchemaInvalid)
        .at("")
        .by_all_jobs("array", &file);
}

#[test]
fn versions() {
    for (version, code) in [
        (json!("2.0"), ErrorCode::FormatTooNew),
        (json!("2"), ErrorCode::FormatTooNew),
        (json!("10.3"), ErrorCode::FormatTooNew),
        (json!("0.9"), ErrorCode::ManifestInvalid),
        (json!(""), ErrorCode::ManifestInvalid),
        (json!("one"), ErrorCode::ManifestInvalid),
        (json!("-1.0"), ErrorCode::ManifestInvalid),
        (json!(2), ErrorCode::ManifestInvalid),
    ] {
        // A newer format may have any other fields.
        let file = changed(MANIFEST, |manifest| {
            *manifest = json!({ "version": version })
        });
        Refused::with(code)
            .in_entry(MANIFEST)
            .by_all_jobs(&format!("manifest {version}"), &file);
        let code = match code {
            ErrorCode::ManifestInvalid => ErrorCode::MetadataInvalid,
            code => code,
        };
        let file = changed(METADATA, |metadata| metadata["version"] = version.clone());
        Refused::with(code)
            .in_entry(METADATA)
            .by_all_jobs(&format!("metadata {version}"), &file);
    }
    let mut minor = good();
    minor.edit(METADATA, |metadata| metadata["version"] = "1.7".into());
    minor.edit(MANIFEST, |manifest| manifest["version"] = "1.12".into());
    accepted("newer minor version", &minor.consistent().sealed(), true);
}

#[test]
fn fields_that_nobody_knows_are_accepted() {
    let mut archive = good();
    archive
        .edit(MANIFEST, |manifest| {
            manifest["later"] = json!({ "a": [1] });
            manifest["entries"][PART_INDEX]["later"] = json!("x");
        })
        .edit(METADATA, |metadata| metadata["later"] = json!([null]))
        .edit(SCHEMA, |schema| {
            schema["later"] = json!(1);
            schema["database"]["later"] = json!(1);
            schema["stores"][0]["later"] = json!(1);
        });
    accepted("unknown fields", &archive.consistent().sealed(), true);
}

#[test]
fn an_object_in_a_document_that_is_an_array_of_its_fields() {
    type Change = fn(&mut Value);
    let cases: [(&str, &str, Change); 4] = [
        (SCHEMA, "/database", |schema| {
            schema["database"] = json!(["pos", 10])
        }),
        (SCHEMA, "/stores/2", |schema| {
            schema["stores"][2] = json!(["refunds", "id", false, null, []])
        }),
        (METADATA, "/omissions/0", |metadata| {
            metadata["omissions"] = json!([["refunds", 1, "", "x"]])
        }),
        (MANIFEST, "/entries/0", |manifest| {
            let entry = manifest["entries"][0].clone();
            let fields = [
                "path", "checksum", "size", "type", "table", "records", "firstKey", "lastKey",
            ];
            manifest["entries"][0] = fields.map(|field| entry[field].clone()).into();
        }),
    ];
    for (document, path, change) in cases {
        Refused::with(invalid(document))
            .at(path)
            .by_all_jobs(path, &changed(document, change));
    }
}

#[test]
fn schemas_that_no_database_can_have() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 17] = [
        ("/database/version", |schema| {
            schema["database"]["version"] = json!(0)
        }),
        ("/database/version", |schema| {
            schema["database"]["version"] = json!(1_u64 << 53)
        }),
        ("/stores/0/keyPath", |schema| {
            schema["stores"][0]["keyPath"] = json!("a b")
        }),
        ("/stores/0/keyPath", |schema| {
            schema["stores"][0]["keyPath"] = json!("id.")
        }),
        ("/stores/0/keyPath", |schema| {
            schema["stores"][0]["keyPath"] = json!("1d")
        }),
        ("/stores/0/keyPath", |schema| {
            schema["stores"][0]["keyPath"] = json!(["id", "a/b"])
        }),
        ("/stores/0/keyPath", |schema| {
            schema["stores"][0]["keyPath"] = json!([])
        }),
        ("/stores/0/autoIncrement", |schema| {
            schema["stores"][0]["keyPath"] = json!("")
        }),
        ("/stores/0/autoIncrement", |schema| {
            schema["stores"][0]["keyPath"] = json!(["id"])
        }),
        ("/stores/0/nextKey", |schema| {
            schema["stores"][0]["nextKey"] = json!(1e99)
        }),
        ("/stores/0/nextKey", |schema| {
            schema["stores"][0]["nextKey"] = json!(-5)
        }),
        ("/stores/0/nextKey", |schema| {
            schema["stores"][0]["nextKey"] = json!(1.5)
        }),
        ("/stores/0/nextKey", |schema| {
            schema["stores"][0]["nextKey"] = json!(0)
        }),
        ("/stores/0/indexes/0/keyPath", |schema| {
            schema["stores"][0]["indexes"] =
                json!([{ "name": "a", "keyPath": "a-b", "unique": false, "multiEntry": false }]);
        }),
        ("/stores/0/indexes/0/keyPath", |schema| {
            schema["stores"][0]["indexes"] =
                json!([{ "name": "a", "keyPath": [], "unique": false, "multiEntry": false }]);
        }),
        ("/stores/0/indexes/0/multiEntry", |schema| {
            schema["stores"][0]["indexes"] =
                json!([{ "name": "a", "keyPath": ["a"], "unique": false, "multiEntry": true }]);
        }),
        ("/stores/0/indexes/1/name", |schema| {
            let index =
                json!({ "name": "a", "keyPath": "a", "unique": false, "multiEntry": false });
            schema["stores"][0]["indexes"] = json!([index, index]);
        }),
    ];
    for (path, change) in cases {
        let file = changed(SCHEMA, change);
        Refused::with(ErrorCode::SchemaInvalid)
            .in_entry(SCHEMA)
            .at(path)
            .by_all_jobs(path, &file);
    }
}
