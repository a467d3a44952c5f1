#!/usr/bin/lua -x anything = = here
-- first line skipped; line numbers still count it
print("shebang skipped")
print(select(2, pcall(error, "m", 1)))
print(pcall(function() error("pos") end))
