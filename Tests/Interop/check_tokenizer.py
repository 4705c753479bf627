"""`tokenizers` reads our tokenizer.json and agrees: ids, tokens, offsets, decoding, training."""

import json
import random

import tokenizers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

import generated_text
import sample_lines
from support import Checks, Work

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VARIANTS = {  # options of `mlm tokenizer train` → the same normalizer there
    "default": ([], [normalizers.NFKC()]),
    "none": (["--normalizer", "none"], []),
    "nfc": (["--normalizer", "nfc"], [normalizers.NFC()]),
    "nfkd-lowercase": (["--normalizer", "nfkd", "--lowercase"], [normalizers.NFKD(), normalizers.Lowercase()]),
    "nfd-strip-lowercase": (["--normalizer", "nfd", "--strip-accents", "--lowercase"],
                            [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]),
}


def check(checks: Checks, work: Work) -> None:
    lines = sample_lines.ODD + sample_lines.committed() + generated_text.lines(200, seed=11)
    lines += sample_lines.random_lines(5000 if work.full else 300, seed=5)
    if work.full:
        lines += work.path("corpus.txt").read_text("utf-8").split("\n")[:30000]
    check_encoding(checks, work, "hybrid.mlm", work.path("hybrid.mlm") / "tokenizer.json", lines)
    for name, (options, steps) in VARIANTS.items():
        ours = work.path(f"tokenizer-{name}.json")
        size = 8192 if work.full else 900
        work.mlm.run("tokenizer", "train", work.path("corpus.txt"), "--output", ours, "--vocab-size", size,
                     "--quiet", *options)
        check_encoding(checks, work, name, ours, lines)
        check_training(checks, work, name, ours, steps, size)


def check_encoding(checks: Checks, work: Work, name: str, file, lines: list[str]) -> None:
    theirs = Tokenizer.from_file(str(file))
    path = work.write_lines("lines.txt", lines)
    for options, special in (([], True), (["--no-special-tokens"], False)):
        found = work.mlm.json_lines("tokenizer", "encode", "--tokenizer", file, "--json", *options, path)
        if not checks.equal(len(found), len(lines), f"{name}: lines of `encode --json`"):
            return
        wrong = [0, 0, 0]
        for line, ours, expected in zip(lines, found, theirs.encode_batch(lines, add_special_tokens=special)):
            offsets = [list(o) for o in expected.offsets]
            # Vocabulary strings: where [MASK] took a space along, `expected.tokens` would show that too.
            tokens = [theirs.id_to_token(i) for i in expected.ids]
            compared = [(ours["ids"], expected.ids), (ours["tokens"], tokens),
                        (in_scalars(line, ours["offsets"]), offsets)]
            for i, (a, b) in enumerate(compared):
                if a != b:
                    wrong[i] += 1
                    if wrong[i] <= 3:  # an error in one rule shows in many lines
                        what = ("ids", "tokens", "offsets")[i]
                        print(f"  {name}: {what} of {line!r}: expected {b}, found {a} ({expected.tokens})", flush=True)
        checks.equal(wrong, [0, 0, 0],
                     f"{name}: lines of {len(lines)} with other ids, tokens, offsets (special {special})")
    # Plain output: ids separated by spaces, an empty line for an empty line.
    plain = work.mlm.run("tokenizer", "encode", "--tokenizer", file, path).split("\n")
    checks.equal([[int(i) for i in line.split()] for line in plain[: len(lines)]],
                 [e.ids for e in theirs.encode_batch(lines)], f"{name}: `encode` without --json")
    check_decoding(checks, work, name, file, theirs, lines)


def in_scalars(line: str, offsets: list[list[int]]) -> list:
    """UTF-8 byte offsets as numbers of Unicode scalars; an offset inside a scalar stays a fraction and so differs."""
    place, at = {}, 0
    for i, character in enumerate(line):
        place[at] = i
        at += len(character.encode())
    place[at] = len(line)
    return [[place.get(start, start + 0.5), place.get(end, end + 0.5)] for start, end in offsets]


def check_decoding(checks: Checks, work: Work, name: str, file, theirs: Tokenizer, lines: list[str]) -> None:
    """Encoded lines, and random ids: partial characters come out as U+FFFD, as there."""
    chance, size = random.Random(1), theirs.get_vocab_size()
    sequences = [e.ids for e in theirs.encode_batch(lines)]
    sequences += [[chance.randrange(size) for _ in range(chance.randint(1, 20))] for _ in range(300)]
    # Output is a line a line, and these would break or be escaped.
    pairs = [(ids, theirs.decode(ids, skip_special_tokens=True)) for ids in sequences]
    pairs = [(ids, text) for ids, text in pairs if not set(text) & set("\n\u0085\u2028\u2029")]
    path = work.write_lines("ids.txt", [" ".join(map(str, ids)) for ids, _ in pairs])
    found = work.mlm.run("tokenizer", "decode", "--tokenizer", file, path).split("\n")[:-1]
    if checks.equal(len(found), len(pairs), f"{name}: lines of `decode`"):
        wrong = [(ids, text, line) for (ids, text), line in zip(pairs, found) if text != line]
        checks.equal(len(wrong), 0, f"{name}: decoded lines that differ, first (ids, theirs, ours) {wrong[:1]}")


def check_training(checks: Checks, work: Work, name: str, file, steps: list, size: int) -> None:
    """The same vocabulary and merges, entry for entry, from `tokenizers`' own trainer on the same file."""
    theirs = Tokenizer(models.BPE())
    if steps:
        theirs.normalizer = normalizers.Sequence(steps)
    theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)
    theirs.train([str(work.path("corpus.txt"))], trainers.BpeTrainer(
        vocab_size=size, min_frequency=2, special_tokens=SPECIAL, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    ours = Tokenizer.from_file(str(file))
    checks.equal(ours.get_vocab_size(), theirs.get_vocab_size(), f"{name}: size of the vocabulary")
    different = sorted(set(ours.get_vocab().items()) ^ set(theirs.get_vocab().items()), key=lambda item: item[1])
    checks.equal(different[:4], [],
                 f"{name}: {len(different)} vocabulary entries differ from tokenizers {tokenizers.__version__}")
    merges = [json.loads(t.to_str())["model"]["merges"] for t in (ours, theirs)]
    first = next((i for i, (a, b) in enumerate(zip(*merges)) if a != b), min(map(len, merges)))
    checks.equal(merges[0][first : first + 2], merges[1][first : first + 2], f"{name}: merges from number {first} on")
