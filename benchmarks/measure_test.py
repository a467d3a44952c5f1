#!/usr/bin/env python3
"""Tests of measure.py, report.py and run.py: statistics, order of turns, failures, command line."""

import io
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import bars
import measure
import progress
import report
import run
from measure import Engine, Result


def result(*seconds, peak=1000, failure=""):
    return Result(list(seconds), peak, failure)


class Terminal(io.StringIO):
    def isatty(self):
        return True


class ProgressLine(unittest.TestCase):
    def shown(self, stream):
        with progress.Progress("costs", 2, stream) as line:
            line.step()
            line.step()
        return stream.getvalue()

    def test_counts_on_a_terminal_and_goes_away(self):
        text = self.shown(Terminal())
        self.assertIn("costs: 1 of 2, about 0:00 left", text)
        self.assertIn("costs: 2 of 2", text)
        self.assertTrue(text.endswith("\r\033[K"))

    def test_says_nothing_when_piped(self):
        self.assertEqual(self.shown(io.StringIO()), "")

    def test_each_run_is_counted_also_those_left_out_after_a_failure(self):
        runs = []
        engines = [Engine("good", ["true"]), Engine("bad", ["false"])]
        measure.compare(["x"], engines, 3, each=lambda: runs.append(1))
        self.assertEqual(len(runs), 6)


class Statistics(unittest.TestCase):
    def test_geomean(self):
        self.assertAlmostEqual(measure.geomean([1, 4]), 2)
        self.assertAlmostEqual(measure.geomean([0.5, 2, 8]), 2)
        self.assertIsNone(measure.geomean([]))

    def test_ratio_is_of_medians(self):
        # A single slow round changes neither median.
        self.assertAlmostEqual(measure.ratio(result(3, 2, 9), result(1.5, 1, 1.6)), 2)
        self.assertIsNone(measure.ratio(result(1), result(1, failure="exit code 1")))
        self.assertIsNone(measure.ratio(result(0.0), result(1)))
        self.assertIsNone(measure.ratio(result(), result(1)))

    def test_spread(self):
        self.assertAlmostEqual(result(1, 2, 4).spread, 1.5)
        self.assertEqual(result().spread, 0)

    def test_every_engine_is_first_in_some_turn(self):
        engines = [Engine(n, [n]) for n in "abc"]
        orders = ["".join(e.name for e in measure.turn_order(engines, turn)) for turn in range(6)]
        self.assertEqual({o[0] for o in orders}, set("abc"))
        self.assertTrue(all(sorted(o) == list("abc") for o in orders))

    def test_peak_below_our_own_is_the_polled_one(self):
        self.assertEqual(measure.peak_kib(50_000, 3_000, 20_000), 50_000)
        self.assertEqual(measure.peak_kib(20_000, 3_000, 20_000), 3_000)
        self.assertEqual(measure.peak_kib(20_000, 0, 20_000), 20_000)


class Summaries(unittest.TestCase):
    kinds = {"a": "calls", "b": "calls", "c": "pcall"}

    def results(self):
        return {
            "a": {"lua5.1": result(4, peak=100), "arenite": result(1, peak=50)},
            "b": {"lua5.1": result(1, peak=100), "arenite": result(1, peak=50)},
            "c": {"lua5.1": result(3), "arenite": result(4)},
        }

    def test_kinds_total_and_slowest(self):
        summary = report.summarize(self.results(), self.kinds, "lua5.1", "arenite")
        self.assertAlmostEqual(summary.kinds["calls"], 2)
        self.assertAlmostEqual(summary.kinds["pcall"], 0.75)
        self.assertAlmostEqual(summary.total, 3 ** (1 / 3))
        self.assertEqual(summary.slowest, "c")

    def test_a_failed_program_is_in_no_mean(self):
        results = self.results()
        results["a"]["arenite"].failure = "exit code 1"
        summary = report.summarize(results, self.kinds, "lua5.1", "arenite")
        self.assertAlmostEqual(summary.kinds["calls"], 1)
        self.assertEqual(report.failures(results), [("a", "arenite", "exit code 1")])

    def test_bars_of_a_part_leave_out_the_total(self):
        results = self.results()
        summaries = {"arenite": report.summarize(results, self.kinds, "lua5.1", "arenite")}
        found = {v.what: v for v in report.verdicts(results, self.kinds, summaries, "arenite", str)}
        self.assertNotIn("geometric mean, against lua5.1", found)
        self.assertFalse(found["calls"].reached)  # 2.0 of 2.2
        self.assertFalse(found["slowest program: c"].reached)

    def test_bars(self):
        self.assertTrue(report.Verdict("", 1.0, 1.0).reached)
        self.assertFalse(report.Verdict("", 0.99, 1.0).reached)
        self.assertFalse(report.Verdict("", 1.01, 1.0, at_least=False).reached)

    def test_memory_is_of_programs_that_allocate(self):
        kinds = {"a": "allocation", "b": "calls", "c": "pcall"}
        self.assertAlmostEqual(report.memory_ratio(self.results(), kinds, "lua5.1", "arenite"), 0.5)

    def test_tables_have_the_same_number_of_cells_in_each_row(self):
        results = self.results()
        summaries = {"arenite": report.summarize(results, self.kinds, "lua5.1", "arenite")}
        for header, body in (report.rows(results, self.kinds, ["lua5.1", "arenite"], str),
                             report.kind_rows(summaries, self.kinds)):
            self.assertTrue(all(len(row) == len(header) for row in body))
            self.assertEqual(len(report.as_markdown(header, body).splitlines()), len(body) + 2)

    def test_the_chart_is_well_formed(self):
        summaries = {"arenite": report.summarize(self.results(), self.kinds, "lua5.1", "arenite")}
        svg = report.chart(summaries, self.kinds, lambda p: p + "<&>", "arenite", "A & B")
        root = xml.etree.ElementTree.fromstring(svg)
        self.assertTrue(root.tag.endswith("svg"))
        self.assertIn("a<&>", [e.text for e in root.iter()])


