"""What the benchmarks share: one measured run of a program, and the state of the machine."""

import dataclasses
import json
import math
import os
import subprocess
import tempfile


@dataclasses.dataclass
class Measurement:
    """What a program said of itself in its last line of JSON, and what the kernel said of it."""

    report: dict
    peak_bytes: int
    cpu_seconds: float
    errors: str


def measured(command: list, environment: dict[str, str] = {}) -> Measurement:  # noqa: B006 — never changed
    """Runs a command to its end. Peak memory is that of this one process, by wait4.

    Linux counts the memory of the process that forks it, until it is the command: keep that one small.
    """
    command = [str(part) for part in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   env=os.environ | environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        errors = err.read().decode("utf-8", "replace")
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}\nexit status {process.returncode}\n" + errors[-2000:])
        lines = [line for line in out.read().decode().split("\n") if line]
    # Linux counts ru_maxrss in KiB, macOS in bytes.
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return Measurement(json.loads(lines[-1]), usage.ru_maxrss * unit, usage.ru_utime + usage.ru_stime,
                       errors)


def processors() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """Processor, its number, and what else is running: a figure without these says little."""
    name = os.uname().machine
    try:
        with open("/proc/cpuinfo") as file:
            name = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), name)
    except OSError:
        pass
    return f"{name}, {processors()} threads, load {os.getloadavg()[0]:.1f} at the start"


def at_least(number: float, digits: int = 2) -> str:
    """A number of which more is better for us, cut off: never rounded in our favour."""
    return f"{math.floor(number * 10**digits) / 10**digits:.{digits}f}"


def at_most(number: float, digits: int = 2) -> str:
    """A number of which less is better for us, never rounded down."""
    return f"{math.ceil(number * 10**digits) / 10**digits:.{digits}f}"
