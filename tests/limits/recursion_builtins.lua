-- Unbounded recursion through library functions that call back ends in a catchable Lua error.
local function expect_error(what, f, ...)
  local ok, e = pcall(f, ...)
  if ok then error(what .. ": unbounded recursion returned", 2) end
  if type(e) ~= "string" or not (e:find("overflow", 1, true) or e:find("error in error handling", 1, true)) then
    error(what .. ": unexpected error: " .. tostring(e), 2)
  end
end
local function sortrec() table.sort({ 3, 1, 2 }, function(a, b) sortrec() return a < b end) end
local function gsubrec() return (("x"):gsub("x", function() return gsubrec() end)) end
local function gsubtable() return (("x"):gsub("x", setmetatable({}, { __index = function() return gsubtable() end }))) end
local function foreachrec() return table.foreach({ 1 }, function() return foreachrec() end) end
local function foreachirec() return table.foreachi({ 1 }, function() return foreachirec() end) end
local function tostringrec() return tostring(setmetatable({}, { __tostring = function() return tostringrec() end })) end
local function wraprec() return coroutine.wrap(function() local r = wraprec() return r end)() end
local function wrapyield() local f = coroutine.wrap(function() local r = wrapyield() coroutine.yield(r) end) local r = f() return r end
local function gmatchrec() for w in ("a b"):gmatch "%a" do gmatchrec() end end
for round = 1, 2 do
  expect_error("table.sort", sortrec)
  expect_error("string.gsub with a function", gsubrec)
  expect_error("string.gsub with a table", gsubtable)
  expect_error("table.foreach", foreachrec)
  expect_error("table.foreachi", foreachirec)
  expect_error("tostring", tostringrec)
  expect_error("coroutine.wrap", wraprec)
  expect_error("coroutine.wrap with a yield", wrapyield)
  expect_error("string.gmatch", gmatchrec)
  collectgarbage()
end
-- pcall: the innermost overflow is caught by the innermost pcall; the recursion unwinds with results
local depth, deepest = 0, 0
local function pcallrec()
  depth = depth + 1
  if depth > deepest then deepest = depth end
  if depth > 1000000 then depth = depth - 1 return "limit" end
  local ok, r = pcall(pcallrec)
  depth = depth - 1
  return ok and r or tostring(r)
end
local ok, r = pcall(pcallrec)
assert(ok and type(r) == "string", "recursion through pcall: " .. tostring(r))
assert(depth == 0 or depth <= deepest, "the depth counter is unwound")
assert(deepest >= 150, "recursion through pcall reaches a useful depth, got " .. deepest)
-- resume
local rdepth = 0
local function resumerec() rdepth = rdepth + 1 if rdepth > 100000 then return "limit" end local ok, r = coroutine.resume(coroutine.create(resumerec)) return ok and r or tostring(r) end
ok, r = pcall(resumerec)
assert(ok and type(r) == "string", "recursion through coroutine.resume: " .. tostring(r))
-- xpcall: the handler fails, the handler recurses, the handler is the function itself
local function failing() error "again" end
ok, r = xpcall(failing, failing) assert(ok == false, "failing handler")
local function handler(m) local x = nil return x.y end
ok, r = xpcall(failing, handler) assert(ok == false, "handler with a run time error")
local calls = 0
local function counting(m) calls = calls + 1 error "in handler" end
ok, r = xpcall(failing, counting) assert(ok == false and calls >= 1, "handler that raises") assert(calls < 1000000, "a raising handler is not called without end")
local xcount = 0
local function xrec(m) xcount = xcount + 1 if xcount > 1000 then return m end return xpcall(failing, xrec) end
ok, r = pcall(function() return xpcall(failing, xrec) end) assert(ok == true or type(r) == "string", "handler that calls xpcall with itself")
local function deephandler(m) local function f() return 1 + f() end return f() end
ok, r = xpcall(failing, deephandler) assert(ok == false, "handler that overflows the stack")
for i = 1, 1000 do assert(not xpcall(failing, deephandler == nil or handler), "repeated failing handlers") end
-- load with a reader that calls load
local loads = 0
local function loadrec() loads = loads + 1 if loads > 10000 then return nil end return load(function() return (loadrec()) end) end
ok, r = pcall(loadrec) assert(ok or type(r) == "string", "recursion through load")
-- errors while unwinding a deep recursion
local function deeperr(n) if n == 0 then error({ code = "deep" }) end local ok, e = pcall(deeperr, n - 1) error(e) end
ok, r = pcall(deeperr, 150) assert(not ok and type(r) == "table" and r.code == "deep", "an error object passes 150 pcalls")
-- sort, gsub and coroutines nested in each other to a fixed depth
local function nest(n)
  if n == 0 then return "bottom" end
  local out
  table.sort({ 2, 1 }, function(a, b)
    out = out or (("x"):gsub("x", function() return coroutine.wrap(function() return (select(2, pcall(nest, n - 1))) end)() end))
    return a < b
  end)
  return out
end
local r1 = nest(20) assert(r1 == "bottom", "20 levels of sort, gsub, coroutine and pcall: " .. tostring(r1))
ok, r = pcall(nest, 2000) assert(ok and type(r) == "string" or not ok and type(r) == "string", "2000 levels: a result or an error")
print "ok"
