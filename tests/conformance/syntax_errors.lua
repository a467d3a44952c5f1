-- Messages of syntax errors, through loadstring with a fixed chunk name.
local n = 0
local function S(src)
  n = n + 1
  local f, e = loadstring(src, "=s")
  print(n, (string.format("%q", src):gsub("\\\n", "\\n")), f and "compiles" or e)
end
for src in ([===[
x
x.y
x[1]
x:y
x = 
x = = 1
x = 1 = 2
x, y
x, y = 
x, = 1
= 1
1 = x
1
"str"
"str" = 1
nil = 1
true = 1
f() = 1
f(), x = 1
x, f() = 1
(x) = 1
(x).y = 1
(x)
(x
x)
f(
f(1
f(1,
f(1,)
f(,1)
f(1 2)
f((1)
f)
x:
x:1()
x:y = 1
x:y.z()
x.
x.1
x.()
x..y
x[
x[1
x[]= 1
x[1]]
x y
x = 1 y
x = 1 2
x = (1
x = (1,2)
x = ()
x = 1)
x = {
x = {1
x = {1,
x = {1,,2}
x = {,}
x = {;}
x = {1;;2}
x = {[1]}
x = {[1 = 2}
x = {[] = 2}
x = {x = }
x = {1 = 2}
x = {"a" = 2}
x = {f() = 1}
x = {x, y = 1, [z] = 2, }
x = {x.y = 1}
x = {1 2}
x = }
x = 1 +
x = + 1
x = * 1
x = 1 + * 2
x = 1 + + 2
x = 1 - - 2
x = not
x = #
x = -
x = 1 and
x = or 1
x = 1 < 
x = 1 << 2
x = 1 // 2
x = 1 & 2
x = 1 != 2
x = 1 <> 2
x = 1 === 2
x = a ? b : c
x += 1
x++
++x
--x
x -- y
x = 1 .. 
x = .. 1
x = 1 ... 2
x = ...
local
local 1
local x =
local x y
local x, 
local x, 1
local x.y = 1
local x[1] = 1
local x:y = 1
local x = 1, 
local x + 1
local function
local function 1()
local function x.y() end
local function x:y() end
local function x
local function x( end
local function (a) end
local function x() 
local function x() end end
local x <const> = 1
function
function 1() end
function x
function x(
function x(1) end
function x(a,) end
function x(a b) end
function x(a, a) end
function x(...) end
function x(..., a) end
function x(a, ..., b) end
function x(nil) end
function x("a") end
function x.y.z() end
function x.y:z() end
function x:y.z() end
function x:y:z() end
function x[1]() end
function x.1() end
function (x) end
function() end
x = function() end
x = function
x = function x() end
x = function(
x = function(a
x = function(a) return
x = function() end()
x = (function() end)()
if
if x
if x then
if x the y = 1 end
if then end
if x then else
if x then else else end
if x then elseif end
if x then elseif y end
if x then elseif y then else elseif z then end
if x then end end
if x = 1 then end
if (x then end
elseif
else
end
then
while
while x
while x do
while do end
while x do end end
while x then end
while x = 1 do end
do
do end end
repeat
repeat until
repeat x = 1 until
repeat end
repeat until x y
until x
for
for x
for x =
for x = 1
for x = 1,
for x = 1, 2
for x = 1, 2 do
for x = 1 do end
for x = 1, 2, 3, 4 do end
for x, y = 1, 2 do end
for x in
for x in y
for x in y do
for in y do end
for x, in y do end
for x, 1 in y do end
for 1 = 1, 2 do end
for x.y = 1, 2 do end
for x of y do end
for (x) in y do end
for x = 1, 2 then end
break
break x
if x then break end
while x do break y = 1 end
while x do break; end
while x do break break end
while x do function f() break end end
repeat break until x
for i = 1, 2 do break end
return
return 1
return 1,
return ,
return 1 2
return return
return 1; x = 2
return; x = 2
do return end x = 1
return x = 1
return (1
goto
goto x
::x::
x::y
in
not x
and
or
f
f f
f {
f { }
f {}{}
f "x"
f 'x' 'y'
f 1
f nil
f -1
f "a" .. "b"
f.x "y"
f:x "y"
f:x {}
f:x
f:x 1
f x()
a.b.c
a.b.c = 
a.b["c"].d()
a.b["c"].d
a:b():c()
a:b().c
("x"):y()
("x")
("x").y
"x":y()
"x".y = 1
{}.x = 1
{}
{}()
({}).x = 1
({})
#x
#x = 1
-x
x = #
x = ##y
x = - - -y
x = not not not y
x = (((((y)))))
x = ((((y)))
;
;;
x = 1;
x = 1;;
; x = 1
,
:
.
..
...
@
$
!
`
?
\
~
~= 
^
&
|
%
x = "a
x = 'a
x = "a\
x = [[a
x = [=[a]]
x = [=a
x = "\300"
x = 0x
x = 1e
x = 1..2
x = 3x
--[[ x
--[=[ x ]]
x = [[ [[ ]] ]]
]===]):gmatch "([^\n]*)\n" do S(src) end

-- several lines: where the error and the opening token are
S "if x then\n\n\ny = 1"
S "while x do\ny = 1\n"
S "do\n\nx = 1\n\n"
S "for i = 1, 2 do\nx = 1\n\n\n"
S "for k in p do\nx = 1\n\n\n"
S "function f()\nx = 1\n"
S "local function f()\nx = 1\n"
S "x = function()\n\n"
S "repeat\nx = 1\n\n"
S "x = {\n1,\n2\n"
S "x = {\n1,\n2\n}}"
S "f(\n1,\n2\n"
S "x = (\n1 +\n2\n"
S "x[\n1\n"
S "if x then\ny = 1\nelseif z then\n\n"
S "if x then\ny = 1\nelse\n\n"
S "do do do\nend\n"
S "do end\nend"
S "x = {\n[1\n= 2}"
S "f(1,\n2\n3)"
S "local t = {\n  a = 1\n  b = 2\n}"
S "function f(a,\n b\n c) end"
-- ambiguous calls
S "f\n(1)"
S "f()\n(g)()"
S "x = f\n(g or h)()"
S "local a = b\n(c)()"
S "x = f --[[\n]] (1)"
S "x = f;\n(g)()"
S "f(\n1)"
S "f{\n}"
S "f\n{1}"
S "f\n'x'"
S "f:m\n(1)"
S "a.b\n(1)"
S "a[1]\n(1)"
-- long tokens in messages
S("x = = " .. ("y"):rep(10)) S("x y" .. ("y"):rep(100)) S("x '" .. ("s"):rep(100) .. "'") S("x [[" .. ("l"):rep(100) .. "]]") S("x = 1 '" .. ("\n") .. "'") S("x = 1 'a\\nb'") S("x = 1 \"a'b\"") S("x 12345.678e10") S("x 0xABC") S("x = [[multi\nline]] y") S("x = 'unfinished " .. ("u"):rep(100)) S("x = [[unfinished\n" .. ("u"):rep(100)) S("x = y and\n\n\n)") S("x = '\\") S("return 'a' 'b'") S("x = 'caf\195\169' 'y'") S("\195\169 = 1") S("x\194\160= 1") S("x = \226\128\156quoted\226\128\157") S("\239\187\191x = 1")
-- a chunk that fails leaves nothing behind
print(x, y, f, pcall(loadstring("x = 1")), x) x = nil
