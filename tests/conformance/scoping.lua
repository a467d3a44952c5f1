-- Blocks, shadowing, lifetimes, and name resolution.
x = "global x"
local function gx() return x end
do local x = "outer" print(x, gx()) do local x = "inner" print(x, gx()) x = "inner changed" end print(x) end print(x)
local a = 1 do local a = a + 1 do local a = a + 1 print(a) end print(a) end print(a)
local b = b print(b) b = 5 do local b = b print(b) b = 6 end print(b)
local f = function() return f end print(f() == nil) local function g() return g end print(g() == g)
for i = 1, 2 do local i = i * 10 print(i) end print(i)
for i = 1, 2 do x = i end print(x) x = "global x"
local i = 100 for i = 1, 1 do i = 5 end print(i) for i = i, i do print(i) end for k, i in ipairs { i } do print(k, i) end
if true then local c = "then" print(c) else local c = "else" end print(c) while true do local c = "while" print(c) break end print(c)
repeat local c = "repeat" until c == "repeat" print(c)
local function params(a, x) a, x = x, a return a, x end print(params(1, 2), a, x)
local function shadowarg(a) local a = a or "default" return a end print(shadowarg(), shadowarg(3))
-- functions see variables declared before them, not after
local function early() return late end local late = "local late" print(early()) late = nil local later local function sees() return later end later = "assigned" print(sees())
-- same name as local, upvalue, global, field, method
local n = { n = "field", f = function(n) return n end } function n:m(n) return self.n, n end print(n.n, n.f "param", n:m "arg")
local t = {} t.x = "field x" print(t.x, x, t["x"], t[x]) t[x] = "by global" print(t["global x"]) function t.print(s) return "t.print " .. s end print(t.print "x") local print2 = print do local print = function(...) print2("shadowed", ...) end print(1) end print(2)
-- nested functions and levels of scope
local function l1() local v = 1 local function l2() local w = v + 1 v = v + 10 local function l3() local z = v + w w = w + 100 return z, v, w end return l3 end return l2, function() return v end end local l2, getv = l1() local l3 = l2() print(l3()) print(l3()) print(getv())
-- blocks release registers; uninitialised locals are nil every time
for pass = 1, 3 do local u print(u) u = pass end do local p, q, r = 1, 2, 3 end do local p, q, r print(p, q, r) end for pass = 1, 2 do local p, q = pass print(p, q) q = 5 end local k = 0 while k < 2 do k = k + 1 local fresh print(fresh) fresh = k end repeat local fresh print(fresh) fresh = 1 until fresh
-- many blocks with many locals
local total = 0 for round = 1, 5 do local a1, a2, a3, a4, a5, a6, a7, a8 = 1, 2, 3, 4, 5, 6, 7, 8 do local b1, b2, b3, b4 = a1, a2, a3, a4 total = total + b1 + b2 + b3 + b4 end do local c1, c2, c3 = a6, a7, a8 total = total + c1 * c2 * c3 end end print(total)
-- assignment to globals from functions, functions as globals, recursive globals
function setglobal() newglobal = "made" local newlocal = "local" end setglobal() print(newglobal, newlocal) function fact(n) return n <= 1 and 1 or n * fact(n - 1) end local oldfact = fact fact = function() return 0 end print(oldfact(5)) fact, newglobal = nil
-- local function versus local variable holding a function
local rec = function(n) return n end local rec = function(n) if n == 0 then return "end" end return rec(n - 1) end print(rec(3)) local function rec2(n) if n == 0 then return "end2" end return rec2(n - 1) end print(rec2(3))
-- nested tables and functions with same names in different chunks
print(loadstring "local x = 5 return x, _G.x"()) print(loadstring "x = 'chunk' return x"(), x) print(loadstring "local a, b = ... local function f() return a end a = b return f()"(1, 2))
-- return and break in nested blocks
local function early2(v) for i = 1, 10 do for j = 1, 10 do if i * j == v then do return i, j end end end end return "none" end print(early2(12), early2(97)) local function mixed() while true do repeat for i = 1, 5 do if i == 3 then return "from the middle" end end until false end end print(mixed()) local count = 0 for i = 1, 5 do while true do count = count + 1 if count % 2 == 0 then break end end if i == 4 then break end end print(count)
