-- A NUL byte in source text outside a string: the error has no "near" part in PUC 5.1.
print(loadstring("x = \0", "=nul"))
print(loadstring("\0", "=nul"))
print(loadstring("return 'a\0b'", "=nul")() == "a\0b")
print(loadstring("--[[ \0 ]] return [[\0]]", "=nul")() == "\0")
print(loadstring("-- comment \0 more\nreturn 1", "=nul")())
