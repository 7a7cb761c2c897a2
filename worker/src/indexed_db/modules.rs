//! The modules that `record.js` imports. wasm-bindgen carries along only what Rust names, so each is
//! named here; a missing one fails the build of the worker's bundle.

use wasm_bindgen::prelude::wasm_bindgen;

macro_rules! carry {
    ($($path:literal $name:ident,)+) => {$(
        #[wasm_bindgen(module = $path)]
        extern "C" {
            #[allow(dead_code, reason = "it carries the module along")]
            fn $name();
        }
    )+};
}

carry! {
    "/js/record/base64.js" record_base64,
    "/js/record/binary.js" record_binary,
    "/js/record/contents.js" record_contents,
    "/js/record/decode.js" record_decode,
    "/js/record/encode.js" record_encode,
    "/js/record/key.js" record_key,
    "/js/record/lines.js" record_lines,
    "/js/record/pack-plain.js" record_pack_plain,
    "/js/record/pack.js" record_pack,
    "/js/record/place.js" record_place,
    "/js/record/pointer.js" record_pointer,
    "/js/record/reference.js" record_reference,
    "/js/record/unkept.js" record_unkept,
    "/js/record/unpack.js" record_unpack,
    "/js/record/wanted.js" record_wanted,
}
