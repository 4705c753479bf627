"""Seconds to train a tokenizer: `mlm tokenizer train` against Hugging Face tokenizers, same run.

    scripts/bench tokenizer-training [--text FILE] [--chinese-japanese FILE …] [--runs 3] [--memory]

Both read the same files from disk, with as many threads (RAYON_NUM_THREADS for the peer) and equal
settings; the time is that of the whole process for mlm, and of train() alone for the peer, which so
has its imports for nothing. Runs alternate, so that a disturbance meets both; the best of each
counts. Byte pairs must come out the same, or the benchmark stops. Nothing fails on time.

`--memory` also trains on 1 GB of text (repeated as often as it takes), with and without `--memory
200M`, and prints the peaks.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import time

from measure import at_least, machine, measured, processors
from pretrain import corpus

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the mlm executable")
    parser.add_argument("--text", type=pathlib.Path, help="text to train on (default: corpora/get kjv, else generated)")
    parser.add_argument("--chinese-japanese", type=pathlib.Path, nargs="*", default=[], help="further text")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each (default 3)")
    parser.add_argument("--threads", type=int, default=min(2, processors()))
    parser.add_argument("--only", nargs="*", help="cases by number, from 1")
    parser.add_argument("--memory", action="store_true", help="also measure memory on 1 GB")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(json.loads(options.peer))

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mlm-bench-") as folder:
        folder = pathlib.Path(folder)
        text = options.text or corpus(folder)
        cases = [("byte pairs", 8192, [text]), ("byte pairs", 32000, [text]), ("word pieces", 30000, [text])]
        if options.chinese_japanese:
            cases += [("byte pairs", 8192, options.chinese_japanese), ("word pieces", 8192, options.chinese_japanese)]
        print(f"\n{options.threads} threads\n\n| | text | tokenizers | mlm | ratio | of each run |\n|---|---|---:|---:|---:|---|")
        for number, case in enumerate(cases, 1):
            if not options.only or str(number) in options.only:
                compare(options, *case, folder)
        if options.memory:
            memory(options, text, folder)


def compare(options, model: str, size: int, files: list, folder: pathlib.Path) -> None:
    ours, theirs = folder / "ours.json", folder / "theirs.json"
    command = [options.program, "tokenizer", "train", *files, "--output", ours, "--vocab-size", size, "--overwrite",
               "--quiet", "--json", "--threads", options.threads]
    command += ["--model", "wordpiece"] if model == "word pieces" else ["--normalizer", "nfc"]
    task = json.dumps({"model": model, "size": size, "files": [str(f) for f in files], "output": str(theirs)})
    environment = {"RAYON_NUM_THREADS": str(options.threads), "TOKENIZERS_PARALLELISM": "true"}
    times = {"theirs": [], "ours": []}
    for _ in range(options.runs):
        times["theirs"].append(measured(
            [sys.executable, __file__, "--program", "-", "--peer", task], environment).report["seconds"])
        start = time.perf_counter()
        measured(command)
        times["ours"].append(time.perf_counter() - start)
    if model == "byte pairs":
        a, b = (json.loads(path.read_text("utf-8"))["model"] for path in (ours, theirs))
        if a["vocab"] != b["vocab"] or a["merges"] != b["merges"]:
            raise SystemExit(f"{model}, {size}: the vocabularies differ")
    total = sum(pathlib.Path(f).stat().st_size for f in files) / 1e6
    best = {name: min(values) for name, values in times.items()}
    each = "; ".join(", ".join(f"{value:.2f}" for value in values) for values in times.values())
    print(f"| {model}, {size} | {total:.1f} MB | {best['theirs']:.2f} s | {best['ours']:.2f} s "
          f"| {at_least(best['theirs'] / best['ours'], 1)} | {each} |", flush=True)


def peer(task: dict) -> None:
    """Trains with tokenizers and prints how long that took."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    if task["model"] == "byte pairs":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
        trainer = trainers.BpeTrainer(vocab_size=task["size"], min_frequency=2, special_tokens=SPECIAL,
                                      show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    else:
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=task["size"], min_frequency=2, special_tokens=SPECIAL,
                                            show_progress=False)
    start = time.perf_counter()
    tokenizer.train(task["files"], trainer)
    seconds = time.perf_counter() - start
    tokenizer.save(task["output"])
    print(json.dumps({"seconds": seconds}))


def memory(options, text: pathlib.Path, folder: pathlib.Path) -> None:
    """Peak memory on 1 GB of text, and the same vocabulary with less."""
    repeats = -(-1_000_000_000 // text.stat().st_size)
    outputs = []
    print(f"\n1 GB: {text.name}, {repeats} times\n")
    for limit in (None, "200M", "20M"):
        output = folder / f"memory-{limit}.json"
        command = [options.program, "tokenizer", "train", *[text] * repeats, "--output", output, "--quiet", "--json",
                   "--threads", options.threads, *(["--memory", limit] if limit else [])]
        start = time.perf_counter()
        result = measured(command)
        outputs.append(output.read_bytes())
        print(f"--memory {limit or 'not given'}: peak {result.peak_bytes / 1e6:.0f} MB, "
              f"{time.perf_counter() - start:.1f} s, {result.report['text_bytes'] / 1e9:.2f} GB", flush=True)
    print("the same bytes" if len(set(outputs)) == 1 else "THE VOCABULARIES DIFFER")


if __name__ == "__main__":
    main()
