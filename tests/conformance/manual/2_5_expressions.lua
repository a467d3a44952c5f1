-- Kinds of expressions, adjustment of multiple results, parentheses.
local check = dofile "check.inc"

function three() return 1, 2, 3 end
function none() end
check.lines [[
nil
false, true
5
"string"
[==[long string]==]
{}
function() end
three
(three)
three()
-5, not 5, #"five"
1 + 2
three(), three()
three(), 10
10, three()
(three())
(three()), 10
(three()), (three())
none()
(none())
none(), 1
1, none()
1, (none())
none(), none()
select("#", none()), select("#", (none())), select("#", none(), none())
select("#", three()), select("#", (three())), select("#", three(), three()), select("#", three(), (three()))
{three()}
#{three()}, #{three(), three()}, #{(three())}, #{three(), 10}, #{10, three()}, #{none()}, #{none(), none()}
({three(), three()})[4], ({three(), three()})[2]
({three()})[3], ({(three())})[2]
({x = three()}).x, #{x = three()}
({[1] = three()})[1], ({[1] = three()})[2]
#{three(), nil}, #{(three()), three()}
{...}
#{...}, select("#", ...)
loadstring "return ..." (1, 2, 3)
loadstring "return (...)" (1, 2, 3)
loadstring "return ..., ..." (1, 2, 3)
loadstring "return (...), ..." (1, 2, 3)
loadstring "return {...}" (1, 2, 3)[3]
loadstring "return #{..., ...}" (1, 2, 3)
loadstring "return #{(...)}" (1, 2, 3)
loadstring "local a, b = ... return b, a" (1, 2, 3)
loadstring "local a, b = (...) return b, a" (1, 2, 3)
loadstring "local a, b, c = ..., 5 return a, b, c" (1, 2, 3)
loadstring "return select('#', ...), select('#', (...))" ()
loadstring "return ... or 'default'" ()
loadstring "return ... == nil" ()
loadstring "return -..." (5)
loadstring "return ... .. 'x'" (5)
loadstring "return (...) .. ..." (5, 6)
three() + three()
three() .. three()
three() == three(), three() == 1
-three()
not three(), not none()
none() == nil
three() and three()
none() or three()
three() or none()
(three() and three())
true and three()
false or three()
nil or none()
math.max(three())
math.max(three(), 0)
math.max((three()))
math.max(0, three(), 0)
string.char(65, three() + 65, (three()) + 65)
f(three())
local function f(...) return select("#", ...) end return f(three()), f(three(), three()), f((three())), f(none()), f(none(), none()), f(three(), none())
local function f(...) return ... end return f(three())
local function f(...) return ..., "end" end return f(three())
local function f(...) return (...) end return f(three())
local function f() return three() end return f()
local function f() return (three()) end return f()
local function f() return three(), 4 end return f()
local x = three() return x
local x, y = three() return x, y
local t = {} t.x = three() return t.x
if three() then return "first result" end
if none() then return 1 else return "no result is nil" end
while none() do error "never" end return "no result is nil"
for i = three(), 2 do x = i end return x
for i = three() do end
three().x
(three()).x
({three()})[2]
three()[1]
({10, 20})[three()], ({10, 20})[(three())]
{[three()] = "x"}[1]
({[three()] = "x"})[1]
({"a", "b"})[2]
("x"):rep(three() + 2)
(("x"))
((((5))))
(1) + (2) * (3)
((1 + 2)) * 3
(nil), (false)
(print) == print
({}) == ({})
(function() end) == (function() end)
(function() return 5 end)()
{}.x
{1}[1]
"x".y
"x":rep(2)
function() end ()
5.x
nil.x
true()
...
]]
-- The vararg expression belongs to vararg functions only.
check.compiles [[
local function f() return ... end
local function f(a) return ... end
local function f(a, ...) return ... end
local function f(...) return function() return ... end end
local function f(...) return function(...) return ... end end
local function f(...) local a = ... return a end
local function f(...) ... = 1 end
local function f(..., a) end
local function f(...) x.... = 1 end
return ...
return (...)
return ......
return .. ...
return ...{}
return ...()
return (...)()
return (...).x
return ....x
]]
check.lines [[
loadstring "return (...)(5)" (tostring)
loadstring "return (...).x" {x = 6}
]]
