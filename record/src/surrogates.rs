//! Lone surrogates, which many JSON readers refuse as escapes: a line or key that needs them names a
//! character that stands before their digits instead.

use serde_json::value::RawValue;

use crate::payload::string;

/// The text with an escape in place of each marked surrogate. `marker` is the member `s`.
///
/// `None` for a marker that may not be one, for one that stands before something else, and where an escape stands
/// for it: a reader that looks for marks once strings are decoded would take that for a mark.
pub(super) fn unmarked(text: &str, marker: &RawValue) -> Option<String> {
    let marker = string(marker.get())?;
    let mut characters = marker.chars();
    let character = characters.next()?;
    let is_private = ('\u{E000}'..='\u{F8FF}').contains(&character);
    if !is_private || characters.next().is_some() || is_escaped(character, text) {
        return None;
    }
    let mut pieces = text.split(character);
    let mut unmarked = String::with_capacity(text.len());
    unmarked.push_str(pieces.next()?);
    let mut own = 0;
    for piece in pieces {
        let digits = piece.get(..4).unwrap_or_default();
        if digits.len() == 4 && digits.bytes().all(is_digit) {
            unmarked.push_str("\\u");
        } else if piece.starts_with('"') {
            // Where the member itself says it.
            own += 1;
            unmarked.push(character);
        } else {
            return None;
        }
        unmarked.push_str(piece);
    }
    (own == 1).then_some(unmarked)
}

/// Whether an escape stands for the character somewhere in the JSON text.
fn is_escaped(character: char, text: &str) -> bool {
    let mut rest = text;
    while let Some((_, escape)) = rest.split_once('\\') {
        let digits = escape.strip_prefix('u').and_then(|rest| rest.get(..4));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if unit == Some(u32::from(character)) {
            return true;
        }
        // What is escaped may be a backslash.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
