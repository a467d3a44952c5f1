#!/usr/bin/env python3
"""Nanoseconds of single operations, and the speed of compiling a large source, in each engine.

Each engine measures itself with cost/operations.lua; the engines take turns, and a figure is the median over the rounds.
"""

import argparse
import json
import random
import statistics
import tempfile
from pathlib import Path

import bars
import measure
import progress
import report
import run

PROGRAM = str(Path(__file__).resolve().parent / "cost/operations.lua")

NAMES = ["amount", "limit", "owner", "queue", "price", "label", "parent", "offset", "matrix", "visited"]


def source_text(megabytes, seed=11):
    """Lua source of about that size: modules of functions as people write them. Always the same for a seed."""
    pick = random.Random(seed)
    parts, size, module = ["local modules = {}\n"], 0, 0
    while size < megabytes * 1e6:
        module += 1
        # A function of its own for each module, since a function has at most 200 locals and 2^18 constants.
        lines = [f"modules[{module}] = (function()\n    local M = {{}}\n"]
        for k in range(30):
            a, b, c = pick.sample(NAMES, 3)
            i, j = pick.randint(1, 9999), pick.randint(2, 99)
            lines.append(f"""
    --- Updates the {a} of each {b}.
    -- @return the new {c}
    function M.update_{a}_{k}({a}, {b}, ...)
        local {c} = {{name = "{c} {i}", {a} = {a}, [{j}] = {{...}}, ratio = {i}.25}}
        for index, entry in ipairs({b} or {{}}) do
            if type(entry) == "table" and entry.{a} ~= nil then
                {c}.ratio = {c}.ratio + entry.{a} * {j} - index / 2
            elseif entry == '{a}' or not entry then
                {c}[#{c} + 1] = "missing " .. tostring(index) .. "\\n"
            else
                {c}.callback = function(value) return value % {j}, {a} end
            end
        end
        while {c}.ratio > {i} do
            {c}.ratio = {c}.ratio - M.update_{a}_{k}({a}, nil).ratio ^ 2
        end
        return {c}, string.format("%d/%s", {i}, {c}.name)
    end
""")
        lines.append("    return M\nend)()\n")
        text = "".join(lines)
        size += len(text)
        parts.append(text)
    return "".join([*parts, "return modules\n"])


def measured(engines, rounds, scale, megabytes):
    """{operation: {engine: [ns]}}, and what failed."""
    table, failed = {}, []
    with progress.Progress("costs", rounds * len(engines)) as shown, tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "source.lua")
        file.write_text(source_text(megabytes), encoding="utf-8")
        for turn in range(rounds):
            for engine in measure.turn_order(engines, turn):
                sample = measure.run_once(engine.line(PROGRAM, [f"{scale:g}", str(file)]), 600)
                shown.step()
                if sample.failure:
                    failed.append(f"FAILED {engine.name}: {sample.failure}")
                    continue
                for line in sample.output.decode().splitlines():
                    name, _, value = line.partition("\t")
                    table.setdefault(name, {}).setdefault(engine.name, []).append(float(value))
    return table, failed


# Benchmarks of an engine with the Redis profile that is created and closed, and what they are called here.
ENGINES = {"create_engine/shared_keyspace": "engine created and closed, µs",
           "create_engine/fresh_range": "engine created and closed, µs, the first one of a thread"}


def engine_microseconds():
    """{name: µs} of ENGINES; nothing without the bench preset."""
    program = run.ROOT / "build/bench/bin/bench_vm_operations"
    if not program.is_file():
        return {}
    pattern = "^(" + "|".join(ENGINES) + ")$"
    sample = measure.run_once([str(program), "--benchmark_filter=" + pattern, "--benchmark_format=json"], 120)
    try:
        text = sample.output.decode()
        found = json.loads(text[text.index("{\n"):])["benchmarks"]  # warnings come first
        return {ENGINES[each["name"]]: each["cpu_time"] for each in found}
    except (ValueError, KeyError):
        return {}


def main(arguments):
    parser = argparse.ArgumentParser(prog="costs.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--engines", metavar="NAMES")
    parser.add_argument("--arenite", metavar="PATH", default=str(run.ROOT / "build/release/bin/arenite"))
    parser.add_argument("--arenite-b", metavar="PATH")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--scale", type=float, default=1.0, metavar="X")
    parser.add_argument("--megabytes", type=float, default=5.0, metavar="MB", help="of source to compile (default 5)")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or not options.scale > 0 or not options.megabytes > 0:
        raise run.Misuse("--rounds, --scale and --megabytes: more than 0")
    engines = run.find_engines(options)
    names = [e.name for e in engines]
    table, failed = measured(engines, options.rounds, options.scale, options.megabytes)
    medians = {name: {e: statistics.median(v) for e, v in values.items()} for name, values in table.items()}
    first = names[0]
    body = [[name, *[f"{m[e]:.2f}" if e in m else "-" for e in names],
             *[report.times(m[first] / m[e] if e in m and first in m and m[e] > 0 else None) for e in names[1:]]]
            for name, m in medians.items()]
    print(report.as_text(["ns", *names, *[f"{e} ×" for e in names[1:]]], body), end="\n\n")
    found = [report.Verdict(name, medians[name][first] / medians[name]["arenite"], bar)
             for name, bar in bars.COSTS.items()
             if first == bars.REFERENCE and {first, "arenite"} <= set(medians.get(name, {}))]
    if "arenite" in names:
        found += [report.Verdict(name, microseconds, bars.VM_MICROSECONDS, at_least=False)
                  for name, microseconds in engine_microseconds().items()]
    if found:
        print(report.as_text(*report.verdict_rows(found)))
    for line in failed:
        print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    run.run_main(main, "costs.py")
