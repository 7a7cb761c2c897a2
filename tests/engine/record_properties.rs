//! Records built at random from the format's description are read as what they are; nothing makes the
//! reader panic, and what it reads is what the check accepts.

mod same;
mod values;
mod write;

use pos_backup::record::{Key, KeyIn, check_line, read_line};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::value::RawValue;

use same::assert_same;
use values::{Spec, key_leaf, spec};
use write::{Written, write};

fn key() -> impl Strategy<Value = Spec> {
    let leaf = key_leaf().prop_map(Spec::Leaf);
    leaf.prop_recursive(3, 20, 4, |inner| vec(inner, 0..4).prop_map(Spec::Array))
}

fn line() -> impl Strategy<Value = Written> {
    (spec(), proptest::option::of(key())).prop_map(|(value, key)| write(value, key))
}

/// One byte of the text changed, left out or doubled, at several places.
fn mutated(text: &str, changes: &[(Index, u8, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, kind, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match kind % 4 {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"{}[]\",:/~\\019ntf"[usize::from(*byte) % 16]),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// Two words of the line in each other's places: tags, pointers, names, payloads.
fn swapped(text: &str, first: Index, second: Index) -> String {
    let mut words: Vec<_> = text.split('"').collect();
    let (first, second) = (first.index(words.len()), second.index(words.len()));
    words.swap(first, second);
    words.join("\"")
}

/// Checks that both readers of a line agree; gives whether they accept it.
fn both_accept(line: &[u8]) -> bool {
    let read = read_line(line);
    let checked = [KeyIn::Record(None), KeyIn::Line].map(|key_in| check_line(line, key_in).is_ok());
    let accepted = checked.contains(&true);
    let text = String::from_utf8_lossy(line);
    assert_eq!(read.is_ok(), accepted, "{text}: {read:?}");
    accepted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_format_describes_is_read(written in line()) {
        let Written { line, record, blobs } = written;
        let read = read_line(line.as_bytes());
        prop_assert!(read.is_ok(), "{read:?}: {line}");
        assert_same(&read.unwrap(), &record, &line);
        let key_in = record.key.map_or(KeyIn::Record(None), |_| KeyIn::Line);
        let needs = check_line(line.as_bytes(), key_in);
        prop_assert_eq!(needs.map(|needs| needs.blobs), Ok(blobs), "{}", line);
    }

    #[test]
    fn what_is_damaged_is_read_only_when_it_passes_the_check(
        written in line(),
        changes in vec((any::<Index>(), any::<u8>(), any::<u8>()), 1..4),
    ) {
        both_accept(&mutated(&written.line, &changes));
    }

    #[test]
    fn what_is_confused_is_read_only_when_it_passes_the_check(
        written in line(),
        first in any::<Index>(),
        second in any::<Index>(),
    ) {
        both_accept(swapped(&written.line, first, second).as_bytes());
    }

    #[test]
    fn keys_that_the_format_describes_are_accepted(key in key()) {
        let line = write(values::nothing(), Some(key)).line;
        let (_, json) = line.split_once("\"k\":").unwrap();
        let json = json.strip_suffix('}').unwrap();
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        prop_assert_eq!(Key::read(raw).map(drop), Ok(()), "{}", json);
    }

    #[test]
    fn a_tag_taken_away_from_where_it_stands_is_noticed(written in line()) {
        // To a place that the record does not have.
        if let Some(tags) = written.line.find(",\"t\":{\"") {
            let (head, tail) = written.line.split_at(tags + 7);
            let moved = format!("{head}/nowhere{tail}");
            prop_assert!(!both_accept(moved.as_bytes()), "{}", moved);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        both_accept(&bytes);
    }
}
