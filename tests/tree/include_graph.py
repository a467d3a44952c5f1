#!/usr/bin/env python3
"""Draws the include graph of the tree: who includes whom, and how often.

    include_graph.py [--svg FILE]

Rooms stand in the order of cmake/check_layers.cmake, the top first. An arrow from a room to one below it has the number of
includes; an arrow up would be red. Prints the counts; exit code 1 when there is an arrow up or a circle of files.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ["cli", "examples", "redis_api/lib", "redis_api/keyspace", "redis_api", "vm/embed", "vm/lib", "vm/fast", "vm", "vm/text", "compiler",
         "txn", "heap", "arena"]
ENDINGS = {".h", ".hpp", ".cpp", ".inc", ".def"}
# Public headers that belong to vm/embed, as the layer check has them.
HOST_HEADERS = set(re.search(r"set\(host_headers ([^)]+)\)", (ROOT / "cmake/check_layers.cmake").read_text()).group(1).split())
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.M)


def room_of(path):
    if path.startswith("vm/include/") and path.rsplit("/", 1)[1] in HOST_HEADERS:
        return "vm/embed"
    for room in sorted(ROOMS, key=len, reverse=True):
        if path.startswith(room + "/"):
            return room
    return None


def read():
    files = {}
    for top in {room.split("/")[0] for room in ROOMS}:
        for path in (ROOT / top).rglob("*"):
            if path.suffix in ENDINGS:
                files[path.relative_to(ROOT).as_posix()] = path.read_text(errors="replace")
    public = {name.split("/include/", 1)[1]: name for name in files if "/include/" in name}
    edges = defaultdict(set)
    for name, text in files.items():
        for included in INCLUDE.findall(text):
            target = public.get(included, included)
            if target in files and target != name:
                edges[name].add(target)
    return files, edges


def unit(name):
    """A header, its source file and what is included into it are one unit."""
    return re.sub(r"\.(h|hpp|cpp|inc|def)$", "", re.sub(r"/include/arenite(/redis)?/", "/", name))


def circles(edges):
    """Circles between header files."""
    headers = {f: {t for t in ts if not t.endswith(".cpp")} for f, ts in edges.items() if not f.endswith(".cpp")}
    state, found = {}, []

    def visit(start):
        stack = [(start, iter(sorted(headers.get(start, ()))))]
        state[start] = 1
        while stack:
            node, rest = stack[-1]
            for to in rest:
                if state.get(to) == 1:
                    found.append((node, to))
                elif to not in state:
                    state[to] = 1
                    stack.append((to, iter(sorted(headers.get(to, ())))))
                    break
            else:
                state[node] = 2
                stack.pop()

    for start in sorted(headers):
        if start not in state:
            visit(start)
    return found


def draw(counts, sizes):
    width, height, gap, left = 300, 34, 26, 260
    y = {room: 20 + i * (height + gap) for i, room in enumerate(ROOMS)}
    total = y[ROOMS[-1]] + height + 20
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left * 2 + width}" height="{total}" font-family="sans-serif" font-size="13">',
           '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
           '<path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>',
           '<rect width="100%" height="100%" fill="white"/>']
    for (a, b), n in sorted(counts.items(), key=lambda e: (ROOMS.index(e[0][0]), ROOMS.index(e[0][1]))):
        up = is_up(a, b)
        side = 1 if (ROOMS.index(a) + ROOMS.index(b)) % 2 else -1
        x = left + (width if side > 0 else 0)
        reach = 22 + 15 * abs(ROOMS.index(a) - ROOMS.index(b))
        y1, y2 = y[a] + height * 0.7, y[b] + height * 0.3
        colour = "#d22" if up else "#555"
        out.append(f'<path d="M{x} {y1} C{x + side * reach} {y1} {x + side * reach} {y2} {x} {y2}" fill="none" stroke="{colour}" '
                   f'stroke-width="{1 + min(n, 60) / 20:.1f}" marker-end="url(#end)"><title>{escape(a)} → {escape(b)}: {n}</title></path>')
        out.append(f'<text x="{x + side * (reach * 0.75 + 4):.0f}" y="{(y1 + y2) / 2 + 4:.0f}" text-anchor="{"start" if side > 0 else "end"}" '
                   f'font-size="10" fill="{colour}">{n}</text>')
    for room in ROOMS:
        out.append(f'<rect x="{left}" y="{y[room]}" width="{width}" height="{height}" rx="5" fill="#eef3fa" stroke="#345"/>')
        out.append(f'<text x="{left + width / 2}" y="{y[room] + 22}" text-anchor="middle">{escape(room)}/ · {sizes[room]} files</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


# The rooms of redis_api, and the programs, stand beside one another.
BESIDE = [{"cli", "examples"}, {"redis_api", "redis_api/lib", "redis_api/keyspace"}]


def is_up(a, b):
    return ROOMS.index(a) > ROOMS.index(b) and not any(a in s and b in s for s in BESIDE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--svg", type=Path)
    args = parser.parse_args()
    files, edges = read()
    sizes = Counter(room_of(name) for name in files)
    counts = Counter()
    for name, targets in edges.items():
        for target in targets:
            a, b = room_of(name), room_of(target)
            if a != b:
                counts[a, b] += 1
    units = {(unit(a), unit(b)) for a, bs in edges.items() for b in bs if a.startswith("vm/") and b.startswith("vm/") and unit(a) != unit(b)}
    up = {edge: n for edge, n in counts.items() if is_up(*edge)}
    found = circles(edges)
    folders = {(a.split("/")[0], b.split("/")[0]) for a, b in counts if a.split("/")[0] != b.split("/")[0]}
    print(f"{len(files)} files, {sum(len(t) for t in edges.values())} includes; {len(folders)} arrows between folders, {len(counts)} between rooms, "
          f"{len(up)} up")
    print(f"vm/: {len({unit(f) for f in files if f.startswith('vm/')})} units, {len(units)} arrows between units; "
          f"{len(found)} circles of header files")
    for (a, b), n in sorted(up.items()):
        print(f"up: {a} -> {b}: {n}")
    for a, b in found:
        print(f"circle: {a} -> {b}")
    if args.svg:
        args.svg.write_text(draw(counts, sizes))
    sys.exit(1 if up or found else 0)


main()
