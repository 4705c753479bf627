"""transformers 4.57 and sentence-transformers 5 open our directories without a word about weights.

They are installed beside the environment, without PyTorch, and come first on the path of a process of their own.
"""

import json
import os
import pathlib
import subprocess
import sys

import numpy

from support import Checks, Work

PACKAGES = ["transformers==4.57.6", "sentence-transformers==5.2.0", "tokenizers==0.22.1", "huggingface_hub==0.36.2"]
FOLDER = pathlib.Path(sys.prefix) / "older"


def check(checks: Checks, work: Work) -> None:
    install()
    # No white space at the ends: sentence-transformers 5 takes it away.
    texts = ["one", "A boat lay in the reeds.", ("the [MASK] river " * 40).strip()]
    names = ["hybrid", "masked-loud", "causal-loud", "classifier-loud"]
    done = subprocess.run(
        [sys.executable, pathlib.Path(__file__).with_name("older_versions.py"), *(work.path(f"{n}.mlm") for n in names)],
        input=json.dumps(texts), env=os.environ | {"PYTHONPATH": str(FOLDER), "TRANSFORMERS_VERBOSITY": "warning"},
        capture_output=True, text=True)
    if not checks.equal(done.returncode, 0, f"older versions: {done.stderr[-2000:]}"):
        return
    report = json.loads(done.stdout)
    print(f"  {report['versions']}", flush=True)
    for package, version in (part.split("==") for part in PACKAGES[:2]):
        checks.equal(report["versions"][package], version, f"older versions: {package}")
    for word in ("weights", "initialized", "missing", "unexpected"):
        checks.that(word not in done.stderr.lower(), f"older versions speak of {word}: {done.stderr[-500:]}")
    for name in names:
        found = report["directories"][f"{name}.mlm"]
        for problem, tensors in found["problems"].items():
            checks.equal(tensors, [], f"older versions: {name}: {problem}")
        if "causal" in name:
            continue
        ours = work.mlm.json_lines("embed", "--model", work.path(f"{name}.mlm"), work.write_lines("older.txt", texts))
        checks.close([line["embedding"] for line in ours], numpy.array(found["embeddings"]), 1e-5,
                     f"older versions: {name}: embeddings")


def install() -> None:
    stamp = FOLDER / "packages"
    if stamp.exists() and stamp.read_text() == repr(PACKAGES):
        return
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--upgrade",
                    "--target", FOLDER, *PACKAGES], check=True)
    stamp.write_text(repr(PACKAGES))
