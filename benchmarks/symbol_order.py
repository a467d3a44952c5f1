#!/usr/bin/env python3
"""Writes cli/symbol_order.txt: the functions that programs run, those first that most of them run.

The linker places them in this order (cli/CMakeLists.txt), so that the program touches fewer pages of its code: the system
maps code in pieces of 64 KiB. Needs valgrind, objcopy and a build of the program that is not stripped. The file is only a hint: a
name that is gone is passed over, and a function that is not in it comes after all others.

    benchmarks/symbol_order.py build/release/bin/arenite
"""

import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "cli" / "symbol_order.txt"
SCALE = "0.002"  # of the benchmark programs: enough to run everything in them
HEADER = """# Made by benchmarks/symbol_order.py, not by hand: the order in which the linker places functions.
"""


def functions_of(program, arguments, directory):
    """Mangled names of the program's own functions that a run of it calls."""
    profile = Path(directory) / "profile"
    subprocess.run(["valgrind", "--tool=callgrind", "--demangle=no", "--trace-children=no",
                    f"--callgrind-out-file={profile}", program, *arguments],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    names, objects, found, current = {}, {}, set(), None
    for line in profile.read_text().splitlines():
        match = re.match(r"(c?ob|c?fn)=\((\d+)\)(?: (.*))?$", line)
        if not match:
            continue
        kind, number, name = match.groups()
        table = objects if kind.endswith("ob") else names
        if name is not None:
            table[number] = name
        if kind == "ob":
            current = objects[number]
        elif kind == "fn" and current == program:
            found.add(names[number].split("'")[0])
    return found


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    runs = [["-e", ""], ["eval", "-e", "return redis.call('set', KEYS[1], ARGV[1])", "key", ",", "value"]]
    runs += [["run", str(path), SCALE] for path in sorted((ROOT / "benchmarks" / "lua").glob("*.lua"))]
    count = collections.Counter()
    with tempfile.TemporaryDirectory() as directory:
        program = str(Path(directory) / "program")  # valgrind does not read every compiler's debug information
        subprocess.run(["objcopy", "--strip-debug", sys.argv[1], program], check=True)
        for run in runs:
            count.update(functions_of(program, run, directory))
    # Symbols only: what valgrind has no name for is an address.
    ordered = sorted((name for name in count if re.fullmatch(r"[A-Za-z_.$][\w.$]*", name)), key=lambda n: (-count[n], n))
    OUTPUT.write_text(HEADER + "\n".join(ordered) + "\n")
    print(f"{len(ordered)} functions, {sum(count[n] == len(runs) for n in ordered)} of them in every run")


if __name__ == "__main__":
    main()
