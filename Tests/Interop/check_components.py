"""Every component that a tokenizer.json may hold, each in a small tokenizer whose output shows all it does.

Bytes without merges spell out what a normalizer writes; a vocabulary of `[UNK]` alone shows where a
pre-tokenizer cuts; offsets show where all of it came from.
"""

import itertools
import json

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders as D
from tokenizers import models as M
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P
from tokenizers import processors as O

import sample_lines
import sentencepiece_models
from support import Checks, Work
from tokenizer_comparison import Comparison

ALPHABET = sorted(P.ByteLevel.alphabet())
BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
PIECES = ["a", "b", "c", " ", "  ", "-", "--", "▁", "é", "e\u0301", "1", "23", "Straße", "漢字", "x'll", "\t", "ﬁ",
          "İ", "Ǆ", "𐐀", "़", "ก็", "👍🏽", ".", "?!", "Don't", "ΑΣ", "\u200b", "\u00a0", "\r", "𝒜", "ｶﾞ", "half½", "_"]
FIRST, SECOND = "the quick brown fox jumps over the lazy dog", "a much longer second text, it never ends"


def check(checks: Checks, work: Work) -> None:
    lines = sample_lines.ODD + sample_lines.random_lines(3000 if work.full else 50, seed=21) + mixed_lines(work)
    check_normalizers(checks, work, lines)
    check_pre_tokenizers(checks, work, lines)
    check_models(checks, work, lines)
    check_added_tokens(checks, work)
    check_post_processors(checks, work)
    check_lengths(checks, work)
    check_decoders(checks, work)


def mixed_lines(work: Work) -> list[str]:
    """Lines of pieces that components treat in their own ways, in every order of two and some of three."""
    pairs = ["".join(pair) for pair in itertools.product(PIECES, PIECES)]
    triples = ["".join(triple) for triple in itertools.product(PIECES, PIECES, PIECES)]
    return PIECES + (pairs + triples if work.full else pairs[::7] + triples[::307])


def byte_tokenizer(normalizer=None) -> Tokenizer:
    """A tokenizer whose identifiers are the bytes of the normalized text."""
    tokenizer = Tokenizer(M.BPE({c: i for i, c in enumerate(ALPHABET)}, []))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = P.ByteLevel(add_prefix_space=False, use_regex=False, trim_offsets=False)
    tokenizer.decoder = D.ByteLevel()
    return tokenizer


def piece_tokenizer(pre_tokenizer=None) -> Tokenizer:
    """A tokenizer with one token a piece."""
    tokenizer = Tokenizer(M.WordLevel({"[UNK]": 0, "▁": 1, "a": 2, "Ġa": 3, "▁a": 4}, "[UNK]"))
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def spelling_tokenizer(pre_tokenizer) -> Tokenizer:
    """A tokenizer with one token a byte of what the pre-tokenizer writes."""
    tokenizer = Tokenizer(M.BPE({f"<0x{i:02X}>": i for i in range(256)}, [], byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def normalizers(work: Work) -> dict:
    found = {name: getattr(N, name)() for name in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt",
                                                   "ByteLevel")}
    for clean, spaced, accents, lower in itertools.product((True, False), (True, False), (None, True, False),
                                                           (True, False)):
        found[f"BertNormalizer({clean}, {spaced}, {accents}, {lower})"] = N.BertNormalizer(
            clean_text=clean, handle_chinese_chars=spaced, strip_accents=accents, lowercase=lower)
    for left, right in itertools.product((True, False), repeat=2):
        found[f"Strip({left}, {right})"] = N.Strip(left, right)
    for name, table in sentencepiece_models.tables(work).items():
        found[f"Precompiled({name})"] = N.Precompiled(table)
    patterns = {"a string": "a", "a long string": "--", "a regex": Regex(r"\s+"), "nothing": Regex(r"x*"),
                "an alternative": Regex("a|b|ab"), "a boundary": Regex(r"\b"), "a set": Regex(r"[^\p{L}\p{N}]"),
                "case": Regex("(?i)tRA|é|k"), "a look behind": Regex(r"(?<=a)\S"), "lines": Regex("^.|.$")}
    for (name, pattern), content in itertools.product(patterns.items(), ["", "_", "ab", "漢字 "]):
        found[f"Replace({name}, {content!r})"] = N.Replace(pattern, content)
    for prefix in ("▁", "ab ", "é"):
        found[f"Prepend({prefix!r})"] = N.Prepend(prefix)
    N_ = N.Sequence
    found |= {
        "NFD, StripAccents, Lowercase": N_([N.NFD(), N.StripAccents(), N.Lowercase()]),
        "Lowercase, NFC": N_([N.Lowercase(), N.NFC()]),
        "NFKD, StripAccents, NFC": N_([N.NFKD(), N.StripAccents(), N.NFC()]),
        "Nmt, NFKC, Replace, Strip": N_([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " "), N.Strip()]),
        "Strip, Prepend, Replace": N_([N.Strip(), N.Prepend("▁"), N.Replace(" ", "▁")]),
        "Prepend, Strip": N_([N.Prepend(" "), N.Strip()]),
        "Replace to nothing, NFC": N_([N.Replace("e", ""), N.NFC()]),
        "BertNormalizer, NFKC, ByteLevel": N_([N.BertNormalizer(), N.NFKC(), N.ByteLevel()]),
        "nothing": N_([]),
    }
    return found


