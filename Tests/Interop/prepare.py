"""Trains the small models that the checks read, with the program under test."""

import pathlib
import shutil
import subprocess

import numpy
from safetensors.numpy import load_file, save_file

import generated_text
import sample_lines
from support import Checks, Work

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LABELLED = REPOSITORY / "corpora" / "samples" / "labelled.tsv"
MODELS = ["hybrid", "masked", "causal", "classifier"]


def prepare(checks: Checks, work: Work) -> None:
    """corpus.txt and one directory a model: NAME.mlm as trained, NAME-loud.mlm with strong weights."""
    corpus = corpus_file(work)
    shape = ["--preset", "tiny" if work.full else "nano", "--vocab-size", 4096 if work.full else 800]
    length = ["--sequence-length", 128 if work.full else 64, "--batch-tokens", 4096 if work.full else 2048]
    steps = ["--steps", 200 if work.full else 20, "--seed", 3, "--quiet", "--json"]
    for name, objective in (("hybrid", "hybrid"), ("masked", "mlm"), ("causal", "clm")):
        output = work.path(f"{name}.mlm")
        report = work.mlm.json("pretrain", corpus, *shape, *length, *steps,
                               "--objective", objective, "--output", output)
        checks.equal(report["objective"], objective, f"pretrain --objective {objective}: objective in the report")
        checks.that(pathlib.Path(report["output"]).resolve() == output.resolve(),
                    f"pretrain: output is {report['output']}")
        checks.equal(report["steps"], steps[1], "pretrain: steps")
        checks.that(report["tokens_per_second"] > 0, "pretrain: tokens_per_second above 0")
    classifier = work.path("classifier.mlm")
    report = work.mlm.json("finetune", LABELLED, "--model", work.path("hybrid.mlm"), "--output", classifier,
                           "--epochs", 5 if work.full else 2, "--seed", 3, "--quiet", "--json")
    accuracy = report["validation_accuracy"]
    checks.that(0 <= accuracy <= 1, f"finetune: validation_accuracy {accuracy}")
    for seed, name in enumerate(MODELS):
        make_loud(work.path(f"{name}.mlm"), work.path(f"{name}-loud.mlm"), seed)


def corpus_file(work: Work) -> pathlib.Path:
    """Generated text with the committed samples mixed in; --full adds the King James Bible."""
    if work.full:
        subprocess.run([REPOSITORY / "corpora" / "get", "kjv"], check=True)
        books = sorted((REPOSITORY / "corpora" / "kjv").glob("**/*.txt"))
        assert books, "corpora/get kjv left no .txt file"
        lines = [line for book in books for line in book.read_text("utf-8").split("\n") if line]
    else:
        lines = generated_text.lines(3000)
    return work.write_lines("corpus.txt", lines + sample_lines.committed() * 3)


def make_loud(directory: pathlib.Path, copy: pathlib.Path, seed: int) -> None:
    """A copy whose weights are strong and irregular: a place, sign or norm that is wrong shows.

    After a few steps from initialization a model's outputs are close to uniform, and much could be
    wrong without changing them by 1e-4. Written by the safetensors library, so that `mlm` also
    reads a header that is padded to 8 bytes only.
    """
    shutil.copytree(directory, copy)
    random = numpy.random.default_rng(seed)
    tensors = load_file(directory / "model.safetensors")
    for name, tensor in sorted(tensors.items()):
        noise = random.standard_normal(tensor.shape).astype(numpy.float32)
        if "norm" in name:
            tensors[name] = 1 + 0.2 * noise
        elif tensor.ndim == 1:
            tensors[name] = 0.3 * noise
        else:
            tensors[name] = noise * (1.0 / tensor.shape[1]) ** 0.5
    if "decoder.bias" in tensors:
        tensors["decoder.bias"][:5] = -30  # generated text shall hold no special tokens
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
