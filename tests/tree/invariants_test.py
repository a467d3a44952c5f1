#!/usr/bin/env python3
"""Each prefix of numbered invariants belongs to one file, and the index of them in HACKING.md is complete."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ["arena", "heap", "txn", "compiler", "vm", "redis_api", "cli", "examples", "tests", "benchmarks"]
FIRST = re.compile(r"^//+ {1,3}([A-Z]{1,3})1(?:\. | {1,2})[A-Z]", re.M)
ROW = re.compile(r"^\| ([A-Z]{1,3}) \| `([^`]+)` \|", re.M)


def main():
    kept, problems = {}, []
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in {".h", ".cpp", ".inc", ".def"}:
                continue
            name = str(path.relative_to(ROOT))
            for prefix in FIRST.findall(path.read_text()):
                if prefix in kept:
                    problems.append(f"{name}: {prefix}1 is also in {kept[prefix]}")
                kept.setdefault(prefix, name)
    listed = dict(ROW.findall((ROOT / "HACKING.md").read_text()))
    for prefix in sorted(kept.keys() | listed.keys()):
        if kept.get(prefix) != listed.get(prefix):
            problems.append(f"{prefix}: kept by {kept.get(prefix)}, but HACKING.md says {listed.get(prefix)}")
    print("\n".join(problems + [f"{len(kept)} series of invariants, {len(problems)} problems"]))
    return 1 if problems or len(kept) < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