def check_normalizers(checks: Checks, work: Work, lines: list[str]) -> None:
    for name, normalizer in normalizers(work).items():
        Comparison(checks, work, f"normalizer {name}", byte_tokenizer(normalizer)).lines(lines, specials=(True,))


def pre_tokenizers() -> dict:
    found = {name: getattr(P, name)() for name in ("BertPreTokenizer", "Whitespace", "WhitespaceSplit",
                                                   "UnicodeScripts")}
    for prefix, split in itertools.product((True, False), repeat=2):
        found[f"ByteLevel({prefix}, {split})"] = P.ByteLevel(add_prefix_space=prefix, use_regex=split)
    for scheme, split in itertools.product(("always", "never", "first"), (True, False)):
        found[f"Metaspace({scheme}, {split})"] = P.Metaspace("▁", prepend_scheme=scheme, split=split)
    found["Metaspace(_)"] = P.Metaspace("_")
    for behavior in BEHAVIORS:
        found[f"Punctuation({behavior})"] = P.Punctuation(behavior)
        for pattern in ("a", "--", "", Regex(r"\s+"), Regex("[ab]"), Regex(r"\w+|[^\w\s]+"), Regex(""), Regex("x*"),
                        Regex(r"\b"), Regex(r"\p{Lu}\p{Ll}*|\p{M}"), Regex(r"(?<=\s)\S"), Regex("a(?=b)")):
            for invert in (False, True):
                found[f"Split({pattern!r}, {behavior}, {invert})"] = P.Split(pattern, behavior, invert)
    for individual in (True, False):
        found[f"Digits({individual})"] = P.Digits(individual_digits=individual)
    for delimiter in ("a", " ", "é", "𐐀"):
        found[f"CharDelimiterSplit({delimiter})"] = P.CharDelimiterSplit(delimiter)
    for length in (1, 2, 5):
        found[f"FixedLength({length})"] = P.FixedLength(length)
    S = P.Sequence
    found |= {
        "WhitespaceSplit, Metaspace first": S([P.WhitespaceSplit(), P.Metaspace("▁", prepend_scheme="first")]),
        "Metaspace, Digits, Punctuation": S([P.Metaspace("▁"), P.Digits(True), P.Punctuation()]),
        "UnicodeScripts, WhitespaceSplit": S([P.UnicodeScripts(), P.WhitespaceSplit()]),
        "Split, ByteLevel": S([P.Split(Regex(r"\d+|\D+"), "isolated"), P.ByteLevel(True, use_regex=False)]),
        "ByteLevel, Metaspace": S([P.ByteLevel(True), P.Metaspace("▁", prepend_scheme="first")]),
        "ByteLevel, Punctuation": S([P.ByteLevel(False, use_regex=False), P.Punctuation()]),
        "nothing": S([]),
    }
    return found


def check_pre_tokenizers(checks: Checks, work: Work, lines: list[str]) -> None:
    for name, pre_tokenizer in pre_tokenizers().items():
        Comparison(checks, work, f"pre-tokenizer {name}, pieces", piece_tokenizer(pre_tokenizer)).lines(
            lines, specials=(True,))
        if any(part in name for part in ("ByteLevel", "Metaspace")):
            Comparison(checks, work, f"pre-tokenizer {name}, bytes", spelling_tokenizer(pre_tokenizer)).lines(
                lines, specials=(True,))
    # After a normalizer that moves things, origins differ from places.
    for name, pre_tokenizer in pre_tokenizers().items():
        if "Metaspace" in name or "ByteLevel" in name:
            tokenizer = spelling_tokenizer(pre_tokenizer)
            tokenizer.normalizer = N.Sequence([N.Strip(), N.Replace("a", ""), N.NFKD(), N.Prepend(" ")])
            Comparison(checks, work, f"normalized, pre-tokenizer {name}", tokenizer).lines(lines, specials=(True,))


