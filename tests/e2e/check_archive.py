#!/usr/bin/env python3
"""Checks an archive against docs/format.md, with nothing but Python's standard library.

    python3 check_archive.py backup.zip

Recomputes every checksum and size of the manifest and the metadata, and the seal; reads every line of
every part; decodes every tagged value; compares all counts, and the keys' order with IndexedDB's. The
last line of its output is JSON: the tables with their records and bytes. Exits with 1, and says why, when
anything is not as the format says.
"""

import hashlib
import json
import re
import sys
import zipfile

from check_key import compare, key_in, key_of
from check_record import Line, Wrong, check, read_line, strict_json

DOCUMENTS = {"schema.json", "metadata.json", "manifest.json"}
BLOB = re.compile(r"blobs/([0-9a-f]{64})")
PART = re.compile(r"(?:database/([^/]+)|action-queue)/(\d{6,})\.ndjson")
KEPT_BYTES = re.compile(r"%[0-9A-F]{2}|[A-Za-z0-9\-_. ]")


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def sum_of(entries):
    lines = (f"{entry['path']}\0{entry['size']}\0{entry['checksum']}\n" for entry in entries)
    return sha256("".join(lines).encode())


def decoded_name(name):
    check("".join(KEPT_BYTES.findall(name)) == name, f"{name!r} is not encoded")
    raw = re.sub(rb"%([0-9A-F]{2})", lambda match: bytes.fromhex(match[1].decode()), name.encode())
    return raw.decode()


# Lines


def check_record(line, store, blobs, where):
    """Checks a line; returns its key and the SHA-256 of the blobs that it names."""
    record = read_line(line, where)
    checked = Line(record, blobs, where)
    check("t" not in record or record["t"], f"{where}: an empty t")
    out_of_line = store.get("keyPath") is None
    check(("k" in record) == out_of_line, f"{where}: k belongs to out-of-line keys alone")
    key = key_of(record["k"]) if out_of_line else key_in(record, store["keyPath"])
    return key, checked.named_blobs


def check_part(content, listed, store, previous, blobs, named):
    """Checks a part; returns its last key. What it names of the `blobs` is added to `named`."""
    path = listed["path"]
    check(content == b"" or content.endswith(b"\n"), f"{path}: the last line has no end")
    lines = content.decode().split("\n")[:-1]
    check(len(lines) == listed["records"], f"{path}: {len(lines)} records, {listed['records']} in the manifest")
    for name, line in (("firstKey", 0), ("lastKey", -1)):
        check(lines or name not in listed, f"{path}: {name}")
    for number, line in enumerate(lines, 1):
        key, names = check_record(line, store, blobs, f"{path}:{number}")
        named |= names
        if key is None:
            continue
        if previous is not None:
            check(compare(previous, key) < 0, f"{path}:{number}: out of key order")
        for name, at_line in (("firstKey", 1), ("lastKey", len(lines))):
            # A long one is not listed.
            if number == at_line and name in listed:
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
    return "file" if name.startswith(("files/", "blobs/")) else "config"


def size_and_checksum(archive, name):
    """Of an entry, which may be larger than memory."""
    size, digest = 0, hashlib.sha256()
    with archive.open(name) as entry:
        while piece := entry.read(1 << 20):
            size += len(piece)
            digest.update(piece)
    return size, digest.hexdigest()


def check_entries(archive, names, manifest):
    check(names[-1] == "manifest.json", "manifest.json is not the last entry")
    check([entry["path"] for entry in manifest["entries"]] == names[:-1], "the manifest lists other entries, or in another order")
    for listed in manifest["entries"]:
        size, checksum = size_and_checksum(archive, listed["path"])
        check(size == listed["size"], f"{listed['path']}: size")
        check(checksum == listed["checksum"], f"{listed['path']}: checksum")
        blob = BLOB.fullmatch(listed["path"])
        check(not blob or blob[1] == checksum, f"{listed['path']}: named otherwise than its bytes")
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
    entries = manifest["entries"]
    blobs = {found[1]: listed["size"] for listed in entries if (found := BLOB.fullmatch(listed["path"]))}
    named = set()
    for listed in manifest["entries"]:
        found = PART.fullmatch(listed["path"])
        if not found:
            check("table" not in listed, f"{listed['path']}: belongs to no table")
            continue
        name = decoded_name(found[1]) if found[1] else queue
        check(listed["table"] == name and name in stores, f"{listed['path']}: table")
        check(int(found[2]) == tables[name]["parts"], f"{listed['path']}: a part is missing")
        last[name] = check_part(archive.read(listed["path"]), listed, stores[name], last[name], blobs, named)
        tables[name]["records"] += listed["records"]
        tables[name]["bytes"] += listed["size"]
        tables[name]["parts"] += 1
    # One that only a value named that was left out may be there.
    check(named == set(blobs) or metadata["omissions"], "a blob that no record names")
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
            known = name in DOCUMENTS or name == "config/config.json" or PART.fullmatch(name) or BLOB.fullmatch(name) or re.fullmatch(r"files/[^/]+", name)
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
    # As deep as a line may nest, and a key.
    sys.setrecursionlimit(10_000)
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
