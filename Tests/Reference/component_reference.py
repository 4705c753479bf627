"""Makes component_reference.json: what Hugging Face tokenizers does with every component of a tokenizer.json.

Run it with tokenizers 0.23.3 and sentencepiece 0.2.3:  python component_reference.py

The small tokenizers are those of Tests/Interop/check_components.py, which compares many more texts.
"""

import json
import platform
import sys
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2 as messages
from tokenizers import AddedToken, Tokenizer
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "Interop"))
import check_components as components  # noqa: E402
from tokenizer_comparison import attempt  # noqa: E402

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__

TEXTS = ["", "a\u0301b  --ab", "É\u200bﬁ Straße 12½", " 漢字，x'll\tDon't!", "Ⓐ𐐀 e\u0323\u0301a\r\u3000", "の▁カ aab"]
PAIRS = [("the quick brown fox", ""), ("naïve 漢字 text", "the lazy dog"), ("fox", "the dog jumps over it all")]


def main() -> None:
    bases = {
        "bytes": components.byte_tokenizer(),
        "pieces": components.piece_tokenizer(),
        "spelling": components.spelling_tokenizer(P.WhitespaceSplit()),
        "specials": components.special_tokenizer(),
        "words": components.word_level("the quick brown fox jumps over lazy dog it all text".split()),
        "tokens": decoding_base(),
    }
    texts = {name: json.loads(tokenizer.to_str()) for name, tokenizer in bases.items()}
    made = {"normalizers": normalizers(texts), "preTokenizers": pre_tokenizers(texts), "models": models(),
            "addedTokens": added_tokens(texts), "postProcessors": post_processors(texts), "lengths": lengths(texts),
            "decoders": decoders(texts)}
    document = {"versions": {"tokenizers": tokenizers.__version__, "sentencepiece": sentencepiece.__version__,
                             "python": platform.python_version()},
                "bases": {name: {member: compact(part) for member, part in text.items()}
                          for name, text in texts.items()}, **made}
    (HERE / "component_reference.json").write_text(compact(document) + "\n", "utf-8")


def compact(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def component(texts: dict, name: str, base: str, changes: dict, cases: list, special: bool = True) -> dict:
    """The outcome for a base whose members `changes` replaces; a case is a text or a pair of texts."""
    tokenizer = Tokenizer.from_str(json.dumps(texts[base] | changes))
    return {"name": name, "base": base, "changes": {key: compact(value) for key, value in changes.items()},
            "cases": [outcome(tokenizer, case, special) for case in cases]}


def outcome(tokenizer: Tokenizer, case, special: bool) -> dict:
    first, second = case if isinstance(case, tuple) else (case, None)
    encoding = tokenizer.encode(first, second, add_special_tokens=special)
    texts = {"first": first} if second is None else {"first": first, "second": second}
    return texts | {"special": special, "parts": [part(e, first, second) for e in (encoding, *encoding.overflowing)]}


def part(encoding, first: str, second: str | None) -> dict:
    offsets = []
    for (start, end), sequence in zip(encoding.offsets, encoding.sequence_ids):
        text = second if sequence == 1 and second is not None else first
        if (first + (second or "")).isascii():  # the library numbers sequences wrongly after a template
            offsets += [start, end]
        else:
            offsets += [len(text[:start].encode()), len(text[:end].encode())]
    found = {"ids": encoding.ids, "offsets": offsets}
    if any(encoding.special_tokens_mask) or any(encoding.type_ids):
        found |= {"types": encoding.type_ids, "special": encoding.special_tokens_mask,
                  "attended": encoding.attention_mask}
    return found


def value(make, attribute: str):
    """The JSON of one component."""
    tokenizer = components.byte_tokenizer()
    setattr(tokenizer, attribute, make)
    return json.loads(tokenizer.to_str())[attribute]


def normalizers(texts: dict) -> list:
    components.sentencepiece_models.tables = lambda work: {"rules": small_table()}
    found = components.normalizers(None)
    def keep(name: str) -> bool:
        if name.startswith("Replace("):
            return "'_'" in name and not any(word in name for word in ("nothing", "boundary", "case"))
        return not name.startswith("BertNormalizer(") or "True, True" in name or "False, False" in name

    return [component(texts, name, "bytes", {"normalizer": value(made, "normalizer")}, TEXTS[1:4])
            for name, made in found.items() if keep(name)]


def small_table() -> bytes:
    """A table of four rules of our own, compiled by sentencepiece."""
    rules = "FB01\t66 69\n61 301\tE1\n200B\t\n3000\t20\n2460\t31\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.tsv"
        path.write_text(rules)
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a few words", "of a text"]), model_prefix=f"{folder}/model", vocab_size=20,
            hard_vocab_limit=False, normalization_rule_tsv=str(path), minloglevel=2)
        message = messages.ModelProto()
        message.ParseFromString((Path(folder) / "model.model").read_bytes())
    return message.normalizer_spec.precompiled_charsmap