def check_models(checks: Checks, work: Work, lines: list[str]) -> None:
    text = "abcde aab abab ab aabb  cab éa"
    letters = sorted(set("".join(PIECES[:10]) + text))
    vocabulary = {token: i for i, token in enumerate(["<unk>", *letters])}
    merges = [("a", "b"), ("ab", "ab"), ("a", "a"), ("c", "ab"), ("-", "-"), ("e", "\u0301"), (" ", " ")]
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    bytes_too = vocabulary | {f"<0x{i:02X}>": len(vocabulary) + i for i in range(256)}
    few_bytes = vocabulary | {f"<0x{i:02X}>": len(vocabulary) + i for i in range(192)}
    for unknown, fuse, fallback, ignore, dropout in itertools.product(
            (None, "<unk>"), (True, False), (None, bytes_too, few_bytes), (True, False),
            (None, 0.0, 1.0) if work.full else (None, 1.0)):
        name = f"BPE({unknown}, fuse {fuse}, fallback {len(fallback or [])}, ignore {ignore}, dropout {dropout})"
        tokenizer = Tokenizer(M.BPE(fallback or vocabulary, merges, unk_token=unknown, fuse_unk=fuse,
                                    byte_fallback=fallback is not None, ignore_merges=ignore, dropout=dropout))
        Comparison(checks, work, name, tokenizer).lines(lines[:: 1 if work.full else 4], specials=(True,))
        tokenizer.pre_tokenizer = P.BertPreTokenizer()
        Comparison(checks, work, name + " in words", tokenizer).lines(lines[:: 1 if work.full else 8], specials=(True,))
    for prefix, suffix in (("##", None), (None, "</w>"), ("##", "</w>"), ("@", None)):
        spelled = {"<unk>": 0}
        for letter in letters:
            for before, after in itertools.product({"", prefix or ""}, {"", suffix or ""}):
                spelled.setdefault(before + letter + after, len(spelled))
        pairs = []
        for left, right in [("a", "b"), ("b", "a"), ("a", "a")]:
            for before, after in itertools.product({"", prefix or ""}, {"", suffix or ""}):
                pairs.append((before + left, (prefix or "") + right + after))
                spelled.setdefault(before + left + right + after, len(spelled))
        for unknown, ignore in itertools.product((None, "<unk>"), (True, False)):
            settings = dict(unk_token=unknown, continuing_subword_prefix=prefix, end_of_word_suffix=suffix)
            settings = {key: value for key, value in settings.items() if value is not None}
            tokenizer = Tokenizer(M.BPE(spelled, pairs, ignore_merges=ignore, **settings))
            tokenizer.pre_tokenizer = P.WhitespaceSplit()
            Comparison(checks, work, f"BPE({unknown}, {prefix}, {suffix}, ignore {ignore})", tokenizer).lines(
                lines, specials=(True,))
    words = {"[UNK]": 0, "a": 1, "##b": 2, "##a": 3, "ab": 4, "##1": 5, "é": 6, "##é": 7, "漢": 8, "##字": 9, "##": 10,
             "b": 11, "-": 12, "##-": 13, "--": 14, "e": 15, "##\u0301": 16}
    for longest, prefix in itertools.product((0, 1, 4, 100), ("##", "")):
        tokenizer = Tokenizer(M.WordPiece(words, unk_token="[UNK]", max_input_chars_per_word=longest,
                                          continuing_subword_prefix=prefix))
        for split in (P.WhitespaceSplit(), P.BertPreTokenizer()):
            tokenizer.pre_tokenizer = split
            Comparison(checks, work, f"WordPiece({longest}, {prefix!r})", tokenizer).lines(lines, specials=(True,))
    scores = [("<unk>", 0.0), ("▁", -2.0), ("a", -3.0), ("b", -3.5), ("ab", -4.0), ("aba", -6.5), ("▁a", -3.25),
              ("é", -5.0), ("漢字", -6.0), ("-", -2.5), ("--", -5.0), (" ", -2.0), ("bc", -4.0), ("c", -4.5)]
    pieces = [(f"<0x{i:02X}>", -9.0) for i in range(256)]
    for fallback, vocabulary in ((False, scores), (True, scores + pieces), (True, scores + pieces[:192])):
        for split in (None, P.Metaspace("▁"), P.WhitespaceSplit()):
            tokenizer = Tokenizer(M.Unigram(vocabulary, 0, fallback))
            if split is not None:
                tokenizer.pre_tokenizer = split
            Comparison(checks, work, f"Unigram({len(vocabulary)}, {split})", tokenizer).lines(lines, specials=(True,))
    tokenizer = Tokenizer(M.WordLevel({"a": 0, "b": 1, "<unk>": 2, "é": 3, "e\u0301": 4}, "<unk>"))
    tokenizer.pre_tokenizer = P.Whitespace()
    Comparison(checks, work, "WordLevel", tokenizer).lines(lines, specials=(True,))


