//! Key generators, which cannot be set: a record with the last key that one has given is put and
//! deleted again, and the generator goes on after it (Indexed Database API 3.0, 2.11).

use js_sys::{Object, Reflect};
use pos_backup_bridge::{KeyPath, StoreSchema};
use wasm_bindgen::JsValue;

/// A generator gives no key beyond this.
const LAST_KEY: f64 = 9_007_199_254_740_992.0;

/// What stands for the next key of a generator that has given its last one: the number after it.
pub(in crate::indexed_db) const NO_NEXT_KEY: f64 = 9_007_199_254_740_994.0;

/// A record that moves a store's generator on.
pub(super) struct Placeholder {
    pub(super) record: JsValue,
    /// Where keys are out of line.
    pub(super) key: Option<JsValue>,
    /// Its key.
    pub(super) last: JsValue,
}

impl Placeholder {
    /// `None` for a store whose generator has given no key, or that has none.
    pub(super) fn new(schema: &StoreSchema) -> Option<Self> {
        let next = schema.next_key.filter(|_| schema.auto_increment)?;
        if !(2.0..=NO_NEXT_KEY).contains(&next) {
            return None;
        }
        let last = JsValue::from((next - 1.0).min(LAST_KEY));
        let (record, key) = match &schema.key_path {
            None => (JsValue::from(Object::new()), Some(last.clone())),
            Some(KeyPath::Single(path)) => (record_with_key(path, &last)?, None),
            // A compound key is never generated.
            Some(KeyPath::Compound(_)) => return None,
        };
        Some(Self { record, key, last })
    }
}

/// An object with nothing in it but the key.
fn record_with_key(path: &str, key: &JsValue) -> Option<JsValue> {
    path.rsplit('.').try_fold(key.clone(), |value, step| {
        let object = Object::new();
        let is_set = Reflect::set(&object, &step.into(), &value).ok()?;
        is_set.then(|| object.into())
    })
}
