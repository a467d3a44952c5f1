"""Tables and the chart of a comparison (see measure.py), as text for people and as the pages in docs/."""

from dataclasses import dataclass, field
from html import escape

import bars
from measure import geomean, ratio


@dataclass
class Summary:
    """Speed of one engine relative to the reference."""

    name: str
    ratios: dict = field(default_factory=dict)  # by program, without those that failed
    kinds: dict = field(default_factory=dict)  # geometric means
    total: float = None
    slowest: str = None  # a program


def summarize(results, kinds, reference, name):
    """`kinds` is {program: kind}."""
    summary = Summary(name)
    for program, by_engine in results.items():
        r = ratio(by_engine[reference], by_engine[name])
        if r is not None:
            summary.ratios[program] = r
    for kind in ordered_kinds(kinds):
        mean = geomean(r for program, r in summary.ratios.items() if kinds[program] == kind)
        if mean is not None:
            summary.kinds[kind] = mean
    summary.total = geomean(summary.ratios.values())
    if summary.ratios:
        summary.slowest = min(summary.ratios, key=summary.ratios.get)
    return summary


def ordered_kinds(kinds):
    """Those of the bars first, in their order, then others."""
    present = set(kinds.values())
    return [k for k in bars.KINDS if k in present] + sorted(present - set(bars.KINDS))


def failures(results):
    """[(program, engine, what happened)]"""
    return [(program, name, result.failure) for program, by_engine in results.items()
            for name, result in by_engine.items() if result.failure]


@dataclass
class Verdict:
    what: str
    value: float
    bar: float
    at_least: bool = True

    @property
    def reached(self):
        return self.value >= self.bar if self.at_least else self.value <= self.bar


def verdicts(results, kinds, summaries, subject, stem, gcc=False):
    """The bars that can be judged from a comparison; `stem` names a program. A build with g++ has one of its own."""
    found = []
    ours = summaries.get(subject)
    if not ours or ours.total is None:
        return found
    whole = set(bars.KINDS) <= set(kinds.values())
    if gcc:
        return [Verdict("geometric mean, built with g++", ours.total, bars.TOTAL_GCC)] if whole else []
    if whole:
        found.append(Verdict(f"geometric mean, against {bars.REFERENCE}", ours.total, bars.TOTAL[bars.REFERENCE]))
        peer = relative_total(results, "luajit", subject)
        if peer is not None:
            found.append(Verdict("geometric mean, against luajit -joff", peer, bars.TOTAL["luajit"]))
    for kind, value in ours.kinds.items():
        if kind in bars.KINDS:
            found.append(Verdict(kind, value, bars.KINDS[kind]))
    found.append(Verdict(f"slowest program: {stem(ours.slowest)}", ours.ratios[ours.slowest], bars.SLOWEST))
    memory = memory_ratio(results, kinds, bars.REFERENCE, subject)
    if memory is not None:
        found.append(Verdict("peak memory, programs that allocate", memory, bars.PEAK_MEMORY, at_least=False))
    return found


def relative_total(results, reference, name):
    """Geometric mean of the speed of `name` relative to an engine that need not be the first one."""
    values = []
    for by_engine in results.values():
        if reference not in by_engine or name not in by_engine:
            return None
        r = ratio(by_engine[reference], by_engine[name])
        if r is not None:
            values.append(r)
    return geomean(values)


def memory_ratio(results, kinds, reference, name):
    """Geometric mean of peak resident sets, over the programs that allocate."""
    return geomean(by_engine[name].peak_kib / by_engine[reference].peak_kib for program, by_engine in results.items()
                   if kinds[program] == "allocation" and by_engine[name].median and by_engine[reference].peak_kib
                   and by_engine[name].peak_kib)


# ---- Text ------------------------------------------------------------------------------------------------------------


def rows(results, kinds, engines, stem):
    """Header and rows of the table of programs; cells are strings, kinds in their order."""
    reference, others = engines[0], engines[1:]
    header = ["program", f"{reference} s", *[f"{n} s" for n in others], *[f"{n} ×" for n in others],
              *[f"{n} MB" for n in engines]]
    body = []
    for kind in ordered_kinds(kinds):
        for program in (p for p in results if kinds[p] == kind):
            by_engine = results[program]
            body.append([
                stem(program),
                *[seconds(by_engine[n]) for n in engines],
                *[times(ratio(by_engine[reference], by_engine[n])) for n in others],
                *[f"{by_engine[n].peak_kib / 1024:.1f}" if by_engine[n].median else "-" for n in engines],
            ])
    return header, body