def check_added_tokens(checks: Checks, work: Work) -> None:
    """Every combination of the switches, in texts where all of them matter."""
    words = ["on", "On", " on", "ON", "on ", "one", "xon", "-on-", "ñon", "on1", "1on", "on_", "on,", "Ⓐ", "<s>", "the",
             "éon", "on\u0301", "  on  ", "\ton\u3000", "onon", "on on", "[on]", "Straße", "STRASSE", "²on", "on\u200d"]
    lines = words + ["".join(pair) for pair in itertools.product(words, words)][:: 1 if work.full else 5]
    lines += [" ".join(triple) for triple in itertools.product(words[::2], repeat=3)][:: 1 if work.full else 41]
    for normalizer, split in ((None, P.Whitespace()), (N.Lowercase(), P.BertPreTokenizer()),
                              (N.Sequence([N.NFKD(), N.StripAccents(), N.Lowercase()]), P.Metaspace("▁")),
                              (N.Prepend("▁"), None), (None, P.ByteLevel(True))):
        for single, left, right, normalized, special in itertools.product((True, False), repeat=5):
            if not work.full and special != (single == left):
                continue
            tokenizer = byte_tokenizer(normalizer) if isinstance(split, P.ByteLevel) else piece_tokenizer()
            if normalizer is not None:
                tokenizer.normalizer = normalizer
            if split is not None:
                tokenizer.pre_tokenizer = split
            switches = dict(single_word=single, lstrip=left, rstrip=right, normalized=normalized)
            adder = tokenizer.add_special_tokens if special else tokenizer.add_tokens
            adder([AddedToken(text, special=special, **switches) for text in ("on", "Straße", "Ⓐ", "on on")])
            tokenizer.add_tokens([AddedToken("one", normalized=not normalized), "the"])
            name = f"added tokens {switches}, special {special}, {normalizer}, {split}"
            compared = Comparison(checks, work, name, tokenizer)
            compared.lines(lines, specials=(True,))
            compared.decoding(lines[::9], random_sequences=20)


def special_tokenizer() -> Tokenizer:
    """A byte-level tokenizer of English-like words with four special tokens."""
    tokenizer = byte_tokenizer()
    tokenizer.pre_tokenizer = P.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens(["[CLS]", "[SEP]", "<s>", "</s>"])
    return tokenizer


