"""Tokens per second and memory of `mlm` against PyTorch: masked pretraining, and the encoder forward only.

    scripts/bench pretrain [--preset tiny,mini,small] [--length 128,512] [--only train,forward,growth]
        [--precision float32,bfloat16] [--results FILE] [--eager] …

For every task, preset and length the peer gets its best setting first, found by short trials: 16 or 64
sequences of 128 tokens a step (4 or 16 of 512), eager or under torch.compile, fused or foreach AdamW
(which of the two is decided at the smaller number of sequences, where it counts most), and a malloc that
keeps freed memory. torch.compile is tried at the number of sequences that is best without it, and at the
other one unless that is slower by more than a fifth. `mlm` in float32 is compared with the peer's best in
float32; in bfloat16 with its best of all, for which it is tried under autocast to bfloat16, too. `mlm`
does the same with a model of the same shape, as many threads and the same share of predicted tokens:

    train      one step on as many tokens as the peer's best; memory is compared at this equal batch
    forward    rows of the last layer; `mlm` is handed 8,192 tokens at a time, which it cuts into batches
    growth     of `mlm` alone, with one preset: the time of a step from 2,048 to 65,536 tokens, and on
               one thread and on all

Measurements of both take turns, so that a disturbance meets both, and have the same number of steps: as
many as take the peer --seconds, the three that are not counted left out; the best of each counts. Memory
is the most that a run of `mlm` took, and the least that the peer took at that batch with any setting. A
row is printed as soon as it is known, and what is left to do by the clock goes to standard error. With
--results a run that was stopped goes on where it was: what was measured is added to the file, and not
measured again by the same program with the same options. Nothing fails on time. GFLOP/s are those of the
model's products, heads and attention over the whole step.
"""

import argparse
import hashlib
import importlib.metadata
import itertools
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from measure import Measurement, at_least, at_most, machine, measured, processors
from shapes import SHAPES

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PRESETS = tuple(SHAPES)
STEP_TOKENS = (16 * 128, 64 * 128)
# Steps that nobody counts come first.
WARMUP_STEPS = 3
TRIAL_STEPS = WARMUP_STEPS + 2
# Fewest and most steps that are counted.
COUNTED_STEPS = (3, 20)
# glibc otherwise returns each large tensor to the system and faults it in again: 3 to 15 % slower.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 33)}
# What mlm is meant to reach: tokens per second and memory as multiples of the peer's. bfloat16 on
# matrix tiles.
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
    parser.add_argument("--seconds", type=float, default=6, help="the peer's, of the steps counted (default 6)")
    parser.add_argument("--steps", type=int, help="of a measurement, three that are not counted included")
    parser.add_argument("--runs", type=int, default=2, help="measurements of each (default 2)")
    parser.add_argument("--trials", type=int, default=1, help="trials of each of the peer's settings (default 1)")
    parser.add_argument("--threads", type=int, default=processors())
    parser.add_argument("--eager", action="store_true", help="leave out torch.compile, which is slow to start")
    parser.add_argument("--text", type=pathlib.Path, help="text to train on (default: corpora/get kjv, else generated)")
    parser.add_argument("--results", type=pathlib.Path, help="file of what is measured, to go on from")
    options = parser.parse_args()
    options.precision = options.precision or precisions(options.program)
    if options.steps is not None and options.steps <= WARMUP_STEPS:
        parser.error("--steps: the first three are not counted; expected at least 4")

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mlm-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        bench.head()
        for row in bench.rows:
            bench.compare(*row)
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


