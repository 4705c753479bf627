"""Every code point through every normalizer, and the Unicode Consortium's own test of the four forms."""

import bz2
import gzip
import json
import pathlib
import unicodedata

from tokenizers import normalizers as N

import sentencepiece_models
import unicode_differences
from check_components import ALPHABET, byte_tokenizer
from support import Checks, Work
from tokenizer_comparison import CHUNK, Comparison, in_scalars

FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
# Where Debian's package unicode-data puts the test, in one of three ways.
TEST_FILES = [pathlib.Path(f"/usr/share/unicode/NormalizationTest.txt{end}") for end in ("", ".gz", ".bz2")]
LAST = 0x323AF  # planes 0 to 3; of the others only tags and variation selectors are assigned


def check(checks: Checks, work: Work) -> None:
    check_code_points(checks, work)
    if work.full or work.normalization_test:
        check_forms(checks, work)


def check_code_points(checks: Checks, work: Work) -> None:
    points = code_points(work.full)
    for name, normalizer in normalizers(work).items():
        compared = Comparison(checks, work, name, byte_tokenizer(normalizer))
        found = sorted({ord(line[-1]) for line in differing(compared, points)})
        allowed = unpacked(unicode_differences.of(name))
        expected = [p for p in points if p in allowed]
        checks.that(found == expected, f"{name}: of {len(points)} code points {packed(found)} differ; "
                                       f"expected {packed(expected)}"[:3000])


def normalizers(work: Work) -> dict:
    found = {name: getattr(N, name)() for name in (*FORMS, "Lowercase", "StripAccents", "Nmt", "ByteLevel")}
    found["BertNormalizer"] = N.BertNormalizer()
    for name in ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"):
        switches = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
        found[f"BertNormalizer, {name}"] = N.BertNormalizer(**(switches | {name: True}))
    for name, table in sentencepiece_models.tables(work).items():
        found[f"Precompiled, {name}"] = N.Precompiled(table)
    return found


def code_points(full: bool) -> list[int]:
    """Every code point that may be assigned; in a quick run one in 61, and more of those that decompose or have case."""
    points = [*range(LAST + 1), *range(0xE0000, 0xE01F0)]
    points = [p for p in points if not 0xD800 <= p < 0xF900 and p != 0x0A]
    if full:
        return points
    changing = [p for p in points if p < 0x30000 and not 0xAC00 <= p < 0xD7A4 and (
        unicodedata.normalize("NFKD", chr(p)) != chr(p) or chr(p).lower() != chr(p))]
    return sorted({*points[::61], *changing[::5]})


def differing(compared: Comparison, points: list[int]) -> list[str]:
    """Of each code point alone and after a letter, the texts that come out differently."""
    lines = [prefix + chr(point) for prefix in ("", "a") for point in points]
    wrong = []
    for start in range(0, len(lines), CHUNK):
        part = lines[start : start + CHUNK]
        found = compared.work.mlm.run("tokenizer", "encode", "--tokenizer", compared.file, "--json",
                                      compared.work.write_lines("points.txt", part)).split("\n")
        for line, ours, theirs in zip(part, found, compared.theirs.encode_batch(part)):
            ours = json.loads(ours)
            if ours["ids"] != theirs.ids or in_scalars(line, ours["offsets"]) != theirs.offsets:
                wrong.append(line)
    return wrong


def check_forms(checks: Checks, work: Work) -> None:
    """NormalizationTest.txt: what its header demands of each row, and of characters that are in no row."""
    file = work.normalization_test or next((file for file in TEST_FILES if file.exists()), None)
    if not checks.that(file is not None, "NormalizationTest.txt: expected Debian's package unicode-data, or "
                                         "--normalization-test FILE"):
        return
    opener = {".gz": gzip.open, ".bz2": bz2.open}.get(file.suffix, open)
    rows, listed, part = [], set(), ""
    with opener(file, "rt", encoding="utf-8") as text:
        for line in text:
            if line.startswith("@"):
                part = line.split()[0]
            elif not line.startswith("#") and line.strip():
                columns = ["".join(chr(int(p, 16)) for p in column.split()) for column in line.split(";")[:5]]
                rows.append(columns)
                if part == "@Part1":
                    listed.add(ord(columns[0]))
    checks.that(len(rows) > 15000 and len(listed) > 15000, f"{file}: {len(rows)} rows, {len(listed)} in part 1")
    # In the order of the forms: which columns are equal to which column's form.
    demands = {"NFC": [(1, (0, 1, 2)), (3, (3, 4))], "NFD": [(2, (0, 1, 2)), (4, (3, 4))],
               "NFKC": [(3, (0, 1, 2, 3, 4))], "NFKD": [(4, (0, 1, 2, 3, 4))]}
    others = [chr(p) for p in range(0x110000) if p not in listed and not 0xD800 <= p < 0xE000 and p != 0x0A]
    for form in FORMS:
        pairs = [(row[column], row[target]) for target, columns in demands[form] for column in columns for row in rows]
        checks.equal(wrong_forms(checks, work, form, pairs), [], f"{form}: rows of {file.name}")
        checks.equal(wrong_forms(checks, work, form, [(c, c) for c in others]), [],
                     f"{form}: {len(others)} characters that are not in part 1")


def wrong_forms(checks: Checks, work: Work, form: str, pairs: list[tuple[str, str]]) -> list:
    """The first texts that do not become what they should."""
    compared = Comparison(checks, work, form, byte_tokenizer(getattr(N, form)()))
    tokens = {character: str(i) for i, character in enumerate(ALPHABET)}
    spelled = [tokens[character] for character in _alphabet()]
    found = work.mlm.run("tokenizer", "encode", "--tokenizer", compared.file,
                         work.write_lines("forms.txt", [text for text, _ in pairs])).split("\n")
    assert len(found) == len(pairs) + 1
    return [(text.encode("unicode-escape"), line) for (text, expected), line in zip(pairs, found)
            if line != " ".join(spelled[byte] for byte in expected.encode())][:5]


def _alphabet() -> list[str]:
    """The character of each byte: printable Latin-1 stands for itself, the rest follows from U+0100 on."""
    own = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = iter(range(0x100, 0x200))
    return [chr(byte) if byte in own else chr(next(rest)) for byte in range(256)]


def packed(points: list[int]) -> str:
    """Ranges of code points as text: "41-5A 61"."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in ranges)


def unpacked(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found
