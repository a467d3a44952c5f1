-- Closures: shared upvalues, loops, mutation after capture, nesting, lifetime.
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end, function(v) n = v end end
local inc, get, set = counter() print(inc(), inc(), get(), set(10), get(), inc())
local inc2, get2 = counter() print(inc2(), get(), get2())
-- mutation after capture
local x = 1 local function readx() return x end x = 2 print(readx()) local function setx(v) x = v end setx(5) print(x, readx())
do local y = 1 f = function() return y end y = "changed" end print(f()) f = nil
-- fresh locals per iteration; one upvalue shared by two closures of the same iteration
local fs = {} for i = 1, 5 do local j = i * 10 fs[i] = { function() j = j + 1 return i, j end, function() return j end } end
print(fs[1][1]()) print(fs[1][1]()) print(fs[1][2](), fs[2][2](), fs[5][2]())
fs = {} local w = 0 while w < 3 do w = w + 1 local v = w fs[w] = function() v = v * 2 return v, w end end print(fs[1]()) print(fs[1]()) print(fs[3]())
fs = {} for k, v in pairs { a = 1 } do fs[k] = function() v = v + 1 return k, v end end print(fs.a()) print(fs.a())
-- nesting three and more levels deep
local function l1(a) return function(b) a = a + 1 return function(c) b = b + a return function(d) c = c + b return a, b, c, d end end end end
local m2 = l1(1) local m3 = m2(10) local m4 = m3(100) print(m4(1000)) local m4b = m3(200) print(m4b(0)) print(m4(5)) local m3b = m2(20) print(m3b(1)(2))
-- an upvalue used only in the innermost function passes through the middle ones
local function outer() local deep = "deep" return function() return function() return function() return function() deep = deep .. "!" return deep end end end end end
local o = outer() print(o()()()()) print(o()()()())
-- recursion through local function; mutual recursion through upvalues
local function fact(n) return n == 0 and 1 or n * fact(n - 1) end local keep = fact fact = function() return "replaced" end print(pcall(keep, 3))
local isodd local function iseven(n) if n == 0 then return true end return isodd(n - 1) end isodd = function(n) if n == 0 then return false end return iseven(n - 1) end print(iseven(10), isodd(10))
-- closures over parameters and varargs copies
local function cap(a, b, ...) local c, d = ... return function() a = a + 1 return a, b, c, d end end local c = cap(1, 2, 3, 4) print(c()) print(c())
-- closures in every kind of block are closed at break, return, error, coroutine end
local function brk() local g for i = 1, 10 do local z = i g = function() z = z + 1 return z end if i == 3 then break end end return g end local b = brk() print(b(), b())
local function ret() for i = 1, 3 do local z = i if i == 2 then return function() z = z + 100 return z end end end end local r = ret() print(r(), r())
local saved pcall(function() local z = "before" saved = function(v) if v then z = v end return z end z = "at error" error "x" end) print(saved(), saved "new", saved())
local co = coroutine.wrap(function() local z = 1 coroutine.yield(function() z = z + 1 return z end) z = z * 100 coroutine.yield(z) end) local up = co() print(up(), up()) print(co()) print(up())
local dead = coroutine.create(function() local z = "dead" coroutine.yield(function(v) z = v or z return z end) end) local _, du = coroutine.resume(dead) coroutine.resume(dead) print(coroutine.status(dead), du(), du "alive", du())
do local co, fn = coroutine.create(function() local z = 1 local fn = function() z = z + 1 return z end coroutine.yield(fn) error "boom" end) local _, fn = coroutine.resume(co) print(fn(), coroutine.resume(co)) print(fn()) end
-- an abandoned coroutine's open upvalue stays usable after collection
local function abandon() local fn coroutine.wrap(function() local z = 41 fn = function() z = z + 1 return z end coroutine.yield() end)() return fn end local ab = abandon() collectgarbage() collectgarbage() print(ab(), ab())
-- closures capture variables, not values; two closures in different scopes
local shared do local v = 0 shared = { up = function() v = v + 1 end, get = function() return v end, nest = function() return function() v = v + 10 return v end end } end
shared.up() shared.up() print(shared.get(), shared.nest()(), shared.get(), shared.nest()())
-- while a frame is active, its upvalues are the frame's registers
local function live() local a, b = 1, 2 local function swap() a, b = b, a end swap() local s1, s2 = a, b swap() return s1, s2, a, b end print(live())
local function live2() local t = {} for i = 1, 3 do local v = i local function f() v = v + i end f() f() t[i] = v end return t[1], t[2], t[3] end print(live2())
-- upvalue of a loop that reuses the same register
local prev for i = 1, 4 do local cur = i local g = function() return cur end if prev then io.write(prev(), g(), " ") end prev = g end print()
-- do-blocks, repeat until with captured local in the condition
local q = {} do local i = 0 repeat local k = i q[#q + 1] = function() return k end i = i + 1 until k >= 2 end print(#q, q[1](), q[2](), q[3]())
-- many upvalues (60 is the limit)
local src = {} for i = 1, 60 do src[#src + 1] = "local u" .. i .. " = " .. i end src[#src + 1] = "return function() return 0" for i = 1, 60 do src[#src + 1] = "+ u" .. i end src[#src + 1] = "end" print(assert(loadstring(table.concat(src, " ")))()())
-- generators, memoisation, currying, composition
local function compose(...) local fs = { ... } return function(...) local r = { ... } for i = #fs, 1, -1 do r = { fs[i](unpack(r)) } end return unpack(r) end end print(compose(function(x) return x + 1 end, function(a, b) return a * b end)(3, 4))
local memo = setmetatable({}, { __index = function(t, n) local v = n < 2 and n or t[n - 1] + t[n - 2] t[n] = v return v end }) print(memo[50])
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end print(Y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(5))
local function primes(n) local function gen() for i = 2, n do coroutine.yield(i) end end local function filter(p, g) return coroutine.wrap(function() for k in g do if k % p ~= 0 then coroutine.yield(k) end end end) end local g, out = coroutine.wrap(gen), {} while true do local p = g() if not p then break end out[#out + 1] = p g = filter(p, g) end return table.concat(out, " ") end print(primes(60))
-- garbage closures
local sum = 0 for i = 1, 20000 do local v = i local g = function() v = v + 1 return v end sum = sum + g() end print(sum)
-- equality: each evaluation makes a new closure
local function mk() return function() end end print(mk() == mk(), mk == mk)
