#!/usr/bin/env python3
"""Every path that a page or a comment of this repository names exists.

A path is looked for from the root, from tests/, docs/, benchmarks/ and the folder of the file that names it. Exit code 1 with a
line for each that is not there; 2 when so little was found that the search itself must be wrong.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ["", "tests", "docs", "benchmarks", "tests/guarantees", "tests/fuzz", "arena/include", "heap/include", "txn/include", "vm/include",
           "redis_api/include"]
TEXTS = {".md", ".h", ".cpp", ".cc", ".inc", ".def", ".py", ".cmake", ".txt", ".lua", ".sh", ".toml", ""}
PATH = re.compile(r"(?<![\w./<$}{*-])((?:[A-Za-z0-9_-]+/)+[A-Za-z0-9_.-]*[A-Za-z0-9_](?:\.\*)?)(?![\w/<$}{*(-])")
ENDINGS = (".h", ".cpp", ".cc", ".inc", ".def", ".py", ".cmake", ".txt", ".lua", ".md", ".svg", ".sh", ".toml", ".json", ".*")
# What is made by a build, or is only an example of a name.
ELSEWHERE = re.compile(r"^(build|usr|tmp|etc|dev|proc|sys|bin|lib|include|sanitizer|boost|msgpack|gtest|linux|arpa|bits)/|"
                       r"(^|/|_)(NAME|DIR|FILE|PRESET|LIBRARY)\b")


# Makes trees that are wrong, and names what is in them.
MADE_UP = {"cmake/check_layers_test.cmake"}
# Folders of the tree, and pages by their bare name.
FOLDER = re.compile(r"(?<![\w./<$}{*-])((?:arena|heap|txn|compiler|vm|redis_api|cli|examples|tests|cmake|packaging)(?:/[a-z_]+)*/)(?![\w/<$}{*(.-])")
PAGE = re.compile(r"(?<![\w/])([A-Z_]{4,}\.md)\b")

# Not of the tree.
MADE_FOLDERS = {"build", ".git", "__pycache__"}


def files():
    if shutil.which("git"):
        listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
        if listed.returncode == 0 and listed.stdout:
            return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    # No git, or no repository of one's own: all files but what builds leave behind.
    return [p for p in ROOT.rglob("*") if p.is_file() and not MADE_FOLDERS & set(p.relative_to(ROOT).parts)]


def comments(path, text):
    """The parts of a file that are prose, with their line numbers."""
    if path.suffix == ".md":
        yield from enumerate(text.splitlines(), 1)
        return
    mark = {".lua": "--", ".py": "#", ".cmake": "#", ".txt": "#", ".sh": "#", ".toml": "#", "": "#"}.get(path.suffix, "//")
    for number, line in enumerate(text.splitlines(), 1):
        if mark in line:
            yield number, line.split(mark, 1)[1]


def exists(name, folder):
    name = name.rstrip(".")
    for base in [folder] + [ROOT / f for f in FOLDERS]:
        if name.endswith(".*"):
            if list((base / name).parent.glob(Path(name).name)):
                return True
        elif (base / name).exists():
            return True
    return False


def main():
    seen, missing = 0, []
    for path in files():
        if path.suffix not in TEXTS or not path.is_file() or str(path.relative_to(ROOT)) in MADE_UP:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in comments(path, text):
            names = [n for n in PATH.findall(line) if n.endswith(ENDINGS) and not ELSEWHERE.search(n)]
            for name in names + FOLDER.findall(line) + PAGE.findall(line):
                seen += 1
                if not exists(name, path.parent):
                    missing.append(f"{path.relative_to(ROOT)}:{number}: there is no {name}")
    print("\n".join(missing + [f"{seen} paths named, {len(missing)} of them are not there"]))
    return 1 if missing else 0 if seen > 300 else 2


if __name__ == "__main__":
    sys.exit(main())
