"""Makes tokenizer_reference.json: what Hugging Face tokenizers does, for MLMTextTests to compare with.

Run it with tokenizers 0.23.3:  python tokenizer_reference.py
"""

import json
import platform
import random
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__

TEXT = """\
The harbour was quiet before the storm, and the harbour master didn't like it.
"They'll be back by evening," she said; "we've seen the boats, and they're sound."
I'm sure he'd rather wait. It's twelve o'clock -- or 12:05 -- and the tide won't wait!
In 1987 there were 42 boats; in 2003 there were 17, and now there are 9.

Der Hafen war still. Die Straße führte über die Brücke zum Größten Platz der Stadt.
El puerto estaba en silencio; mañana volverán los niños con sus canciones.
Гавань была тиха, и начальник гавани ждал лодок. Лодки вернулись вечером.
Το λιμάνι ήταν ήσυχο· οι βάρκες γύρισαν το βράδυ.
港はとても静かだった。船は夕方に戻ってきた。港の人々は船を待っていた。
항구는 조용했다. 배들은 저녁에 돌아왔다.
بندر هادئ قبل العاصفة، والقوارب تعود مساء.
---- ==== .... ---- ====== ........ --------
\tfor (int i = 0; i < 10; ++i) {\t\tsum += i;\t}
"""

TEXTS = [
    "", " ", "   ", "\n", " \n \n", "a", " a", "  a", "a ", "a  b   c",
    "The harbour was quiet.", "the Harbour WAS Quiet", "they'll they're he'd I'm we've don't it's",
    "'s 's'll 'S THEY'LL ' '' 're", "12:05 on 1987-03-04, ½ Ⅷ ² ٣",
    "[MASK]", " [MASK]", "the [MASK] was quiet", "the[MASK]was", "the  \t\u3000[MASK]  was",
    "[MASK][MASK]", "[MASK] [MASK] .", "[CLS] a [SEP] [PAD] [UNK]", "[MASK [MASK]] [mask]",
    "line one\r\nline two\r\n", "tab\tand\u00a0space\u2003wide\u3000ideographic",
    "\u0301", "\u0301a", "e\u0301e\u0300\u0323", "q\u0307\u0323z", "x\u0301\u0316y",
    "\ufb01 \u337f \ufdfa \u2460 \uff21\uff22 \u1e9b\u0323", "\u0344 \u01d6\u0323 \u212b \u2126",
    "각 \uac00\u11a8 \u1100\u1161\u11a8 한국어", "か\u3099 ｶﾞ が ﾊﾟ", "ควายน้ำ กำ क्षि தொ",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e8\U0001f1ed \U0001f44d\U0001f3fd!",
    "İstanbul ΣΑΣ ẞ ǅ", "Ärger Straße naïve coöperate", "港は静かだった。", "بِسْمِ ٱللَّٰهِ",
    "\ufeffmark \u200b zero\u200dwidth", "\x00\x01\x7f\x85", "-------- ======",
    "a" * 70 + "-" * 70, "\u0f73\u0f71 \u0cc6\u0cc2\u0cd5",
]


def byte_level(prefix=True, regex=True):
    return pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=regex)


def train(lines, size, frequency, normalizer=None, limit=None):
    tokenizer = Tokenizer(models.BPE())
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = byte_level()
    tokenizer.decoder = decoders.ByteLevel()
    mask = AddedToken("[MASK]", lstrip=True, special=True, normalized=False)
    options = {} if limit is None else {"max_token_length": limit}
    trainer = trainers.BpeTrainer(
        vocab_size=size, min_frequency=frequency, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", mask], **options)
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def byte_offsets(text, encoding):
    starts = [0]
    for character in text:
        starts.append(starts[-1] + len(character.encode()))
    return [[starts[a], starts[b]] for a, b in encoding.offsets]


def encodings(tokenizer, texts):
    result = []
    for text in texts:
        encoding = tokenizer.encode(text)
        result.append({"text": text, "ids": encoding.ids, "offsets": byte_offsets(text, encoding)})
    return result


def ranges(points):
    """The points as hexadecimal ranges: "41-5a 61-7a aa"."""
    result = []
    for point in points:
        if result and result[-1][1] == point - 1:
            result[-1][1] = point
        else:
            result.append([point, point])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in result)


def scalars():
    return (p for p in range(0x110000) if not 0xD800 <= p < 0xE000)


def characters():
    """Which code points the pre-tokenizer takes for what, and how they are lowercased."""
    split = byte_level(prefix=False).pre_tokenize_str
    kinds = {"letter": [], "number": [], "space": []}
    for point in scalars():
        character = chr(point)
        if len(split("a" + character)) == 1:
            kinds["letter"].append(point)
        elif len(split("1" + character)) == 1:
            kinds["number"].append(point)
        elif len(split("!" + character)) != 1:
            kinds["space"].append(point)
    lower = normalizers.Lowercase().normalize_str
    changed = [chr(p) + lower(chr(p)) for p in scalars() if lower(chr(p)) != chr(p)]
    lowercase = {"lowercase": " ".join(changed)}
    return {name: ranges(points) for name, points in kinds.items()} | lowercase


def main():
    lines = TEXT.splitlines(keepends=True)
    base = train(lines, 420, 2, normalizers.NFKC())
    saved = base.to_str(pretty=True)
    changes = {
        "base": {},
        "none": {"normalizer": None},
        "nfc": {"normalizer": {"type": "NFC"}},
        "nfd": {"normalizer": {"type": "NFD"}},
        "nfkd": {"normalizer": {"type": "NFKD"}},
        "stripped": {"normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "NFKC"}, {"type": "Lowercase"}]}},
        "trimmed": {"post_processor": {
            "type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
            "use_regex": True}},
        "unsplit": {"post_processor": None, "pre_tokenizer": {
            "type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True,
            "use_regex": False}},
    }
    variants = []
    for name, change in changes.items():
        document = json.loads(saved) | change
        # Every text for the default; for the others those that can differ.
        texts = TEXTS if name in ("base", "trimmed") else TEXTS[10:12] + TEXTS[19:20] + TEXTS[26:38]
        variants.append({
            "name": name,
            "change": {key: json.dumps(value) for key, value in change.items()},
            "encodings": encodings(Tokenizer.from_str(json.dumps(document)), texts)})

    # A small alphabet in long runs brings out how ties, repeated merges and limits are treated.
    random.seed(20240607)
    runs = ["".join(random.choice("aab-- =é") for _ in range(random.randint(0, 60)))
            for _ in range(60)]
    runs += ["-" * n + " " * (n // 2) + "[MASK]" + "ab" * n for n in range(1, 30)]
    trainings = []
    for size, frequency, limit in ((700, 2, None), (420, 1, None), (500, 2, 6)):
        model = json.loads(train(runs, size, frequency, None, limit).to_str())["model"]
        trainings.append({
            "size": size, "frequency": frequency, "limit": limit,
            "merges": [" ".join(pair) for pair in model["merges"]]})

    result = {
        "versions": {"tokenizers": tokenizers.__version__, "python": platform.python_version()},
        "text": TEXT, "tokenizer": saved, "variants": variants,
        "runs": runs, "trainings": trainings, "characters": characters(),
    }
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
