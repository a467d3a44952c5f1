-- Ten million tail calls: self, mutual, methods, varargs, through variables; the stack does not grow.
local function self(n) if n == 0 then return "done" end return self(n - 1) end
assert(self(10000000) == "done", "self")
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
assert(even(10000000) == true, "mutual")
local obj = { count = 0 }
function obj:step(n) if n == 0 then return self.count end self.count = self.count + 1 return self:step(n - 1) end
assert(obj:step(10000000) == 10000000, "method")
collectgarbage() local before = collectgarbage "count"
local function va(n, ...) if n == 0 then return select("#", ...) end return va(n - 1, ...) end
assert(va(2000000, 1, nil, 3, nil) == 4, "varargs")
local function acc(n, a, b, c) if n == 0 then return a, b, c end return acc(n - 1, a + 1, c, b) end
local a, b, c = acc(2000000, 0, "x", "y") assert(a == 2000000 and b == "x" and c == "y", "accumulators")
collectgarbage() assert(collectgarbage "count" < before + 10000, "tail calls keep memory bounded")
-- states as functions, trampolines, tail calls to closures and through tables
local states = {} function states.a(n) if n <= 0 then return "stop" end return states.b(n - 1) end function states.b(n) return states.c(n - 1) end function states.c(n) return states.a(n - 1) end assert(states.a(3000000) == "stop", "state machine")
local function closure(n) if n == 0 then return "closed" end local function nextone() return closure(n - 1) end return nextone() end assert(closure(1000000) == "closed", "closures")
local callable = setmetatable({}, { __call = function(me, n) if n == 0 then return "called" end return me(n - 1) end }) assert(callable(1000000) == "called", "__call in tail position")
-- from inside a coroutine with yields on the way
local co = coroutine.wrap(function() local function run(n) if n == 0 then return "end" end if n % 100000 == 0 then coroutine.yield(n) end return run(n - 1) end return run(1000000) end) local last repeat local v = co() last = v until v == "end" assert(last == "end", "coroutine")
-- a tail call to a C function and the error position of a failing tail call
local function tc(...) return select(2, ...) end assert(tc(1, "second") == "second") local function terr() return error("tail error", 1) end local ok, e = pcall(terr) assert(not ok and type(e) == "string", "error in tail position")
-- not tail calls: these must still be limited
local function nottail(n) return (nottail(n + 1)) end ok, e = pcall(nottail, 1) assert(not ok and e:find("overflow", 1, true), "(f()) is not a tail call") local function nottail2(n) local r = nottail2(n + 1) return r end ok, e = pcall(nottail2, 1) assert(not ok, "local r = f() return r is not a tail call")
print "ok"
