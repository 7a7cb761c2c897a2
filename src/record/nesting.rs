//! How deep the arrays and objects of a line nest.

use super::scan::skip_string;

/// The most levels of a line, its own object being the first.
const LEVELS_MAX: usize = 256;

/// Whether JSON text nests deeper than a line may. Text that is not JSON gets any answer.
pub(super) fn is_too_deep(text: &[u8]) -> bool {
    // So few brackets cannot nest too deep, and they are counted many bytes at a time.
    let opens = |byte: &u8| matches!(byte, b'[' | b'{');
    if text.iter().filter(|byte| opens(byte)).count() <= LEVELS_MAX {
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
