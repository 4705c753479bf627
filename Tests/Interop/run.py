"""Runs every check against one `mlm` program. Called by scripts/interop.

    python Tests/Interop/run.py --program .build/release/mlm [--full] [--data DIR]
        [--only tokenizer,masked] [--keep DIR]

Ends with "N passed, N failed"; the exit status is 0 only when something passed and nothing failed.
"""

import argparse
import importlib
import os
import pathlib
import sys
import tempfile
import time

CONCERNS = ["files", "tokenizer", "tokenizers", "components", "unicode", "tokenizer_training", "masked", "causal",
            "classifier", "embeddings", "evaluate", "architectures"]
# These read no model.
STANDALONE = {"tokenizers", "components", "unicode", "tokenizer_training", "architectures"}
VERSIONS = ["torch", "transformers", "tokenizers", "sentence_transformers", "safetensors"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--full", action="store_true", help="longer training, more text, the King James Bible")
    parser.add_argument("--data", type=pathlib.Path, help="with --full: every line of every file in this folder, too")
    parser.add_argument("--normalization-test", type=pathlib.Path, metavar="FILE",
                        help="Unicode's NormalizationTest.txt; --full finds that of Debian's unicode-data")
    parser.add_argument("--only", default=",".join(CONCERNS), help="comma-separated: " + ", ".join(CONCERNS))
    parser.add_argument("--keep", type=pathlib.Path, help="an empty folder for the models, kept afterwards")
    options = parser.parse_args()
    concerns = options.only.split(",")
    if unknown := set(concerns) - set(CONCERNS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if options.data and not (options.full and options.data.is_dir()):
        parser.error("expected --data with --full and a folder")

    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "TRANSFORMERS_VERBOSITY": "error",
                   "TQDM_DISABLE": "1"}
    from support import Checks, Program, Work  # after the environment is set

    print(", ".join(f"{name} {importlib.import_module(name).__version__}" for name in VERSIONS), flush=True)
    checks = Checks()
    with tempfile.TemporaryDirectory(prefix="mlm-interop-") as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            parser.error(f"{folder} is not empty")
        work = Work(folder, Program(options.program), options.full, options.data,
                    options.normalization_test)
        for name in (["prepare"] if set(concerns) - STANDALONE else []) + concerns:
            start = time.monotonic()
            module = importlib.import_module("prepare" if name == "prepare" else f"check_{name}")
            checks.group(name, module.prepare if name == "prepare" else module.check, work)
            print(f"        {time.monotonic() - start:.0f} s", flush=True)
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 0 if checks.passed and not checks.failed else 1


if __name__ == "__main__":
    sys.exit(main())
