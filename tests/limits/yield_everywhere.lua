-- Yields across every boundary where PUC 5.1 raises "attempt to yield across metamethod/C-call boundary".
local yield, wrap, create, resume, status = coroutine.yield, coroutine.wrap, coroutine.create, coroutine.resume, coroutine.status
local failures = 0
-- Runs f in a coroutine; every yielded value v is answered with answer(v) (default: v * 10 for numbers).
-- Checks the yielded values and the results.
local function try(what, f, yielded, results, answer)
  local co = create(f)
  local got, args = {}, {}
  while true do
    local r = { resume(co, unpack(args)) }
    if not r[1] then
      failures = failures + 1
      print("FAILED " .. what .. ": " .. tostring(r[2]))
      return
    end
    if status(co) == "dead" then
      local res = {} for i = 2, table.maxn(r) do res[#res + 1] = tostring(r[i]) end
      if table.concat(res, ",") ~= results or table.concat(got, ",") ~= yielded then
        failures = failures + 1
        print("FAILED " .. what .. ": yielded " .. table.concat(got, ",") .. " (expected " .. yielded .. "), results " .. table.concat(res, ",") .. " (expected " .. results .. ")")
      end
      return
    end
    got[#got + 1] = tostring(r[2])
    if answer then args = { answer(r[2]) } elseif type(r[2]) == "number" then args = { r[2] * 10 } else args = { r[2] } end
    collectgarbage "step"
  end
end
-- protected calls
try("pcall", function() return pcall(function() return yield(1), yield(2) end) end, "1,2", "true,10,20")
try("pcall with an error after the yield", function() return pcall(function() yield(1) error("e", 0) end) end, "1", "false,e")
try("pcall, work after it", function() local ok, v = pcall(yield, 1) local w = yield(2) return ok, v, w end, "1,2", "true,10,20")
try("nested pcalls", function() return pcall(pcall, pcall, function() return yield(1) end) end, "1", "true,true,true,10")
try("pcall in a loop", function() local s = 0 for i = 1, 5 do local ok, v = pcall(function() local v = yield(i) if i % 2 == 0 then error(v, 0) end return v end) s = s + v end return s end, "1,2,3,4,5", "150")
try("error caught by an outer pcall after a yield in an inner one", function() return pcall(function() pcall(yield, 1) error("outer", 0) end) end, "1", "false,outer")
try("xpcall", function() return xpcall(function() return yield(1) end, function(m) return "handled " .. m end) end, "1", "true,10")
try("xpcall with an error after the yield", function() return xpcall(function() yield(1) error("e", 0) end, function(m) return "handled " .. m end) end, "1", "false,handled e")
try("pcall of a tail call", function() local function t(n) if n == 0 then return yield(1) end return t(n - 1) end return pcall(t, 100) end, "1", "true,10")
try("pcall, then a runtime error", function() return (pcall(function() local x = yield(1) x = nil return x.y end)) end, "1", "false")
-- metamethods
local mt = {}
for _, ev in ipairs { "add", "sub", "mul", "div", "mod", "pow", "unm", "concat", "call", "index" } do mt["__" .. ev] = function(a, b) return yield(ev) .. "!" end end
mt.__eq = function() return yield "eq" end mt.__lt = function() return yield "lt" end mt.__le = function() return yield "le" end mt.__newindex = function(t, k, v) rawset(t, k, yield "newindex") end
mt.__tostring = function() return yield "tostring" .. "?" end
local function new() return setmetatable({}, mt) end
local a, b = new(), new()
try("__add", function() return a + b, 1 + a, a + 1 end, "add,add,add", "add!,add!,add!")
try("__sub __mul __div __mod __pow", function() return a - b, a * 2, 2 / a, a % b, a ^ 2 end, "sub,mul,div,mod,pow", "sub!,mul!,div!,mod!,pow!")
try("__unm", function() return -a end, "unm", "unm!")
try("__concat", function() return a .. "x" end, "concat", "concat!")
try("__concat of many", function() return "1" .. "2" .. a .. "3" .. "4" end, "concat", "12concat!", function(v) return v end)
try("__concat in the middle of registers", function() local x, y, z = "x", "y", "z" local r = x .. y .. a .. z return x, y, z, r end, "concat", "x,y,z,xyconcat!")
try("__index function", function() return a.field, a[1], a[true] end, "index,index,index", "index!,index!,index!")
try("__index chain", function() return setmetatable({}, { __index = setmetatable({}, { __index = a }) }).deep end, "index", "index!")
try("__index method call", function() local o = setmetatable({}, { __index = function(_, k) yield(k) return function(self, x) return x, yield "inside" end end }) return o:method(5) end, "method,inside", "5,inside")
try("__index of a global", setfenv(function() return undefinedname, another end, setmetatable({}, { __index = function(_, k) return yield(k) end })), "undefinedname,another", "undefinedname,another")
try("__newindex function", function() local t = new() t.x = 1 t[1] = 2 return t.x, t[1] end, "newindex,newindex", "newindex,newindex")
try("__newindex of a global", function() local env = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, yield(v)) end }) setfenv(1, env) g = 5 return g end, "5", "50")
try("__newindex chain", function() local t = setmetatable({}, { __newindex = setmetatable({}, { __newindex = function(_, k, v) yield(k) end }) }) t.key = 1 return rawget(t, "key") end, "key", "")
try("__eq", function() return a == b, a ~= b end, "eq,eq", "true,false")
try("__lt", function() return a < b, a > b end, "lt,lt", "true,true")
try("__le", function() return a <= b, a >= b end, "le,le", "true,true")
try("__le through __lt", function() local m = { __lt = function() return yield "lt" end } local x, y = setmetatable({}, m), setmetatable({}, m) return x <= y, x >= y end, "lt,lt", "false,false")
try("__eq in a condition", function() if a == b then return "equal" end return "different" end, "eq", "different", function() return false end)
try("__lt in a condition", function() if a < b then return "less" else return "not less" end end, "lt", "less", function() return 1 end)
try("not __lt in a condition", function() if not (a < b) then return "not less" end return "less" end, "lt", "not less", function() return nil end)
try("__lt in a while condition", function() local n = 0 while a < b do n = n + 1 end return n end, "lt,lt,lt", "2", (function() local k = 0 return function() k = k + 1 return k < 3 end end)())
try("comparison chains with and / or", function() return a < b and a == b or "no", (a < b) == (b < a) end, "lt,eq,lt,lt", "true,true")
try("__call", function() return a(1, 2) end, "call", "call!")
try("__call as a method and in tail position", function() local o = { m = a } local r = o.m() return a(r) end, "call,call", "call!")
try("__call with many results", function() local c = setmetatable({}, { __call = function(_, ...) yield "c" return ... end }) local t = { c(1, 2, 3) } return #t, select("#", c(nil, nil)) end, "c,c", "3,2")
try("__call through pcall", function() return pcall(a) end, "call", "true,call!")
-- iterators
try("generic for, function iterator", function() local s = 0 for v in function(_, c) c = (c or 0) + 1 if c <= 3 then return yield(c) / 10 end end do s = s + v end return s end, "1,2,3", "6")
try("generic for, callable iterator", function() local s = 0 for v in setmetatable({}, { __call = function(_, _, c) c = (c or 0) + 1 if c <= 3 then yield(c) return c end end }) do s = s + v end return s end, "1,2,3", "6")
try("yields in the body of loops", function() local s = 0 for k, v in pairs { 1, 2 } do s = s + yield(v) end for i, v in ipairs { 3, 4 } do s = s + yield(v) end for i = 5, 6 do s = s + yield(i) end for w in ("7 8"):gmatch "%d" do s = s + yield(tonumber(w)) end return s end, "1,2,3,4,5,6,7,8", "360")
try("wrap as an iterator inside a coroutine", function() local s = 0 for v in wrap(function() yield(1) yield(2) end) do s = s + yield(v + 100) end return s end, "101,102", "2030")
-- library callbacks
local function anycount(what, f, expected)
  local co = create(f) local n, r = 0
  repeat r = { resume(co) } if not r[1] then failures = failures + 1 print("FAILED " .. what .. ": " .. tostring(r[2])) return end n = n + 1 until status(co) == "dead"
  if tostring(r[2]) ~= expected or n < 2 then failures = failures + 1 print("FAILED " .. what .. ": result " .. tostring(r[2]) .. " after " .. (n - 1) .. " yields, expected " .. expected) end
end
anycount("table.sort of three elements", function() local t = { 3, 1, 2 } table.sort(t, function(x, y) yield "cmp" return x < y end) return table.concat(t, " ") end, "1 2 3")
anycount("table.sort of 200 elements", function() local t = {} for i = 1, 200 do t[i] = (i * 73) % 211 end table.sort(t, function(x, y) yield() return x < y end) for i = 2, 200 do if t[i - 1] > t[i] then return "unsorted" end end return "sorted" end, "sorted")
anycount("table.sort with __lt", function() local m = { __lt = function(x, y) yield() return x.v < y.v end } local t = {} for i = 1, 20 do t[i] = setmetatable({ v = (i * 7) % 23 }, m) end table.sort(t) for i = 2, 20 do if t[i - 1].v > t[i].v then return "unsorted" end end return "sorted" end, "sorted")
anycount("sort inside sort", function() local t = { { 2, 1 }, { 1, 2 }, { 3, 0 } } table.sort(t, function(x, y) table.sort(x, function(p, q) yield() return p < q end) table.sort(y, function(p, q) yield() return p < q end) return x[1] < y[1] end) return t[1][1] .. t[2][1] .. t[3][1] end, "011")
try("string.gsub with a function", function() return ("a b c"):gsub("%a", function(c) return yield(c):upper() end) end, "a,b,c", "A B C,3")
try("string.gsub with captures and a limit", function() return ("k=v x=y z=w"):gsub("(%w)=(%w)", function(k, v) yield(k) return v .. "=" .. k end, 2) end, "k,x", "v=k y=x z=w,2")
try("string.gsub with a table", function() return (("abc"):gsub("%w", setmetatable({}, { __index = function(_, k) return yield(k) .. "." end }))) end, "a,b,c", "a.b.c.")
try("gsub inside gsub", function() return (("ab cd"):gsub("%a+", function(w) return (w:gsub(".", function(c) return yield(c):upper() end)) end)) end, "a,b,c,d", "AB CD")
try("table.foreach", function() return table.foreach({ 7 }, function(k, v) yield(v) if v == 7 then return "found" end end) end, "7", "found")
try("table.foreachi", function() local s = 0 local r = table.foreachi({ 1, 2, 3 }, function(i, v) s = s + yield(v) end) return s, r end, "1,2,3", "60")
try("load reader", function() local parts, i = { "return ", "1 + ", "2" }, 0 local f = load(function() i = i + 1 if parts[i] then yield(i) return parts[i] end end) return f() end, "1,2,3", "3")
anycount("load reader with a syntax error", function() local i = 0 local f, e = load(function() i = i + 1 yield(i) return ({ "x = ", "= 1" })[i] end, "=r") return f or e end, "r:1: unexpected symbol near '='")
try("tostring", function() return tostring(a) end, "tostring", "tostring?")
try("tostring twice", function() return tostring(a) .. tostring(b) end, "tostring,tostring", "tostring?tostring?")
try("loadstring chunk", function() return loadstring("return coroutine.yield('chunk'), ...")(5) end, "chunk", "chunk,5")
try("select, unpack, assert around a yield", function() return select(2, yield(1), assert(yield(2)), unpack { yield(3) }) end, "1,2,3", "20,30")
-- combinations
try("pcall in gsub in sort", function() local t, out = { 2, 1 }, nil table.sort(t, function(x, y) out = out or (("z"):gsub("z", function(c) local ok, v = pcall(yield, c) return v .. tostring(ok) end)) return x < y end) return out, t[1] end, "z", "ztrue,1")
try("metamethod in an iterator in pcall", function() return pcall(function() local r = {} for v in function(_, c) if not c then return a + b end end do r[#r + 1] = v end return r[1] end) end, "add", "true,add!")
try("error after a yield in a metamethod, caught outside", function() local e = setmetatable({}, { __add = function() yield "add" error("in add", 0) end }) return pcall(function() return e + 1 end) end, "add", "false,in add")
try("error after a yield in a sort comparator", function() return pcall(table.sort, { 3, 2, 1 }, function() yield "cmp" error("in cmp", 0) end) end, "cmp", "false,in cmp")
try("error after a yield in gsub", function() return pcall(string.gsub, "x", "x", function() yield "g" error("in gsub", 0) end) end, "g", "false,in gsub")
try("invalid gsub replacement after a yield", function() return (pcall(string.gsub, "x", "x", function() yield "g" return {} end)) end, "g", "false")
try("a wrap that yields in pcall inside another coroutine", function() local w = wrap(function() local ok, v = pcall(function() return yield(1) end) return v end) local first = w() local second = w(first + 1) return yield(second) end, "2", "20")
try("upvalues closed after a yield across pcall", function() local f pcall(function() local v = yield(1) f = function() v = v + 1 return v end end) yield(2) return f(), f() end, "1,2", "11,12")
try("deep recursion with yields through pcall", function() local function d(n) if n == 0 then return yield(1) end local ok, v = pcall(d, n - 1) return v end return d(500) end, "1", "10")
try("varargs survive", function(...) local function f(...) local n = select("#", ...) pcall(yield, n) return n, ... end return f(nil, 1, nil) end, "3", "3,nil,1", nil)
-- yields across pcall many times, abandoned coroutines, collections while suspended
local co = wrap(function() for i = 1, 100000 do pcall(yield, i) end return "end" end) for i = 1, 100000 do assert(co() == i) end assert(co() == "end")
for i = 1, 2000 do local c = create(function() pcall(function() table.sort({ 3, 2, 1 }, function(x, y) yield(x) return x < y end) end) end) resume(c) local d = create(function() return ("x"):gsub("x", function() return pcall(yield, { i }) end) end) resume(d) end collectgarbage() collectgarbage()
local list = {} for i = 1, 500 do list[i] = create(function() local t = { i } local ok, v = pcall(function() return (a + b) .. t[1] end) return v end) resume(list[i]) end collectgarbage() for i = 1, 500 do local ok, v = resume(list[i], "r") assert(ok and v == "r!" .. i, "suspended in __add: " .. tostring(v)) end
-- status and running while suspended across boundaries
local inner inner = create(function() pcall(function() assert(coroutine.running() == inner and status(inner) == "running") yield() end) end) resume(inner) assert(status(inner) == "suspended") resume(inner) assert(status(inner) == "dead")
if failures > 0 then error(failures .. " kinds of yield failed") end
print "ok"