class Results:
    """What was measured, by what it is called; in a file, where there is one."""

    def __init__(self, path: pathlib.Path | None, settings: dict):
        self.path, self.settings, self.known = path, settings, {}
        if path and path.exists():
            for line in path.read_text("utf-8").splitlines():
                record = json.loads(line)
                if record["settings"] == settings:
                    self.known[record["name"]] = record["value"]

    def value(self, name: str, measure):
        """What is known under the name, else what `measure` returns."""
        if name not in self.known:
            self.known[name] = measure()
            if self.path:
                with self.path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"name": name, "settings": self.settings, "value": self.known[name]}) + "\n")
        return self.known[name]


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
        self.environment = KEEP_MEMORY | {"TORCHINDUCTOR_CACHE_DIR": str(folder / "inductor")}
        self.results = Results(options.results, {
            "program": hashlib.sha256(options.program.read_bytes()).hexdigest(),
            "encoder": hashlib.sha256(options.encoder.read_bytes()).hexdigest(),
            "text": hashlib.sha256(self.text.read_bytes()).hexdigest(),
            "torch": importlib.metadata.version("torch"), "vocabulary": self.vocabulary,
        } | {name: getattr(options, name)
             for name in ("mask_rate", "seconds", "steps", "runs", "trials", "threads", "eager")})
        compared = [task for task in options.only if task != "growth"]
        self.rows = list(itertools.product(compared, options.preset, options.length, options.precision))
        self.growth_preset = "mini" if "mini" in options.preset else options.preset[0]
        machine = json.loads(subprocess.check_output([options.program, "info", "--machine", "--json"]))
        self.has_tiles = machine["bfloat16_path"] == "tiles"
        # GFLOP/s of float32 products on all threads, as the program measures them.
        self.peak = machine["float32_gflops"]["all_threads"]
        self.start, self.done = time.monotonic(), 0.0
        self.expected = sum(self.expected_seconds(*row) for row in self.rows if not self.is_known(row))
        if "growth" in options.only:
            self.expected += self.expected_growth_seconds()

    def head(self) -> None:
        options = self.options
        print(f"vocabulary {self.vocabulary}, {options.mask_rate:.0%} predicted, {options.threads} threads, "
              f"torch {importlib.metadata.version('torch')}, best of {options.runs} × "
              f"{f'{options.steps} steps' if options.steps is not None else f'{options.seconds:g} s'}\n")
        print("| task | preset | length | who | sequences | tokens/s | of each run | ratio | goal | GFLOP/s "
              "| peak memory | ratio | goal |")
        print("|---|---|---:|---|---:|---:|---|---:|---|---:|---:|---:|---|", flush=True)
        self.show_time_left()

    def compare(self, task: str, preset: str, length: int, precision: str) -> None:
        row_name = (task, preset, length, precision)
        if not self.is_known(row_name):
            self.done += self.expected_seconds(*row_name)
        tokens, setting, least_memory = self.best_peer(*row_name)
        trial_speed = self.results.known[trial_name(task, preset, length, setting)]["speed"]
        peer, ours = self.results.value(
            " ".join(map(str, row_name)), lambda: self.measure(*row_name, tokens, setting))
        speed, memory = max(peer["speeds"]), min(peer["memory"], least_memory)
        kind = " ".join(["PyTorch", "bfloat16" if "--bfloat16" in setting else "float32",
                         "compiled" if "--compile" in setting else "eager"])
        labels = f"| {task:7} | {preset:5} | {length:4}"
        each = f"{listed(peer['speeds'])} (trial {trial_speed:.0f})"
        print(f"{labels} | {kind} | {tokens // length:3} | {speed:6.0f} | {each} | | | | {memory / 1e6:5.0f} MB | | |")
        our_speed, our_memory = max(ours["speeds"]), ours["memory"]
        ratio, share = our_speed / speed, our_memory / memory
        has_goal = precision == "float32" or self.has_tiles
        speed_goal = verdict(SPEED_GOALS[task, precision], ratio) if has_goal else ""
        most = MEMORY_GOALS.get(task)
        memory_goal = f"{most:g} {'ok' if share <= most else 'MISSED'}" if most else ""
        count = tokens // length if task == "train" else ""
        rate = f"{ours['gflops']:.0f}" if task == "train" else ""
        print(f"{labels} | mlm {precision} | {count:3} | {our_speed:6.0f} | {listed(ours['speeds'])} "
              f"| {at_least(ratio)} | {speed_goal} | {rate} | {our_memory / 1e6:5.0f} MB | {at_most(share)} "
              f"| {memory_goal} |", flush=True)
        self.show_time_left()

    def measure(self, task: str, preset: str, length: int, precision: str, tokens: int, setting: list) -> list[dict]:
        """Speeds, memory and GFLOP/s of the peer and of mlm, by turns."""
        speed = self.results.known[trial_name(task, preset, length, setting)]["speed"]
        steps = self.steps(speed, tokens)
        our_steps = self.steps(speed, max(STEP_TOKENS)) if task == "forward" else steps
        peers, ours = [], []
        for _ in range(self.options.runs):
            peers.append(self.peer(task, preset, length, [*setting, "--steps", steps]))
            ours.append(measured(self.ours(task, preset, length, tokens, precision, steps=our_steps)))
        return [{"speeds": [run.report["tokens_per_second"] for run in runs],
                 "memory": max(run.peak_bytes for run in runs),
                 "gflops": max(map(gigaflops, runs)) if runs is ours and task == "train" else None}
                for runs in (peers, ours)]

    def steps(self, speed: float, tokens: int) -> int:
        if self.options.steps is not None:
            return self.options.steps
        fewest, most = COUNTED_STEPS
        return WARMUP_STEPS + max(fewest, min(most, math.ceil(self.options.seconds * speed / tokens)))

    def growth(self) -> None:
        options, preset = self.options, self.growth_preset
        print("\n| preset | precision | threads | tokens a step | ms a step | ms a 1,000 tokens | of each run "
              "| peak memory |")
        print("|---|---|---:|---:|---:|---:|---|---:|", flush=True)
        for precision in options.precision:
            cases = [(options.threads, tokens) for tokens in GROWTH_TOKENS]
            if options.threads > 1:
                cases.append((1, 8192))
            best = {}
            for threads, tokens in cases:
                # Two steps are counted at least, and 40,000 tokens.
                steps = WARMUP_STEPS + max(2, 40960 // tokens)
                run = self.results.value(
                    f"growth {preset} {precision} {threads} {tokens}",
                    lambda: self.grown(preset, precision, threads, tokens, steps))
                speeds = run["speeds"]
                best[threads, tokens] = max(speeds)
                times = ", ".join(f"{1e6 / speed:.1f}" for speed in speeds)
                print(f"| {preset} | {precision} | {threads} | {tokens} | {tokens / max(speeds) * 1e3:.0f} "
                      f"| {1e6 / max(speeds):.1f} | {times} | {run['memory'] / 1e6:.0f} MB |", flush=True)
            first, last = (best[options.threads, tokens] for tokens in (GROWTH_TOKENS[0], GROWTH_TOKENS[-1]))
            times = GROWTH_TOKENS[-1] / GROWTH_TOKENS[0] * first / last
            slope = self.slope([(tokens, tokens / best[options.threads, tokens]) for tokens in GROWTH_TOKENS])
            print(f"\n{preset}, {precision}: {GROWTH_TOKENS[-1] // GROWTH_TOKENS[0]} times the tokens take "
                  f"{times:.1f} times the time; the logarithm of the time grows {slope:.3f} times as fast as that of "
                  "the tokens")
            if options.threads > 1:
                print(f"{preset}, {precision}: {options.threads} threads are "
                      f"{at_least(best[options.threads, 8192] / best[1, 8192])} times as fast as one (8,192 tokens)")
            print(flush=True)

    def grown(self, preset: str, precision: str, threads: int, tokens: int, steps: int) -> dict:
        runs = [measured(self.ours("train", preset, 128, tokens, precision, threads, steps))
                for _ in range(self.options.runs)]
        return {"speeds": [run.report["tokens_per_second"] for run in runs],
                "memory": max(run.peak_bytes for run in runs)}

    @staticmethod
    def slope(points: list[tuple[float, float]]) -> float:
        """Of the line through logarithms, by least squares."""
        logarithms = [(math.log(x), math.log(y)) for x, y in points]
        means = [sum(values) / len(points) for values in zip(*logarithms)]
        return (sum((x - means[0]) * (y - means[1]) for x, y in logarithms)
                / sum((x - means[0]) ** 2 for x, _ in logarithms))

    def best_peer(self, task: str, preset: str, length: int, precision: str) -> tuple[int, list, int]:
        """Tokens a step and the setting that was fastest in short trials, and the least memory at that batch."""
        few, many = sequences_of(length)
        trials: dict[tuple, dict] = {}

        def speed(sequences: int, *kind: str) -> float:
            setting = ("--sequences", sequences, *kind)
            trials[setting] = self.results.value(
                trial_name(task, preset, length, setting), lambda: self.trial(task, preset, length, setting))
            return trials[setting]["speed"]

        kinds = [["--forward-only"]] if task == "forward" else [["--optimizer", name] for name in ("fused", "foreach")]
        kind = max(kinds, key=lambda kind: speed(few, *kind))
        for formats in [[], ["--bfloat16"]] if precision == "bfloat16" else [[]]:
            eager = {sequences: speed(sequences, *kind, *formats) for sequences in (few, many)}
            for sequences in () if self.options.eager else eager:
                if eager[sequences] >= 0.8 * max(eager.values()):
                    speed(sequences, *kind, *formats, "--compile")
        best = max(trials, key=lambda setting: trials[setting]["speed"])
        memory = min(trial["memory"] for setting, trial in trials.items() if setting[1] == best[1])
        return best[1] * length, list(best), memory

    def trial(self, task: str, preset: str, length: int, setting: tuple) -> dict:
        """The best speed and the memory of a setting; none where it does not run.

        As torch.compile without a C++ compiler, and bfloat16 where oneDNN takes the CPU for another.
        """
        try:
            trials = [self.peer(task, preset, length, [*setting, "--steps", TRIAL_STEPS])
                      for _ in range(self.options.trials)]
            found = {"speed": max(trial.report["tokens_per_second"] for trial in trials),
                     "memory": max(trial.peak_bytes for trial in trials)}
        except SystemExit as failure:
            if not {"--compile", "--bfloat16"} & set(setting):
                raise
            print(f"a setting of the peer failed and is left out of this row:\n{failure}", flush=True)
            found = {"speed": 0, "memory": math.inf}
        print(f"trial of PyTorch: {task} {preset} {length}: {' '.join(map(str, setting)):44} "
              f"{found['speed']:8.0f} tokens/s", file=sys.stderr, flush=True)
        return found

    def peer(self, task: str, preset: str, length: int, setting: list) -> Measurement:
        options = self.options
        return measured([sys.executable, HERE / "peer_modernbert.py", "--preset", preset, "--vocabulary",
                         self.vocabulary, "--length", length, "--mask-rate", options.mask_rate,
                         "--threads", options.threads, *setting], self.environment)

    def ours(self, task: str, preset: str, length: int, tokens: int, precision: str, threads: int | None = None,
             steps: int = 20) -> list:
        options = self.options
        threads = threads or options.threads
        if task == "forward":
            return [options.encoder, preset, self.vocabulary, length, max(sequences_of(length)), threads, steps,
                    precision]
        return [options.program, "pretrain", self.text, "--tokenizer", self.tokenizer, "--preset", preset,
                "--objective", "mlm", "--mask-rate", options.mask_rate, "--steps", steps,
                "--batch-tokens", tokens, "--sequence-length", length, "--max-length", max(512, length),
                "--dropout", 0, "--threads", threads, "--precision", precision, "--quiet", "--json", "--profile",
                "--output", self.folder / f"run-{next(self.outputs)}.mlm"]

    def is_known(self, row: tuple) -> bool:
        return " ".join(map(str, row)) in self.results.known

    def show_time_left(self) -> None:
        """What is left to do, by the clock: at first by the arithmetic of the models and a guess at speeds."""
        elapsed = time.monotonic() - self.start
        pace = elapsed / self.done if self.done else 1
        print(f"about {pace * (self.expected - self.done) / 60:.0f} minutes left after {elapsed / 60:.0f}",
              file=sys.stderr, flush=True)

    def expected_seconds(self, task: str, preset: str, length: int, precision: str) -> float:
        """A guess: the peer at half of what products alone reach, mlm at four fifths."""
        options = self.options
        per_token = operations(task, preset, length, self.vocabulary, options.mask_rate)
        peer, ours = (share * self.peak * 1e9 / per_token for share in (0.5, 0.8))
        few, many = STEP_TOKENS
        kinds = 2 if task == "train" else 1
        compiles = 0 if options.eager else 8 * SHAPES[preset][0] * (1 if task == "train" else 0.4)
        trials = options.trials * (1 if options.eager else 2) * TRIAL_STEPS * (kinds * few + many) / peer
        counted = max(COUNTED_STEPS[0] * few / peer, options.seconds) + WARMUP_STEPS * few / peer
        runs = options.runs * (counted + counted * peer / ours)
        processes = 5 * (options.trials * (kinds + 3) + options.runs * 2)
        return trials + runs + processes + 2 * compiles * options.trials

    def expected_growth_seconds(self) -> float:
        options = self.options
        speed = 0.8 * self.peak * 1e9 / operations("train", self.growth_preset, 128, self.vocabulary, options.mask_rate)
        tokens = sum((WARMUP_STEPS + max(2, 40960 // tokens)) * tokens for tokens in GROWTH_TOKENS)
        tokens += 2 * (WARMUP_STEPS + 5) * 8192
        return options.runs * len(options.precision) * (tokens / speed + 5 * (len(GROWTH_TOKENS) + 1))


def trial_name(task: str, preset: str, length: int, setting) -> str:
    return f"trial {task} {preset} {length} {' '.join(map(str, setting))}"


def operations(task: str, preset: str, length: int, vocabulary: int, mask_rate: float) -> float:
    """Multiplications and additions for a token."""
    layers, width, inner, _ = SHAPES[preset]
    forward = 2 * layers * (4 * width * width + 3 * width * inner + 2 * length * width)
    return forward if task == "forward" else 3 * (forward + 2 * mask_rate * width * (width + vocabulary))


def sequences_of(length: int) -> list[int]:
    """How many sequences a step the peer may take: at any length as many tokens."""
    return [max(1, tokens // length) for tokens in STEP_TOKENS]


def listed(speeds: list[float]) -> str:
    return ", ".join(f"{speed:.0f}" for speed in speeds)


def gigaflops(run: Measurement) -> float:
    """What the profile, the last line of JSON on standard error, says of the whole step."""
    return json.loads([line for line in run.errors.split("\n") if line.startswith("{")][-1])["model_gflops"]


def verdict(goal: float, ratio: float) -> str:
    return f"{goal:g} {'ok' if ratio >= goal else 'MISSED'}"


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