def seconds(result):
    """Three digits after the point; a tilde where the rounds differ by more than a quarter."""
    if result.median is None:
        return "failed" if result.failure else "-"
    return f"{result.median:.3f}" + ("~" if result.spread > 0.25 else "")


def times(value):
    return "-" if value is None else f"{value:.2f}"


def kind_rows(summaries, kinds):
    header = ["kind", "programs", *[f"{name} ×" for name in summaries], "bar"]
    body = []
    for kind in ordered_kinds(kinds):
        body.append([kind, str(sum(1 for k in kinds.values() if k == kind)),
                     *[times(s.kinds.get(kind)) for s in summaries.values()], times(bars.KINDS.get(kind))])
    body.append(["all", str(len(kinds)), *[times(s.total) for s in summaries.values()],
                 times(bars.TOTAL[bars.REFERENCE])])
    return header, body


def verdict_rows(found):
    return ["bar", "measured", "wanted", ""], [
        [v.what, times(v.value), ("≥ " if v.at_least else "≤ ") + times(v.bar), "reached" if v.reached else "MISSED"]
        for v in found]


def as_text(header, body):
    widths = [max(len(row[i]) for row in [header, *body]) for i in range(len(header))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w)
                               for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in [header, *body])


def as_markdown(header, body):
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in body])


# ---- Chart -----------------------------------------------------------------------------------------------------------

COLOURS = ["#1f6fb4", "#e08a1e", "#5a9e4b", "#a05195", "#777777"]
LEFT, WIDTH, BAR, GAP, TOP = 230, 960, 9, 8, 66


def chart(summaries, kinds, stem, subject, title):
    """Horizontal bars: speed relative to the reference, by kind and by program, as an SVG document. The bars to reach
    are short black lines. `subject` is drawn first."""
    names = sorted(summaries, key=lambda n: n != subject)
    groups = [("all programs", {n: summaries[n].total for n in names}, bars.TOTAL[bars.REFERENCE], True)]
    for kind in ordered_kinds(kinds):
        groups.append((kind, {n: summaries[n].kinds.get(kind) for n in names}, bars.KINDS.get(kind), True))
    for kind in ordered_kinds(kinds):
        for program in (p for p in kinds if kinds[p] == kind):
            groups.append((stem(program), {n: summaries[n].ratios.get(program) for n in names}, None, False))
    largest = max([v for _, values, _, _ in groups for v in values.values() if v] + [1.0])
    unit = (WIDTH - LEFT - 70) / largest
    group_height = BAR * len(names) + GAP
    height = TOP + group_height * len(groups) + 40
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="sans-serif" font-size="11">',
           f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
           f'<text x="16" y="22" font-size="15" font-weight="bold">{escape(title)}</text>']
    x = 16
    for i, name in enumerate(names):
        out.append(f'<rect x="{x}" y="34" width="10" height="10" fill="{COLOURS[i % len(COLOURS)]}"/>'
                   f'<text x="{x + 14}" y="43">{escape(name)}</text>')
        x += 34 + 7 * len(name)
    out.append(f'<path d="M{x + 4} 33v12" stroke="black" stroke-width="2"/><text x="{x + 12}" y="43">to reach</text>')
    for tick in range(0, int(largest) + 1):
        at = LEFT + tick * unit
        out.append(f'<path d="M{at:.1f} {TOP - 6}V{height - 30}" stroke="{"#555" if tick == 1 else "#ddd"}"/>'
                   f'<text x="{at:.1f}" y="{height - 16}" text-anchor="middle">{tick}×</text>')
    y = TOP
    for label, values, bar, bold in groups:
        middle = y + BAR * len(names) / 2 + 4
        weight = ' font-weight="bold"' if bold else ""
        out.append(f'<text x="{LEFT - 8}" y="{middle:.1f}" text-anchor="end"{weight}>{escape(label)}</text>')
        for i, name in enumerate(names):
            value, top = values.get(name), y + i * BAR
            if value is None:
                out.append(f'<text x="{LEFT + 4}" y="{top + 8}" fill="#b00" font-size="9">failed</text>')
                continue
            length = value * unit
            out.append(f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR - 1}" '
                       f'fill="{COLOURS[i % len(COLOURS)]}"/>'
                       f'<text x="{LEFT + length + 4:.1f}" y="{top + 8}" font-size="9">{value:.2f}</text>')
        if bar:
            out.append(f'<path d="M{LEFT + bar * unit:.1f} {y - 2}v{BAR * len(names) + 3}" stroke="black" '
                       'stroke-width="2"/>')
        y += group_height
    return "\n".join([*out, "</svg>"]) + "\n"
