//! Every field of every document with a value of every wrong type.

use pos_backup::bridge::ErrorCode;
use serde_json::{Value, json};

use crate::testkit::documents::{MANIFEST, METADATA, PART_INDEX, SCHEMA, changed, invalid};
use crate::testkit::refused::Refused;

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    /// Any number.
    Number,
    /// A whole number that is not negative.
    Count,
    Flag,
    List,
    Object,
    /// A string, a list of strings or null.
    KeyPath,
}

/// A value of each wrong type for a field of this kind.
fn wrong_values(kind: Kind) -> Vec<Value> {
    let all = [
        (Value::Null, &[Kind::KeyPath][..]),
        (json!(true), &[Kind::Flag]),
        (json!(7), &[Kind::Number, Kind::Count]),
        (json!(-1), &[Kind::Number]),
        (json!(1.5), &[Kind::Number]),
        (json!(1e30), &[Kind::Number]),
        (json!("x"), &[Kind::Text, Kind::KeyPath]),
        (json!([]), &[Kind::List, Kind::KeyPath]),
        (json!({}), &[Kind::Object]),
    ];
    all.into_iter()
        .filter(|(_, kinds)| !kinds.contains(&kind))
        .map(|(value, _)| value)
        .collect()
}

fn every_wrong_type(document: &str, fields: &[(&str, Kind)], prepare: fn(&mut Value)) {
    for (field, kind) in fields {
        for value in wrong_values(*kind) {
            let file = changed(document, |whole| {
                prepare(whole);
                *whole
                    .pointer_mut(field)
                    .unwrap_or_else(|| panic!("no {field}")) = value.clone();
            });
            Refused::with(invalid(document))
                .in_entry(document)
                .at(field)
                .by_all_jobs(&format!("{document}{field} is {value}"), &file);
        }
        let (parent, name) = field.rsplit_once('/').expect("a pointer");
        let file = changed(document, |whole| {
            prepare(whole);
            let parent = whole.pointer_mut(parent).expect("the parent");
            parent.as_object_mut().expect("an object").remove(name);
        });
        // A key path may be absent, and a table of the metadata is no field.
        if *kind != Kind::KeyPath && parent != "/tables" {
            Refused::with(invalid(document))
                .in_entry(document)
                .at(field)
                .by_all_jobs(&format!("{document} without {field}"), &file);
        }
    }
}

#[test]
fn manifest_fields_of_a_wrong_type() {
    let fields = [
        ("/version", Kind::Text),
        ("/timestamp", Kind::Number),
        ("/checksum", Kind::Text),
        ("/entries", Kind::List),
    ];
    every_wrong_type(MANIFEST, &fields, |_| {});
    let place = |field: &str| format!("/entries/{PART_INDEX}/{field}");
    let of_part = [
        (place("path"), Kind::Text),
        (place("checksum"), Kind::Text),
        (place("size"), Kind::Count),
        (place("table"), Kind::Text),
        (place("records"), Kind::Count),
    ];
    for (field, kind) in &of_part {
        every_wrong_type(MANIFEST, &[(field, *kind)], |_| {});
    }
    for value in [
        json!(7),
        json!(null),
        json!("x"),
        json!([]),
        json!({}),
        json!({ "file": null }),
    ] {
        let file = changed(MANIFEST, |manifest| {
            manifest["entries"][PART_INDEX]["type"] = value.clone()
        });
        let place = place("type");
        let refused = Refused::with(ErrorCode::ManifestInvalid)
            .in_entry(MANIFEST)
            .at(&place);
        refused.by_all_jobs(&format!("type {value}"), &file);
    }
    for value in [json!(7), json!(null), json!("x"), json!([])] {
        let file = changed(MANIFEST, |manifest| manifest["entries"][0] = value.clone());
        Refused::with(ErrorCode::ManifestInvalid)
            .in_entry(MANIFEST)
            .at("/entries/0")
            .by_all_jobs(&format!("entry {value}"), &file);
    }
}

#[test]
fn metadata_fields_of_a_wrong_type() {
    let fields = [
        ("/version", Kind::Text),
        ("/id", Kind::Text),
        ("/timestamp", Kind::Number),
        ("/appVersion", Kind::Text),
        ("/schemaVersion", Kind::Count),
        ("/database", Kind::Text),
        ("/checksum", Kind::Text),
        ("/size", Kind::Count),
        ("/tables", Kind::Object),
        ("/tables/products", Kind::Count),
        ("/actionQueueCount", Kind::Count),
        ("/fileAssets", Kind::List),
        ("/config", Kind::Flag),
        ("/omissions", Kind::List),
    ];
    every_wrong_type(METADATA, &fields, |_| {});
    let of_omission = [
        ("/omissions/0/table", Kind::Text),
        ("/omissions/0/path", Kind::Text),
        ("/omissions/0/found", Kind::Text),
    ];
    every_wrong_type(METADATA, &of_omission, |metadata| {
        metadata["omissions"] =
            json!([{ "table": "products", "key": 1, "path": "/x", "found": "RegExp" }]);
    });
    for (field, value) in [
        ("consistency", json!("eventual")),
        ("consistency", json!(7)),
        ("consistency", Value::Null),
    ] {
        let file = changed(METADATA, |metadata| metadata[field] = value.clone());
        Refused::with(ErrorCode::MetadataInvalid)
            .at("/consistency")
            .by_all_jobs(field, &file);
    }
    let file = changed(METADATA, |metadata| metadata["fileAssets"][1] = json!(7));
    Refused::with(ErrorCode::MetadataInvalid)
        .at("/fileAssets/1")
        .by_all_jobs("fileAssets", &file);
}

#[test]
fn schema_fields_of_a_wrong_type() {
    let with_index: fn(&mut Value) = |schema| {
        schema["stores"][0]["indexes"] =
            json!([{ "name": "sku", "keyPath": "sku", "unique": true, "multiEntry": false }]);
    };
    let fields = [
        ("/database", Kind::Object),
        ("/database/name", Kind::Text),
        ("/database/version", Kind::Count),
        ("/stores", Kind::List),
        ("/stores/0/name", Kind::Text),
        ("/stores/0/keyPath", Kind::KeyPath),
        ("/stores/0/autoIncrement", Kind::Flag),
        ("/stores/0/indexes", Kind::List),
        ("/stores/0/indexes/0/name", Kind::Text),
        ("/stores/0/indexes/0/unique", Kind::Flag),
        ("/stores/0/indexes/0/multiEntry", Kind::Flag),
    ];
    every_wrong_type(SCHEMA, &fields, with_index);
    for (field, value) in [
        ("/stores/0/nextKey", json!("8")),
        ("/stores/0/keyPath", json!([7])),
        ("/stores/0/indexes/0/keyPath", json!(7)),
        ("/stores/0/indexes/0/keyPath", Value::Null),
        ("/actionQueue", json!(7)),
        ("/actionQueue", json!([])),
        ("/stores/1", json!("settings")),
    ] {
        let file = changed(SCHEMA, |schema| {
            with_index(schema);
            *schema.pointer_mut(field).expect("the field") = value.clone();
        });
        Refused::with(ErrorCode::SchemaInvalid)
            .at(field)
            .by_all_jobs(field, &file);
    }
}
