-- PUC 5.1 patterns end at the first NUL byte (use %z to match one).
print(("a\0b"):find("\0")) print(("a\0b"):find("\0b")) print(("a\0b"):find("a\0")) print(("a.b\0+"):find("\0+")) print(("aab"):find("a+\0b")) print(("abc"):match("%a\0%a")) print((("a\0b\0"):gsub("\0", "x"):gsub("%z", "0")))
print((("abc"):gsub("b", "x%")) == "ax\0c") -- a lone % at the end of a replacement adds a NUL
