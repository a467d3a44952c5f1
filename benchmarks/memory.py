#!/usr/bin/env python3
"""Bytes of each kind of object, and peak memory of programs with large heaps, in each engine.

The bytes are those that collectgarbage("count") reports (cost/memory.lua). The peak is the resident set of a process
that fills its heap with about a million objects, which also holds what an engine does not count.
"""

import argparse
import tempfile
from pathlib import Path

import bars
import measure
import progress
import report
import run

HERE = Path(__file__).resolve().parent

# Programs with large live heaps.
HEAPS = {
    "records": "local t = {} for i = 1, 400000 do t[i] = {id = i, name = 'n' .. i % 1000, next = t[i - 1]} end",
    "points": "local t = {} for i = 1, 1000000 do t[i] = {i, i + 1} end",
    "strings": "local t = {} for i = 1, 1000000 do t[i] = 'text ' .. i end",
    "closures": "local t = {} for i = 1, 1000000 do t[i] = function() return i end end",
    "map": "local t = {} for i = 1, 1000000 do t['k' .. i] = i end",
    "array": "local t = {} for i = 1, 8000000 do t[i] = i end",
    "garbage": "local t for i = 1, 4000000 do t = {i, t and t[1]} end",
}


def bytes_of_objects(engines, line):
    """{name: {engine: bytes}} in the order of the program's lines, and {engine: failure}."""
    table, failed = {}, {}
    for engine in engines:
        sample = measure.run_once(engine.line(str(HERE / "cost/memory.lua"), []), 300)
        line.step()
        if sample.failure:
            failed[engine.name] = sample.failure
            continue
        for line in sample.output.decode().splitlines():
            name, _, value = line.partition("\t")
            table.setdefault(name, {})[engine.name] = float(value)
    return table, failed


def peaks(engines, rounds, directory, line):
    """{name: {engine: Result}}"""
    files = {}
    for name, source in HEAPS.items():
        file = Path(directory, name + ".lua")
        file.write_text(source + "\nprint(collectgarbage('count') > 0)\n", encoding="utf-8")
        files[str(file)] = name
    results = measure.compare(list(files), engines, rounds, each=line.step)
    return {files[file]: by_engine for file, by_engine in results.items()}


def main(arguments):
    parser = argparse.ArgumentParser(prog="memory.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--engines", metavar="NAMES")
    parser.add_argument("--arenite", metavar="PATH", default=str(run.ROOT / "build/release/bin/arenite"))
    parser.add_argument("--rounds", type=int, default=1, metavar="N")
    options = parser.parse_args(arguments)
    options.arenite_b = None
    if options.rounds < 1:
        raise run.Misuse("--rounds: at least 1")
    engines = run.find_engines(options)
    names = [e.name for e in engines]

    with progress.Progress("memory", len(engines) * (1 + len(HEAPS) * options.rounds)) as line:
        table, failed = bytes_of_objects(engines, line)
        with tempfile.TemporaryDirectory() as directory:
            results = peaks(engines, options.rounds, directory, line)
    body = [[name, *[f"{values[n]:.1f}" if n in values else "-" for n in names],
             str(bars.BYTES.get(name, ""))] for name, values in table.items()]
    print(report.as_text(["bytes", *names, "at most"], body), end="\n\n")

    body = [[name, *[f"{by_engine[n].peak_kib / 1024:.1f}" for n in names]] for name, by_engine in results.items()]
    print(report.as_text(["peak resident MB", *names], body), end="\n\n")

    found = []
    if "arenite" in names:
        found = [report.Verdict(name, table[name]["arenite"], bar, at_least=False)
                 for name, bar in bars.BYTES.items() if "arenite" in table.get(name, {})]
        if bars.REFERENCE in names:
            ratios = [by_engine["arenite"].peak_kib / by_engine[bars.REFERENCE].peak_kib for by_engine in results.values()
                      if not by_engine["arenite"].failure and not by_engine[bars.REFERENCE].failure]
            found.append(report.Verdict(f"peak, against {bars.REFERENCE}", measure.geomean(ratios), bars.PEAK_MEMORY, False))
        print(report.as_text(*report.verdict_rows(found)))
    for name, by_engine in results.items():
        for engine, result in by_engine.items():
            if result.failure:
                failed[f"{engine}, {name}"] = result.failure
    for name, what in failed.items():
        print(f"FAILED {name}: {what}")
    return 1 if failed else 0


if __name__ == "__main__":
    run.run_main(main, "memory.py")
