//! Whether two records are the same: equal values, and the same sharing of objects.

use std::collections::HashMap;

use pos_backup::record::{Record, Value};

/// Follows both records side by side; each value of one must always meet the same value of the other.
pub fn assert_same(found: &Record, expected: &Record, line: &str) {
    let mut pairs = HashMap::new();
    let mut back = HashMap::new();
    let mut open = vec![(found.root, expected.root)];
    assert_eq!(found.key.is_some(), expected.key.is_some(), "{line}");
    open.extend(found.key.zip(expected.key));
    while let Some((a, b)) = open.pop() {
        let known = (pairs.insert(a, b), back.insert(b, a));
        if known == (Some(b), Some(a)) {
            continue;
        }
        assert_eq!(known, (None, None), "shared otherwise: {line}");
        let (a, parts) = apart(&found.values[a]);
        let (b, expected_parts) = apart(&expected.values[b]);
        // As text, in which NaN is NaN and -0 is not 0.
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "{line}");
        assert_eq!(parts.len(), expected_parts.len(), "{line}");
        open.extend(parts.into_iter().zip(expected_parts));
    }
    // A reader keeps nothing that the record does not hold.
    assert_eq!(pairs.len(), found.values.len(), "{line}");
}

/// The value without what it holds, and the indexes of that.
fn apart(value: &Value) -> (Value, Vec<usize>) {
    let mut value = value.clone();
    let parts = match &mut value {
        Value::Array(members) | Value::Set(members) | Value::FileList(members) => {
            std::mem::take(members)
        }
        Value::Map(entries) => std::mem::take(entries).concat(),
        Value::Object(properties)
        | Value::SparseArray { properties, .. }
        | Value::Error(properties)
        | Value::ImageData(properties) => properties
            .iter_mut()
            .map(|(_, index)| std::mem::take(index))
            .collect(),
        Value::View { buffer, .. } => vec![std::mem::take(buffer)],
        _ => Vec::new(),
    };
    (value, parts)
}
