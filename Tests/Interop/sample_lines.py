"""Lines that find differences between tokenizers: many scripts, odd characters, special tokens in the text."""

import pathlib
import random
import unicodedata

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "corpora" / "samples"

ODD = [
    "",
    " ",
    "   two   spaces  and a trailing one ",
    "\ttab\tand\u00a0no-break\u2003em space\u3000ideographic",
    "It's what they've said: we'll, I'd, you're, I'm, DON'T, o'clock",
    "1234567890 3.14 1,000,000 ½ ² ① ４２ x²",
    "http://example.org/a_b?c=d&e=%20 mail@example.org #tag @name C++ C# --flag",
    "naïve café — “quotes” ‘single’ … ‰ €5 £6 ¥7",
    "e\u0301 vs \u00e9, A\u030a vs \u00c5 vs \u212b, \u1e9b\u0323, o\u0308\u0304",
    "ﬁ ﬂ ﬀ ﬃ Ａｂｃ ㎏ ㍿ ™ ℡ ẞ ß İ ı ſ Ĳ ŉ",
    "ΣΊΣΥΦΟΣ όδος ΟΔΟΣ ἀρχή",
    "Съешь же ещё этих мягких булок, да выпей чаю.",
    "我们在河边等船。「今天，天气很好！」",
    "夜が明けると、ﾊﾝｶｸ カナと漢字が混ざる。",
    "아침에 강가를 걸었다. \u1100\u1161\u11a8",
    "كتابٌ على الطاولة، ١٢٣ ﷺ",
    "שָׁלוֹם עולם 123",
    "हिन्दी में एक वाक्य। क्षत्रिय",
    "ภาษาไทยไม่มีช่องว่างระหว่างคำ",
    "தமிழ் ಕನ್ನಡ తెలుగు മലയാളം",
    "👍🏽 👨‍👩‍👧‍👦 🇩🇪 ❤️ 1️⃣ 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "zero\u200bwidth\u200cnon\u200djoin\u2060er soft\u00adhyphen \ufeffbom",
    "left\u200eto\u200fright \u202bembedded\u202c",
    "control\u0001\u0008\u007f\u009f and \ufffd and \U000f0000 private \ue000",
    "math 𝒜𝔅ℂ 𝟘𝟙 ∑∫√ ≠ ≤ → ⇒",
    "old 𐎠𐎡 𓀀 𝄞 𐐷",
    "The capital lies on the [MASK] of the river.",
    "[MASK]start, mid[MASK]word,  [MASK] [MASK], end[MASK]",
    "[CLS] written [SEP] by [PAD] hand [UNK] [mask] [MASK",
    "\u0085 next line \u2028 line separator \u2029 paragraph separator",
    "carriage\rreturn and form\ffeed and vertical\vtab\r",
    "A" * 300,
    "ab" * 200 + " " * 40 + "!" * 70,
    "ÿ" * 50 + "漢" * 50,
]


def committed() -> list[str]:
    """The lines of every text file in corpora/samples."""
    files = sorted(SAMPLES.glob("**/*.txt"))
    assert files, f"{SAMPLES} holds no .txt file"
    return [line for file in files for line in file.read_text("utf-8").split("\n") if line]


def sentences(count: int) -> list[str]:
    """That many sentences people wrote: those of the text files, then the texts of labelled.tsv."""
    labelled = [line.split("\t", 1)[1] for line in (SAMPLES / "labelled.tsv").read_text("utf-8").split("\n") if line]
    found = committed() + labelled
    assert len(found) >= count, f"{SAMPLES} holds {len(found)} sentences; expected {count}"
    return found[:count]


def random_lines(count: int, seed: int) -> list[str]:
    """Random characters that have been in Unicode since 3.2, whatever their script.

    Old ones only: normalization data of libraries differs by Unicode version, and that is not what
    is compared here.
    """
    chance, old = random.Random(seed), unicodedata.ucd_3_2_0
    pool = [chr(c) for c in range(0x20, 0x30000) if old.category(chr(c)) not in ("Cn", "Cs", "Co")]
    letters = [c for c in pool if old.category(c)[0] in "LM" and ord(c) < 0x3000]
    result = []
    for _ in range(count):
        line = []
        for _ in range(chance.randint(1, 12)):
            start = chance.randrange(len(letters))  # neighbours share a script, as they do in words
            line += [letters[min(len(letters) - 1, start + chance.randrange(40))] for _ in range(chance.randint(1, 6))]
            line.append(chance.choice([" ", " ", "  ", chance.choice(pool)]))
        result.append("".join(line))
    return result
