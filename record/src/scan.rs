//! Steps over JSON text that is known to be valid, without recursion and without taking it apart.
//! All positions are in bytes.

/// Where the white space from `at` ends.
pub(super) fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    at + rest.iter().take_while(|byte| space(byte)).count()
}

/// Where the string that begins at `at` ends.
pub(super) fn skip_string(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
            return text.len();
        };
        at += length + 1;
        if rest.get(length) == Some(&b'"') {
            return at;
        }
        at += 1;
    }
}

/// Where the value that begins at `at` ends.
pub(super) fn skip_value(text: &[u8], at: usize) -> usize {
    let mut at = at;
    let mut depth = 0_usize;
    while let Some(byte) = text.get(at) {
        at = match byte {
            b'"' => skip_string(text, at),
            b'{' | b'[' => {
                depth += 1;
                at + 1
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at + 1
            }
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at + 1,
            _ => skip_literal(text, at),
        };
        if depth == 0 {
            break;
        }
    }
    at
}

/// Where the number, `true`, `false` or `null` that begins at `at` ends.
fn skip_literal(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let literal = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    at + rest.iter().take_while(|byte| literal(byte)).count().max(1)
}
