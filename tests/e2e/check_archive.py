#!/usr/bin/env python3
"""Checks an archive against docs/format.md, with nothing but Python's standard library.

    python3 check_archive.py backup.zip

Recomputes every checksum and size of the manifest and the metadata, and the seal; reads every line of
every part; decodes every tagged value; compares all counts, and the keys' order with IndexedDB's. The
last line of its output is JSON: the tables with their records and bytes. Exits with 1, and says why, when
anything is not as the format says.
"""

import base64
import hashlib
import json
import re
import sys
import zipfile

DOCUMENTS = {"schema.json", "metadata.json", "manifest.json"}
PART = re.compile(r"(?:database/([^/]+)|action-queue)/(\d{6,})\.ndjson")
KEPT_BYTES = re.compile(r"%[0-9A-F]{2}|[A-Za-z0-9\-_. ]")
TYPED_ARRAY_BYTES = {
    "int8array": 1, "uint8array": 1, "uint8clampedarray": 1, "int16array": 2, "uint16array": 2, "float16array": 2, "int32array": 4,
    "uint32array": 4, "float32array": 4, "float64array": 8, "bigint64array": 8, "biguint64array": 8, "arraybuffer": 1, "dataview": 1,
}  # fmt: skip
LAST_DATE_MS = 8.64e15


class Wrong(Exception):
    """The archive is not as the format says."""


def check(condition, message):
    if not condition:
        raise Wrong(message)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def sum_of(entries):
    lines = (f"{entry['path']}\0{entry['size']}\0{entry['checksum']}\n" for entry in entries)
    return sha256("".join(lines).encode())


def strict_json(text, where):
    """JSON without a name that occurs twice, and without NaN and the like."""

    def once(pairs):
        names = [name for name, _ in pairs]
        check(len(set(names)) == len(names), f"{where}: a name occurs twice")
        return dict(pairs)

    def no_constant(name):
        raise Wrong(f"{where}: {name} is no JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    except ValueError as error:
        raise Wrong(f"{where}: {error}") from error


def decoded_name(name):
    check("".join(KEPT_BYTES.findall(name)) == name, f"{name!r} is not encoded")
    raw = re.sub(rb"%([0-9A-F]{2})", lambda match: bytes.fromhex(match[1].decode()), name.encode())
    return raw.decode()


# Keys, in IndexedDB's order: numbers, dates, strings, binary, arrays.


def key_of(written):
    """A key as (rank, value), from the way it is written."""
    if isinstance(written, bool) or written is None:
        raise Wrong(f"{written!r} is no key")
    if isinstance(written, (int, float)):
        return (0, float(written))
    if isinstance(written, str):
        # JavaScript compares code units.
        return (2, written.encode("utf-16-be", "surrogatepass"))
    if isinstance(written, list):
        return (4, [key_of(item) for item in written])
    return key_of_value(written["v"], written.get("t", {}), "")


def key_of_value(value, tags, pointer):
    tag = tags.get(pointer)
    if tag == "date":
        return (1, value)
    if tag == "arraybuffer":
        return (3, base64.b64decode(value, validate=True))
    if tag == "number":
        return (0, float(value))
    check(tag is None, f"a key cannot be a {tag}")
    if isinstance(value, list):
        return (4, [key_of_value(item, tags, f"{pointer}/{index}") for index, item in enumerate(value)])
    return key_of(value)


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
    value, pointer = record["v"], ""
    for step in path.split(".") if path else []:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
        pointer += "/" + step.replace("~", "~0").replace("/", "~1")
    return key_of_value(value, record.get("t", {}), pointer)


# Tagged values


def at(value, pointer, where):
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (LookupError, ValueError, TypeError) as error:
            raise Wrong(f"{where}: {pointer!r} leads nowhere") from error
    return value


def decode64(text, where):
    check(isinstance(text, str), f"{where}: no base64")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"{where}: {error}") from error
    check(base64.b64encode(raw).decode() == text, f"{where}: base64 with bits to spare")
    return raw


def check_tagged(tag, payload, value, where):
    if tag == "undefined":
        check(payload is None, f"{where}: undefined is written null")
    elif tag == "number":
        check(payload in ("NaN", "Infinity", "-Infinity", "-0"), f"{where}: {payload!r}")
    elif tag == "bigint":
        check(isinstance(payload, str) and re.fullmatch(r"0|-?[1-9][0-9]*", payload), f"{where}: {payload!r}")
    elif tag == "date":
        known = payload is None or (isinstance(payload, (int, float)) and float(payload).is_integer() and abs(payload) <= LAST_DATE_MS)
        check(known, f"{where}: {payload!r} is no time")
    elif tag in TYPED_ARRAY_BYTES:
        check(len(decode64(payload, where)) % TYPED_ARRAY_BYTES[tag] == 0, f"{where}: bytes are missing")
    elif tag == "map":
        check(all(isinstance(pair, list) and len(pair) == 2 for pair in payload), f"{where}: no pairs")
    elif tag == "set":
        check(isinstance(payload, list), f"{where}: no members")
    elif tag in ("blob", "file"):
        decode64(payload["data"], where)
        check(isinstance(payload["type"], str), f"{where}: no type")
        check(tag == "blob" or isinstance(payload["name"], str), f"{where}: no name")
    elif tag == "ref":
        at(value, payload, where)
    else:
        raise Wrong(f"{where}: unknown tag {tag!r}")


def check_record(line, store, where):
    record = strict_json(line, where)
    check(isinstance(record, dict) and "v" in record, f"{where}: no record")
    tags = record.get("t", {})
    check("t" not in record or tags, f"{where}: an empty t")
    for pointer, tag in tags.items():
        check_tagged(tag, at(record["v"], pointer, where), record["v"], f"{where} {pointer!r}")
    out_of_line = store.get("keyPath") is None
    check(("k" in record) == out_of_line, f"{where}: k belongs to out-of-line keys alone")
    return key_of(record["k"]) if out_of_line else key_in(record, store["keyPath"])


