"""Judges the lines of tests/fixtures/records.json, so that this reader is known to tell right from wrong.

    python3 check_lines.py records.json

Exits with 1 when it finds one valid that is not, or the other way. Where only a browser can judge, `sound` stands in a line
that is not valid.
"""

import json
import sys

from check_key import key_of
from check_record import Line, Wrong, read_line


def fault_of(case):
    """What is wrong with a line; None when nothing is."""
    try:
        record = read_line(case["line"], case["name"])
        Line(record, None, case["name"])
        if "k" in record:
            key_of(record["k"])
    except Wrong as error:
        return error
    return None


def main():
    # As deep as a line may nest, and a key.
    sys.setrecursionlimit(10_000)
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    others = 0
    for case in cases:
        fault = fault_of(case)
        if (fault is None) != (case["ok"] or case.get("sound", False)):
            others += 1
            print(f"{case['name']}: {fault or 'no fault found'}: {case['line'][:200]}")
    print(f"{len(cases)} lines, {others} judged otherwise")
    return 1 if others else 0


if __name__ == "__main__":
    sys.exit(main())
