"""Writes Sources/MLMText/PreTokenizers/Scripts+Table.swift.

The classes are those that the UnicodeScripts pre-tokenizer of Hugging Face tokenizers 0.23.3 shows:
two characters are of one script if it does not cut between them.
"""

import pathlib
import string

from tokenizers import pre_tokenizers

TARGET = pathlib.Path(__file__).resolve().parents[2] / "Sources/MLMText/PreTokenizers/Scripts+Table.swift"
HEAD = '''extension Scripts {
  /// Runs of code points of one script, written by Tests/Reference/script_table.py.
  ///
  /// A run is how many are skipped, how many there are, and the number of the script, in base 36.
  static let table = """
'''


def main() -> None:
    cut = lambda a, b: len(scripts.pre_tokenize_str(a + b)) > 1
    scripts = pre_tokenizers.UnicodeScripts()
    runs, representatives, last = [], [], None
    for code in range(0x110000):
        if code == 0x20 or 0xD800 <= code < 0xE000:
            continue
        character = chr(code)
        if not cut("a", character) and not cut("\u044f", character):
            continue
        if last is None or cut(representatives[last], character):
            last = next((i for i, r in enumerate(representatives) if not cut(r, character)), None)
            if last is None:
                last = len(representatives)
                representatives.append(character)
        if runs and runs[-1][1] == code and runs[-1][2] == last:
            runs[-1][1] += 1
        else:
            runs.append([code, code + 1, last])
    words, end = [], 0
    for first, stop, script in runs:
        words.append(f"{base36(first - end)} {base36(stop - first)} {base36(script)}")
        end = stop
    lines, line = [], "   "
    for word in words:
        if len(line) + len(word) > 95:
            lines.append(line + " \\\n")
            line = "   "
        line += " " + word
    lines.append(line + "\n")
    TARGET.write_text(HEAD + "".join(lines) + '    """\n}\n')


def base36(number: int) -> str:
    digits = string.digits + string.ascii_lowercase
    text = digits[number % 36]
    while number := number // 36:
        text = digits[number % 36] + text
    return text


if __name__ == "__main__":
    main()
