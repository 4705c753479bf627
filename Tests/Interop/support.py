"""What the checks share: counting, running `mlm`, and the work folder's models."""

import dataclasses
import json
import pathlib
import subprocess
import traceback

import numpy


@dataclasses.dataclass
class Checks:
    """Counts what held and what did not; the failures are printed where they happen."""

    passed: int = 0
    failed: int = 0

    def that(self, condition: bool, message: str) -> bool:
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            print(f"  FAILED  {message}", flush=True)
        return bool(condition)

    def equal(self, found, expected, message: str) -> bool:
        return self.that(found == expected, f"{message}: expected {short(expected)}, found {short(found)}")

    def close(self, found, expected, tolerance: float, message: str) -> bool:
        """Largest absolute difference of two arrays of one shape; anything not finite fails."""
        found, expected = numpy.asarray(found, numpy.float64), numpy.asarray(expected, numpy.float64)
        if found.shape != expected.shape:
            return self.that(False, f"{message}: expected shape {expected.shape}, found {found.shape}")
        difference = float(numpy.abs(found - expected).max()) if found.size else 0.0
        # Written so that NaN fails.
        return self.that(difference <= tolerance, f"{message}: differs by {difference:.3g}, allowed {tolerance:g}")

    def group(self, name: str, body, *arguments) -> None:
        """Runs one group of checks; an exception is one failure, and the next group still runs."""
        before = self.failed
        try:
            body(self, *arguments)
        except Exception:  # noqa: BLE001 — whatever broke, it is reported and counted
            self.failed += 1
            print("  FAILED  " + traceback.format_exc().replace("\n", "\n          "), flush=True)
        print(f"{'ok      ' if self.failed == before else 'NOT OK  '}{name}", flush=True)


def short(value) -> str:
    text = repr(value)
    return text if len(text) <= 300 else text[:200] + f" … ({len(text)} characters) … " + text[-60:]


class Program:
    """The `mlm` executable, run with a fixed number of threads and no time limit surprises."""

    def __init__(self, path: str):
        self.path = path

    def run(self, *arguments, input: bytes | None = None, status: int = 0) -> str:
        """Runs one command and returns its standard output as text; another exit status raises."""
        command = [self.path, *map(str, arguments)]
        done = subprocess.run(command, input=input, capture_output=True, timeout=1800)
        if done.returncode != status:
            raise RuntimeError(f"{' '.join(command)}\nexit status {done.returncode}, expected {status}\n"
                               + done.stderr.decode("utf-8", "replace")[-2000:])
        return done.stdout.decode("utf-8")

    def json(self, *arguments, **options):
        """The one JSON value that a command prints."""
        return json.loads(self.run(*arguments, **options))

    def json_lines(self, *arguments, **options) -> list:
        """One JSON value per line; only LF ends a line."""
        return [json.loads(line) for line in self.run(*arguments, **options).split("\n") if line]


@dataclasses.dataclass
class Work:
    """The folder a run works in: the models `prepare.py` made, and the texts they came from."""

    folder: pathlib.Path
    mlm: Program
    full: bool
    data: pathlib.Path | None = None
    normalization_test: pathlib.Path | None = None

    def path(self, name: str) -> pathlib.Path:
        return self.folder / name

    def write_lines(self, name: str, lines: list[str]) -> pathlib.Path:
        """A text file with LF after each line and nothing translated."""
        assert not any("\n" in line for line in lines)
        path = self.folder / name
        path.write_bytes("".join(line + "\n" for line in lines).encode())
        return path


def configuration(directory: pathlib.Path) -> dict:
    return json.loads((directory / "config.json").read_text("utf-8"))


def load(auto_class, directory: pathlib.Path, checks: Checks):
    """`from_pretrained` in float32 that must find every key, and no key too many."""
    model, info = auto_class.from_pretrained(directory, output_loading_info=True)
    name = f"{auto_class.__name__}.from_pretrained({directory.name})"
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        checks.equal(sorted(map(str, info[problem])), [], f"{name}: {problem}")
    checks.equal(str(model.dtype), "torch.float32", f"{name}: dtype")
    return model.eval()
