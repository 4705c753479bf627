"""Encoding and loading: `mlm` against Hugging Face tokenizers and tiktoken, same machine, same run.

    scripts/bench tokenizer [--only natural,adversarial,growth,load] [--rounds 5] [--text FILE …] …

The tokenizers are trained here, by Hugging Face's library, and written to one tokenizer.json each,
which `mlm` and Hugging Face read; tiktoken gets the same merges and the same pattern. Everyone
encodes the same texts with as many threads, from strings in memory to identifiers in memory:

    mlm            Tokenizer.encodeBatch, in a process of its own that times itself
    Hugging Face   encode_batch_fast, which computes no offsets, under RAYON_NUM_THREADS
    tiktoken       encode_ordinary_batch with num_threads

Reading files, starting Python and turning its results into lists are in nobody's time. Rounds take
turns, so that a disturbance meets all; the best of each counts, with caches as the round before left
them. Adversarial text has one round, and a quarter of the size but for the line without spaces. All
identifiers are compared, and what differs is said. Nothing fails on time.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from measure import at_least, machine, processors

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MEGABYTE = 1_000_000
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
KINDS = ("gpt2", "cl100k", "wordpiece", "unigram")
# What mlm is meant to reach, as a multiple of each peer's speed.
GOALS = {"gpt2": (15, 10), "cl100k": (15, 10), "wordpiece": (5, None), "unigram": (5, None)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--benchmark", type=pathlib.Path, required=True, help="the TokenizerBenchmark executable")
    parser.add_argument("--text", type=pathlib.Path, nargs="*", default=[],
                        help="English and other texts (default: corpora/books, else corpora/samples)")
    parser.add_argument("--only", default="natural,adversarial,growth,load", help="which parts to run")
    parser.add_argument("--kinds", default=",".join(KINDS), help="which tokenizers to run")
    parser.add_argument("--rounds", type=int, default=5, help="of natural text (default 5); others take fewer")
    parser.add_argument("--megabytes", type=float, default=10, help="of each text (default 10)")
    parser.add_argument("--threads", type=int, default=min(2, processors()))
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for tokenizers and texts, used again")
    options = parser.parse_args()
    # Read by Hugging Face's library when it first makes threads.
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mlm-bench-") as folder:
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            folder = options.keep
        bench = Bench(options, pathlib.Path(folder))
        kinds = [kind for kind in options.kinds.split(",") if kind in KINDS]
        parts = options.only.split(",")
        if "natural" in parts:
            bench.natural(kinds)
        if "adversarial" in parts:
            bench.adversarial(kinds)
        if "growth" in parts:
            bench.growth(kinds)
        if "load" in parts:
            bench.load()
        bench.close()


class Bench:
    """Texts, tokenizers and the three programs."""

    def __init__(self, options, folder: pathlib.Path):
        self.options = options
        self.folder = folder
        self.size = int(options.megabytes * MEGABYTE)
        self.start()
        self.texts = natural_texts(options.text)
        self.peers: dict = {}

    def start(self) -> None:
        self.process = subprocess.Popen([self.options.benchmark], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()

    def restart(self) -> None:
        self.close()
        self.start()

    # One measurement each: seconds, how many identifiers, and the identifiers of the peers.

    def ours(self, *request) -> tuple[float, int, int]:
        print(*request, sep="\t", file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline().split()
        if len(answer) != 3:
            raise SystemExit(f"{self.options.benchmark}: no answer to {request}")
        return float(answer[0]), int(answer[1]), int(answer[2])

    def hugging_face(self, kind: str, lines: list[str]) -> tuple[float, list]:
        tokenizer = self.peer(kind)[0]
        start = time.perf_counter()
        encodings = tokenizer.encode_batch_fast(lines, add_special_tokens=False)
        return time.perf_counter() - start, encodings

    def tiktoken(self, kind: str, lines: list[str]) -> tuple[float, list]:
        encoding = self.peer(kind)[1]
        start = time.perf_counter()
        ids = encoding.encode_ordinary_batch(lines, num_threads=self.options.threads)
        return time.perf_counter() - start, ids

    # Tokenizers and texts.

    def peer(self, kind: str):
        if kind not in self.peers:
            import tokenizers
            path = self.tokenizer(kind)
            other = tiktoken_encoding(kind, path) if kind in ("gpt2", "cl100k") else None
            self.peers[kind] = (tokenizers.Tokenizer.from_file(str(path)), other)
        return self.peers[kind]

    def tokenizer(self, kind: str) -> pathlib.Path:
        """Trained on a tenth of the text."""
        path = self.folder / f"{kind}.json"
        if not path.exists():
            lines = [line for text in self.texts.values() for line in text.split("\n")]
            random.Random(1).shuffle(lines)
            train(kind, lines[:max(len(lines) // 10, 20_000)], path)
        return path

    def text(self, name: str, content) -> pathlib.Path:
        path = self.folder / f"{name}.txt"
        if not path.exists():
            path.write_bytes(content().encode())
        return path

    # Parts.

    def compare(self, kind: str, label: str, path: pathlib.Path, rounds: int, goals, whole=False) -> None:
        text = path.read_bytes().decode()
        lines = [text] if whole else text.split("\n")
        size = len(text.encode())
        request = ("whole" if whole else "encode", self.tokenizer(kind), path, self.options.threads)
        best: dict[str, float] = {}
        notes = []
        checksum = None
        for round_ in range(rounds):
            seconds, count, checksum = self.ours(*request)
            best["mlm"] = min(best.get("mlm", seconds), seconds)
            seconds, encodings = self.hugging_face(kind, lines)
            best["Hugging Face"] = min(best.get("Hugging Face", seconds), seconds)
            if round_ == 0 and checksum_of(e.ids for e in encodings) != checksum:
                notes.append(f"ids differ from Hugging Face: {count} and {sum(len(e.ids) for e in encodings)}")
            del encodings
            if self.peer(kind)[1]:
                try:
                    seconds, ids = self.tiktoken(kind, lines)
                    best["tiktoken"] = min(best.get("tiktoken", seconds), seconds)
                    if round_ == 0 and checksum_of(ids) != checksum:
                        notes.append(f"ids differ from tiktoken: {count} and {sum(map(len, ids))}")
                    del ids
                except BaseException as error:  # its regular-expression engine gives up: a Rust panic
                    notes.append(f"tiktoken: {str(error)[:60]}")
        cells = [f"{size / best['mlm'] / MEGABYTE:8.1f}"]
        for name, goal in zip(("Hugging Face", "tiktoken"), goals):
            if name in best:
                ratio = best[name] / best["mlm"]
                target = f"{goal}x" + (" ok" if ratio >= goal else " MISSED") if goal else ""
                cells += [f"{size / best[name] / MEGABYTE:7.2f}", f"{at_least(ratio, 1):>6}x", target]
            else:
                cells += ["", "", ""]
        print(f"| {kind:9} | {label:28} | {' | '.join(cells)} | {'; '.join(dict.fromkeys(notes))} |", flush=True)

    def head(self, title: str) -> None:
        print(f"\n{title}, {self.options.threads} threads\n")
        print("| tokenizer | text | mlm MB/s | HF MB/s | mlm/HF | goal | tiktoken MB/s | mlm/tiktoken | goal | notes |")
        print("|---|---|---:|---:|---:|---|---:|---:|---|---|", flush=True)

    def natural(self, kinds) -> None:
        self.head("Natural text, a line a text")
        for name, text in self.texts.items():
            path = self.text(f"natural-{name}", lambda: repeated(text, self.size))
            for kind in kinds:
                self.compare(kind, name, path, self.options.rounds, GOALS[kind])

    def adversarial(self, kinds) -> None:
        self.head("Adversarial text")
        source = random.Random(7)
        english = next(iter(self.texts.values()))
        part = self.size // 4  # the peers take minutes for all of it

        def noise() -> str:
            """Random bytes with U+FFFD for what is no UTF-8, since the peers take strings."""
            return source.randbytes(part // 2).decode("utf-8", "replace")

        cases = [
            ("random bytes, by line", noise, False),
            ("random bytes, one line", lambda: noise().replace("\n", " "), True),
            ("one line without spaces", lambda: letters(english, self.size), True),
            ("one letter repeated", lambda: "a" * part, True),
            ("a letter and a space", lambda: "a " * (part // 2), True),
            ("spaces", lambda: " " * part, True),
            ("one ideograph repeated", lambda: "中" * (part // 3), True),
        ]
        for label, content, whole in cases:
            path = self.text("adversarial-" + label.replace(" ", "-").replace(",", ""), content)
            for kind in kinds:
                self.compare(kind, label, path, 1, (1, 1), whole)

    def growth(self, kinds) -> None:
        # What a tokenizer remembers of a text, and memory that the process already has, would make the
        # second encoding of a short text faster, and not that of a long one: each is the first of a process.
        print("\nTime of mlm on one line that is new to it, ms, best of 3; the last column is the largest over "
              "what n log n makes of the smallest\n")
        sizes = [self.size // 10, self.size // 4, self.size // 2, self.size]
        print("| tokenizer | text | " + " | ".join(f"{size / MEGABYTE:g} MB" for size in sizes) + " | n log n |")
        print("|---|---|" + "---:|" * (len(sizes) + 1), flush=True)
        english = next(iter(self.texts.values()))
        source = random.Random(8)
        cases = {"without spaces": lambda n: letters(english, n), "one letter": lambda n: "a" * n,
                 "random letters": lambda n: "".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=n)),
                 "natural": lambda n: repeated(english, n).replace("\n", " ")}
        for kind in kinds:
            for label, content in cases.items():
                times = []
                for size in sizes:
                    path = self.text(f"growth-{label.replace(' ', '-')}-{size}", lambda: content(size))
                    request = ("fresh", self.tokenizer(kind), path, self.options.threads)
                    times.append(float("inf"))
                    for _ in range(3):
                        self.restart()
                        times[-1] = min(times[-1], self.ours(*request)[0])
                first, last = sizes[0], sizes[-1]
                predicted = times[0] * log_linear(last) / log_linear(first)
                print(f"| {kind:9} | {label:14} | " + " | ".join(f"{1000 * t:7.1f}" for t in times)
                      + f" | {times[-1] / predicted:.2f} |", flush=True)

    def load(self) -> None:
        import tokenizers
        print("\nLoading a tokenizer.json of 250,000 entries, best of 5\n")
        print("| model | file | mlm | goal | Hugging Face |\n|---|---:|---:|---|---:|", flush=True)
        for model, build in (("BPE", big_bpe), ("Unigram", big_unigram)):
            path = self.folder / f"big-{model}.json"
            if not path.exists():
                build(path)
            best = {"mlm": 1e9, "peer": 1e9}
            for _ in range(5):
                best["mlm"] = min(best["mlm"], self.ours("load", path)[0])
                start = time.perf_counter()
                tokenizers.Tokenizer.from_file(str(path))
                best["peer"] = min(best["peer"], time.perf_counter() - start)
            verdict = "ok" if best["mlm"] < 0.15 else "MISSED"
            print(f"| {model} | {path.stat().st_size / MEGABYTE:.1f} MB | {best['mlm']:.3f} s | 0.15 s {verdict} "
                  f"| {best['peer']:.3f} s |", flush=True)


def checksum_of(lists) -> int:
    total = 0
    for ids in lists:
        for identifier in ids:
            total = (total * 31 + identifier) & 0xFFFFFFFF
    return total


def log_linear(n: int) -> float:
    import math
    return n * math.log(n)


def natural_texts(paths: list[pathlib.Path]) -> dict[str, str]:
    """The texts to measure on, by name."""
    if not paths:
        folder = REPOSITORY / "corpora"
        if subprocess.run([folder / "get", "--unchecked", "books"], stdout=subprocess.DEVNULL).returncode == 0:
            paths = [folder / "books" / "gcide.txt", folder / "books" / "kjv.txt"]
        else:
            print("corpora/get books failed: the samples, repeated", flush=True)
            paths = [folder / "samples" / "sentences.txt"]
    texts = {}
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        text = b"\n".join(file.read_bytes() for file in files).decode("utf-8", "replace")
        texts[path.stem] = text.replace("\r", "")
    return texts


def repeated(text: str, size: int) -> str:
    """The beginning of the text, up to so many bytes, repeated where it is shorter."""
    data = text.encode() or b" "
    while len(data) < size:
        data += b"\n" + data
    return data[:size].decode("utf-8", "ignore")


def letters(text: str, size: int) -> str:
    """The letters of a text without anything between them."""
    found = "".join(c for c in text[:4 * size] if c.isalpha()).encode() or b"a"
    while len(found) < size:
        found += found
    return found[:size].decode("utf-8", "ignore")


def train(kind: str, lines: list[str], path: pathlib.Path) -> None:
    """Trains a tokenizer of 30,000 entries with Hugging Face's library."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    if kind in ("gpt2", "cl100k"):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        if kind == "cl100k":
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(CL100K), "isolated", False),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tokenizer.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(vocab_size=30_000, initial_alphabet=alphabet, special_tokens=["<|endoftext|>"],
                                      show_progress=False)
    elif kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=30_000, limit_alphabet=4000, show_progress=False,
                                            special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    else:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Precompiled(precompiled_map(lines)), normalizers.Replace(Regex(" {2,}"), " ")])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=30_000, unk_token="<unk>", show_progress=False,
                                          special_tokens=["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.save(str(path))


def precompiled_map(lines: list[str]) -> bytes:
    """sentencepiece's nmt_nfkc table, as XLM-R has it: every model that it trains holds it."""
    import io
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([line for line in lines if line.strip()][:2000]), model_writer=model, vocab_size=500,
        hard_vocab_limit=False, character_coverage=0.98, normalization_rule_name="nmt_nfkc", minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def tiktoken_encoding(kind: str, path: pathlib.Path):
    """tiktoken with the tokens of a byte-level tokenizer.json."""
    import tiktoken
    from tokenizers import pre_tokenizers
    model = json.loads(path.read_text("utf-8"))["model"]
    # The byte-level alphabet: printable bytes are themselves, the others follow from U+0100 on.
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    byte_of = {chr(byte): byte for byte in printable} | {chr(256 + i): byte for i, byte in enumerate(others)}
    assert set(byte_of) == set(pre_tokenizers.ByteLevel.alphabet())
    special = {"<|endoftext|>": model["vocab"].pop("<|endoftext|>")}
    ranks = {bytes(byte_of[c] for c in token): rank for token, rank in model["vocab"].items()}
    return tiktoken.Encoding(kind, pat_str=GPT2 if kind == "gpt2" else CL100K, mergeable_ranks=ranks,
                             special_tokens=special)


def words(count: int, source: random.Random) -> list[str]:
    """Different words of letters of several scripts, as many tokens of large vocabularies are."""
    scripts = ["abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщыьэюя", "αβγδεζηθικλμνξοπρστυφχψω",
               "אבגדהוזחטיכלמנסעפצקרשת", "अआइईउऊकखगघचछजझटठडढणतथदधन"]
    found: dict[str, None] = {}
    while len(found) < count:
        alphabet = scripts[0] if source.random() < 0.6 else source.choice(scripts)
        found["".join(source.choices(alphabet, k=source.randint(2, 11)))] = None
    return list(found)


def big_bpe(path: pathlib.Path) -> None:
    """A byte-level BPE of 250,000 entries: random merges of tokens that are there already."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    source = random.Random(5)
    tokens = sorted(pre_tokenizers.ByteLevel.alphabet())
    known, merges = set(tokens), []
    while len(tokens) < 250_000:
        left, right = (tokens[int(len(tokens) * source.random() ** 3)] for _ in range(2))
        if len(left + right) <= 16 and left + right not in known:
            known.add(left + right)
            tokens.append(left + right)
            merges.append((left, right))
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer.save(str(path))


def big_unigram(path: pathlib.Path) -> None:
    """A Unigram model of 250,000 entries."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    source = random.Random(6)
    entries = [("<unk>", 0.0)] + [(("▁" if source.random() < 0.5 else "") + word, -source.uniform(3, 15))
                                  for word in words(249_999, source)]
    tokenizer = Tokenizer(models.Unigram(entries, 0, False))
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    tokenizer.save(str(path))


if __name__ == "__main__":
    main()
