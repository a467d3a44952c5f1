-- The grammar: each production in each of its forms, and what lies just outside of it.
local check = dofile "check.inc"

-- chunk, block, laststat
check.compiles [[
;
return
return;
return 1
return 1;
return 1, 2, 3
return (1)
return ...
return f()
return return
return 1 return 2
return; return
return 1; x = 2
break
break;
do end
do return end
do return; end
do break end
do return end return
do return 1 end; return 2
while 1 do break end
while 1 do break; end
while 1 do return end
while 1 do break return end
while 1 do return break end
]]
-- stat: assignments and calls
check.compiles [[
a = 1
a, b = 1, 2
a.b = 1
a[b] = 1
a.b.c = 1
a[b][c] = 1
a[b].c = 1
a().b = 1
a()[b] = 1
a:b().c = 1
(a).b = 1
(a)[b] = 1
(a().b)[c] = 1
("x").y = 1
({}).y = 1
(function() end).y = 1
a, b.c, d[e] = 1
a = 
a, = 1
a. = 1
a[] = 1
a[1 = 1
(a) = 1
(a), b = 1
a, (b) = 1
a() = 1
a:b() = 1
a:b = 1
"x".y = 1
{}.y = 1
f()
f(1)
f(1, 2)
f(...)
f"x"
f'x'
f[==[x]==]
f{}
f{1}
f()()
f(){}
f"x""y"
f.g()
f.g.h()
f[1]()
f:g()
f:g"x"
f:g{}
f:g():h()
f():g()
(f)()
(f.g)()
(f:g())()
("x"):f()
(function() end)()
f
f.g
f:g
f:g.h()
(f)
(f())
"x":f()
{}:f()
1()
f(1,)
f(,)
f(
f)
f"x
f{
]]
-- stat: control structures
check.compiles [[
while a do end
while a do b = 1 end
while a do while b do end end
while do end
while a end
while a do
repeat until a
repeat b = 1 until a
repeat local b until b
repeat repeat until a until b
repeat until
repeat end
until a
if a then end
if a then b = 1 end
if a then else end
if a then elseif b then end
if a then elseif b then else end
if a then elseif b then elseif c then else end
if a then if b then end end
if a then else if b then end end
if then end
if a end
if a then
if a then else else end
if a then else elseif b then end
if a then elseif then end
elseif a then end
else end
for i = 1, 2 do end
for i = 1, 2, 3 do end
for i = f(), #t do end
for i in f do end
for i, j in f do end
for i, j, k in f, s, c do end
for i in pairs(t) do end
for i in next, t, nil do end
for i = 1 do end
for i = 1, 2, 3, 4 do end
for i, j = 1, 2 do end
for i do end
for in t do end
for i in do end
for 1 = 1, 2 do end
for i.j = 1, 2 do end
for i = 1, 2
for i = 1, 2 do
for i in t
for (i) = 1, 2 do end
do local a end
do a = 1; end
do do do end end end
do
end
]]
-- stat: functions and locals
check.compiles [[
function f() end
function f(a) end
function f(a, b) end
function f(...) end
function f(a, ...) end
function f.g() end
function f.g.h() end
function f:g() end
function f.g:h() end
function f.g.h:i() end
function f(a, b) return a, b end
function f() function g() end end
function () end
function f
function f(
function f(a
function f(a,
function f(a b) end
function f(..., a) end
function f(a.b) end
function f:g:h() end
function f:g.h() end
function f[1]() end
function f().g() end
local function f() end
local function f(a, ...) end
local function f.g() end
local function f:g() end
local function () end
local a
local a, b
local a = 1
local a, b = 1, 2
local a, b = f()
local a = 1,
local a,
local
local 1
local a.b
local a =
local a b
local a = b = c
local a, b, = 1
]]
-- exp, prefixexp, args, operators
check.compiles [=====[
return nil, false, true
return 1, 0x1, 1e1, .1, 1.
return "x", 'x', [==[x]==]
return function() end
return function(a, ...) end
return {}
return a
return a.b, a[b], a.b[c], a[b].c
return a(), a.b(), a:b(), a"x", a{}
return (a), (a.b), (a()), ((a))
return (a)(), (a).b, (a):b(), (a)[b]
return ("x"):f(), ("x").y
return ({}):f(), ({})[1]
return (1).x
return -a, not a, #a
return - - a, not not a, - not # a
return a + b, a - b, a * b, a / b, a ^ b, a % b, a .. b
return a < b, a <= b, a > b, a >= b, a == b, a ~= b
return a and b, a or b
return a + b * c ^ d .. e < f and g or h
return ((((a + b))))
return a.b.c.d.e.f.g
return a[b[c[d]]]
return a{b{c{d}}}
return a(b(c(d)))
return f{...}, f(...), {...}
return function() return function() return function() end end end
return
return a +
return + a
return a + + b
return a - - b
return a not b
return not
return -
return #
return a and
return and a
return a = b
return a == = b
return a b
return (a
return a)
return ()
return [a]
return a[b
return a]
return a.
return a..
return a:
return a:b
return a.b:c
return a:b.c()
return .a
return :a()
return "x".y
return "x":y()
return {}.a
return {}[1]
return {}()
return 1()
return nil()
return nil.x
return function end
return function( end
return function() 
return a !b
return a ~ b
return a ; b
return a, , b
return a,
return ,a
]=====]
-- tableconstructor, field, fieldsep
check.compiles [[
return {}
return {1}
return {1,}
return {1;}
return {1, 2}
return {1; 2}
return {1, 2; 3,}
return {a = 1}
return {a = 1,}
return {a = 1; b = 2;}
return {[1] = 2}
return {["a"] = 1, [a] = 2, [f()] = 3}
return {1, a = 2, [3] = 4; 5}
return {f(), f()}
return {...}
return {(...)}
return {function() end}
return {a = function() end, b = {c = {}}}
return {a, b, c = d, e == f}
return {,}
return {;}
return {1,,2}
return {1;;2}
return {,1}
return {a = }
return {= 1}
return {[a]}
return {[a] = }
return {[] = 1}
return {a.b = 1}
return {1 = 1}
return {"a" = 1}
return {a: 1}
return {a = 1 b = 2}
return {1
return {a
return {a =
return {[a
return }
]]
-- Each pair of statements, with and without a semicolon.
local statements = { "a = 1", "local b", "local c = 2", "f()", "f'x'", "t:m()", "do end", "while nil do end", "repeat until 1", "if a then end", "for i = 1, 0 do end", "for k in next, {} do end",
    "function g() end", "local function h() end" }
for _, first in ipairs(statements) do
    for _, second in ipairs(statements) do
        local without = loadstring(first .. " " .. second, "=line")
        local with = loadstring(first .. "; " .. second .. ";", "=line")
        local twice = loadstring(first .. ";; " .. second, "=line")
        check.values(first .. " | " .. second, without ~= nil, with ~= nil, twice ~= nil, loadstring(first .. " return " .. second, "=line") ~= nil, (select(2, loadstring(second .. " , " .. first, "=line"))))
    end
    check.compiles("return " .. first)
    check.compiles(first .. " return")
    check.compiles(first .. " end")
    check.compiles("do " .. first .. " end")
    check.compiles("x = " .. first)
    check.compiles("(" .. first .. ")")
    check.compiles(first .. " " .. first .. " }")
end
-- A text cut off at every place.
local text = "local t = {1, [2] = 'x', y = f(...)} for i, v in pairs(t) do if v == 'x' then t[i], t.y = -v ^ 2 .. #v, nil elseif not v then break else repeat local function g(a, ...) return a, ... end until g end end return t"
for length = 1, #text do
    local chunk, message = loadstring(text:sub(1, length), "=line")
    check.values("cut after " .. length, chunk ~= nil, message)
end
