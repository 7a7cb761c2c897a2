//! Events on their way to the page.

use js_sys::Reflect;
use pos_backup_bridge::codec::Outgoing;
use pos_backup_bridge::{Error, ErrorCode, Event};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn field(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(value.clone(), |value, name| {
        Reflect::get(&value, &(*name).into()).unwrap()
    })
}

#[wasm_bindgen_test]
fn a_number_too_large_for_javascript_does_not_swallow_the_event() {
    let error = Error::new(ErrorCode::ChecksumMismatch, "Found something large.")
        .expected(1, u64::MAX)
        .with(|context| context.key = Some((1_u64 << 60).into()));
    let event = Outgoing::new(&Event::Failed {
        job_id: Some("one".to_owned()),
        error,
    });
    let event = event.as_js();
    assert_eq!(field(event, &["type"]), "FAILED");
    assert_eq!(field(event, &["jobId"]), "one");
    assert_eq!(field(event, &["error", "code"]), "CHECKSUM_MISMATCH");
    let found = field(event, &["error", "context", "found"]);
    assert_eq!(found.as_f64(), Some(u64::MAX as f64));
}
