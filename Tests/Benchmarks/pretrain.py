"""Tokens per second and memory of `mlm` against PyTorch: masked pretraining, and the encoder forward only.

    scripts/bench pretrain [--preset tiny,mini,small] [--length 128,512] [--only train,forward,growth]
        [--precision float32,bfloat16] [--compile] …

For every task, preset and length the peer gets its best setting first: 16 or 64 sequences of 128 tokens
a step (4 or 16 of 512), fused or foreach AdamW, found by short trials (and torch.compile with --compile,
which takes minutes to start), and a malloc that keeps freed memory. `mlm` then does the same with a model
of the same shape, as many threads and the same share of predicted tokens:

    train      one step on as many tokens as the peer's best; memory is compared at this equal batch
    forward    rows of the last layer; `mlm` is handed 8,192 tokens at a time, which it cuts into batches
    growth     of `mlm` alone: the time of a step from 2,048 to 65,536 tokens, and on one thread and on all

Measurements of both take turns, so that a disturbance meets both; the best of each counts, and the most
memory. A row is printed as soon as it is known. Nothing fails on time. GFLOP/s are those of the model's
products, heads and attention over the whole step.
"""

import argparse
import importlib.metadata
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

from measure import Measurement, machine, measured, processors

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PRESETS = ("nano", "tiny", "mini", "small")
STEP_TOKENS = (16 * 128, 64 * 128)
TRIAL_STEPS = 7
# glibc otherwise returns each large tensor to the system and faults it in again: 3 to 15 % slower.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 33)}
# What mlm is meant to reach: tokens per second and memory as multiples of the peer's.
SPEED_GOALS = {("train", "float32"): 1.4, ("train", "bfloat16"): 5,
               ("forward", "float32"): 1.25, ("forward", "bfloat16"): 4}
MEMORY_GOALS = {"train": 0.5}
TASKS = ("train", "forward", "growth")
PRECISIONS = ("float32", "bfloat16")
GROWTH_TOKENS = [2048 << doubling for doubling in range(6)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, required=True, help="the mlm executable")
    parser.add_argument("--encoder", type=pathlib.Path, required=True, help="the EncoderBenchmark executable")
    parser.add_argument("--preset", type=some_of(PRESETS), default=["tiny", "mini", "small"],
                        help=f"some of {','.join(PRESETS)} (default tiny,mini,small)")
    parser.add_argument("--length", type=lengths, default=[128, 512], help="tokens a sequence (default 128,512)")
    parser.add_argument("--only", type=some_of(TASKS), default=list(TASKS), help="some of train,forward,growth")
    parser.add_argument("--precision", type=some_of(PRECISIONS),
                        help="of mlm (default: float32, and bfloat16 where training uses it)")
    parser.add_argument("--mask-rate", type=float, default=0.3)
    parser.add_argument("--steps", type=int, default=20, help="steps of a measurement (default 20)")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each (default 3)")
    parser.add_argument("--trials", type=int, default=2, help="trials of each of the peer's settings (default 2)")
    parser.add_argument("--threads", type=int, default=processors())
    parser.add_argument("--compile", action="store_true", help="also try the peer under torch.compile (slow to start)")
    parser.add_argument("--text", type=pathlib.Path, help="text to train on (default: corpora/get kjv, else generated)")
    options = parser.parse_args()
    options.precision = options.precision or precisions(options.program)
    if options.steps < 4:
        parser.error("--steps: the first three are not counted; expected at least 4")

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mlm-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        bench.head()
        compared = [task for task in options.only if task != "growth"]
        for task, preset, length in itertools.product(compared, options.preset, options.length):
            bench.compare(task, preset, length)
        if "growth" in options.only:
            bench.growth()


def precisions(program: pathlib.Path) -> list[str]:
    """float32, and bfloat16 where the program finds it faster."""
    machine = json.loads(subprocess.check_output([program, "info", "--machine", "--json"]))
    return ["float32"] if machine["training_precision"] == "float32" else list(PRECISIONS)


