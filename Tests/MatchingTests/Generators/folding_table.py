#!/usr/bin/env python3
"""Writes Sources/Matching/FoldingTable.swift from the Unicode data that Python carries.

    python3 Tests/MatchingTests/Generators/folding_table.py > Sources/Matching/FoldingTable.swift
"""

import sys
import unicodedata

# Letters that Unicode does not decompose, and what people type for them.
SPECIAL = {
    "æ": "ae", "ǽ": "ae", "œ": "oe", "þ": "th", "ß": "ss", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l",
    "ŋ": "n", "ø": "o", "ŧ": "t", "ƀ": "b", "ɓ": "b", "ƃ": "b", "ƈ": "c", "ɖ": "d", "ɗ": "d", "ƌ": "d", "ə": "e",
    "ǝ": "e", "ɛ": "e", "ƒ": "f", "ɠ": "g", "ɣ": "g", "ǥ": "g", "ɨ": "i", "ɩ": "i", "ƙ": "k", "ƚ": "l", "ɲ": "n",
    "ƞ": "n", "ɔ": "o", "ɵ": "o", "ƥ": "p", "ʀ": "r", "ʃ": "s", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʊ": "u", "ʋ": "v",
    "ƴ": "y", "ƶ": "z", "ʒ": "z", "ȡ": "d", "ȴ": "l", "ȵ": "n", "ȶ": "t", "ȷ": "j", "ⱥ": "a", "ȼ": "c", "ȿ": "s",
    "ɀ": "z", "ɇ": "e", "ɉ": "j", "ɋ": "q", "ɍ": "r", "ɏ": "y", "ɑ": "a", "ɫ": "l", "ɽ": "r", "ⱡ": "l", "ᵽ": "p",
    "ⱦ": "t", "ⱨ": "h", "ⱪ": "k", "ⱬ": "z", "ꞵ": "b", "ґ": "г", "ӏ": "і", "ⅎ": "f", "ↄ": "c",
}
APOSTROPHES = "'`´‘’‛′ʹʻʼʽˈˊˋ՚ߴߵꞌ＇｀"
QUOTES = '"“”„‟«»‹›″‶〝〞〟＂'
DASHES = "-‐‑‒–—―−⁃﹘﹣－⁓〜～゠⸺⸻"
# Invisible, yet letters or marks by category. All of category Cf goes as well.
INVISIBLE = [0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0]
INVISIBLE += list(range(0xFE00, 0xFE10)) + list(range(0xE0100, 0xE01F0))

LATIN_GREEK_CYRILLIC = [
    (0x41, 0x5A), (0x61, 0x7A), (0xAA, 0xAA), (0xBA, 0xBA), (0xC0, 0x2FF), (0x370, 0x52F), (0x1C80, 0x1C8F),
    (0x1D00, 0x1DBF), (0x1E00, 0x1FFF), (0x2C60, 0x2C7F), (0xA640, 0xA69F), (0xA720, 0xA7FF), (0xAB30, 0xAB6F),
]


def drops_marks(character):
    return any(low <= ord(character) <= high for low, high in LATIN_GREEK_CYRILLIC)


def is_mark(character):
    return unicodedata.category(character).startswith("M")


def strip(text):
    kept, base = [], None
    for character in text:
        if is_mark(character):
            if base is None or drops_marks(base) or not unicodedata.category(base).startswith("L"):
                continue
        else:
            base = character
        kept.append(character)
    return "".join(kept)


def one(character):
    """Folds a character by itself once."""
    if character in APOSTROPHES:
        return "'"
    if character in QUOTES:
        return '"'
    if character in DASHES:
        return "-"
    category = unicodedata.category(character)
    if category == "Cf" or ord(character) in INVISIBLE:
        return ""
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    if category == "Nd":
        return str(unicodedata.digit(character))
    return SPECIAL.get(character, character)


def fold(character):
    spelling = unicodedata.normalize("NFKD", character)
    if all(map(is_mark, spelling)) and ord(character) not in INVISIBLE:
        # Whether a mark stays depends on what it stands on, so the program decides; only its spelling is settled here.
        return spelling
    if is_mark(character) and ord(character) not in INVISIBLE:
        return character
    text = "".join(map(one, character))
    while True:
        folded = strip(unicodedata.normalize("NFKD", strip(unicodedata.normalize("NFKD", text)).casefold()))
        folded = "".join(map(one, folded)).replace("\u2044", "/")
        if folded == text:
            return folded
        text = folded


def mapping():
    table = {}
    for value in range(0x110000):
        if 0xD800 <= value <= 0xDFFF or 0xAC00 <= value <= 0xD7A3:  # surrogates; Hangul syllables go by arithmetic
            continue
        folded = fold(chr(value))
        if folded != chr(value):
            table[value] = folded
    return table


def runs(table):
    """Joins neighbours that fold to the same text, or to one scalar each that rises with them."""
    sources = sorted(table)
    index = 0
    while index < len(sources):
        first = sources[index]
        target = table[first]
        count, step = 1, None
        while index + count < len(sources) and sources[index + count] == first + count:
            following = table[first + count]
            if following == target and step in (None, 0):
                step = 0
            elif len(target) == 1 and following == chr(ord(target) + count) and step in (None, 1):
                step = 1
            else:
                break
            count += 1
        yield first, count, step or 0, target
        index += count


def main():
    table = mapping()
    words, line = [], ""
    for first, count, step, target in runs(table):
        span = f"{first:X}" + (f"{'+' if step else '='}{count:X}" if count > 1 else "")
        words.append(span + ":" + ".".join(f"{ord(c):X}" for c in target))
    lines = []
    for word in words:
        if len(line) + 1 + len(word) > 112:
            lines.append(line)
            line = ""
        line += (" " if line else "") + word
    lines.append(line)
    out = sys.stdout.write
    out("// Written by Tests/MatchingTests/Generators/folding_table.py; not to be edited by hand.\n\n")
    out(f"/// What folds to something else, from Unicode {unicodedata.unidata_version}; Hangul syllables go by arithmetic.\n///\n")
    out("/// An entry is `source:target`, in hexadecimal, a target being scalars joined by dots or nothing. `source=n` stands\n")
    out("/// for n sources with one target, `source+n` for n sources whose targets rise with them.\n")
    out("enum FoldingTable {\n    static let entries = \"\"\"\n")
    for text in lines:
        out("        " + text + "\n")
    out("        \"\"\"\n}\n")


main()
