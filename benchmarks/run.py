#!/usr/bin/env python3
"""Compares engines side by side over the programs in benchmarks/lua. See --help, and ./dev bench.

The engines take turns on each program in every round; a figure is the median over the rounds of the user CPU time of
the child process. A ratio is the median of lua5.1 by the median of the other one: above 1 is faster. Output is compared
with that of lua5.1 byte for byte.
"""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import sys
from pathlib import Path

import bars
import measure
import report

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(__file__).resolve().parent / "lua"
KIND_LINE = re.compile(r"^-- kind: (.+?)\s*$")

# The other engines: how each is started, and what stands between the file and its arguments.
KNOWN = {
    "lua5.1": (["lua5.1"], []),
    "luajit": (["luajit", "-joff"], []),
    "lua5.4": (["lua5.4"], []),
    "luau": (["luau", "-O2"], ["-a"]),
}


class Misuse(Exception):
    """A mistake in the command line."""


def stem(program):
    return Path(program).stem


def kind_of(path):
    """The kind that the first line of a program names."""
    with open(path, encoding="utf-8") as file:
        match = KIND_LINE.match(file.readline())
    if not match:
        raise Misuse(f"{path}: the first line must be '-- kind: KIND'")
    return match.group(1)


def find_programs(directory, only):
    """{path: kind} of the programs whose name or kind holds one of the patterns."""
    kinds = {str(path): kind_of(path) for path in sorted(Path(directory).glob("*.lua"))}
    if not kinds:
        raise Misuse(f"no *.lua in {directory}")
    if only:
        patterns = [p for p in only.split(",") if p]
        kinds = {path: kind for path, kind in kinds.items() if any(p in stem(path) or p in kind for p in patterns)}
        if not kinds:
            raise Misuse(f"--only {only}: no program of that name or kind")
    return kinds


def program_file(option, path):
    if not Path(path).is_file() or not os.access(path, os.X_OK):
        raise Misuse(f"{option}: no program {path}" + ("" if option != "--arenite" else "; ./dev bench builds it"))
    return str(Path(path).resolve())


def find_engines(options):
    """The engines to be compared; the first is the reference. Those not asked for by name are left out where missing."""
    wanted = options.engines.split(",") if options.engines else None
    engines = []
    for name, (command, separator) in KNOWN.items():
        if wanted is not None and name not in wanted:
            continue
        if shutil.which(command[0]):
            engines.append(measure.Engine(name, command, separator))
        elif wanted is not None or name == bars.REFERENCE:
            raise Misuse(f"{command[0]} is not installed")
    if wanted is None or "arenite" in wanted:
        engines.append(measure.Engine("arenite", [program_file("--arenite", options.arenite)]))
    if options.arenite_b:
        engines.append(measure.Engine("arenite-b", [program_file("--arenite-b", options.arenite_b)]))
    if wanted is not None:
        unknown = [n for n in wanted if n not in KNOWN and n != "arenite"]
        if unknown:
            raise Misuse(f"--engines: no engine '{unknown[0]}'; there are: {', '.join([*KNOWN, 'arenite'])}")
    if not engines:
        raise Misuse("--engines: none")
    return engines


def find_variants(options):
    """The program, and its builds without checks (./dev bench --checks makes them)."""
    if options.engines or options.arenite_b or options.write_docs or options.gcc:
        raise Misuse("--checks compares builds of arenite: not with --engines, --arenite-b, --write-docs or --gcc")
    engines = [measure.Engine("arenite", [program_file("--arenite", options.arenite)])]
    for name in ("validation", "journal", "checks"):
        path = ROOT / f"build/without-{name}/bin/arenite"
        engines.append(measure.Engine(f"without {name}", [program_file("--checks", path)]))
    return engines


