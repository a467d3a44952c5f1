-- Limits that follow from PUC 5.1's register allocation (250 registers) and level counting.
local rep, concat = string.rep, table.concat
local function names(prefix, n, sep) local t = {} for i = 1, n do t[i] = prefix .. i end return concat(t, sep or ",") end
local function L(what, src) local f, e = loadstring(src, "=lim") if not f then print(what, e) return end local ok, r = pcall(f) print(what, ok, type(r) == "function" and "function" or r) end
L("call 240 args", "return select('#', " .. rep("1,", 239) .. "1)")
L("call 260 args", "return select('#', " .. rep("1,", 259) .. "1)")
L("return 240", "return select('#', (function() return " .. rep("1,", 239) .. "1 end)())")
L("return 260", "return " .. rep("1,", 259) .. "1")
L("assign 200 = 200", rep("x,", 199) .. "x = " .. rep("1,", 199) .. "1 x = nil return 'ok'")
L("assign 260 values", "x = " .. rep("1,", 259) .. "1")
L("local 200 = 260", "local x = " .. rep("1,", 259) .. "1")
L("concat 190 + 150 locals", "local " .. names("v", 150) .. " = 1 return " .. rep("'a'..", 120) .. "'b'")
L("expression depth in registers", "local " .. names("v", 190) .. " = 1 return " .. "type(" .. rep("{", 50) .. rep("}", 50) .. ")")
L("len 150", "return type(" .. rep("{#", 150) .. "''" .. rep("}", 150) .. ")")
L("functions 150", "return type(" .. rep("function() return ", 150) .. "1" .. rep(" end", 150) .. ")")
L("functions 90", "return type(" .. rep("function() return ", 90) .. "1" .. rep(" end", 90) .. ")")
L("method call 150", "return " .. rep("o:m(", 150) .. rep(")", 150))
L("call braces 150", "return " .. rep("f{", 150) .. "''" .. rep("}", 150))