def check_part(content, listed, store, previous):
    """Checks a part; returns its last key."""
    path = listed["path"]
    check(content == b"" or content.endswith(b"\n"), f"{path}: the last line has no end")
    lines = content.decode().split("\n")[:-1]
    check(len(lines) == listed["records"], f"{path}: {len(lines)} records, {listed['records']} in the manifest")
    for name, line in (("firstKey", 0), ("lastKey", -1)):
        check((name in listed) == bool(lines), f"{path}: {name}")
    for number, line in enumerate(lines, 1):
        key = check_record(line, store, f"{path}:{number}")
        if key is None:
            continue
        if previous is not None:
            check(compare(previous, key) < 0, f"{path}:{number}: out of key order")
        for name, at_line in (("firstKey", 1), ("lastKey", len(lines))):
            if number == at_line:
                check(compare(key_of(listed[name]), key) == 0, f"{path}: {name} is another one")
        previous = key
    return previous


def check_seal(path, archive):
    with open(path, "rb") as file:
        raw = file.read()
    comment = archive.comment
    if comment == b"":
        return False
    expected = b"pos-backup/1 sha256:" + sha256(raw[: len(raw) - len(comment)]).encode()
    check(comment == expected, "the seal does not match")
    return True


def entry_type(name):
    if name.startswith("database/"):
        return "database"
    if name.startswith("action-queue/"):
        return "action-queue"
    return "file" if name.startswith("files/") else "config"


def check_entries(archive, names, manifest):
    check(names[-1] == "manifest.json", "manifest.json is not the last entry")
    check([entry["path"] for entry in manifest["entries"]] == names[:-1], "the manifest lists other entries, or in another order")
    for listed in manifest["entries"]:
        content = archive.read(listed["path"])
        check(len(content) == listed["size"], f"{listed['path']}: size")
        check(sha256(content) == listed["checksum"], f"{listed['path']}: checksum")
        check(listed["type"] == entry_type(listed["path"]), f"{listed['path']}: type")
    check(sum_of(manifest["entries"]) == manifest["checksum"], "manifest.checksum")


def check_metadata(metadata, manifest, names):
    covered = [entry for entry in manifest["entries"] if entry["path"] != "metadata.json"]
    check(sum_of(covered) == metadata["checksum"], "metadata.checksum")
    check(sum(entry["size"] for entry in covered) == metadata["size"], "metadata.size")
    check(metadata["timestamp"] == manifest["timestamp"], "timestamp")
    files = sorted(decoded_name(name.removeprefix("files/")) for name in names if name.startswith("files/"))
    check(sorted(metadata["fileAssets"]) == files, "metadata.fileAssets")
    check(metadata["config"] == ("config/config.json" in names), "metadata.config")
    for version in (metadata["version"], manifest["version"]):
        check(version.split(".")[0] == "1", f"version {version}")


def check_tables(archive, schema, metadata, manifest):
    stores = {store["name"]: store for store in schema["stores"]}
    queue = schema.get("actionQueue")
    tables = {name: {"records": 0, "bytes": 0, "parts": 0} for name in stores}
    last = dict.fromkeys(stores)
    for listed in manifest["entries"]:
        found = PART.fullmatch(listed["path"])
        if not found:
            check("table" not in listed, f"{listed['path']}: belongs to no table")
            continue
        name = decoded_name(found[1]) if found[1] else queue
        check(listed["table"] == name and name in stores, f"{listed['path']}: table")
        check(int(found[2]) == tables[name]["parts"], f"{listed['path']}: a part is missing")
        last[name] = check_part(archive.read(listed["path"]), listed, stores[name], last[name])
        tables[name]["records"] += listed["records"]
        tables[name]["bytes"] += listed["size"]
        tables[name]["parts"] += 1
    check(all(table["parts"] > 0 for table in tables.values()), "a table has no part")
    counts = {name: table["records"] for name, table in tables.items()}
    check(counts.pop(queue, 0) == metadata["actionQueueCount"], "metadata.actionQueueCount")
    check(counts == metadata["tables"], "metadata.tables")
    return tables


def check_archive(path):
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise Wrong(str(error)) from error
    with archive:
        names = archive.namelist()
        check(len(set(names)) == len(names), "an entry is there twice")
        for name in names:
            known = name in DOCUMENTS or name == "config/config.json" or PART.fullmatch(name) or re.fullmatch(r"files/[^/]+", name)
            check(known, f"{name!r} is no name of an entry")
        check(names, "no entries")
        check(archive.testzip() is None, "a CRC-32 does not match")
        sealed = check_seal(path, archive)
        documents = ("manifest.json", "metadata.json", "schema.json")
        manifest, metadata, schema = (strict_json(archive.read(name).decode(), name) for name in documents)
        check_entries(archive, names, manifest)
        check_metadata(metadata, manifest, names)
        tables = check_tables(archive, schema, metadata, manifest)
    return {
        "sealed": sealed,
        "entries": len(names),
        "records": sum(table["records"] for table in tables.values()),
        "bytes": metadata["size"],
        "consistency": metadata["consistency"],
        "tables": tables,
    }


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip())
        return 2
    try:
        report = check_archive(sys.argv[1])
    except (Wrong, KeyError, TypeError, UnicodeDecodeError) as error:
        print(f"{sys.argv[1]}: WRONG: {error if isinstance(error, Wrong) else repr(error)}")
        return 1
    print(f"{sys.argv[1]}: whole, {report['entries']} entries, {report['records']} records, {report['bytes']} bytes")
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
