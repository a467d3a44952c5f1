-- Function calls: prefixes, arguments, methods, results, tail calls.
local check = dofile "check.inc"

function count(...) return select("#", ...) end
function id(...) return ... end
function three() return 1, 2, 3 end
function none() end
object = { n = 5, get = function(self, ...) return self.n, ... end, me = function(self) return self end, fields = { m = function(self) return "m of fields" end } }
check.lines [[
count(), count(nil), count(1, 2), count(nil, nil)
count(three()), count(three(), three()), count((three())), count(none()), count(none(), none()), count(three(), none())
id(), id(1), id(1, nil, 3)
id(three())
id(three(), 4)
id((three()))
id(id(id(three())))
id "string"
id 'string'
id [==[string]==]
type(id {}), id {5}[1]
id {1, 2}[2]
count "x", count {}, count [==[]==]
id "a" .. "b"
id "a" "b"
(id)(1)
((id))(1)
(id "x"):upper()
id("x"):upper()
("x"):rep(3)
("x").rep("y", 2)
("%d"):format(5)
("abc"):len(), ("abc"):sub(2), ("abc"):sub(2):upper()
object.get(object), object:get(), object:get(1, 2)
object:get "s", object:get {}
object:me():me():get()
object:me().n
object.fields:m()
object.fields.m(1)
object["get"](object)
object:get(three())
object:get((three()))
({f = id}).f(1), ({f = id}):f(1) ~= nil
(function(...) return ... end)(1, 2)
(function(self, x) return x end)(1, 2)
local t = {id} return t[1](7)
local t = {{id}} return t[1][1](7)
local f = id return f(1)
local function f(a, b) return a, b end return f(1), f(1, 2), f(1, 2, 3)
local function f() return f end return f()()()() == f
local function f(x) return function(y) return x + y end end return f(1)(2)
local s = "abc" return s:upper(), s:rep(2), s:len()
local n = 0 local function f() n = n + 1 return object end f():get() return n
local n = 0 local t = setmetatable({}, {__index = function(t, k) n = n + 1 return id end}) t.a.b(1)
local n = 0 local t = setmetatable({}, {__index = function(t, k) n = n + 1 return function(...) return k, n end end}) return t:method()
local log = "" local function f(n) log = log .. n return id end f(1)(f(2), f(3)) return log
local log = "" local t = {} function t.f(n) log = log .. n return t end t.f(1).f(2).f(3) return log
setmetatable({}, {__call = function(self, ...) return count(...), ... end})(1, 2)
setmetatable({}, {__call = function(self, ...) return count(self, ...) end}) "x"
({m = setmetatable({}, {__call = function(self, ...) return count(...) end})}):m(1)
id
(id
id(
id(1
id(1,
id(1,)
id(,1)
id(1;2)
id(1 2)
id)
id(1))
id:
id:1
id:m
id:m.x
id.
id."x"
id:"x"
id:m"x":
id::m()
id..m()
id.m.
id[
id[1
id[1](
:id()
.id()
id()id() return 1
id() nosuch = 1
id (1) (2)
id{}{}
id""{}
]]
-- Errors of calls.
check.lines [[
nosuch()
nosuch.x()
nosuch:x()
object.nosuch()
object:nosuch()
object.n()
object:n()
object.n.x()
object.fields.nosuch()
object.fields:nosuch()
object["nosuch"]()
object[1]()
local x x()
local x = 5 x()
local x = {} x()
local x = "s" x()
local x = true x()
local x = {} x.y()
local x = {} x:y()
local x = {} x.y.z()
local x = {} x[1]()
local x = {} x[x]()
local x = {y = 5} x.y()
local x = {y = {z = 5}} x.y.z()
local x = {y = {z = 5}} x.y:z()
local up local function f() up() end f()
local up = {} local function f() up.m() end f()
local up = {} local function f() up:m() end f()
local function f(p) p() end f()
(nil)()
(5)()
("s")()
({})()
(true)()
(id)()()
id()()
three()()
(1 + 1)()
("a" .. "b")()
(x or y)()
(not x)()
("x"):nosuch()
("x").nosuch()
(5):nosuch()
(nil):nosuch()
(true):nosuch()
print.x()
print:x()
io.stdout:nosuch()
setmetatable({}, {__call = 5})()
setmetatable({}, {__call = {}})()
local function f() return nosuch() end f()
local function f() return object.nosuch() end f()
local function f() return (nosuch()) end f()
local t = {} t.a = t t.a.a.a.b()
]]
-- An open parenthesis on a new line is an error when the call could belong to two statements.
check.evaluate "local a = id\n(5)"
check.evaluate "local a = id;\n(id)(5) return 1"
check.evaluate "return id\n(5)"
check.evaluate "return id(\n5)"
check.evaluate "return id(5\n)"
check.evaluate "return id\n'x'"
check.evaluate "return id\n{5}[1]"
check.evaluate "return id\n[[x]]"
check.evaluate "return ('x')\n:upper()"
check.evaluate "return ('x'):\nupper()"
check.evaluate "return ('x'):upper\n()"
check.evaluate "return object\n.n"
check.evaluate "return object.\nn"
check.evaluate "return object\n['n']"
check.evaluate "return object.get\n(object)"
check.evaluate "return id --[[\n]] (5)"
check.evaluate "return id --[[ ]] (5)"

-- Tail calls: any number of them, of every form; what is none keeps its frame.
check.lines [[
local function f(n) if n == 0 then return "bottom" end return f(n - 1) end return f(1e5)
local f, g function f(n) if n == 0 then return "even" end return g(n - 1) end function g(n) if n == 0 then return "odd" end return f(n - 1) end return f(10001), g(10001)
local t = {} function t:f(n) if n == 0 then return "method" end return self:f(n - 1) end return t:f(1e5)
local function f(n, ...) if n == 0 then return count(...) end return f(n - 1, ...) end return f(10000, 1, 2, 3)
local function f(...) if count(...) == 50 then return count(...) end return f(1, ...) end return f()
local c = setmetatable({}, {__call = function(self, n) if n == 0 then return "callable" end return self(n - 1) end}) return c(10000)
local function f(n) if n == 0 then return 1, 2, 3 end return f(n - 1) end return f(10)
local function f(n) if n == 0 then return 1, 2, 3 end return (f(n - 1)) end return f(10)
local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(1000)
local function f(n) if n == 0 then return 0 end return f(n - 1), 1 end return f(100)
local function f(n) if n == 0 then return nil end return f(n - 1) or "x" end return f(100)
local function f(n) if n == 0 then return 0 end local r = f(n - 1) return r end return f(1000)
local function f(n) if n > 0 then f(n - 1) end return n end return f(100)
local function f() return tostring(5) end return f()
local function f() return ("x"):rep(3) end return f()
local function f() return error("in a tail call", 0) end f()
local function f() return error("in a tail call", 1) end f()
local function f() return error("in a tail call", 2) end f()
local function f() return pcall(error, "e") end return f()
local function f() return coroutine.yield(1) end local co = coroutine.wrap(f) return co(), co(2, 3)
select("#", (function() return none() end)())
select("#", (function() return three() end)())
local function f() return debug.traceback("tb", 1) end local s = f() return s:find "in function <line" ~= nil or s:find "tail" ~= nil
local function g() return debug.getinfo(2, "S").what end local function f() return g() end local r = f() return r
local function g() return debug.getinfo(1, "n").name end local function f() return g() end local r = f() return r
]]
for _, n in ipairs { 0, 1, 10, 50, 100, 200, 240 } do
    local arguments = {}
    for i = 1, n do arguments[i] = tostring(i) end
    check.evaluate("count(" .. table.concat(arguments, ",") .. ")")
end
check.call("too many arguments written out", loadstring, "return count(" .. ("1,"):rep(300) .. "1)", "=line")
for _, n in ipairs { 10, 100, 1000, 5000 } do
    local t = {}
    for i = 1, n do t[i] = i end
    check.values("unpacked " .. n, count(unpack(t)), (select(n, unpack(t))), #{ id(unpack(t)) })
end
for _, depth in ipairs { 10, 100, 150 } do
    check.evaluate(("id("):rep(depth) .. "'deep'" .. (")"):rep(depth))
end
check.call("calls nested too deeply", loadstring, "return " .. ("id("):rep(300) .. (")"):rep(300), "=line")
