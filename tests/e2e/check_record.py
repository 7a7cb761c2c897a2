"""Reads the lines of an archive's parts, from docs/format.md alone: every tag, deep records, references, large values."""

import base64
import json
import re

LAST_DATE_MS = 8.64e15
DEEPEST = 256
# Python's own whole numbers have no end.
DIGITS_OF_DOUBLE = 300
NO_OBJECT = {"ref", "deep", "undefined", "number", "bigint"}
VIEW_BYTES = {
    "int8array": 1, "uint8array": 1, "uint8clampedarray": 1, "int16array": 2, "uint16array": 2, "float16array": 2, "int32array": 4,
    "uint32array": 4, "float32array": 4, "float64array": 8, "bigint64array": 8, "biguint64array": 8, "dataview": 1,
}  # fmt: skip
BUFFERS = {"arraybuffer", "resizablearraybuffer"}
ERRORS = {"Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"}
NUMBERS = {"NaN", "Infinity", "-Infinity", "-0"}
DOM_NUMBERS = {"dompoint": (4,), "dompointreadonly": (4,), "domrect": (4,), "domrectreadonly": (4,), "dommatrix": (6, 16), "dommatrixreadonly": (6, 16)}
BIGINT = re.compile(r"0|-?[1-9][0-9]{0,999999}")
MOST_CHARACTERS = 2**27
MOST_TAGS = 1000000
MOST_BLOB_BYTES = 2**32
INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
SHA256 = re.compile(r"[0-9a-f]{64}")
MARKER = re.compile("[\ue000-\uf8ff]")
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)")
SPACE = re.compile(r"[ \t\r\n]*")
SURROGATE = re.compile("[\ud800-\udfff]")
MEDIA_TYPE = re.compile(r"[ -@\[-~]*")


class Wrong(Exception):
    """The archive is not as the format says."""


def check(condition, message):
    if not condition:
        raise Wrong(message)


def strict_json(text, where):
    """JSON without a name that occurs twice, and without NaN and the like."""

    def once(pairs):
        names = [name for name, _ in pairs]
        check(len(set(names)) == len(names), f"{where}: a name occurs twice")
        return dict(pairs)

    def whole(digits):
        # The others are numbers that a double may hold, or infinite.
        return int(digits) if len(digits) <= DIGITS_OF_DOUBLE else float(digits)

    def no_constant(name):
        raise Wrong(f"{where}: {name} is no JSON")

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant, parse_int=whole)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{where}: {error}") from error


def unmarked(text, where):
    """The text of a line or of a key's object, with escapes for the code units that its member `s` marks."""
    marked = strict_json(text, where)
    if "s" not in marked:
        return text
    marker = marked["s"]
    check(isinstance(marker, str) and MARKER.fullmatch(marker), f"{where}: {marker!r} marks nothing")
    units = (found[1] for found in ESCAPE.finditer(text) if found[1])
    check(all(int(unit, 16) != ord(marker) for unit in units), f"{where}: {marker!r} is written as an escape")
    text = re.sub(f"{marker}(?=[0-9a-f]{{4}})", r"\\u", text)
    # The member itself is left.
    check(text.count(marker) == 1, f"{where}: {marker!r} without four digits after it")
    return text


def member_text(text, name):
    """The text of a member of an object that is known to have it."""
    decoder = json.JSONDecoder()
    at = text.index('"')
    while True:
        found, at = decoder.raw_decode(text, at)
        start = SPACE.match(text, text.index(":", at) + 1).end()
        _, at = decoder.raw_decode(text, start)
        if found == name:
            return text[start:at]
        at = text.index('"', at)


def unmarked_key(text, where):
    """A key's object with marks, as one without."""
    key = strict_json(unmarked(text, where), where)
    return {"v": key.get("v"), "t": key.get("t", {})}


def utf16_units(text):
    return len((text if isinstance(text, str) else text.decode()).encode("utf-16-le", "surrogatepass")) // 2


