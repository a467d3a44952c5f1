error("first line\nsecond line\n\nlast: with colon", 0)
