-- Calls as statements: every result is thrown away.
local check = dofile "check.inc"

check.lines [=[
local n = 0 local function f() n = n + 1 return 1, 2, 3 end f() f() return n
f = function() x = 1 end f() return x
f = function(...) x = select("#", ...) end f() f(1, nil) return x
t = {f = function() x = "field" end} t.f() return x
t = {f = function(self) x = self end} t:f() return x == t
t = {{f = function(a) x = a end}} t[1].f "string" return x
f = function(a) x = a end f "s" return x
f = function(a) x = a end f [==[long]==] return x
f = function(a) x = a end f {5} return x[1]
(function() x = "anonymous" end)() return x
(function(...) x = select("#", ...) end)(1, 2, 3) return x
f = function() return function() x = "curried" end end f()() return x
f = function() return {g = function() x = "chained" end} end f().g() return x
("x"):rep(3) return "string method"
s = "x" s:upper() return s
f = function(a) return function(b) x = a .. b end end f "a" "b" return x
f = function(a) return function(b) x = a[1] .. b[1] end end f {1} {2} return x
t = setmetatable({}, {__call = function(self, a) x = a end}) t(6) return x
t = setmetatable({}, {__call = function(self, a) x = a end}) t "s" return x
pcall(error, "ignored") return "went on"
do (function() x = 1 end)() end return x
if true then (function() x = 2 end)() end return x
tostring(1) tostring(2) return "two calls"
tostring(1); tostring(2); return "two calls"
1
"x"
x
x.y
(x)
(f())
(f)
x[1]
{}
-f()
f() + 1
not f()
f() .. "x"
#f()
f():g
f().x
f()[1]
function() end
nil
true
...
f() = 1
f(
f)
f(,)
f(1,)
f(1 2)
f(;)
f() ()
f "a" = 1
x:y
x:y.z
x:1()
x:"y"
x:
x:()
(x
()
f{
f[[
nosuch()
local x x()
t = {} t.x()
t = {} t:x()
t.x.y()
(5)()
(nil)()
("x")()
]=]
check.evaluate "f = tostring f\n(1)"
check.evaluate "f = tostring f\n'x'"
check.evaluate "f = type f\n{}"
check.evaluate "f = tostring x = f\n(1) return x"
check.evaluate "t = {f = tostring} t\n.f(1) return 'field on the next line'"
check.evaluate "t = {f = tostring} t.f\n(1)"
check.evaluate "t = {f = type} t\n:f() return 'method on the next line'"
check.evaluate "t = {f = type} t:f\n() return 'method'"
check.evaluate "t = {f = type} t:\nf() return 'method'"
check.evaluate "t = {f = type} t:f\n'x' return 'string on the next line'"
check.evaluate "tostring\n\n\n(nil)(1)"