def parse_cores(text):
    """'1' or '0,2' as a set of CPU numbers."""
    try:
        cores = {int(c) for c in text.split(",")}
    except ValueError:
        raise Misuse(f"--pin {text}: not a list of CPU numbers") from None
    missing = cores - os.sched_getaffinity(0)
    if missing:
        raise Misuse(f"--pin {text}: this process may not run on CPU {min(missing)}")
    return cores


def parse(arguments):
    parser = argparse.ArgumentParser(prog="run.py", description="Compares engines side by side on benchmarks/lua.",
                                     allow_abbrev=False)
    parser.add_argument("--only", metavar="PATTERN", help="programs whose name or kind holds this; several with commas")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--engines", metavar="NAMES", help=f"of {','.join(KNOWN)},arenite (default: all installed)")
    parser.add_argument("--arenite", metavar="PATH", help="the program (default: build/release/bin/arenite)")
    parser.add_argument("--gcc", action="store_true", help="build/gcc/bin/arenite, and the bar for builds with g++")
    parser.add_argument("--arenite-b", metavar="PATH", help="a second one, also compared with the first")
    parser.add_argument("--checks", action="store_true",
                        help="what validation of handles and the journal cost: against builds without them")
    parser.add_argument("--scale", type=float, default=1.0, metavar="X", help="size of the work (default 1)")
    parser.add_argument("--clock", choices=measure.CLOCKS, default="user",
                        help="user time, user and system time, or wall clock (default: user)")
    parser.add_argument("--pin", metavar="CPUS", help="run on these CPUs only, such as 1 or 0,2")
    parser.add_argument("--timeout", type=float, default=120, metavar="SECONDS", help="for each run (default 120)")
    parser.add_argument("--dir", default=str(PROGRAMS), help="another folder of programs")
    parser.add_argument("--json", metavar="FILE", help="also write all samples to a file")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md and docs/benchmarks.svg")
    parser.add_argument("--quiet", action="store_true", help="only the bars and what failed")
    options = parser.parse_args(arguments)
    if options.arenite is None:
        options.arenite = str(ROOT / f"build/{'gcc' if options.gcc else 'release'}/bin/arenite")
    if options.rounds < 1:
        raise Misuse("--rounds: at least 1")
    if not options.scale > 0:
        raise Misuse("--scale: more than 0")
    if not options.timeout > 0:
        raise Misuse("--timeout: more than 0")
    if options.write_docs and (options.only or options.scale != 1 or options.engines or options.arenite_b or options.gcc):
        raise Misuse("--write-docs is for the whole set: not with --only, --scale, --engines, --arenite-b or --gcc")
    return options


def machine():
    """One line about the machine."""
    model = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} CPUs, Linux {platform.release().split('-')[0]}"


def write_json(path, results, kinds, engines, options):
    data = {
        "rounds": options.rounds, "clock": options.clock, "scale": options.scale, "machine": machine(),
        "engines": {e.name: e.command for e in engines},
        "programs": {stem(p): {"kind": kinds[p], "engines": {
            name: {"seconds": r.seconds, "median": r.median, "peak_kib": r.peak_kib, "failure": r.failure}
            for name, r in by_engine.items()}} for p, by_engine in results.items()},
    }
    Path(path).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def write_docs(results, kinds, engines, summaries, found, options):
    names = [e.name for e in engines]
    page = f"""# Benchmarks

Made by `./dev bench --write-docs`, not by hand. {len(kinds)} programs (`benchmarks/lua`), {options.rounds} rounds in which
the engines take turns; figures are medians of user CPU time in seconds. × is how many times faster than
{bars.REFERENCE}; MB is the peak resident set. `luajit` is `luajit -joff`, its interpreter. A tilde marks rounds that
differ by more than a quarter.

{datetime.date.today().isoformat()}, {machine()}.

![Speed relative to {bars.REFERENCE}](benchmarks.svg)

## What was to be reached

{report.as_markdown(*report.verdict_rows(found))}

## By kind

{report.as_markdown(*report.kind_rows(summaries, kinds))}

## By program

{report.as_markdown(*report.rows(results, kinds, names, stem))}
"""
    (ROOT / "docs/benchmarks.md").write_text(page, encoding="utf-8")
    (ROOT / "docs/benchmarks.svg").write_text(
        report.chart(summaries, kinds, stem, "arenite", f"Speed relative to {bars.REFERENCE} (longer is faster)"),
        encoding="utf-8")


