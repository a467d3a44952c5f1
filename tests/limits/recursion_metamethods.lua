-- Unbounded recursion through every metamethod ends in a catchable Lua error.
local function expect_error(what, f)
  local ok, e = pcall(f)
  if ok then error(what .. ": unbounded recursion returned", 2) end
  if type(e) ~= "string" or not (e:find("overflow", 1, true) or e:find("loop in", 1, true) or e:find("error in error handling", 1, true)) then
    error(what .. ": unexpected error: " .. tostring(e), 2)
  end
end
local mt = {}
local function new() return setmetatable({}, mt) end
local t, u = new(), new()
mt.__index = function(o, k) return o[k .. ""] end
mt.__newindex = function(o, k, v) o[k] = v end
mt.__add = function(a, b) return a + b end
mt.__sub = function(a, b) return (a - b) - b end
mt.__mul = function(a, b) local r = a * b return r end
mt.__div = function(a, b) return 1 / (a / b) end
mt.__mod = function(a, b) return b % a end
mt.__pow = function(a, b) return a ^ b end
mt.__unm = function(a) return -a end
mt.__concat = function(a, b) return a .. b end
mt.__eq = function(a, b) return a == b end
mt.__lt = function(a, b) return a < b end
mt.__le = function(a, b) return a <= b end
mt.__call = function(self, ...) return (self(...)) end
mt.__tostring = function(self) return tostring(self) end
for round = 1, 2 do
  expect_error("__index", function() return t.x end)
  expect_error("__newindex", function() t.x = 1 end)
  expect_error("__add", function() return t + u end)
  expect_error("__sub", function() return t - 1 end)
  expect_error("__mul", function() return 2 * t end)
  expect_error("__div", function() return t / u end)
  expect_error("__mod", function() return t % u end)
  expect_error("__pow", function() return t ^ 2 end)
  expect_error("__unm", function() return -t end)
  expect_error("__concat", function() return t .. "x" end)
  expect_error("__concat of many", function() return "a" .. "b" .. t .. "c" .. u end)
  expect_error("__eq", function() return t == u end)
  expect_error("__lt", function() return t < u end)
  expect_error("__le", function() return t <= u end)
  expect_error("__call", function() return (t(1)) end)
  expect_error("__tostring", function() return tostring(t) end)
  expect_error("print of __tostring", function() print(t) end)
  collectgarbage()
end
-- tail calls inside a metamethod: either a loop that is stopped by depth, or by the C limit; bounded here
local n = 0
mt.__add = function(a, b) n = n + 1 if n == 5000 then return "done" end return a + b end
local ok, r = pcall(function() return t + u end)
assert(ok and r == "done" or not ok and tostring(r):find("overflow", 1, true), "5000 nested __add: " .. tostring(r))
n = 0
mt.__index = function(o, k) n = n + 1 if n == 5000 then return "found" end return o[k] end
ok, r = pcall(function() return t.x end)
assert(ok and r == "found" or not ok and tostring(r):find("overflow", 1, true), "5000 nested __index: " .. tostring(r))
-- mixed
mt.__index = function(o, k) return o + k end
mt.__add = function(a, b) return a .. b end
mt.__concat = function(a, b) return a(b) end
mt.__call = function(self, x) return self < self end
mt.__lt = function(a, b) return a == u end
mt.__eq = function(a, b) return tostring(a) end
mt.__tostring = function(s) return s.again end
expect_error("mixed metamethods", function() return t.x end)
-- environments
local env = setmetatable({}, {})
getmetatable(env).__index = function(_, k) return env[k .. ""] end
expect_error("globals", setfenv(function() return undefined_name end, env))
-- __call chains of tables are not followed in 5.1
local chain = setmetatable({}, { __call = function() return "bottom" end })
for i = 1, 1000 do chain = setmetatable({}, { __call = chain }) end
ok, r = pcall(chain)
assert(ok and r == "bottom" or not ok and type(r) == "string", "__call chain")
local selfcall = {} setmetatable(selfcall, { __call = selfcall })
ok, r = pcall(selfcall) assert(not ok, "a table that is its own __call is not callable")
print "ok"
