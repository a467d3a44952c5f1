-- Function definitions, calls, methods, recursion, tail calls.
local function E(fn, ...) print(select(2, pcall(fn, ...))) end
local function fact(n) if n <= 1 then return 1 end return n * fact(n - 1) end print(fact(10), fact(20), fact(170))
local fib fib = function(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end print(fib(20))
local even, odd function even(n) if n == 0 then return true end return odd(n - 1) end function odd(n) if n == 0 then return false end return even(n - 1) end print(even(1001), odd(1001))
local g = function() return type(g) end print(g()) -- not in scope of its own initialiser
function globalf(...) return "global", ... end print(globalf(1, 2))
-- argument adjustment
local function two(a, b) return a, b end print(two()) print(two(1)) print(two(1, 2, 3)) print((two(1, 2)))
print(two(two(1, 2))) print(two(two(1, 2), 3)) print(two((two(1, 2))))
-- calls without parentheses
local function s(x) return type(x) == "table" and #x or x end
print(s "str", s 'str', s [[str]], s {}, s { 1, 2 }, s { { 1 } } + 1)
print(type "x", #"abc", s "a" .. s "b", ("x"):rep(3), ("%d"):format(5), #("x"):rep(4))
local chain = {} function chain:add(x) self[#self + 1] = x return self end
print(#chain:add(1):add(2):add "3":add { 4 }:add [[5]], chain[3], chain[5])
local function curry(a) return function(b) return function(c) return a + b * c end end end print(curry(1)(2)(3), curry "1" "2" "3")
-- methods
local Account = {} Account.__index = Account
function Account.new(b) return setmetatable({ balance = b }, Account) end
function Account:deposit(v) self.balance = self.balance + v return self end
function Account:get() return self.balance end
local acc = Account.new(10) print(acc:deposit(5):get(), acc.get(acc), Account.get { balance = 1 }, acc["get"](acc))
E(function() acc:nomethod() end) E(function() Account.get() end) E(function() acc.get() end) E(function() local x x:foo() end) E(function() undefinedobj:foo() end) E(function() acc.balance:foo() end) E(function() ("x"):nomethod() end) E(function() (5):foo() end)
-- self is an ordinary parameter
local o = { v = 1 } function o:m(self) return self end print(o:m(7)) function o.n(self, x) return self.v + x end print(o:n(1))
-- returns
local function none() end local function ret() return end local function nils() return nil end
print(select("#", none()), select("#", ret()), select("#", nils()), none() == nil, (none()))
local function r3() return 1, 2, 3 end local t = { r3(), r3() } print(#t) print(r3(), r3()) print((r3()))
print(#{ r3(), (r3()) }, #{ r3(), nil, r3() } >= 1, r3() + r3(), r3() .. "", -r3(), not r3(), r3() == 1)
-- deep tail calls
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + 1) end print(loop(1000000, 0))
local ta, tb function ta(n) if n == 0 then return "done", n end return tb(n - 1) end function tb(n) if n == 0 then return "done b", n end return ta(n - 1) end print(ta(1000000)) print(tb(1000000))
local obj = {} function obj:count(n, ...) if n == 0 then return ... end return self:count(n - 1, ...) end print(obj:count(100000, "a", "b", "c"))
local function tv(n, ...) if n == 0 then return select("#", ...) end return tv(n - 1, n, ...) end print(tv(200))
local function tailpcall(n) if n == 0 then return "bottom" end return select(2, pcall(tailpcall, n - 1)) end print(tailpcall(50))
local callable = setmetatable({}, { __call = function(self, n) if n == 0 then return "called" end return self(n - 1) end }) print(callable(10000))
-- tail call to C functions
local function tc(...) return string.format("%s-%s", ...) end print(tc(1, 2)) local function tu(t) return unpack(t) end print(tu { 1, 2, 3 }) local function tsel(...) return select("#", ...) end print(tsel(1, nil, nil))
-- deep non-tail recursion
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end print(depth(15000))
local function deepv(n, ...) if n == 0 then return select("#", ...) end local r = deepv(n - 1, ...) return r end print(deepv(5000, 1, 2, 3))
-- stack overflow is an ordinary error
local function inf(n) return 1 + inf(n) end local ok, e = pcall(inf, 1) print(ok, (e:gsub("stack overflow.*", "stack overflow")))
print(pcall(pcall)) print(pcall(pcall, error)) print(select("#", pcall(error))) print(pcall(error)) print(pcall(error, nil)) print(pcall(error, "m", 0))
-- functions are first class values: equality, keys
local k1, k2 = function() end, function() end print(k1 == k1, k1 == k2, ({ [k1] = "k1" })[k1], ({ [k1] = "k1" })[k2], print == print, type(k1))
-- immediately called, stored, passed, returned
print((function(...) return select("#", ...) end)(1, 2, 3), (function() return function() return "nested" end end)()())
local tbl = { f = function() return "field" end, [1] = function() return "idx" end, n = { g = function(x) return x end } } print(tbl.f(), tbl[1](), tbl.n.g "x", tbl["f"]())
print(pcall(string.rep)) print(pcall(("x").rep, "x", 2)) print(select(2, pcall(nil)), select(2, pcall(5)), select(2, pcall {}), select(2, pcall "x"))
-- calling non functions with names
E(function() local a a() end) E(function() local a = 5 a() end) E(function() undefinedfn() end) E(function() local t = {} t.x() end) E(function() local t = { x = {} } t.x.y() end) E(function() local t = {} t[1]() end) E(function() ("x")() end) E(function() (nil)() end) E(function() local t = {} t:m() end) E(function() string.nofn() end) E(function() acc.balance() end) E(function() (function() end)()() end) E(function() local t = { 1 } t[1]() end) E(function() local t, k = {}, "key" t[k]() end) E(function() return undefinedtail() end) E(function() local t = {} return t.tail() end) E(function() local t = {} return t:tail() end) E(function() return (1)() end)
-- parameters are locals; modification does not leak
local function mod(a) a = a + 1 return a end local q = 1 print(mod(q), q) local function modt(t) t.x = 1 t = {} t.x = 2 end local mt = {} modt(mt) print(mt.x)
-- functions with many parameters/locals; deep nesting of definitions
local src = "return function() " for i = 1, 30 do src = src .. "return function() " end src = src .. "return 'core' " .. string.rep("end ", 31)
local fn = assert(loadstring(src))() for i = 1, 31 do fn = fn() end print(fn)
