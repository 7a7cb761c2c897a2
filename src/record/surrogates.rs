//! Lone surrogates, which many JSON readers refuse as escapes: a line or key that needs them names a
//! character that stands before their digits instead.

use serde_json::value::RawValue;

use super::payload::string;

/// The text with an escape in place of each marked surrogate. `marker` is the member `s`.
///
/// `None` for a marker that may not be one, and for one that stands before something else.
pub(super) fn unmarked(text: &str, marker: &RawValue) -> Option<String> {
    let marker = string(marker.get())?;
    let mut characters = marker.chars();
    let character = characters.next()?;
    let is_private = ('\u{E000}'..='\u{F8FF}').contains(&character);
    if !is_private || characters.next().is_some() {
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

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}
