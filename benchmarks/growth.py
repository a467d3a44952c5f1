#!/usr/bin/env python3
"""How time and memory grow with the number of elements, 1e3 to 1e7, in lua5.1 and in arenite.

Each point is a process of its own (cost/growth.lua); its time is the fastest turn of the operation, in CPU time. With
--write-docs: docs/growth.md and docs/growth.svg.
"""

import argparse
import datetime
import math
import statistics
from html import escape
from pathlib import Path

import bars
import measure
import report
import run

PROGRAM = str(Path(__file__).resolve().parent / "cost/growth.lua")

# Name, what is measured, largest number of elements, engines that have it (None: all).
CASES = [
    ("array", "t[i] = i", 10**7, None),
    ("read_array", "sum of t[i]", 10**7, None),
    ("integer_keys", "t[64 * i] = i", 10**7, None),
    ("string_keys", 't["key" .. i] = i, keys made before', 10**7, None),
    ("append", 's = s .. "x", quadratic', 10**5, None),
    ("concat", "table.concat of n parts", 10**7, None),
    ("sort", "table.sort of n numbers", 10**7, None),
    ("collect", "full collection, n tables alive", 10**7, None),
    ("rollback", "n slots of an older table written, then undone", 10**7, ("arenite",)),
]


def point(engine, case, n, rounds, timeout):
    """(seconds, bytes) or what failed."""
    seconds, size = [], 0
    for _ in range(rounds):
        sample = measure.run_once(engine.line(PROGRAM, [case, str(n)]), timeout)
        if sample.failure:
            return sample.failure
        fields = sample.output.split()
        seconds.append(float(fields[0]))
        size = max(0, int(fields[1]))
    return statistics.median(seconds), size


def sizes(largest):
    return [10**e for e in range(3, int(round(math.log10(largest))) + 1)]


def exponent(points):
    """Slope of the last factor of ten: 1 is linear."""
    (n0, (t0, _)), (n1, (t1, _)) = points[-2:]
    return math.log(t1 / t0) / math.log(n1 / n0) if t0 > 0 and t1 > 0 else float("nan")


def table(results, names):
    header = ["case", "n", *[f"{n} ns" for n in names], "×", *[f"{n} bytes" for n in names]]
    body = []
    for case, by_engine in results.items():
        for n in sorted({n for points in by_engine.values() for n in points}):
            found = {e: by_engine.get(e, {}).get(n) for e in names}
            first, last = found[names[0]], found[names[-1]]
            body.append([
                case, f"1e{round(math.log10(n))}", *[f"{p[0] / n * 1e9:.2f}" if p else "-" for p in found.values()],
                f"{first[0] / last[0]:.2f}" if first and last and last[0] > 0 and len(names) > 1 else "-",
                *[f"{p[1] / n:.1f}" if p and p[1] > 0 else "-" for p in found.values()]])
    return header, body


