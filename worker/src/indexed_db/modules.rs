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
    "/js/record/blob-reader.js" record_blob_reader,
    "/js/record/collections.js" record_collections,
    "/js/record/contents.js" record_contents,
    "/js/record/decode.js" record_decode,
    "/js/record/encode.js" record_encode,
    "/js/record/key.js" record_key,
    "/js/record/kinds.js" record_kinds,
    "/js/record/kinds/blobs.js" record_kinds_blobs,
    "/js/record/kinds/boxed.js" record_kinds_boxed,
    "/js/record/kinds/buffers.js" record_kinds_buffers,
    "/js/record/kinds/crypto-key.js" record_kinds_crypto_key,
    "/js/record/kinds/errors.js" record_kinds_errors,
    "/js/record/kinds/geometry.js" record_kinds_geometry,
    "/js/record/kinds/images.js" record_kinds_images,
    "/js/record/kinds/views.js" record_kinds_views,
    "/js/record/limits.js" record_limits,
    "/js/record/lines.js" record_lines,
    "/js/record/member-text.js" record_member_text,
    "/js/record/nesting.js" record_nesting,
    "/js/record/number.js" record_number,
    "/js/record/pack-binary.js" record_pack_binary,
    "/js/record/pack-place.js" record_pack_place,
    "/js/record/pack-plain.js" record_pack_plain,
    "/js/record/pack.js" record_pack,
    "/js/record/payload.js" record_payload,
    "/js/record/place.js" record_place,
    "/js/record/pointer.js" record_pointer,
    "/js/record/references.js" record_references,
    "/js/record/stack.js" record_stack,
    "/js/record/surrogates.js" record_surrogates,
    "/js/record/unkept.js" record_unkept,
    "/js/record/unpack.js" record_unpack,
    "/js/record/wanted.js" record_wanted,
}
