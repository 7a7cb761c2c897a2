//! Databases to test with: see `worker/js/testing/shop.js`.

use futures::future::LocalBoxFuture;
use pos_backup::database::{BlobSink, BlobSource, Pause};
use pos_backup::storage::ReadAt;
use pos_backup_bridge::{Config, Error, ErrorCode, Handle, Result, StoreSchema};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/js/testing/shop.js")]
extern "C" {
    #[wasm_bindgen(js_name = createShop)]
    pub async fn create_shop(name: &str, rows: u32);
    #[wasm_bindgen(js_name = createGrowing)]
    pub async fn create_growing(name: &str);
    #[wasm_bindgen(js_name = createKeys)]
    pub async fn create_keys(name: &str, rows: u32);
    #[wasm_bindgen(js_name = deleteShop)]
    pub async fn delete_shop(name: &str);
    pub async fn exists(name: &str) -> JsValue;
    pub async fn dump(name: &str) -> JsValue;
    pub fn differs(actual: &JsValue, expected: &JsValue) -> Option<String>;
    pub async fn put(name: &str, store: &str, value: &JsValue, key: &JsValue) -> JsValue;
    pub async fn clear(name: &str, store: &str);
    pub async fn occupy(name: &str, store: &str, milliseconds: u32);
    pub fn unsupported() -> JsValue;
    #[wasm_bindgen(js_name = uncaughtErrors)]
    pub fn uncaught_errors() -> String;
}

/// wasm-bindgen carries along only what it is told of.
#[wasm_bindgen(module = "/js/testing/dexie.js")]
extern "C" {
    #[allow(dead_code, reason = "it carries the module along")]
    fn dexie();
}

#[wasm_bindgen(module = "/js/testing/difference.js")]
extern "C" {
    #[allow(dead_code, reason = "it carries the module along")]
    fn difference();
}

pub fn config(database: &str) -> Config {
    Config {
        database: database.to_owned(),
        action_queue: Some("actionQueue".to_owned()),
        app_version: "1.0.0".to_owned(),
        schema_version: None,
        migrations: Vec::new(),
    }
}

/// Fails with the first difference.
pub async fn assert_same(name: &str, expected: &JsValue) {
    let actual = dump(name).await;
    assert_eq!(differs(&actual, expected), None);
}

pub fn store<'a>(stores: &'a [StoreSchema], name: &str) -> &'a StoreSchema {
    stores.iter().find(|store| store.name == name).unwrap()
}

/// For records without large values.
pub struct NoBlobs;

fn none() -> Error {
    Error::new(ErrorCode::Internal, "There are no blobs here.")
}

impl BlobSink for NoBlobs {
    fn blob_bytes(&self) -> u32 {
        u32::MAX
    }

    fn keep<'a>(
        &'a mut self,
        _: &'a dyn ReadAt,
        _: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>> {
        Box::pin(async move { Err(none()) })
    }
}

impl BlobSource for NoBlobs {
    fn slice(&self, _: &str) -> Option<Handle> {
        None
    }

    async fn read(
        &self,
        _: &str,
        _: &mut impl FnMut(&[u8]) -> Result<()>,
        _: &mut dyn Pause,
    ) -> Result<()> {
        Err(none())
    }
}