def post_processors(cls: int) -> dict:
    """`cls` is the identifier of the first of the special tokens."""
    template = O.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
                                    special_tokens=[("[CLS]", cls), ("[SEP]", cls + 1)])
    found = {"none": None, "TemplateProcessing": template}
    found["TemplateProcessing, types"] = O.TemplateProcessing(
        single="<s>:3 <s>:1 $A:7 </s>:2", pair="$B:5 </s>:1 <s>:2 $A:4", special_tokens=[("<s>", cls + 2),
                                                                                          ("</s>", cls + 3)])
    found["TemplateProcessing, several"] = O.TemplateProcessing(
        single="start $0", pair="start $A end $B:1 end:1", special_tokens=[
            {"id": "start", "ids": [cls, cls + 2], "tokens": ["[CLS]", "<s>"]},
            {"id": "end", "ids": [cls + 1, cls + 3], "tokens": ["[SEP]", "</s>"]}])
    found["TemplateProcessing, bare"] = O.TemplateProcessing(single="$A", pair="$A:1 $B:2", special_tokens=[])
    found["BertProcessing"] = O.BertProcessing(("[SEP]", cls + 1), ("[CLS]", cls))
    for trim, prefix in itertools.product((True, False), repeat=2):
        found[f"RobertaProcessing({trim}, {prefix})"] = O.RobertaProcessing(
            ("</s>", cls + 3), ("<s>", cls + 2), trim_offsets=trim, add_prefix_space=prefix)
        found[f"ByteLevel({trim}, {prefix})"] = O.ByteLevel(trim_offsets=trim, add_prefix_space=prefix)
    byte_level = O.ByteLevel(trim_offsets=True)
    found |= {
        "ByteLevel, TemplateProcessing": O.Sequence([byte_level, template]),
        "TemplateProcessing, ByteLevel": O.Sequence([template, byte_level]),
        "ByteLevel, BertProcessing": O.Sequence([byte_level, found["BertProcessing"]]),
        "BertProcessing, RobertaProcessing": O.Sequence([found["BertProcessing"], found["RobertaProcessing(True, True)"]]),
        "TemplateProcessing twice": O.Sequence([template, template]),
        "nothing": O.Sequence([]),
    }
    return found


def check_post_processors(checks: Checks, work: Work) -> None:
    lines = sample_lines.ODD + ["".join(pair) for pair in itertools.product(PIECES, PIECES)][:: 1 if work.full else 7]
    lines = [line.replace("\t", " ") for line in lines]
    for prefix in (True, False):
        for name, processor in post_processors(256).items():
            tokenizer = special_tokenizer()
            tokenizer.pre_tokenizer = P.ByteLevel(add_prefix_space=prefix)
            if processor is not None:
                tokenizer.post_processor = processor
            compared = Comparison(checks, work, f"post-processor {name}, prefix space {prefix}", tokenizer)
            compared.lines(lines)
            compared.pairs(list(zip(lines, lines[::-1])))


def check_lengths(checks: Checks, work: Work) -> None:
    """Truncation and padding in all their settings, with every kind of post-processor."""
    words = (FIRST + " " + SECOND).split()
    lines = ["", "a", FIRST, SECOND, " ".join(words[:3]), "naïve 漢字 text", FIRST + SECOND]
    pairs = [(a, b) for a in lines for b in lines]
    processors = post_processors(256)
    kinds = list(processors) if work.full else ["TemplateProcessing", "RobertaProcessing(True, True)"]
    lengths = [(0, 0), (1, 0), (2, 0), (3, 0), (4, 1), (5, 0), (7, 3), (10, 2), (16, 5), (40, 0), (200, 7)]
    lengths = lengths if work.full else lengths[::2]
    for kind, (length, stride), strategy, side in itertools.product(
            kinds, lengths, ("longest_first", "only_first", "only_second"), ("left", "right")):
        tokenizer = word_level(words)
        if processors[kind] is not None:
            tokenizer.post_processor = renumbered(processors[kind], 256, tokenizer.token_to_id("[CLS]"))
        try:
            tokenizer.enable_truncation(length, stride=stride, strategy=strategy, direction=side)
        except BaseException:  # noqa: BLE001 — a stride that is no less than what is kept
            continue
        name = f"{kind}, truncation {length}, {stride}, {strategy}, {side}"
        compared = Comparison(checks, work, name, tokenizer)
        # A length below the number of special tokens wraps around in the library; here it is an error.
        for compare, texts, is_pair in ((compared.lines, lines, False), (compared.pairs, pairs, True)):
            fits = length >= tokenizer.num_special_tokens_to_add(is_pair)
            compare(texts[:: 1 if work.full or not is_pair else 3], specials=(True, False) if fits else (False,))
    for length, multiple, side in itertools.product((None, 0, 5, 24), (None, 0, 1, 8), ("left", "right")):
        tokenizer = word_level(words)
        tokenizer.post_processor = renumbered(processors["TemplateProcessing"], 256, tokenizer.token_to_id("[CLS]"))
        tokenizer.enable_padding(direction=side, pad_id=1, pad_type_id=3, pad_token="[SEP]", length=length,
                                 pad_to_multiple_of=multiple)
        for truncates in (False, True):
            if truncates:
                tokenizer.enable_truncation(9, stride=2)
            compared = Comparison(checks, work, f"padding {length}, {multiple}, {side}, {truncates}", tokenizer)
            compared.lines(lines)
            compared.pairs(pairs[::3])