def compare_builds(results, kinds):
    """arenite-b relative to arenite."""
    summary = report.summarize(results, kinds, "arenite", "arenite-b")
    body = [[stem(p), f"{r:.3f}"] for p, r in sorted(summary.ratios.items(), key=lambda item: item[1])]
    body.append(["geometric mean", "-" if summary.total is None else f"{summary.total:.3f}"])
    return ["arenite-b relative to arenite", "×"], body


def checks_table(results, kinds, names):
    """Time with all checks by time without some of them, and the one bar on that."""
    summaries = {n: report.summarize(results, kinds, names[0], n) for n in names[1:]}
    body = [[stem(p), *[report.times(s.ratios.get(p)) for s in summaries.values()]] for p in results]
    body.append(["geometric mean", *[report.times(s.total) for s in summaries.values()]])
    total = summaries[names[-1]].total
    found = [] if total is None else [report.Verdict("cost of all checks", total, bars.CHECKS, at_least=False)]
    return ["time with checks by time without", *[n.removeprefix("without ") for n in names[1:]]], body, found


def finish(options, results, kinds, engines):
    """Names what failed; the exit code."""
    broken = report.failures(results)
    for program, name, what in broken:
        print(f"FAILED {stem(program)} in {name}: {what}")
    if options.json:
        write_json(options.json, results, kinds, engines, options)
    return 1 if broken else 0


def main(arguments):
    options = parse(arguments)
    kinds = find_programs(options.dir, options.only)
    engines = find_variants(options) if options.checks else find_engines(options)
    cores = parse_cores(options.pin) if options.pin else None
    names = [e.name for e in engines]
    scale = [f"{options.scale:g}"] if options.scale != 1 else []

    def progress(turn):
        print(f"round {turn + 1} of {options.rounds} done", file=sys.stderr, flush=True)

    results = measure.compare(list(kinds), engines, options.rounds, arguments=scale, clock=options.clock,
                              timeout=options.timeout, cores=cores, progress=None if options.quiet else progress)
    if options.checks:
        header, body, found = checks_table(results, kinds, names)
        if not options.quiet:
            print(report.as_text(header, body), end="\n\n")
        print(report.as_text(*report.verdict_rows(found)))
        return finish(options, results, kinds, engines)
    summaries = {n: report.summarize(results, kinds, names[0], n) for n in names[1:]}
    judged = names[0] == bars.REFERENCE and options.scale >= 1  # shorter runs measure the start of a process
    found = report.verdicts(results, kinds, summaries, "arenite", stem, options.gcc) if judged else []
    if not options.quiet:
        print(report.as_text(*report.rows(results, kinds, names, stem)), end="\n\n")
        if summaries:
            print(report.as_text(*report.kind_rows(summaries, kinds)), end="\n\n")
        if options.arenite_b and "arenite" in names:
            print(report.as_text(*compare_builds(results, kinds)), end="\n\n")
    if found:
        print(report.as_text(*report.verdict_rows(found)))
    failed = finish(options, results, kinds, engines)
    if options.write_docs and failed:
        print("run.py: docs/ is left as it was", file=sys.stderr)
    elif options.write_docs:
        write_docs(results, kinds, engines, summaries, found, options)
    return failed


def run_main(function, name):
    """Ends the process with what function(arguments) returns; a mistake in the command line is 2."""
    try:
        sys.exit(function(sys.argv[1:]))
    except Misuse as mistake:
        print(f"{name}: {mistake}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run_main(main, "run.py")
