//! How deep the arrays and objects of a line nest.

use crate::scan::skip_string;

/// The most levels of a line, its own object being the first.
const LEVELS_MAX: usize = 256;

/// Whether JSON text nests deeper than a line or a config may. Text that is not JSON gets any answer.
pub fn is_too_deep(text: &[u8]) -> bool {
    if count_opening(text) <= LEVELS_MAX {
        return false;
    }
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = skip_string(text, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > LEVELS_MAX {
            return true;
        }
        at += 1;
    }
    false
}

/// How many opening brackets and braces there are, in strings too. Most lines have so few that they cannot
/// nest too deep.
fn count_opening(text: &[u8]) -> usize {
    // As many bytes at a time as a sum of one byte can count: that is quick with SIMD.
    let chunks = text.chunks(usize::from(u8::MAX));
    let count = |chunk: &[u8]| -> u8 {
        let opens = |byte: &u8| u8::from(matches!(byte, b'[' | b'{'));
        chunk.iter().map(opens).sum()
    };
    chunks.map(|chunk| usize::from(count(chunk))).sum()
}