def read_line(text, where):
    check(len(text) <= MOST_CHARACTERS // 2 or utf16_units(text) <= MOST_CHARACTERS, f"{where}: too long")
    record = strict_json(text, where)
    check(isinstance(record, dict) and "v" in record, f"{where}: no record")
    # Before keys are looked at, which goes as deep as the line.
    check(depth_of(record) <= DEEPEST, f"{where}: too deep")
    if "s" in record:
        text = unmarked(text, where)
        record = strict_json(text, where)
    if isinstance(record.get("k"), dict) and "s" in record["k"]:
        # Once parsed, an escape would look like a mark.
        record["k"] = unmarked_key(member_text(text, "k"), where)
    return record


def decode64(text, where):
    check(isinstance(text, str), f"{where}: no base64")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"{where}: {error}") from error
    check(base64.b64encode(raw).decode() == text, f"{where}: base64 with bits to spare")
    return raw


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) != float("inf")


def is_whole(value, least, most):
    return is_number(value) and float(value).is_integer() and least <= value <= most


def escape(name):
    return name.replace("~", "~0").replace("/", "~1")


class Line:
    """Checks one line. `blobs` has the sizes of the archive's blobs by SHA-256; None: any may be named."""

    def __init__(self, record, blobs, where):
        self.where = where
        self.blobs = blobs
        self.named_blobs = set()
        self.blob_bytes = 0
        check("d" not in record or isinstance(record["d"], list), f"{where}: d is no list")
        # A member is None for the line itself, or n for d[n].
        members = {None: record, **dict(enumerate(record.get("d", [])))}
        tags = [part.get("t", {}) for part in members.values() if isinstance(part, dict)]
        check(sum(len(each) for each in tags if isinstance(each, dict)) <= MOST_TAGS, f"{where}: too many tags")
        self.places = {}  # (member, pointer) → (tag, payload or value)
        self.later = []  # Checks that need all places.
        self.deep_named = []
        for self.member, part in members.items():
            check(isinstance(part, dict) and "v" in part, f"{where}: a member of d has no v")
            check(self.member is None or not {"k", "d", "s"} & set(part), f"{where}: a member of d is no line")
            self.tags = part.get("t", {})
            check(isinstance(self.tags, dict), f"{where}: t is no object")
            seen = len(self.places)
            self.tags_seen = 0
            self.visit(part["v"], "")
            check(self.tags_seen == len(self.tags), f"{where}: a pointer leads to no place")
            check(self.member is None or self.is_object(self.member, ""), f"{where}: d[{self.member}] is no object")
            check(len(self.places) > seen, f"{where}: nothing")
        count = len(members) - 1
        check(sorted(self.deep_named) == list(range(count)), f"{where}: each member of d is named once")
        for later in self.later:
            later()

    def fail_unless(self, condition, pointer, message):
        check(condition, f"{self.where} {self.member if self.member is not None else ''}{pointer!r}: {message}")

    def is_object(self, member, pointer):
        tag, value = self.places[member, pointer]
        return tag not in NO_OBJECT if tag else isinstance(value, (list, dict))

    def visit(self, value, pointer):
        """A place: it may have a tag, and what is in it are places."""
        tag = self.tags.get(pointer)
        self.places[self.member, pointer] = (tag, value)
        if tag is None:
            self.visit_all(enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else (), pointer)
            return
        self.tags_seen += 1
        known = isinstance(tag, str) and (getattr(self, f"tag_{tag}", None) or self.shared_tag(tag))
        self.fail_unless(known, pointer, f"unknown tag {tag!r}")
        known(value, pointer)

    def visit_all(self, items, pointer):
        for name, value in items:
            self.visit(value, f"{pointer}/{escape(str(name))}")

    def shared_tag(self, tag):
        if tag in VIEW_BYTES:
            return lambda value, pointer: self.view(tag, value, pointer)
        if tag in DOM_NUMBERS:
            return lambda value, pointer: self.numbers(value, pointer, DOM_NUMBERS[tag])
        return None

    # Parts of payloads

    def fields(self, value, pointer, required, optional=()):
        self.fail_unless(isinstance(value, dict), pointer, "no object")
        for name in required:
            self.fail_unless(name in value, pointer, f"{name} is missing")
        unknown = set(value) - set(required) - set(optional)
        self.fail_unless(not unknown, pointer, f"{unknown} does not belong there")

    def strings(self, value, pointer, *names):
        for name in names:
            self.fail_unless(name not in value or isinstance(value[name], str), pointer, f"{name} is no string")

    def bytes_in(self, value, pointer):
        """How many bytes there are."""
        if not isinstance(value, dict):
            return len(decode64(value, f"{self.where} {pointer!r}"))
        self.fields(value, pointer, ("blob", "size"))
        sha256, size = value["blob"], value["size"]
        self.fail_unless(isinstance(sha256, str) and SHA256.fullmatch(sha256), pointer, "no name of a blob")
        self.fail_unless(is_whole(size, 0, 2**53 - 1), pointer, "no size")
        if self.blobs is not None:
            self.fail_unless(self.blobs.get(sha256) == size, pointer, "no such blob")
            self.blob_bytes += size
            self.fail_unless(self.blob_bytes < MOST_BLOB_BYTES, "", "blobs of 4 GiB")
        self.named_blobs.add(sha256)
        return int(size)

    def number(self, value, pointer):
        self.fail_unless(is_number(value) or (isinstance(value, str) and value in NUMBERS), pointer, "no number")

    def numbers(self, value, pointer, lengths):
        self.fail_unless(isinstance(value, list) and len(value) in lengths, pointer, "other numbers")
        for number in value:
            self.number(number, pointer)

    def list_of(self, value, pointer, what):
        self.fail_unless(isinstance(value, list), pointer, f"no list of {what}")

    def target(self, reference):
        """What a `ref` points to, as (member, pointer)."""
        return tuple(reference) if isinstance(reference, list) else (None, reference)

    def identity(self, pointer, member):
        """Equal for the same value, as a Map and a Set see it."""
        tag, value = self.places[member, pointer]
        if tag == "ref":
            return ("object", *self.target(value))
        if tag == "deep":
            return ("object", value, "")
        if tag in ("undefined", "bigint"):
            return (tag, value)
        if tag == "number":
            return ("number", 0.0 if value == "-0" else value)
        if tag or isinstance(value, (list, dict)):
            return ("object", member, pointer)
        return ("number", float(value)) if is_number(value) else (type(value).__name__, value)

    def differ(self, pointers, pointer):
        member = self.member

        def later():
            identities = [self.identity(each, member) for each in pointers]
            self.fail_unless(len(set(identities)) == len(identities), pointer, "the same twice")

        self.later.append(later)

    def buffer_at(self, member, pointer):
        """(tag, payload) of a place or of what it refers to."""
        tag, value = self.places[member, pointer]
        return self.places[self.target(value)] if tag == "ref" else (tag, value)

    # Tags, in the order of the format's table

    def tag_undefined(self, value, pointer):
        self.fail_unless(value is None, pointer, "undefined is written null")

    def tag_number(self, value, pointer):
        self.fail_unless(isinstance(value, str) and value in NUMBERS, pointer, "JSON has it")

    def tag_bigint(self, value, pointer):
        self.fail_unless(isinstance(value, str) and BIGINT.fullmatch(value), pointer, "no digits")

    def tag_date(self, value, pointer):
        self.fail_unless(value is None or is_whole(value, -LAST_DATE_MS, LAST_DATE_MS), pointer, "no time")

    def tag_arraybuffer(self, value, pointer):
        self.bytes_in(value, pointer)

    def tag_resizablearraybuffer(self, value, pointer):
        self.fields(value, pointer, ("maxByteLength", "data"))
        size = self.bytes_in(value["data"], pointer)
        self.fail_unless(is_whole(value["maxByteLength"], size, 2**53 - 1), pointer, "maxByteLength")

    def view(self, tag, value, pointer):
        each = VIEW_BYTES[tag]
        if not isinstance(value, dict) or "blob" in value:
            self.fail_unless(self.bytes_in(value, pointer) % each == 0, pointer, "bytes are missing")
            return
        self.fields(value, pointer, ("buffer", "byteOffset"), ("length",))
        self.visit(value["buffer"], f"{pointer}/buffer")
        offset, length, member = value["byteOffset"], value.get("length"), self.member
        self.fail_unless(is_whole(offset, 0, 2**53 - 1) and offset % each == 0, pointer, "byteOffset")
        self.fail_unless("length" not in value or is_whole(length, 0, 2**53 - 1), pointer, "length")

        def later():
            held, payload = self.buffer_at(member, f"{pointer}/buffer")
            self.fail_unless(held in BUFFERS, pointer, "a view of no buffer")
            resizable = held == "resizablearraybuffer"
            self.fail_unless(resizable or length is not None, pointer, "length is missing")
            size = self.bytes_in(payload["data"] if resizable else payload, pointer)
            self.fail_unless(offset + (length or 0) * each <= size, pointer, "beyond its buffer")

        self.later.append(later)

    def tag_map(self, value, pointer):
        self.list_of(value, pointer, "pairs")
        for index, pair in enumerate(value):
            self.fail_unless(isinstance(pair, list) and len(pair) == 2, pointer, "no pair")
            self.visit_all(enumerate(pair), f"{pointer}/{index}")
        self.differ([f"{pointer}/{index}/0" for index in range(len(value))], pointer)

    def tag_set(self, value, pointer):
        self.list_of(value, pointer, "members")
        self.visit_all(enumerate(value), pointer)
        self.differ([f"{pointer}/{index}" for index in range(len(value))], pointer)

    def tag_array(self, value, pointer):
        self.fields(value, pointer, ("length", "properties"))
        length, properties = value["length"], value["properties"]
        self.fail_unless(is_whole(length, 0, 2**32 - 1), pointer, "length")
        self.fail_unless(isinstance(properties, dict), pointer, "properties")
        elements = [int(name) for name in properties if INDEX.fullmatch(name) and int(name) < 2**32 - 1]
        self.fail_unless(all(index < length for index in elements), pointer, "an element beyond the length")
        self.fail_unless("length" not in properties, pointer, "an array has no property of that name")
        self.visit_all(properties.items(), f"{pointer}/properties")

    def tag_booleanobject(self, value, pointer):
        self.fail_unless(isinstance(value, bool), pointer, "no boolean")

    tag_numberobject = number

    def tag_stringobject(self, value, pointer):
        self.fail_unless(isinstance(value, str), pointer, "no string")

    tag_bigintobject = tag_bigint

    def tag_regexp(self, value, pointer):
        self.fields(value, pointer, ("source", "flags"))
        self.strings(value, pointer, "source", "flags")
        flags = value["flags"]
        in_order = all(flag in "dgimsuvy" for flag in flags) and list(flags) == sorted(set(flags))
        self.fail_unless(in_order and not ("u" in flags and "v" in flags), pointer, "flags")

    def tag_error(self, value, pointer):
        self.fields(value, pointer, ("name",), ("message", "stack", "cause", "errors", "fileName", "lineNumber", "columnNumber"))
        self.strings(value, pointer, "name", "message", "stack", "fileName")
        self.fail_unless(value["name"] in ERRORS, pointer, "another name")
        for name in ("lineNumber", "columnNumber"):
            self.fail_unless(name not in value or is_whole(value[name], 0, 2**32 - 1), pointer, name)
        self.visit_all(((name, value[name]) for name in value if name in ("cause", "errors")), pointer)
        if "errors" in value:
            member = self.member
            self.later.append(lambda: self.fail_unless(self.is_array(member, f"{pointer}/errors"), pointer, "errors is no array"))

    def is_array(self, member, pointer):
        tag, value = self.buffer_at(member, pointer)
        if tag == "deep":
            tag, value = self.places[value, ""]
        return tag == "array" or (tag is None and isinstance(value, list))

    def tag_domexception(self, value, pointer):
        self.fields(value, pointer, ("name", "message"))
        self.strings(value, pointer, "name", "message")

    def tag_blob(self, value, pointer, more=()):
        self.fields(value, pointer, ("type", "data", *more))
        self.strings(value, pointer, "type")
        self.fail_unless(MEDIA_TYPE.fullmatch(value["type"]), pointer, "type")
        self.bytes_in(value["data"], pointer)

    def tag_file(self, value, pointer):
        self.tag_blob(value, pointer, ("name", "lastModified"))
        self.strings(value, pointer, "name")
        self.fail_unless(not SURROGATE.search(value["name"]), pointer, "a name with a lone surrogate")
        self.fail_unless(is_whole(value["lastModified"], -11644473599999, 8639999999999999), pointer, "lastModified")

    def tag_filelist(self, value, pointer):
        self.list_of(value, pointer, "files")
        for index in range(len(value)):
            self.fail_unless(self.tags.get(f"{pointer}/{index}") == "file", pointer, "no file")
        self.visit_all(enumerate(value), pointer)

    def size_of_image(self, value, pointer):
        for name in ("width", "height"):
            self.fail_unless(is_whole(value[name], 1, 2**31 - 1), pointer, name)
        return 4 * int(value["width"]) * int(value["height"])

    def tag_imagedata(self, value, pointer):
        self.fields(value, pointer, ("width", "height", "colorSpace", "data"), ("pixelFormat",))
        self.strings(value, pointer, "colorSpace", "pixelFormat")
        elements = self.size_of_image(value, pointer)
        self.fail_unless(value.get("pixelFormat", "rgba-float16") == "rgba-float16", pointer, "pixelFormat")
        self.visit(value["data"], f"{pointer}/data")
        tag = "float16array" if value.get("pixelFormat") == "rgba-float16" else "uint8clampedarray"
        member = self.member

        def later():
            held, payload = self.buffer_at(member, f"{pointer}/data")
            self.fail_unless(held == tag, pointer, f"data is a {held}")
            if isinstance(payload, dict) and "buffer" in payload:
                found = payload.get("length", elements)
            else:
                found = self.bytes_in(payload, pointer) / VIEW_BYTES[tag]
            self.fail_unless(found == elements, pointer, "data of another size")

        self.later.append(later)

    def tag_imagebitmap(self, value, pointer):
        self.fields(value, pointer, ("width", "height", "data"))
        elements = self.size_of_image(value, pointer)
        self.fail_unless(self.bytes_in(value["data"], pointer) == elements, pointer, "data of another size")

    def tag_domquad(self, value, pointer):
        self.fail_unless(isinstance(value, list) and len(value) == 4, pointer, "no four points")
        for point in value:
            self.numbers(point, pointer, (4,))

    def tag_cryptokey(self, value, pointer):
        self.fields(value, pointer, ("algorithm", "usages", "key"))
        self.fail_unless(isinstance(value["algorithm"], dict) and isinstance(value["key"], dict), pointer, "no algorithm or key")
        usages = value["usages"]
        self.fail_unless(isinstance(usages, list) and all(isinstance(usage, str) for usage in usages), pointer, "usages")

    def tag_ref(self, value, pointer):
        in_d = isinstance(value, list) and len(value) == 2 and isinstance(value[1], str)
        in_d = in_d and is_whole(value[0], 0, 2**53 - 1)
        self.fail_unless(isinstance(value, str) or in_d, pointer, "no reference")
        target = self.target(value)

        def later():
            self.fail_unless(target in self.places and self.is_object(*target), pointer, "a reference to no object")

        self.later.append(later)

    def tag_deep(self, value, pointer):
        earlier = -1 if self.member is None else self.member
        self.fail_unless(is_whole(value, earlier + 1, 2**53 - 1), pointer, "no later member of d")
        self.deep_named.append(value)


def depth_of(value):
    """How deep arrays and objects nest."""
    deepest, below = 0, [value] if isinstance(value, (list, dict)) else []
    while below:
        deepest += 1
        below = [item for each in below for item in (each if isinstance(each, list) else each.values()) if isinstance(item, (list, dict))]
    return deepest
