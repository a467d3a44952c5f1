#!/usr/bin/env python3
"""Deliberate mistakes in the engine, one at a time, and whether the tests notice them.

mutants.toml lists them. Each is applied to a copy of the working tree, in build/mutants; what should notice it is built and
run there, test program after test program, until one fails: the mutant is killed. One that no test kills survives, unless
the list argues that it changes nothing that anybody could see ("equivalent").

--record writes the test that has killed a mutant into the list, where it is the first to be tried the next time.

Exit code: 0 when all are killed or argued, 1 when one survives, does not compile, or is killed although it is argued, 2 for
a wrong list or when the tests fail without any mutant.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIST = Path(__file__).resolve().parent / "mutants.toml"
COPIED = ["CMakeLists.txt", "CMakePresets.json", "arena", "heap", "txn", "compiler", "vm", "redis_api", "cli", "cmake",
          "tests", "benchmarks", "examples", "docs", "README.md", "dev"]

# What is run for a mutant of a folder when its own tests have not killed it; the quickest first.
VM_TESTS = "test_vm:-Pipes.*:*MemoryLimit.*:*MemoryEnds.*:Vm.SuspendedEverywhere*"
TESTS = {
    "arena": ["test_arena", "test_heap", "fuzz_handles", "test_txn", "fuzz_journal", VM_TESTS],
    "heap": ["test_heap", "test_txn", "fuzz_journal", VM_TESTS],
    "txn": ["test_txn", "fuzz_journal", VM_TESTS],
    "compiler": ["test_compiler", "fuzz_bytecode", VM_TESTS],
    "vm": [VM_TESTS],
    "redis_api": ["test_redis_api"],
}
# What takes minutes: the last resort, left out with --quick.
SLOW_TESTS = ["test_vm", "test_redis_api", "test_conformance", "test_guarantees"]
COMPILER = "the compiler"  # as a test: the mutant must not compile


@dataclass
class Mutant:
    name: str
    file: str
    old: str
    new: str
    breaks: str = ""  # the invariant or the promise that it breaks
    tests: list = field(default_factory=list)  # tried before those of its folder: "test_vm" or "test_vm:GTEST_FILTER"
    equivalent: str = ""  # why nobody can see the difference

    def programs(self, quick):
        rest = TESTS[self.file.split("/")[0]] + ([] if quick else SLOW_TESTS)
        return self.tests + [t for t in rest if t not in self.tests]


class WrongList(Exception):
    pass


def read_list(path=LIST, root=ROOT):
    """The mutants of the list; WrongList says what is wrong with it."""
    with open(path, "rb") as f:
        tables = tomllib.load(f).get("mutant", [])
    problems = []
    mutants = []
    for table in tables:
        try:
            mutant = Mutant(**table)
        except TypeError as error:
            problems.append(f"{table.get('name', '?')}: {error}")
            continue
        mutants.append(mutant)
        source = root / mutant.file
        if not source.is_file():
            problems.append(f"{mutant.name}: there is no file {mutant.file}")
            continue
        count = source.read_text().count(mutant.old)
        if count != 1:
            problems.append(f"{mutant.name}: its text is in {mutant.file} {count} times, not once")
        if mutant.old == mutant.new:
            problems.append(f"{mutant.name}: nothing changes")
    names = [m.name for m in mutants]
    problems += [f"{n}: there are two of this name" for n in sorted(set(names)) if names.count(n) > 1]
    if problems:
        raise WrongList("\n".join(problems))
    return mutants


@dataclass
class Killer:
    test: str  # as in the list
    how: str

    def __str__(self):
        return f"{self.test} ({self.how})"


class Workshop:
    """The copy of the tree, its build directory, and how long the test programs take there."""

    def __init__(self, tree, jobs, log):
        self.tree = tree
        self.build = tree / "build" / "mutants"
        self.jobs = jobs
        self.log = log
        self.seconds = {}  # of a run without mutants

    def prepare(self):
        self.tree.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            self.copy(ROOT / name, self.tree / name)
        # Asserts, and what compiles and links fast. Warnings are no errors: many a mutant leaves a variable unused.
        self.check(["cmake", "--preset", "dev", "-B", str(self.build), "-DARENITE_TESTS=ON", "-DARENITE_WERROR=OFF",
                    "-DCMAKE_CXX_FLAGS_DEBUG=-O1 -g0 -D_GLIBCXX_ASSERTIONS", "-DARENITE_HARDENING=OFF"])

    def copy(self, source, target):
        """Copies what has changed, so that times of files stay, and removes what is gone."""
        if source.is_file():
            if not target.is_file() or source.read_bytes() != target.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
                shutil.copymode(source, target)
            return
        target.mkdir(parents=True, exist_ok=True)
        names = {e.name for e in source.iterdir() if e.name != "__pycache__"}
        for entry in target.iterdir():
            if entry.name not in names:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        for name in sorted(names):
            self.copy(source / name, target / name)

    def check(self, command):
        with open(self.log, "ab") as log:
            done = subprocess.run(command, cwd=self.tree, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed; see {self.log}")

    def make(self, target):
        """Builds a target; False when it does not compile."""
        command = ["cmake", "--build", str(self.build), "--parallel", str(self.jobs), "--target", target]
        with open(self.log, "ab") as log:
            return subprocess.run(command, cwd=self.tree, stdout=log, stderr=log,
                                  stdin=subprocess.DEVNULL).returncode == 0

    def run(self, test, limit):
        """None when the program passes, else a Killer."""
        program, _, pattern = test.partition(":")
        command = [str(self.build / "bin" / program)]
        if program.startswith("fuzz_"):
            corpus = self.tree / "tests" / "fuzz" / "corpus" / program.removeprefix("fuzz_")
            command += ["--optional", str(corpus), "--random", "1", "2000", "512"]
        else:
            command += ["--gtest_fail_fast"]
            if pattern:
                command.append(f"--gtest_filter={pattern}")
        output = self.build / "output"
        with open(output, "wb") as out:
            process = subprocess.Popen(command, cwd=self.tree, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                       start_new_session=True)
            try:
                code = process.wait(limit)
            except subprocess.TimeoutExpired:
                code = None
            try:
                os.killpg(process.pid, signal.SIGKILL)  # what it has started, too
            except ProcessLookupError:
                pass
            process.wait()
        text = output.read_text(errors="replace")
        if pattern and "[==========] Running 0 tests" in text:
            raise RuntimeError(f"there is no test {test}")
        with open(self.log, "a") as log:
            log.write(f"---- {' '.join(command)}: {code}\n{text[-20000:]}")
        if code == 0:
            return None
        how = f"no end within {limit:.0f} s" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
        # Where none has failed, the program was ended within the last one.
        named = re.findall(r"^\[  FAILED  \] ([^\s,]+)", text, re.MULTILINE) or re.findall(
            r"^\[ RUN      \] (\S+)", text, re.MULTILINE)[-1:]
        return Killer(f"{program}:{named[0]}" if named else program, how)

    def limit(self, test):
        program, _, pattern = test.partition(":")
        if pattern and not set(pattern) & set("*?-:"):
            return 60  # one test
        return 20 + 6 * self.seconds.get(program, 60)


def control(shop, mutants, quick):
    """All programs that mutants need must pass without one."""
    programs = []
    for mutant in mutants:
        programs += [t.partition(":")[0] for t in mutant.programs(quick)]
    for program in dict.fromkeys(p for p in programs if p != COMPILER):
        if not shop.make(program):
            raise RuntimeError(f"{program} does not compile; see {shop.log}")
        start = time.monotonic()
        killer = shop.run(program, 1800)
        if killer:
            raise RuntimeError(f"fails without any mutant: {killer}; see {shop.log}")
        shop.seconds[program] = time.monotonic() - start
        print(f"without mutants: {program} passes in {shop.seconds[program]:.1f} s", flush=True)


def try_one(shop, mutant, quick):
    """What kills it, or None when it survives."""
    path = shop.tree / mutant.file
    text = path.read_text()
    try:
        path.write_text(text.replace(mutant.old, mutant.new))
        for test in mutant.programs(quick):
            if not shop.make("test_vm" if test == COMPILER else test.partition(":")[0]):
                return Killer(COMPILER, "an error")
            killer = test != COMPILER and shop.run(test, shop.limit(test))
            if killer:
                return killer
        return None
    finally:
        path.write_text(text)


def record(mutant, test):
    """Makes a test the only one that the list names for the mutant."""
    text = LIST.read_text()
    start = text.index(f'name = "{mutant.name}"\n')
    end = text.find("[[mutant]]", start)
    entry = text[start:] if end < 0 else text[start:end]
    rest = "" if end < 0 else text[end:]
    entry = re.sub(r"^tests = .*\n", "", entry, flags=re.MULTILINE).rstrip("\n")
    LIST.write_text(text[:start] + entry + f'\ntests = ["{test}"]\n' + ("\n" + rest if rest else ""))


def chosen(mutants, options):
    """Those that the command line names."""
    if options.names:
        mutants = [m for m in mutants if any(n in m.name or n in m.file for n in options.names)]
    if options.start:
        names = [m.name for m in mutants]
        if options.start not in names:
            raise WrongList(f"there is no mutant {options.start}")
        mutants = mutants[names.index(options.start):]
    part, _, parts = options.part.partition("/")
    return mutants[int(part) - 1::int(parts)]


def main():
    parser = argparse.ArgumentParser(description="Deliberate mistakes in the engine, and whether the tests notice them.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="mutants whose name or file holds this (default: all)")
    parser.add_argument("--list", action="store_true", help="only check the list and count")
    parser.add_argument("--from", dest="start", metavar="NAME", help="begin with this one (go on after an interrupted run)")
    parser.add_argument("--part", metavar="K/N", default="1/1",
                        help="only every Nth mutant, in a tree of its own: two such runs can go side by side")
    parser.add_argument("--quick", action="store_true", help=f"without {' and '.join(SLOW_TESTS)}")
    parser.add_argument("--record", action="store_true", help="write the killers into the list")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("ARENITE_JOBS") or os.cpu_count() or 2),
                        help="parallel compilations")
    options = parser.parse_args()

    try:
        mutants = chosen(read_list(), options)
    except WrongList as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if options.list:
        print(f"{len(mutants)} mutants, {sum(1 for m in mutants if m.equivalent)} of them argued")
        return 0

    name = "mutants" if options.part == "1/1" else f"mutants-{options.part.partition('/')[0]}"
    log = ROOT / "build" / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"")
    shop = Workshop(ROOT / "build" / name, options.jobs, log)
    killed, argued, wrong = 0, 0, []
    try:
        shop.prepare()
        control(shop, mutants, options.quick)
        for mutant in mutants:
            start = time.monotonic()
            killer = try_one(shop, mutant, options.quick)
            took = time.monotonic() - start
            if killer and killer.test == COMPILER and COMPILER not in mutant.tests:
                wrong.append(mutant)
                verdict = "DOES NOT COMPILE"
            elif killer and not mutant.equivalent:
                killed += 1
                verdict = f"killed by {killer}"
                if options.record and mutant.tests != [killer.test]:
                    record(mutant, killer.test)
            elif not killer and mutant.equivalent:
                argued += 1
                verdict = "survives, as argued"
            else:
                wrong.append(mutant)
                verdict = f"is argued to be equivalent, but killed by {killer}" if killer else "SURVIVES"
            print(f"{mutant.name}: {verdict} ({took:.0f} s)", flush=True)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(mutants)} mutants: {killed} killed, {argued} equivalent, {len(wrong)} wrong")
    for mutant in wrong:
        print(f"  {mutant.name}: {mutant.file} ({mutant.breaks})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
