"""Tokens per second of masked pretraining: `mlm pretrain` against PyTorch, same machine, same run.

    scripts/bench pretrain [--preset mini] [--compile] [--runs 3] …

The peer gets its best setting first: 16 or 64 sequences a step, fused or foreach AdamW, found by
short trials (and torch.compile with --compile), and a malloc that keeps freed memory. `mlm` then
trains the same model on as many tokens a step, with as many threads and the same share of predicted
tokens. Three measurements of each,
one after the other so that a disturbance meets both; the best of each counts. Nothing fails on time.
"""

import argparse
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

from measure import machine, measured, processors

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
LENGTH = 128
# glibc otherwise returns each large tensor to the system and faults it in again: 3 to 15 % slower.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 33)}
TRIALS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="the mlm executable; without it only the peer is measured")
    parser.add_argument("--preset", default="mini", choices=("nano", "tiny", "mini", "small"))
    parser.add_argument("--mask-rate", type=float, default=0.3)
    parser.add_argument("--steps", type=int, default=20, help="steps of a measurement (default 20)")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each (default 3)")
    parser.add_argument("--threads", type=int, default=processors())
    parser.add_argument("--compile", action="store_true", help="also try the peer under torch.compile (slow to start)")
    parser.add_argument("--text", type=pathlib.Path, help="text to train on (default: corpora/get kjv, else generated)")
    options = parser.parse_args()

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mlm-bench-") as folder:
        folder = pathlib.Path(folder)
        vocabulary, ours = 8192, None
        if options.program:
            text = options.text or corpus(folder)
            tokenizer = folder / "tokenizer.json"
            subprocess.run([options.program, "tokenizer", "train", text, "--output", tokenizer,
                            "--vocab-size", "8192", "--quiet"], check=True)
            # Both heads must be as wide, whatever the text gave.
            vocabulary = len(json.loads(tokenizer.read_text("utf-8"))["model"]["vocab"])
        peer = best_peer(options, vocabulary)
        tokens = int(peer[peer.index("--sequences") + 1]) * LENGTH
        if options.program:
            ours = [options.program, "pretrain", text, "--tokenizer", tokenizer, "--preset", options.preset,
                    "--objective", "mlm", "--mask-rate", options.mask_rate, "--steps", options.steps,
                    "--batch-tokens", tokens, "--sequence-length", LENGTH, "--dropout", 0,
                    "--threads", options.threads, "--precision", "float32", "--quiet", "--json"]
        results = {"PyTorch": [], "mlm": []}
        for run in range(options.runs):
            results["PyTorch"].append(measured([*peer, "--steps", options.steps], KEEP_MEMORY))
            if ours:
                results["mlm"].append(measured([*ours, "--output", folder / f"run-{run}.mlm"]))
    table(options, vocabulary, tokens, results)


def best_peer(options, vocabulary: int) -> list:
    """The peer's command with the setting that was fastest in a short trial."""
    common = [sys.executable, HERE / "peer_modernbert.py", "--preset", options.preset, "--vocabulary", vocabulary,
              "--length", LENGTH, "--mask-rate", options.mask_rate, "--threads", options.threads]
    compiled = [[], ["--compile"]] if options.compile else [[]]
    settings = [["--sequences", str(sequences), "--optimizer", optimizer, *extra]
                for sequences, optimizer, extra in itertools.product((16, 64), ("fused", "foreach"), compiled)]
    speeds = [0.0] * len(settings)
    for _ in range(TRIALS):  # round after round: one disturbance does not decide
        for i, setting in enumerate(settings):
            trial = measured([*common, *setting, "--steps", 7], KEEP_MEMORY)
            speeds[i] = max(speeds[i], trial.report["tokens_per_second"])
    for setting, speed in zip(settings, speeds):
        print(f"PyTorch trial: {' '.join(setting):48} {speed:8.0f} tokens/s", flush=True)
    return [*common, *settings[speeds.index(max(speeds))]]


def corpus(folder: pathlib.Path) -> pathlib.Path:
    """The King James Bible where it can be fetched, else generated text of the same size."""
    if subprocess.run([REPOSITORY / "corpora" / "get", "kjv"], stdout=subprocess.DEVNULL).returncode == 0:
        if files := sorted((REPOSITORY / "corpora" / "kjv").glob("**/*.txt"), key=lambda p: p.stat().st_size):
            return files[-1]
    print("corpora/get kjv failed: training on generated text", flush=True)
    path = folder / "generated.txt"
    with open(path, "wb") as file:
        subprocess.run([sys.executable, REPOSITORY / "Tests" / "Interop" / "generated_text.py", "5000000"],
                       stdout=file, check=True)
    return path


def table(options, vocabulary: int, tokens: int, results: dict) -> None:
    version = results["PyTorch"][0].report["torch"]
    print(f"\n{options.preset}, vocabulary {vocabulary}, {tokens} tokens a step of {LENGTH}-token sequences, "
          f"{options.mask_rate:.0%} predicted, {options.threads} threads, float32, torch {version}\n")
    print("|         | tokens/s | of each run | peak memory |\n|---|---:|---|---:|")
    best = {}
    for name, runs in results.items():
        if runs:
            speeds = [run.report["tokens_per_second"] for run in runs]
            best[name] = max(speeds)
            each = ", ".join(f"{s:.0f}" for s in speeds)
            print(f"| {name:7} | {best[name]:8.0f} | {each} | {max(r.peak_bytes for r in runs) / 1e6:.0f} MB |")
    if "mlm" in best:
        print(f"\nmlm / PyTorch = {best['mlm'] / best['PyTorch']:.2f}")


if __name__ == "__main__":
    main()