class Runs(unittest.TestCase):
    def test_user_time_output_and_peak(self):
        sample = measure.run_once([sys.executable, "-c", "x = bytearray(90 << 20)\nfor i in range(3000000): pass\nprint(7)"], 60)
        self.assertEqual((sample.failure, sample.output), ("", b"7\n"))
        self.assertGreater(sample.user, 0.005)
        self.assertGreater(sample.peak_kib, 90 << 10)

    def test_failures_are_named(self):
        self.assertEqual(measure.run_once([sys.executable, "-c", "print('why'); exit(3)"], 60).failure, "exit code 3: why")
        self.assertIn("cannot start", measure.run_once(["/nonexistent/engine"], 60).failure)
        self.assertIn("more than 0.3 seconds", measure.run_once(["sleep", "20"], 0.3).failure)
        self.assertEqual(measure.run_once(["sh", "-c", "kill -9 $$"], 60).failure, "ended by signal 9")

    def test_other_output_than_the_reference_is_a_failure(self):
        engines = [Engine("right", ["echo", "right"]), Engine("same", ["echo", "right"]), Engine("wrong", ["echo", "wrong"])]
        by_engine = measure.compare(["program"], engines, 2)["program"]
        self.assertEqual((by_engine["right"].failure, by_engine["same"].failure), ("", ""))
        self.assertIn("output differs", by_engine["wrong"].failure)
        self.assertEqual(len(by_engine["right"].seconds), 2)

    def test_arguments_follow_the_separator(self):
        engine = Engine("luau", ["luau"], ["-a"])
        self.assertEqual(engine.line("f.lua", ["2"]), ["luau", "f.lua", "-a", "2"])
        self.assertEqual(engine.line("f.lua", []), ["luau", "f.lua"])


class CommandLine(unittest.TestCase):
    def refused(self, *arguments):
        done = subprocess.run([sys.executable, run.__file__, *arguments], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertNotIn("Traceback", done.stderr)
        return done.stderr

    def test_mistakes_are_named(self):
        self.assertIn("--rounds", self.refused("--rounds", "0"))
        self.assertIn("--rounds", self.refused("--rounds", "x"))
        self.assertIn("--scale", self.refused("--scale", "-1"))
        self.assertIn("--bogus", self.refused("--bogus"))
        self.assertIn("no program of that name", self.refused("--only", "nothing-like-that"))
        self.assertIn("no engine 'perl'", self.refused("--engines", "perl"))
        self.assertIn("/nonexistent/arenite", self.refused("--arenite", "/nonexistent/arenite"))
        self.assertIn("--pin", self.refused("--pin", "all", "--arenite", "/bin/true"))
        self.assertIn("--write-docs", self.refused("--write-docs", "--only", "calls"))

    def test_each_program_says_its_kind(self):
        kinds = run.find_programs(run.PROGRAMS, None)
        self.assertEqual(set(kinds.values()), set(bars.KINDS))
        for kind in bars.KINDS:
            self.assertGreaterEqual(list(kinds.values()).count(kind), 3, kind)

    def test_a_program_without_kind_is_refused(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "a.lua").write_text("print(1)\n", encoding="utf-8")
            with self.assertRaises(run.Misuse):
                run.find_programs(directory, None)

    def test_exit_code_says_that_an_engine_failed(self):
        with tempfile.TemporaryDirectory() as directory:
            Path(directory, "a.lua").write_text("-- kind: calls\nprint(1)\n", encoding="utf-8")
            wrong = Path(directory, "wrong")
            wrong.write_text("#!/bin/sh\necho 2\n", encoding="utf-8")
            os.chmod(wrong, 0o755)
            done = subprocess.run([sys.executable, run.__file__, "--dir", directory, "--rounds", "1", "--engines",
                                   "lua5.1,arenite", "--arenite", str(wrong)], capture_output=True, text=True, timeout=60,
                                  check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("FAILED a in arenite: output differs", done.stdout)


if __name__ == "__main__":
    unittest.main()
