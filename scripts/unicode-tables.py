#!/usr/bin/env python3
"""Writes Sources/Tokenizers/Unicode/*Data.swift from the measured tables of tokenizers 0.23.3.

    scripts/unicode-tables.py TABLES [OUTPUT]

TABLES is the folder of tokenizers_0.23.3_bert_tables.json and ..._unicode_tables.json: what the
wheel did with each code point. They do not hold canonical combining classes, which come
from this Python's unicodedata for the marks that the wheel knows (a class never changes once it is
assigned). Only the standard library is used.
"""

import json
import pathlib
import sys
import unicodedata

VERSION = "0.23.3"

# Bits 0 to 7 of a class; bits 8 to 15 are the canonical combining class. As in ScalarTraits.swift.
FLAGS = [
    ("bert", "removed"),
    ("bert", "tospace"),
    ("bert", "cjk"),
    ("bert", "punct"),
    ("bert", "ws"),
    ("unicode", "mn(BertNormalizer strip_accents)"),
    ("unicode", "is_combining_mark(StripAccents)"),
    ("unicode", "rust regex \\w (added-token single_word, Whitespace)"),
]

HEADER = """\
// swift-format-ignore-file
// Written by scripts/unicode-tables.py from tables measured on tokenizers {version}{also}.

/// {what}
enum {name} {{
  static let text: StaticString = #\"\"\"
{lines}
    \"\"\"#
}}
"""


def digits(number):
    """Five bits at a time, lowest first, the sixth says that more follow; counted from "0"."""
    text = ""
    while True:
        number, low = number >> 5, number & 31
        text += chr(48 + low + (32 if number else 0))
        if not number:
            return text


def signed(number):
    return digits(2 * number if number >= 0 else -2 * number - 1)


def classes(tables):
    """Runs of equal classes: gap after the run before, length - 1, class."""
    values = [0] * 0x110000
    for bit, (table, key) in enumerate(FLAGS):
        for first, last in tables[table][key]:
            for scalar in range(first, last + 1):
                values[scalar] |= 1 << bit
    for scalar, value in enumerate(values):
        if value & 1 << 6:
            values[scalar] |= unicodedata.combining(chr(scalar)) << 8
    text, after, scalar = "", 0, 0
    while scalar < len(values):
        end = scalar
        while end < len(values) and values[end] == values[scalar]:
            end += 1
        if values[scalar]:
            text += digits(scalar - after) + digits(end - scalar - 1) + digits(values[scalar])
            after = end
        scalar = end
    return text


def mapping(entries):
    """Scalars and what they become: gap after the one before, count, differences to the scalar."""
    text, after = "", 0
    for scalar, parts in sorted((int(key, 16), parts) for key, parts in entries.items()):
        text += digits(scalar - after) + digits(len(parts))
        text += "".join(signed(part - scalar) for part in parts)
        after = scalar + 1
    return text


def write(folder, name, what, text, also=""):
    lines = [text[start : start + 90] for start in range(0, len(text), 90)]
    joined = "\\#\n".join("    " + line for line in lines)
    source = HEADER.format(name=name, what=what, lines=joined, version=VERSION, also=also)
    (folder / f"{name}.swift").write_text(source, encoding="utf-8")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    given = pathlib.Path(sys.argv[1])
    target = pathlib.Path(__file__).resolve().parent.parent / "Sources/Tokenizers/Unicode"
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else target
    tables = {
        name: json.loads((given / f"tokenizers_{VERSION}_{name}_tables.json").read_text())
        for name in ("bert", "unicode")
    }
    write(
        folder, "ScalarTraitsData", "Runs of scalars of equal traits, for ScalarTable.",
        classes(tables), " and Unicode's canonical combining classes")
    write(
        folder, "DecompositionData", "Canonical decompositions (Unicode 9), for ScalarMapping.",
        mapping(tables["unicode"]["NFD"]))
    write(
        folder, "LowercaseData", "Lower-case mappings (Unicode 17), for ScalarMapping.",
        mapping(tables["unicode"]["lower"]))


main()
