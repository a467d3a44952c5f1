-- This file has CRLF line endings.
local s = [[
one
two]]
print(#s, s:byte(4), s:find("\r"))
local j = "a\
b"
print(#j, j:byte(2))
--[[ block

]]
print(pcall(function() error("line 10") end))