def chart(results, names):
    """Small plots, logarithmic both ways: seconds over the number of elements."""
    width, height, columns, left, top = 300, 210, 3, 46, 40
    cases = list(results)
    total = (width * columns + 20, (height + 10) * math.ceil(len(cases) / columns) + 60)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{total[0]}" height="{total[1]}" '
           f'viewBox="0 0 {total[0]} {total[1]}" font-family="sans-serif" font-size="11">',
           f'<rect width="{total[0]}" height="{total[1]}" fill="white"/>',
           '<text x="16" y="22" font-size="15" font-weight="bold">Seconds for n elements</text>']
    for i, name in enumerate(names):
        x = 260 + 120 * i
        out.append(f'<path d="M{x} 18h22" stroke="{report.COLOURS[i]}" stroke-width="3"/>'
                   f'<text x="{x + 28}" y="22">{escape(name)}</text>')
    for index, case in enumerate(cases):
        x0, y0 = 10 + width * (index % columns) + left, top + (height + 10) * (index // columns) + 22
        w, h = width - left - 16, height - 56
        values = [p[0] for points in results[case].values() for p in points.values() if p[0] > 0]
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
        high = max(high, low + 1)
        px = lambda n: x0 + (math.log10(n) - 3) / 4 * w
        py = lambda s: y0 + h - (math.log10(s) - low) / (high - low) * h
        out.append(f'<text x="{x0}" y="{y0 - 8}" font-weight="bold">{escape(case)}</text>')
        for e in range(3, 8):
            out.append(f'<path d="M{px(10**e):.1f} {y0}v{h}" stroke="#ddd"/>'
                       f'<text x="{px(10**e):.1f}" y="{y0 + h + 14}" text-anchor="middle" font-size="9">1e{e}</text>')
        for e in range(low, high + 1):
            out.append(f'<path d="M{x0} {py(10.0**e):.1f}h{w}" stroke="#ddd"/>'
                       f'<text x="{x0 - 5}" y="{py(10.0**e) + 3:.1f}" text-anchor="end" font-size="9">1e{e}</text>')
        for i, name in enumerate(names):
            points = sorted((n, p[0]) for n, p in results[case].get(name, {}).items() if p[0] > 0)
            if points:
                line = " ".join(f"{px(n):.1f},{py(s):.1f}" for n, s in points)
                out.append(f'<polyline points="{line}" fill="none" stroke="{report.COLOURS[i]}" stroke-width="2"/>')
                out += [f'<circle cx="{px(n):.1f}" cy="{py(s):.1f}" r="2.5" fill="{report.COLOURS[i]}"/>' for n, s in points]
    return "\n".join([*out, "</svg>"]) + "\n"


def write_docs(results, names, slopes):
    page = f"""# Growth

Made by `benchmarks/growth.py --write-docs`, not by hand. Nanoseconds and bytes for each element, for n elements; × is how
many times faster than {bars.REFERENCE}. Bytes are what `collectgarbage("count")` says the result occupies.
{datetime.date.today().isoformat()}, {run.machine()}.

![Seconds for n elements](growth.svg)

{report.as_markdown(["case", "measured"], [[name, f"`{what}`"] for name, what, _, _ in CASES])}

Exponent of the growth of time over the last factor of ten (1 is linear):

{report.as_markdown(["case", *names], slopes)}

{report.as_markdown(*table(results, names))}
"""
    (run.ROOT / "docs/growth.md").write_text(page, encoding="utf-8")
    (run.ROOT / "docs/growth.svg").write_text(chart(results, names), encoding="utf-8")


def main(arguments):
    parser = argparse.ArgumentParser(prog="growth.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--arenite", metavar="PATH", default=str(run.ROOT / "build/release/bin/arenite"))
    parser.add_argument("--only", metavar="CASE", help="cases whose name holds this")
    parser.add_argument("--max", type=float, default=1e7, metavar="N", help="largest number of elements (default 1e7)")
    parser.add_argument("--rounds", type=int, default=1, metavar="N")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS")
    parser.add_argument("--write-docs", action="store_true")
    options = parser.parse_args(arguments)
    options.engines, options.arenite_b = "lua5.1,arenite", None
    if options.rounds < 1:
        raise run.Misuse("--rounds: at least 1")
    if options.max < 1000:
        raise run.Misuse("--max: at least 1e3")
    if options.write_docs and (options.only or options.max != 1e7):
        raise run.Misuse("--write-docs is for all cases and sizes: not with --only or --max")
    cases = [c for c in CASES if not options.only or options.only in c[0]]
    if not cases:
        raise run.Misuse(f"--only {options.only}: no such case")
    engines = run.find_engines(options)
    names = [e.name for e in engines]
    results, failed = {}, []
    for case, _, largest, having in cases:
        results[case] = {n: {} for n in names if having is None or n in having}
        for n in sizes(min(largest, options.max)):
            for engine in engines:
                if engine.name not in results[case]:
                    continue
                found = point(engine, case, n, options.rounds, options.timeout)
                if isinstance(found, str):
                    failed.append(f"FAILED {case}, {n} elements, {engine.name}: {found}")
                else:
                    results[case][engine.name][n] = found
    print(report.as_text(*table(results, names)), end="\n\n")
    slopes = [[case, *[f"{exponent(sorted(by_engine[n].items())):.2f}" if len(by_engine.get(n, {})) > 1 else "-"
                       for n in names]] for case, by_engine in results.items()]
    print(report.as_text(["exponent of the last factor of ten", *names], slopes))
    for line in failed:
        print(line)
    if options.write_docs and not failed:
        write_docs(results, names, slopes)
    return 1 if failed else 0


if __name__ == "__main__":
    run.run_main(main, "growth.py")