def pre_tokenizers(texts: dict) -> list:
    found = []
    for name, made in components.pre_tokenizers().items():
        if name.startswith("Split(<") or name.startswith("Split('a'"):
            continue  # expressions have no lasting names; the ones below do
        change = {"pre_tokenizer": value(made, "pre_tokenizer")}
        found.append(component(texts, name, "pieces", change, TEXTS[1:4]))
        if "ByteLevel" in name or "Metaspace" in name:
            found.append(component(texts, name + ", bytes", "spelling", change, TEXTS[3:]))
    for pattern in (r"\s+", r"\w+|[^\w\s]+", r"\b", r"\p{Lu}\p{Ll}*|\p{M}", "x*"):
        for behavior in components.BEHAVIORS:
            made = P.Split(tokenizers.Regex(pattern), behavior, invert=behavior == "removed")
            found.append(component(texts, f"Split({pattern}, {behavior})", "pieces",
                                   {"pre_tokenizer": value(made, "pre_tokenizer")}, TEXTS[1:4]))
    return found


def models() -> list:
    """The models of check_components, a few of each kind."""
    found = []

    class Collected:
        def __init__(self, checks, work, name, tokenizer):
            self.name, self.tokenizer = name, tokenizer

        def lines(self, lines, specials):
            if self.name not in [entry["name"] for entry in found] and keep(self.name):
                found.append({"name": self.name, "base": "", "changes": {"": self.tokenizer.to_str()},
                              "cases": [outcome(self.tokenizer, text, True) for text in TEXTS]})

    def keep(name: str) -> bool:
        if not name.startswith("BPE("):
            return "Unigram(14" in name or "Unigram(27" in name and "Metaspace" in name or "Word" in name
        if "fallback" not in name:
            return "ignore False" in name
        plain = "fallback 0" in name and "ignore False" in name or "fallback 2" in name and "ignore True" in name
        if "dropout 1.0" in name and "fallback 0" not in name:
            return False
        return plain and "<unk>" in name and "dropout 0.0" not in name and "in words" not in name

    class Quick:
        full = False

    kept, components.Comparison = components.Comparison, Collected
    components.check_models(None, Quick, [])
    components.Comparison = kept
    for entry in found:
        entry["changes"] = {"": compact(json.loads(entry["changes"][""]))}
    return found


def added_tokens(texts: dict) -> list:
    lines = ["on ONE xon on1 -on, onon", "  on\tStraße on on", "éon on\u0301 Ⓐⓐ the one"]
    found = []
    for normalizer, split in ((None, P.Whitespace()), (N.Lowercase(), P.BertPreTokenizer())):
        for bits in range(16) if normalizer is None else (0, 7, 8, 9, 15):
            tokenizer = Tokenizer.from_str(json.dumps(texts["pieces"]))
            switches = dict(single_word=bool(bits & 1), lstrip=bool(bits & 2), rstrip=bool(bits & 4),
                            normalized=bool(bits & 8))
            if normalizer is not None:
                tokenizer.normalizer = normalizer
            tokenizer.pre_tokenizer = split
            tokenizer.add_tokens([AddedToken(text, **switches) for text in ("on", "Straße", "Ⓐ", "on on")])
            document = json.loads(tokenizer.to_str())
            changes = {key: document[key] for key in ("added_tokens", "normalizer", "pre_tokenizer")}
            found.append(component(texts, f"{switches}, {normalizer}", "pieces", changes, lines))
    return found


