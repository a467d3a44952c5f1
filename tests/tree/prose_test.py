#!/usr/bin/env python3
"""The comments and pages of this repository use the field's words (HACKING.md, "Words").

Each line of WORDS is a turn that readers had to translate, and what stands for it. What programs print and what they are
given (Lua inputs, corpora, strings) is not read. Exit code 1 with a line for each finding; 2 when so little was read, or
so little of HACKING.md agrees, that the check itself must be wrong.
"""

import io
import re
import sys
import tokenize
from pathlib import Path

from paths_test import ROOT, TEXTS, files

# (pattern, what to write). Each is named in HACKING.md by its replacement.
WORDS = [
    (r"\bbehind\b(?! (its|his|their|the \w+'s) back)", "after, past"),
    (r"\blook(s|ed|ing)? at\b", "check, examine, read"),
    (r"\b(a|each|last|next|no|one|two) (?!LOOK\b)(?i:looks?)\b", "check"),
    (r"\blook(s|ed|ing)? up from\b", "pause"),
    (r"\blooks whether\b", "checks whether"),
    (r"\bg(ive|ives|iven|ave|iving) (it |them |some |pages |memory )?back\b", "release, return"),
    (r"\bin hand\b", "current"),
    (r"\b(is|are|be|been|was|were|not) had\b", "is obtained, allocated, reserved"),
    (r"\bin (the )?making\b", "under construction"),
    (r"\bbeforehand\b", "in advance"),
    (r"\bput(s|ting)? (\w+ )?aside\b", "suspend"),
    (r"\bgone on with\b", "resumed"),
    (r"\banew\b", "again"),
    (r"\b(at|in) one go\b", "in one piece"),
    (r"\bin (its|the) midst\b", "midway, in the middle of"),
    (r"\bfor ever\b", "forever"),
    (r"\btaken back\b", "undone"),
    (r"\bhandlers? (of|for) (__|a metamethod|an event)", "metamethod"),
]
# To leave something behind is what everybody says.
IDIOMS = re.compile(r"\b(leaves?|leaving|left|remains?)\b[\w \n]{0,20}\bbehind\b")

# What is not prose, or must name the words.
NOT_READ = re.compile(r"^(benchmarks/lua/|tests/fuzz/corpus/|tests/redis_api/facts/|tests/tree/prose_test\.py$)|\.lua$")
# (file, what stands there): where a word has its usual meaning.
EXCEPTIONS: set[tuple[str, str]] = set()


def from_cpp(line, mark):
    """What follows a comment mark outside of strings."""
    quote, i = None, 0
    while i < len(line):
        c = line[i]
        if quote:
            if c == "\\":
                i += 1
            elif c == quote:
                quote = None
        elif line.startswith(mark, i):
            return line[i + len(mark):]
        elif c == '"' or (c == "'" and not (i and line[i - 1].isalnum())):
            quote = c
        i += 1
    return ""


def python_prose(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
        elif token.type == tokenize.STRING and token.string.startswith('"""'):
            yield from enumerate(token.string.split("\n"), token.start[0])


def prose(path, text):
    """The parts of a file that are prose, with their line numbers."""
    if path.suffix == ".md":
        yield from enumerate(text.split("\n"), 1)
    elif path.suffix == ".py":
        yield from python_prose(text)
    else:
        mark = {".cmake": "#", ".txt": "#", ".sh": "#", ".toml": "#", "": "#"}.get(path.suffix, "//")
        for number, line in enumerate(text.split("\n"), 1):
            yield number, from_cpp(line, mark)


def without_words(text):
    """HACKING.md, but for the section that lists the words."""
    start = text.index("## Words\n")
    end = text.find("\n## ", start)
    return text[:start] + re.sub(r"[^\n]", "", text[start:end]) + text[end:], text[start:end]


def main():
    words = [(re.compile((p if "LOOK" in p else f"(?i:{p})").replace(" ", "[ \\n]")), better) for p, better in WORDS]
    lines, found, section = 0, [], ""
    for path in files():
        name = str(path.relative_to(ROOT))
        if path.suffix not in TEXTS or not path.is_file() or NOT_READ.search(name):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if name == "HACKING.md":
            text, section = without_words(text)
        # Line by line of the file, "" where there is no prose: so what is broken over two lines is found as well.
        joined = [""] * (text.count("\n") + 2)
        for number, line in prose(path, text):
            joined[number - 1] = line.strip(" /<#")
            lines += bool(line)
        joined = IDIOMS.sub(lambda m: re.sub(r"[^\n]", "", m.group(0)), "\n".join(joined))
        for word, better in words:
            for match in word.finditer(joined):
                what = match.group(0).replace("\n", " ")
                if (name, what) not in EXCEPTIONS:
                    found.append(f"{name}:{joined.count(chr(10), 0, match.start()) + 1}: '{what}': write {better}")
    missing = [better for _, better in WORDS if better.split(",")[0] not in section]
    found += [f"HACKING.md, \"Words\": does not name '{better}'" for better in missing]
    print("\n".join(found + [f"{lines} lines of prose, {len(found)} findings"]))
    return 1 if found else 0 if lines > 10000 else 2


if __name__ == "__main__":
    sys.exit(main())
