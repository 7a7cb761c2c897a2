"""The keys of an archive's records, from docs/format.md alone."""

import json

from check_record import LAST_DATE_MS, NUMBERS, check, decode64, depth_of, escape, is_number, is_whole, unmarked_key

DEEPEST_KEY = 90

# In IndexedDB's order: numbers, dates, strings, binary, arrays.


def key_of(written):
    """A key as (rank, value), from the way it is written."""
    check(depth_of(written["v"] if isinstance(written, dict) and "v" in written else written) <= DEEPEST_KEY, "a key nests too deep")
    if isinstance(written, dict):
        if "s" in written:
            written = unmarked_key(json.dumps(written, ensure_ascii=False), "a key")
        tags = written.get("t")
        check("v" in written and isinstance(tags, dict), f"{written!r} is no key")
        seen = set()
        key = key_of_value(written["v"], tags, "", seen)
        check(seen == set(tags), f"{written!r}: a pointer leads to no place")
        return key
    return key_of_value(written, {}, "", set())


def key_of_value(value, tags, pointer, seen):
    """A key that stands at a pointer; its tags' pointers are added to `seen`."""
    tag = tags.get(pointer)
    if tag is not None:
        seen.add(pointer)
    if tag == "date":
        check(is_whole(value, -LAST_DATE_MS, LAST_DATE_MS), f"{value!r} is no date")
        return (1, value)
    if tag == "arraybuffer":
        return (3, decode64(value, "a key"))
    if tag == "number":
        check(isinstance(value, str) and value in NUMBERS and value != "NaN", f"{value!r} is no key")
        return (0, float(value))
    check(tag is None, f"a key cannot be a {tag}")
    if is_number(value):
        return (0, float(value))
    if isinstance(value, str):
        # JavaScript compares code units.
        return (2, value.encode("utf-16-be", "surrogatepass"))
    check(isinstance(value, list), f"{value!r} is no key")
    return (4, [key_of_value(item, tags, f"{pointer}/{index}", seen) for index, item in enumerate(value)])


def compare(a, b):
    if a[0] != b[0]:
        return a[0] - b[0]
    if a[0] != 4:
        return (a[1] > b[1]) - (a[1] < b[1])
    for left, right in zip(a[1], b[1]):
        order = compare(left, right)
        if order != 0:
            return order
    return len(a[1]) - len(b[1])


def key_in(record, path):
    """The key that a key path finds in a record; None for what only a program with the values could say."""
    if isinstance(path, list):
        keys = [key_in(record, part) for part in path]
        return None if None in keys else (4, keys)
    value, pointer, tags = record["v"], "", record.get("t", {})
    for step in path.split(".") if path else []:
        if tags.get(pointer) is not None:
            return None
        if isinstance(value, (str, list)) and step == "length":
            value = len(value) if isinstance(value, list) else len(value.encode("utf-16-be", "surrogatepass")) // 2
        else:
            check(isinstance(value, dict) and step in value, f"nothing at {path}, where the key should be")
            value = value[step]
        pointer += "/" + escape(step)
    below = {tag for at, tag in tags.items() if at == pointer or at.startswith(f"{pointer}/")}
    # A view, a shared buffer or a large one is a key too, but how is for a program with the values.
    return None if below - {"date", "arraybuffer", "number"} or names_blob(value) else key_of_value(value, tags, pointer, set())


def names_blob(value):
    return isinstance(value, dict) or (isinstance(value, list) and any(map(names_blob, value)))