def post_processors(texts: dict) -> list:
    found = []
    for name, made in components.post_processors(256).items():
        if made is None or "twice" in name:
            continue
        change = {"post_processor": value(made, "post_processor")}
        cases = [" the  fox ", ("the fox", " it  all")]
        found.append(component(texts, name, "specials", change, cases))
        found.append(component(texts, name + ", no special tokens", "specials", change, cases, special=False))
    return found


def lengths(texts: dict) -> list:
    words = Tokenizer.from_str(json.dumps(texts["words"]))
    template = components.renumbered(components.post_processors(256)["TemplateProcessing"], 256,
                                     words.token_to_id("[CLS]"))
    words.post_processor = template
    processor = {"post_processor": json.loads(words.to_str())["post_processor"]}
    found = []
    for length, stride, strategy, side in [
            (5, 0, "longest_first", "right"), (6, 1, "longest_first", "left"), (7, 2, "only_first", "right"),
            (9, 1, "only_second", "right"), (9, 0, "only_second", "left"), (20, 5, "longest_first", "right")]:
        words.enable_truncation(length, stride=stride, strategy=strategy, direction=side)
        change = processor | {"truncation": json.loads(words.to_str())["truncation"]}
        cases = [case for case in [*PAIRS, "the quick brown fox jumps over it all"] if fits(words, case)]
        found.append(component(texts, f"truncation {length}, {stride}, {strategy}, {side}", "words", change, cases))
    words.no_truncation()
    for length, multiple, side in [(None, None, "right"), (12, None, "left"), (10, 8, "right"), (None, 4, "left")]:
        words.enable_padding(direction=side, pad_id=1, pad_type_id=3, pad_token="the", length=length,
                             pad_to_multiple_of=multiple)
        change = processor | {"padding": json.loads(words.to_str())["padding"]}
        found.append(component(texts, f"padding {length}, {multiple}, {side}", "words", change, [*PAIRS, "fox"]))
    return found


def fits(tokenizer: Tokenizer, case) -> bool:
    """Whether the library cuts the texts, instead of raising or panicking."""
    return not isinstance(attempt(lambda: tokenizer.encode(*(case if isinstance(case, tuple) else (case,)))),
                          BaseException)


def decoding_base() -> Tokenizer:
    collected = []
    kept, components.Comparison = components.Comparison, lambda checks, work, name, made: Stop(collected, made)
    try:
        components.check_decoders(None, None)
    except StopIteration:
        pass
    components.Comparison = kept
    tokenizer = collected[0]
    tokenizer.decoder = None
    return tokenizer


class Stop:
    """Takes the first tokenizer that is compared."""

    def __init__(self, collected: list, tokenizer: Tokenizer):
        collected.append(tokenizer)
        raise StopIteration


def decoders(texts: dict) -> list:
    collected = {}

    class Collected:
        def __init__(self, checks, work, name, tokenizer):
            collected[name] = tokenizer

        def decoding(self, lines, random_sequences):
            pass

    class Quick:
        full = False

    kept, components.Comparison = components.Comparison, Collected
    components.check_decoders(None, Quick)
    components.Comparison = kept
    sequences = [sorted(texts["tokens"]["model"]["vocab"].values()), [12, 13, 14, 15, 1, 1, 20, 20, 2], [9, 9, 1], [],
                 [8, 1, 38, 33, 29, 36, 35, 34]]
    found = []
    for name, tokenizer in collected.items():
        if name == "decoder none" or "Strip" in name and any(size in name for size in ("1", "5")) or name.startswith("decoder Replace(<"):
            continue
        decoder = json.loads(tokenizer.to_str())["decoder"]
        made = Tokenizer.from_str(json.dumps(texts["tokens"] | {"decoder": decoder}))
        found.append({"name": name, "base": "tokens", "changes": {"decoder": compact(decoder)},
                      "decodings": [{"ids": ids, "text": text} for ids in sequences
                                    if isinstance(text := attempt(lambda: made.decode(ids)), str)]})
    return found


if __name__ == "__main__":
    main()
