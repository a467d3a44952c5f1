#!/usr/bin/env python3
"""Peak memory of programs that make much garbage, in lua5.1 and in Arenite: how closely the collector follows.

Each program prints its own VmHWM at its end (wait4's peak would include this script's). The bar is the ratio of the two;
`--few` takes a few programs only and leaves room for another day's allocator: that is the test.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import bars
import report
import run

# Programs by name; those of FEW are the test.
PROGRAMS = {
    "nothing": "",
    # Strings of all sizes, nothing of which lives.
    "strings of 16": "for i = 1, 2000000 do local x = 'number %07d'..i end",
    "strings of 100": "for i = 1, 500000 do local x = ('x'):rep(92) .. i end",
    "strings of 1,000": "for i = 1, 100000 do local x = ('x'):rep(992) .. i end",
    "strings of 3,000": "for i = 1, 50000 do local x = ('x'):rep(2992) .. i end",
    "strings of 4,096": "for i = 1, 50000 do local x = ('x'):rep(4090) .. i end",
    "strings of 10,000": "for i = 1, 20000 do local x = ('x'):rep(9992) .. i end",
    "strings of 64 KiB": "for i = 1, 4000 do local x = ('x'):rep(65530) .. i end",
    "strings of 100,000": "for i = 1, 3000 do local x = ('x'):rep(1e5) end",
    "strings of 1,000,000": "for i = 1, 1000 do local x = ('x'):rep(1e6) end",
    "strings of 5 MB": "for i = 1, 200 do local x = ('x'):rep(5e6) end",
    "comparing 1 MB strings": "local n = 0 for i = 1, 500 do if ('x'):rep(1e6) == ('x'):rep(1e6) .. '' then n = n + 1 end end",
    "a line that grows": "local s = '' for i = 1, 20000 do s = s .. 'x' end",
    "gsub of 100,000": "local s = ('abc '):rep(25000) for i = 1, 60 do local x = s:gsub('%w+', 'xy') end",
    "format of 10,000": "local s = ('x'):rep(9990) for i = 1, 20000 do local x = ('%s%d'):format(s, i) end",
    "upper of 1 MB": "local s = ('x'):rep(1e6) for i = 1, 300 do local x = s:upper() end",
    "concat of 1,000 pieces": "local t = {} for i = 1, 1000 do t[i] = 'piece ' .. i end for i = 1, 3000 do local x = table.concat(t) end",
    # Tables.
    "empty tables": "for i = 1, 3000000 do local t = {} end",
    "tables of 3 fields": "for i = 1, 1500000 do local t = {x = i, y = i, z = i} end",
    "tables of 10 slots": "for i = 1, 500000 do local t = {1, 2, 3, 4, 5, 6, 7, 8, 9, i} end",
    "tables of 100 slots": "for i = 1, 30000 do local t = {} for k = 1, 100 do t[k] = i end end",
    "tables of 500 slots": "for i = 1, 8000 do local t = {} for k = 1, 500 do t[k] = i end end",
    "tables of 2,000 slots": "for i = 1, 2500 do local t = {} for k = 1, 2000 do t[k] = i end end",
    "tables of 125,000 slots": "for i = 1, 40 do local t = {} for k = 1, 125000 do t[k] = i end end",
    "tables of 50,000 keys": "for i = 1, 20 do local t = {} for k = 1, 50000 do t['k' .. k] = i end end",
    "tables of tables": "for i = 1, 400 do local t = {} for k = 1, 2000 do t[k] = {k} end end",
    "a matrix replaced": "local m for i = 1, 60 do m = {} for r = 1, 200 do local row = {} for c = 1, 200 do row[c] = r * c end m[r] = row end end",
    # Functions, userdata, coroutines.
    "closures": "for i = 1, 2000000 do local f = function() return i end end",
    "closures over a variable": "for i = 1, 1000000 do local n = i local f = function() n = n + 1 return n end end",
    "proxies": "for i = 1, 300000 do local p = newproxy(true) end",
    "proxies with __gc": "for i = 1, 200000 do local p = newproxy(true) getmetatable(p).__gc = function() end end",
    "coroutines": "for i = 1, 150000 do local c = coroutine.wrap(function() coroutine.yield(i) end) c() end",
    "coroutines of depth 100": "local function down(n) if n > 0 then return 1 + down(n - 1) end coroutine.yield() return 0 end "
                               "for i = 1, 5000 do local c = coroutine.wrap(down) c(100) end",
    "loaded chunks": "for i = 1, 20000 do local f = loadstring('return ' .. i .. ' + 1') end",
    "varargs": "local function f(...) return {...} end local t = {} for i = 1, 200 do t[i] = i end for i = 1, 20000 do local x = f(unpack(t)) end",
    # Something lives.
    "20 MB that live, small garbage": "local live = {} for i = 1, 150000 do live[i] = {i, i} end for i = 1, 3000000 do local t = {i} end",
    "20 MB that live, large garbage": "local live = {} for i = 1, 150000 do live[i] = {i, i} end for i = 1, 500 do local x = ('x'):rep(1e6) end",
    "a queue": "local q, first = {}, 1 for i = 1, 1000000 do q[i] = {i} if i > 50000 then q[first] = nil first = first + 1 end end",
    "a cache that is replaced": "local c = {} for i = 1, 1500000 do c[i % 20000] = {i, tostring(i)} end",
    "weak values": "local c = setmetatable({}, {__mode = 'v'}) for i = 1, 600000 do c[i % 50000] = {i} end",
    "linked lists": "for i = 1, 60 do local l for k = 1, 30000 do l = {next = l, value = k} end end",
}
FEW = ["strings of 16", "strings of 10,000", "strings of 1,000,000", "comparing 1 MB strings", "tables of 100 slots",
       "tables of 125,000 slots", "closures", "proxies with __gc", "20 MB that live, large garbage"]

EPILOGUE = """
for line in io.lines("/proc/self/status") do
  local peak = line:match("^VmHWM:%s*(%d+) kB")
  if peak then print(peak) end
