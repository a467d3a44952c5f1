"""The line that says how far a long measurement is: done, of how many, time left. On a terminal only."""

import sys
import time


class Progress:
    """Counts steps of about the same length. The line goes to stderr, and nothing does when that is no terminal."""

    def __init__(self, what, total, stream=None):
        self.what, self.total, self.done = what, total, 0
        self.stream = stream or sys.stderr
        self.begin = time.monotonic()

    def step(self):
        self.done += 1
        self.show()

    def show(self):
        if not self.stream.isatty():
            return
        left = ""
        if 0 < self.done < self.total:
            seconds = int((time.monotonic() - self.begin) * (self.total - self.done) / self.done)
            left = f", about {seconds // 60}:{seconds % 60:02d} left"
        self.stream.write(f"\r\033[K{self.what}: {self.done} of {self.total}{left}")
        self.stream.flush()

    def __enter__(self):
        self.show()
        return self

    def __exit__(self, *_):
        if self.stream.isatty():
            self.stream.write("\r\033[K")
            self.stream.flush()
