-- PUC 5.1 formats through sprintf: NUL bytes cut short strings and vanish from %c.
local f = string.format
print(#f("%s", "a\0b"), #f("%c", 0), #f("a%cb", 0), #f("%10s", "a\0b"), #f("%s", "a\0" .. ("b"):rep(100)), #f("%.3s", "a\0b"), #f("%q", "a\0b"), #f("\0%d\0", 1))
