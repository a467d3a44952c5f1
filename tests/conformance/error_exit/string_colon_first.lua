error("a: b: c", 0)