def word_level(words: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(M.WordLevel({w: i for i, w in enumerate(dict.fromkeys(["[UNK]", *words]))}, "[UNK]"))
    tokenizer.pre_tokenizer = P.WhitespaceSplit()
    tokenizer.add_special_tokens(["[CLS]", "[SEP]", "<s>", "</s>"])
    return tokenizer


def renumbered(processor, old: int, new: int):
    """The processor with the identifiers from `old` on counted from `new` on."""
    def moved(value):
        if isinstance(value, dict):
            return {k: moved(v) for k, v in value.items()}
        if isinstance(value, list):
            return [moved(v) for v in value]
        is_id = isinstance(value, int) and not isinstance(value, bool) and old <= value < old + 4
        return value - old + new if is_id else value

    tokenizer = special_tokenizer()
    tokenizer.post_processor = processor
    document = json.loads(tokenizer.to_str())
    document["post_processor"] = moved(document["post_processor"])
    return Tokenizer.from_str(json.dumps(document)).post_processor


def check_decoders(checks: Checks, work: Work) -> None:
    tokens = ["[PAD]", "a", "b", "##c", "##", "Ġa", "a</w>", "</w>b", "▁", "▁a", "b▁", "▁▁", "<0x41>", "<0xE6>",
              "<0xBC>", "<0xA2>", "<0xff>", "<0x4>", "<0xGG>", "<0x+1>", "|", "|a", "<pad>", "a<pad>b", " ", " a ", "é",
              "Ã©", "漢", ".", "?", "!", ",", "'", "n't", "do", "not", "'m", "'s", "'ve", "'re", "do not", " .", "a .",
              "Ċ", "e\u0301", "ĠĠ", "  ", "--", "x ' y", "<0x0A", "aaa", "ÃĢ", "ı"]
    decoders = {
        "none": None, "ByteLevel": D.ByteLevel(), "WordPiece": D.WordPiece(), "WordPiece, as is": D.WordPiece("##", False),
        "WordPiece with Ġ": D.WordPiece("Ġ"), "BPEDecoder": D.BPEDecoder(), "BPEDecoder(▁)": D.BPEDecoder("▁"),
        "ByteFallback": D.ByteFallback(), "Fuse": D.Fuse(), "CTC": D.CTC(), "CTC, as is": D.CTC("<pad>", "|", False),
        "CTC(a, b)": D.CTC("a", "b", True), "nothing": D.Sequence([]),
    }
    for scheme, split in itertools.product(("always", "never", "first"), (True, False)):
        decoders[f"Metaspace({scheme}, {split})"] = D.Metaspace("▁", prepend_scheme=scheme, split=split)
    for left, right in itertools.product((0, 1, 2, 5), repeat=2):
        for character in ("a", " ", "▁"):
            decoders[f"Strip({character}, {left}, {right})"] = D.Strip(character, left, right)
    for pattern in ("a", "", "▁▁", Regex("[ab]+"), Regex(r"\s*"), Regex("^▁")):
        decoders[f"Replace({pattern!r})"] = D.Replace(pattern, "xy")
    decoders |= {
        "Replace, ByteFallback, Fuse, Strip": D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(),
                                                          D.Strip(" ", 1, 0)]),
        "Metaspace, Fuse": D.Sequence([D.Metaspace("▁"), D.Fuse()]),
        "Fuse, Metaspace": D.Sequence([D.Fuse(), D.Metaspace("▁")]),
        "ByteFallback, Metaspace": D.Sequence([D.ByteFallback(), D.Metaspace("▁")]),
        "ByteLevel, WordPiece": D.Sequence([D.ByteLevel(), D.WordPiece()]),
        "WordPiece, BPEDecoder, CTC": D.Sequence([D.WordPiece(), D.BPEDecoder(), D.CTC()]),
    }
    for name, decoder in decoders.items():
        tokenizer = Tokenizer(M.WordLevel({t: i for i, t in enumerate(tokens)}, "[PAD]"))
        if decoder is not None:
            tokenizer.decoder = decoder
        tokenizer.add_special_tokens(["[PAD]", "[END]"])
        tokenizer.add_tokens(["added token", AddedToken(" b", normalized=False)])
        Comparison(checks, work, f"decoder {name}", tokenizer).decoding(
            [], random_sequences=20000 if work.full else 2000)
