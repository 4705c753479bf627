"""Writes Sources/MLMText/Normalizers/BERTCharacters+Table.swift.

What the BertNormalizer and the Punctuation pre-tokenizer of Hugging Face tokenizers 0.23.3 make of
every code point: their character data is that of Unicode 9.
"""

import pathlib

from tokenizers import normalizers, pre_tokenizers

from script_table import base36

TARGET = pathlib.Path(__file__).resolve().parents[2] / "Sources/MLMText/Normalizers/BERTCharacters+Table.swift"


def main() -> None:
    options = {"handle_chinese_chars": False, "lowercase": False}
    clean = normalizers.BertNormalizer(clean_text=True, strip_accents=False, **options)
    strip = normalizers.BertNormalizer(clean_text=False, strip_accents=True, **options)
    decompose, cut = normalizers.NFD(), pre_tokenizers.Punctuation()
    sets = {
        "removed": lambda c: clean.normalize_str("a" + c) == "a",
        "nonspacing": lambda c: len(decompose.normalize_str(c)) == 1 and strip.normalize_str(c) == "",
        "punctuation": lambda c: len(cut.pre_tokenize_str("a" + c)) > 1,
    }
    text = "extension BERTCharacters {\n"
    for name, belongs in sets.items():
        text += f"  /// Code points that are {name}, written by Tests/Reference/bert_table.py.\n  ///\n"
        text += "  /// How many are not, how many are, and so on, in base 36.\n"
        text += f'  static let {name}Table = \"\"\"\n'
        words, run, state = [], 0, False
        for code in range(0x110000):
            now = not 0xD800 <= code < 0xE000 and belongs(chr(code))
            if now != state:
                words.append(base36(run))
                run, state = 0, now
            run += 1
        if state:
            words.append(base36(run))
        lines, line = [], "   "
        for word in words:
            if len(line) + len(word) > 95:
                lines.append(line + " \\\n")
                line = "   "
            line += " " + word
        text += "".join(lines) + line + '\n    """\n'
    TARGET.write_text(text + "}\n")


if __name__ == "__main__":
    main()
