"""Runs programs in several engines by turns, and the statistics over what was measured.

Times are seconds of user CPU time of the child (or user and system, or wall clock), from wait4. Memory is the peak
resident set in KiB.
"""

import math
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

CLOCKS = ("user", "cpu", "wall")
POLL_SECONDS = 0.02


@dataclass
class Engine:
    """An engine and how it is started; the program's file and its arguments follow `command`."""

    name: str
    command: list
    separator: list = field(default_factory=list)  # between the file and its arguments

    def line(self, program, arguments):
        return [*self.command, program, *(self.separator if arguments else []), *arguments]


@dataclass
class Sample:
    """One run of one program in one engine."""

    output: bytes
    failure: str  # empty for success
    user: float
    system: float
    wall: float
    peak_kib: int

    def seconds(self, clock):
        return {"user": self.user, "cpu": self.user + self.system, "wall": self.wall}[clock]


@dataclass
class Result:
    """All rounds of one program in one engine."""

    seconds: list = field(default_factory=list)
    peak_kib: int = 0
    failure: str = ""

    @property
    def median(self):
        return statistics.median(self.seconds) if self.seconds and not self.failure else None

    @property
    def spread(self):
        """(slowest - fastest) / median."""
        return (max(self.seconds) - min(self.seconds)) / self.median if self.median else 0.0


def high_water_kib(pid):
    """Peak resident set of a running process so far, or 0."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def peak_kib(from_wait, polled, own_peak):
    """The peak of a child. What wait4 says is exact, but includes what this process had resident when it started the
    child; at or below that only the last value polled while the child ran is known (up to POLL_SECONDS old)."""
    return from_wait if from_wait > own_peak or not polled else polled


def run_once(line, timeout, cores=None, cwd=None):
    """Runs a command to its end and measures it. `cores` is a set of CPU numbers to pin it to."""
    pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        try:
            child = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                     start_new_session=True, preexec_fn=pin, cwd=cwd)
        except OSError as error:
            return Sample(b"", f"cannot start {line[0]}: {error.strerror}", 0, 0, 0, 0)
        polled, timed_out = 0, False
        while True:
            polled = max(polled, high_water_kib(child.pid))
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - start > timeout and not timed_out:
                timed_out = True
                child.kill()
            time.sleep(POLL_SECONDS if time.perf_counter() - start > POLL_SECONDS else 0.002)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read()
    failure = ""
    if timed_out:
        failure = f"more than {timeout:g} seconds"
    elif child.returncode < 0:
        failure = f"ended by signal {-child.returncode}"
    elif child.returncode:
        failure = f"exit code {child.returncode}: {last_line(output)}"
    return Sample(output, failure, usage.ru_utime, usage.ru_stime, wall,
                  peak_kib(usage.ru_maxrss, polled, high_water_kib(os.getpid())))


def last_line(output):
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:120] if lines else "no output"


def turn_order(engines, turn):
    """The order of the engines in a turn: rotated by one each time, and reversed every other time."""
    at = turn % len(engines)
    order = engines[at:] + engines[:at]
    return order[::-1] if turn % 2 else order


def compare(programs, engines, rounds, *, arguments=(), clock="user", timeout=120, cores=None, progress=None, each=None):
    """Each program in each engine, `rounds` times, by turns. Returns {program: {engine name: Result}}.

    The first engine is the reference: output that differs from its output is a failure of the other one. A program
    that has failed in an engine is not run in it again. Called: progress(turn) after each turn, each() after each run.
    """
    results = {program: {engine.name: Result() for engine in engines} for program in programs}
    for turn in range(rounds):
        for program in programs:
            by_engine, outputs = results[program], {}
            for engine in turn_order(engines, turn):
                result = by_engine[engine.name]
                sample = None if result.failure else run_once(engine.line(program, list(arguments)), timeout, cores)
                if each:
                    each()
                if not sample:
                    continue
                if sample.failure:
                    result.failure = sample.failure
                    continue
                outputs[engine.name] = sample.output
                result.seconds.append(sample.seconds(clock))
                result.peak_kib = max(result.peak_kib, sample.peak_kib)
            expected = outputs.get(engines[0].name)
            for name, output in outputs.items():
                if expected is not None and output != expected:
                    by_engine[name].failure = f"output differs: {last_line(output)!r}, not {last_line(expected)!r}"
        if progress:
            progress(turn)
    return results


def ratio(reference, other):
    """How many times faster `other` is: the reference's median time by the other's. None where one has failed,
    or was too short for the clock."""
    if not reference.median or not other.median:
        return None
    return reference.median / other.median


def geomean(values):
    """Geometric mean; None for no values."""
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None
