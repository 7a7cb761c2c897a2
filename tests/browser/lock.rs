//! One job at a time.

use pos_backup_bridge::ErrorCode;
use pos_backup_worker::Lock;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_second_is_told_since_when_the_first_holds_it() {
    let before = js_sys::Date::now();
    let lock = Lock::acquire("locking").await.unwrap();
    let error = Lock::acquire("locking").await.err().unwrap();
    assert_eq!(error.code, ErrorCode::BackupInProgress);
    let since = error.context.since.unwrap();
    assert!((before..=js_sys::Date::now()).contains(&since), "{since}");
    // Another database is another matter.
    Lock::acquire("other").await.unwrap().release().await;

    lock.release().await;
    Lock::acquire("locking").await.unwrap().release().await;
}
