"""The figures that Arenite means to reach: how many times faster than another engine, at least."""

REFERENCE = "lua5.1"

# Geometric mean over all programs.
TOTAL = {"lua5.1": 2.3, "luajit": 1.15}
TOTAL_GCC = 2.0  # built with g++, against lua5.1
SLOWEST = 1.0  # any single program, against lua5.1

# Geometric means by kind, against lua5.1. The keys are also the order of the tables.
KINDS = {
    "calls": 2.2,
    "arithmetic": 1.7,
    "arrays": 2.2,
    "table library": 2.5,
    "objects": 2.0,
    "closures and coroutines": 2.1,
    "pcall": 1.5,
    "strings and maps": 2.4,
    "allocation": 2.7,
}

# At most: checks on by checks compiled out, in time.
CHECKS = 1.07
# At most: peak resident set by that of lua5.1, geometric mean over the programs of the kind "allocation".
PEAK_MEMORY = 1.0
# At most: the same of any single program that makes garbage (peaks.py).
PEAK_OF_GARBAGE = 1.5
# At most, bytes.
BYTES = {"{}": 64, "{x=, y=}": 112, "{x, y}": 112, "closure": 64, "string of 10": 48, "array element": 8, "coroutine": 1024}
# At least, against lua5.1.
COSTS = {"pcall, error(\"x\", 0)": 1.5, "resume and yield": 1.5, "\"k\" .. i": 1.5, "compile, ns per byte": 1.0}
VM_MICROSECONDS = 20  # at most: a VM with the full Redis profile, created and closed