end
"""


def peak_kib(engine, file, timeout=300):
    """The peak of one run in KiB; None when it failed."""
    try:
        done = subprocess.run(engine.line(file, []), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    except subprocess.TimeoutExpired:
        return None
    last = done.stdout.decode("utf-8", "replace").split()[-1:]
    return int(last[0]) if done.returncode == 0 and last and last[0].isdigit() else None


def main(arguments):
    parser = argparse.ArgumentParser(prog="peaks.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--arenite", metavar="PATH", default=str(run.ROOT / "build/release/bin/arenite"))
    parser.add_argument("--few", action="store_true", help="a few programs, and a bar with room to spare")
    parser.add_argument("--only", metavar="TEXT", help="programs whose names contain TEXT")
    options = parser.parse_args(arguments)
    options.arenite_b = None
    options.engines = f"{bars.REFERENCE},arenite"
    reference, arenite = run.find_engines(options)
    names = [n for n in (FEW if options.few else PROGRAMS) if not options.only or options.only in n]
    bar = bars.PEAK_OF_GARBAGE * (1.5 if options.few else 1)

    rows, missed = [], []
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "program.lua")
        for name in names:
            file.write_text(PROGRAMS[name] + EPILOGUE, encoding="utf-8")
            peaks = [peak_kib(engine, str(file)) for engine in (reference, arenite)]
            ratio = peaks[1] / peaks[0] if all(peaks) else None
            rows.append([name, *[f"{p / 1024:.1f}" if p else "failed" for p in peaks], f"{ratio:.2f}" if ratio else "-"])
            if not ratio or ratio > bar:
                missed.append(name)
    print(report.as_text(["peak resident MB", reference.name, arenite.name, "ratio"], rows))
    print(f"\nat most {bar:.2f} times {reference.name}: " + ("missed by " + "; ".join(missed) if missed else "all"))
    return 1 if missed else 0


if __name__ == "__main__":
    run.run_main(main, "peaks.py")