def some_of(names):
    """Reads names with commas between them."""
    def read(text: str) -> list[str]:
        if wrong := [part for part in text.split(",") if part not in names]:
            raise argparse.ArgumentTypeError(f"expected some of {','.join(names)}, found '{wrong[0]}'")
        return text.split(",")
    return read


def lengths(text: str) -> list[int]:
    if not all(part.isdecimal() and int(part) >= 16 for part in text.split(",")):
        raise argparse.ArgumentTypeError(f"expected lengths of at least 16 tokens, found '{text}'")
    return [int(part) for part in text.split(",")]


class Bench:
    """A text, a tokenizer, and the commands that are compared on them."""

    def __init__(self, options, folder: pathlib.Path):
        self.options = options
        self.folder = folder
        self.text = options.text or corpus(folder)
        self.tokenizer = folder / "tokenizer.json"
        subprocess.run([options.program, "tokenizer", "train", self.text, "--output", self.tokenizer,
                        "--vocab-size", "8192", "--quiet"], check=True)
        # Both heads must be as wide, whatever the text gave.
        self.vocabulary = len(json.loads(self.tokenizer.read_text("utf-8"))["model"]["vocab"])
        self.outputs = itertools.count()

    def head(self) -> None:
        options = self.options
        print(f"vocabulary {self.vocabulary}, {options.mask_rate:.0%} predicted, {options.threads} threads, "
              f"torch {importlib.metadata.version('torch')}, best of {options.runs} × {options.steps} steps\n")
        print("| task | preset | length | who | sequences | tokens/s | of each run | ratio | goal | GFLOP/s "
              "| peak memory | ratio | goal |")
        print("|---|---|---:|---|---:|---:|---|---:|---|---:|---:|---:|---|", flush=True)

    def compare(self, task: str, preset: str, length: int) -> None:
        steps = ["--steps", self.options.steps]
        tokens, peer = self.best_peer(task, preset, length)
        theirs, ours = [], {precision: [] for precision in self.options.precision}
        for _ in range(self.options.runs):
            theirs.append(measured([*peer, *steps], KEEP_MEMORY))
            for precision, runs in ours.items():
                runs.append(measured(self.ours(task, preset, length, tokens, precision)))
        speed, memory, each = summary(theirs)
        labels = f"| {task:7} | {preset:5} | {length:4}"
        print(f"{labels} | PyTorch | {tokens // length:3} | {speed:6.0f} | {each} | | | | {memory / 1e6:5.0f} MB | | |")
        for precision, runs in ours.items():
            our_speed, our_memory, our_each = summary(runs)
            ratio, share = our_speed / speed, our_memory / memory
            wanted = SPEED_GOALS[task, precision]
            memory_goal = verdict(MEMORY_GOALS[task], share <= MEMORY_GOALS[task]) if task in MEMORY_GOALS else ""
            count = tokens // length if task == "train" else ""
            rate = f"{max(map(gigaflops, runs)):.0f}" if task == "train" else ""
            print(f"{labels} | mlm {precision} | {count:3} | {our_speed:6.0f} | {our_each} | {ratio:.2f} "
                  f"| {verdict(wanted, ratio >= wanted)} | {rate} | {our_memory / 1e6:5.0f} MB | {share:.2f} "
                  f"| {memory_goal} |", flush=True)

    def growth(self) -> None:
        options = self.options
        print("\n| preset | precision | threads | tokens a step | ms a step | ms a 1,000 tokens | of each run |")
        print("|---|---|---:|---:|---:|---:|---|", flush=True)
        for preset, precision in itertools.product(options.preset, options.precision):
            cases = [(options.threads, tokens) for tokens in GROWTH_TOKENS]
            if options.threads > 1:
                cases.append((1, 8192))
            best = {}
            for threads, tokens in cases:
                # At least the steps that are counted, and as long as a measurement of many small ones.
                steps = max(5, min(options.steps, options.steps * 8192 // tokens))
                speeds = [measured(self.ours("train", preset, 128, tokens, precision, threads, steps))
                          .report["tokens_per_second"] for _ in range(options.runs)]
                best[threads, tokens] = max(speeds)
                times = ", ".join(f"{1e6 / speed:.1f}" for speed in speeds)
                print(f"| {preset} | {precision} | {threads} | {tokens} | {tokens / max(speeds) * 1e3:.0f} "
                      f"| {1e6 / max(speeds):.1f} | {times} |", flush=True)
            first, last = (best[options.threads, tokens] for tokens in (GROWTH_TOKENS[0], GROWTH_TOKENS[-1]))
            print(f"\n{preset}, {precision}: {GROWTH_TOKENS[-1] // GROWTH_TOKENS[0]} times the tokens take "
                  f"{GROWTH_TOKENS[-1] / GROWTH_TOKENS[0] * first / last:.1f} times the time")
            if options.threads > 1:
                print(f"{preset}, {precision}: {options.threads} threads are "
                      f"{best[options.threads, 8192] / best[1, 8192]:.2f} times as fast as one (8,192 tokens)")
            print(flush=True)

    def best_peer(self, task: str, preset: str, length: int) -> tuple[int, list]:
        """Tokens a step and the peer's command with the setting that was fastest in short trials."""
        options = self.options
        common = [sys.executable, HERE / "peer_modernbert.py", "--preset", preset, "--vocabulary", self.vocabulary,
                  "--length", length, "--mask-rate", options.mask_rate, "--threads", options.threads]
        kinds = [["--forward-only"]] if task == "forward" else [["--optimizer", name] for name in ("fused", "foreach")]
        compiled = [[], ["--compile"]] if options.compile else [[]]
        settings = [(sequences * length, ["--sequences", sequences, *kind, *extra])
                    for sequences, kind, extra in itertools.product(sequences_of(length), kinds, compiled)]
        speeds = [0.0] * len(settings)
        for _ in range(options.trials):  # round after round: one disturbance does not decide
            for place, (_, setting) in enumerate(settings):
                trial = measured([*common, *setting, "--steps", TRIAL_STEPS], KEEP_MEMORY)
                speeds[place] = max(speeds[place], trial.report["tokens_per_second"])
        for (_, setting), speed in zip(settings, speeds):
            print(f"trial of PyTorch: {preset} {length}: {' '.join(map(str, setting)):44} {speed:8.0f} tokens/s",
                  file=sys.stderr, flush=True)
        tokens, setting = settings[speeds.index(max(speeds))]
        return tokens, [*common, *setting]

    def ours(self, task: str, preset: str, length: int, tokens: int, precision: str, threads: int | None = None,
             steps: int | None = None) -> list:
        options = self.options
        threads, steps = threads or options.threads, steps or options.steps
        if task == "forward":
            return [options.encoder, preset, self.vocabulary, length, max(sequences_of(length)), threads, steps,
                    precision]
        return [options.program, "pretrain", self.text, "--tokenizer", self.tokenizer, "--preset", preset,
                "--objective", "mlm", "--mask-rate", options.mask_rate, "--steps", steps,
                "--batch-tokens", tokens, "--sequence-length", length, "--max-length", max(512, length),
                "--dropout", 0, "--threads", threads, "--precision", precision, "--quiet", "--json", "--profile",
                "--output", self.folder / f"run-{next(self.outputs)}.mlm"]


def sequences_of(length: int) -> list[int]:
    """How many sequences a step the peer may take: at any length as many tokens."""
    return [max(1, tokens // length) for tokens in STEP_TOKENS]


def summary(runs: list[Measurement]) -> tuple[float, int, str]:
    """The highest speed, the highest peak of memory, and every speed."""
    speeds = [run.report["tokens_per_second"] for run in runs]
    return max(speeds), max(run.peak_bytes for run in runs), ", ".join(f"{speed:.0f}" for speed in speeds)


def gigaflops(run: Measurement) -> float:
    """What the profile, the last line of JSON on standard error, says of the whole step."""
    return json.loads([line for line in run.errors.split("\n") if line.startswith("{")][-1])["model_gflops"]


def verdict(goal: float, reached: bool) -> str:
    return f"{goal:g} {'ok' if reached else 'MISSED'}"


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


if __name__ == "__main__":
    main()
