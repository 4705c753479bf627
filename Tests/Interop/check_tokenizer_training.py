"""Vocabularies learned by `mlm tokenizer train` against those of tokenizers' own trainers.

    python Tests/Interop/check_tokenizer_training.py --program mlm [--data FOLDER] [--only NAME …]

Without `--data` the texts are corpora/samples; with it, larger ones as well, where the folder has
them: pretrain/english-novels, multilingual/lingua-75-languages, multilingual/udhr2.

Byte pairs are compared entry for entry, merges included. Word pieces are, too, with the one thing
given to the reference that it leaves to chance: the order of the characters that go on in a word
(`##a`), which decides ties. It gets them, and the alphabet, as special tokens.
Unigram vocabularies are compared by the bits that a character of held-out text takes.
"""

import argparse
import dataclasses
import json
import math
import pathlib
import subprocess
import sys
import tempfile

from support import Checks, Work
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# Bits per character by which a unigram vocabulary may differ from the reference's; the samples are a few
# kilobytes, where single words decide.
UNIGRAM_TOLERANCE = {"novels": 0.02, "samples": 0.15}


def check(checks: Checks, work: Work) -> None:
    """The part of scripts/interop: samples; with --full and --data, the larger texts, too."""
    run(checks, work.mlm.path, getattr(work, "data", None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the mlm executable")
    parser.add_argument("--data", type=pathlib.Path, help="a folder with larger texts")
    parser.add_argument("--only", nargs="*", help="texts by name")
    options = parser.parse_args()
    checks = Checks()
    run(checks, options.program, options.data, options.only)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed or not checks.passed else 0)


def run(checks: Checks, program: str, data: pathlib.Path | None, only: list[str] | None = None) -> None:
    with tempfile.TemporaryDirectory(prefix="mlm-training-") as folder:
        comparison = Comparison(checks, program, pathlib.Path(folder))
        for name, files, sizes in texts(data):
            if not only or name in only:
                comparison.compare(name, files, sizes)


def texts(data: pathlib.Path | None):
    """Names, files and vocabulary sizes."""
    samples = sorted(path for path in (REPOSITORY / "corpora" / "samples").rglob("*") if path.suffix == ".txt")
    yield "samples", samples, (600, 2000)
    if data is None:
        return
    novels = sorted((data / "pretrain" / "english-novels").rglob("*.txt"))
    if novels:
        yield "novels", novels, (8192, 32000)
    for name in ("lingua-75-languages", "udhr2"):
        files = sorted(path for path in (data / "multilingual" / name).rglob("*")
                       if path.is_file() and path.suffix in ("", ".txt"))
        if files:
            yield name, files, (8192,)


@dataclasses.dataclass
class Comparison:
    checks: Checks
    program: str
    folder: pathlib.Path

    def compare(self, name: str, files: list, sizes: tuple) -> None:
        for size in sizes:
            self.byte_pairs(name, files, size)
            self.word_pieces(name, files, size)
        if name == "samples":
            self.character_pairs(files)
        if name in ("samples", "novels"):
            self.unigram(name, files, sizes[0])

    def trained(self, files: list, *arguments) -> Tokenizer:
        path = self.folder / "ours.json"
        subprocess.run([self.program, "tokenizer", "train", *map(str, files), "--output", path, "--overwrite",
                        "--quiet", *map(str, arguments)], check=True)
        return Tokenizer.from_file(str(path))

    def report(self, label: str, problems: list[str]) -> None:
        if self.checks.that(not problems, label + "".join(f"\n          {problem}" for problem in problems)):
            print(f"  {label}", flush=True)

    def byte_pairs(self, name: str, files: list, size: int) -> None:
        theirs = Tokenizer(models.BPE())
        theirs.normalizer = normalizers.NFC()
        theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        theirs.train([str(f) for f in files], trainers.BpeTrainer(
            vocab_size=size, min_frequency=2, special_tokens=SPECIAL, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
        ours = self.trained(files, "--vocab-size", size, "--normalizer", "nfc")
        self.report(f"{name}: byte pairs, {size} entries", differences(ours, theirs, files))

    def character_pairs(self, files: list) -> None:
        cases = [
            ("plain", {}, []),
            ("limited alphabet", dict(limit_alphabet=60), ["--limit-alphabet", 60]),
            ("initial alphabet", dict(initial_alphabet=["§", "ß"]), ["--initial-alphabet", "§ß"]),
            ("token length", dict(max_token_length=6), ["--max-token-length", 6]),
        ]
        for label, settings, arguments in cases:
            theirs = Tokenizer(models.BPE(unk_token="[UNK]"))
            theirs.normalizer = normalizers.NFKC()
            theirs.pre_tokenizer = pre_tokenizers.Metaspace()
            theirs.decoder = decoders.Metaspace()
            theirs.train([str(f) for f in files], trainers.BpeTrainer(
                vocab_size=1500, min_frequency=3, special_tokens=SPECIAL, show_progress=False, **settings))
            ours = self.trained(files, "--level", "character", "--vocab-size", 1500, "--min-frequency", 3,
                                *arguments)
            if label == "limited alphabet" and alphabet_ties(files, 60):
                print("        (ties at the alphabet's limit: the reference leaves them to chance; not compared)")
                continue
            self.report(f"samples: pairs of characters, {label}", differences(ours, theirs, files))
        # A prefix and a suffix: the order of spellings is fixed as for word pieces.
        ours = self.trained(files, "--level", "character", "--pre-tokenizer", "whitespace-split",
                            "--end-of-word-suffix", "</w>", "--vocab-size", 1500)
        alphabet = ordered_spellings(ours)
        theirs = Tokenizer(models.BPE(unk_token="[UNK]", end_of_word_suffix="</w>"))
        theirs.normalizer = normalizers.NFKC()
        theirs.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        theirs.train([str(f) for f in files], trainers.BpeTrainer(
            vocab_size=1500, min_frequency=2, special_tokens=SPECIAL + alphabet, show_progress=False,
            end_of_word_suffix="</w>"))
        self.report("samples: pairs of characters, a suffix", model_differences(ours, theirs))

    def word_pieces(self, name: str, files: list, size: int) -> None:
        limit = [] if name == "samples" else ["--limit-alphabet", 1000] if name == "novels" else []
        ours = self.trained(files, "--model", "wordpiece", "--vocab-size", size, *limit)
        theirs = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        theirs.normalizer = normalizers.BertNormalizer()
        theirs.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        theirs.train([str(f) for f in files], trainers.WordPieceTrainer(
            vocab_size=size, min_frequency=2, special_tokens=SPECIAL + ordered_spellings(ours), show_progress=False,
            **(dict(limit_alphabet=1000) if limit else {})))
        self.report(f"{name}: word pieces, {size} entries", model_differences(ours, theirs))

    def unigram(self, name: str, files: list, size: int) -> None:
        """Bits per character on every tenth line, which neither has seen."""
        training, held_out = self.folder / "training.txt", []
        with open(training, "w", encoding="utf-8", newline="\n") as out:
            budget = 8_000_000
            number = 0
            for file in files:
                for line in open(file, encoding="utf-8", errors="replace", newline="\n"):
                    number += 1
                    if number % 10 == 0:
                        held_out.append(line.rstrip("\n"))
                    elif budget > 0:
                        budget -= len(line)
                        out.write(line)
        held_out = held_out[:4000]
        size = min(size, 8192)
        ours = self.trained([training], "--model", "unigram", "--vocab-size", size)
        theirs = Tokenizer(models.Unigram())
        theirs.normalizer = normalizers.NFKC()
        theirs.pre_tokenizer = pre_tokenizers.Metaspace()
        theirs.train([str(training)], trainers.UnigramTrainer(
            vocab_size=size, special_tokens=SPECIAL, unk_token="[UNK]", show_progress=False))
        mine, other = bits_per_character(ours, held_out), bits_per_character(theirs, held_out)
        tolerance = UNIGRAM_TOLERANCE[name]
        problems = [] if abs(mine - other) <= tolerance else [
            f"{mine - other:+.4f} bits per character, allowed {tolerance:+}"]
        self.report(f"{name}: unigram, {size} entries: {mine:.4f} bits per character, tokenizers {other:.4f}", problems)


def differences(ours: Tokenizer, theirs: Tokenizer, files: list, with_merges: bool = True) -> list[str]:
    problems = []
    mine, other = ours.get_vocab(with_added_tokens=True), theirs.get_vocab(with_added_tokens=True)
    wrong = sorted(set(mine.items()) ^ set(other.items()), key=lambda item: item[1])
    if wrong:
        problems.append(f"{len(wrong)} entries differ, first {wrong[:4]} (sizes {len(mine)} and {len(other)})")
    if with_merges:
        merges = [json.loads(t.to_str())["model"]["merges"] for t in (ours, theirs)]
        if merges[0] != merges[1]:
            first = next((i for i, (a, b) in enumerate(zip(*merges)) if a != b), min(map(len, merges)))
            problems.append(f"merges differ from number {first} on: {merges[0][first:first + 2]} "
                            f"and {merges[1][first:first + 2]} (of {len(merges[0])} and {len(merges[1])})")
    # A mask takes the space before it here, and not there.
    lines = [line for line in pathlib.Path(files[0]).read_text("utf-8", "replace").split("\n")[:200]
             if "[MASK]" not in line]
    a, b = ours.encode_batch(lines, add_special_tokens=False), theirs.encode_batch(lines, add_special_tokens=False)
    if any(x.ids != y.ids for x, y in zip(a, b)):
        problems.append("the same text gets other ids")
    return problems


def alphabet_ties(files: list, limit: int) -> bool:
    counts: dict[str, int] = {}
    normalizer = normalizers.NFKC()
    for file in files:
        for line in open(file, encoding="utf-8", newline="\n"):
            for character in normalizer.normalize_str(line).replace(" ", "\u2581"):
                counts[character] = counts.get(character, 0) + 1
    ordered = sorted(counts.values(), reverse=True)
    return len(ordered) > limit and ordered[limit - 1] == ordered[limit]


def ordered_spellings(ours: Tokenizer) -> list[str]:
    """The alphabet and its spellings with affixes, in the order of our identifiers."""
    def characters(token: str) -> int:
        return len(token.removeprefix("##").removesuffix("</w>"))
    vocabulary = sorted(ours.get_vocab().items(), key=lambda item: item[1])
    return [token for token, id in vocabulary if id >= len(SPECIAL) and characters(token) == 1]


def model_differences(ours: Tokenizer, theirs: Tokenizer) -> list[str]:
    a, b = (json.loads(t.to_str())["model"] for t in (ours, theirs))
    problems = []
    wrong = sorted(set(a["vocab"].items()) ^ set(b["vocab"].items()), key=lambda item: item[1])
    if wrong:
        problems.append(f"{len(wrong)} entries differ, first {wrong[:4]} (sizes {len(a['vocab'])}, {len(b['vocab'])})")
    if a.get("merges") != b.get("merges"):
        problems.append("merges differ")
    return problems


def bits_per_character(tokenizer: Tokenizer, lines: list[str]) -> float:
    model = json.loads(tokenizer.to_str())["model"]
    scores = [score for _, score in model["vocab"]]
    unknown = min(scores) - 10
    total = characters = 0.0
    for line, encoding in zip(lines, tokenizer.encode_batch(lines, add_special_tokens=False)):
        characters += len(line)
        total -= sum(unknown if id == model["unk_id"] else scores[id] for id in encoding.ids)
    return total / math.log(2) / characters


if __name__ == "__main__":
    main()
