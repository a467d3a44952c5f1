-- debug.getupvalue and setupvalue; metatables, environments and the registry through debug.
local a, b, c = 1, 2, 3
local function f1(x) b = x return c end
local function f2(x) a = x return c + b end
local function f3() return f1 end
local function all(tag, f)
    for i = -1, 6 do
        local name, value = debug.getupvalue(f, i)
        print(tag, i, name, type(value) == "function" and "function" or value)
    end
end
all("f1", f1) all("f2", f2) all("f3", f3) all("print", print) all("chunk", loadstring "return x")
print(select("#", debug.getupvalue(f1, 9)), select("#", debug.setupvalue(f1, 9, 1)), select("#", debug.getupvalue(print, 1)))
print(debug.setupvalue(f1, 1, "B"), b, select(2, debug.getupvalue(f2, 3))) f2 = nil
print(debug.setupvalue(f1, 3, 1), debug.setupvalue(f1, 0, 1), debug.setupvalue(print, 1, 1))
local function counter() local n = 0 return function() n = n + 1 return n end end
local k1, k2 = counter(), counter()
k1() k1() k2()
print(debug.getupvalue(k1, 1)) print(debug.getupvalue(k2, 1))
print(debug.setupvalue(k1, 1, 100), k1(), k2())
local function constant(v) return function() return v end end
local one = constant(1)
print(one(), debug.setupvalue(one, 1, "changed"), one(), debug.getupvalue(one, 1))
print(debug.setupvalue(one, 1, nil), one())
local function recursive(n) if n == 0 then return "done" end return recursive(n - 1) end
print(debug.getupvalue(recursive, 1) , select(2, debug.getupvalue(recursive, 1)) == recursive)
print(pcall(debug.getupvalue)) print(pcall(debug.getupvalue, f1)) print(pcall(debug.getupvalue, f1, "x")) print(pcall(debug.getupvalue, 1, 1))
print(pcall(debug.setupvalue)) print(pcall(debug.setupvalue, f1, 1)) print(pcall(debug.setupvalue, 1, 1, 1)) print(pcall(debug.setupvalue, f1, {}, 1))
print(pcall(debug.getupvalue, {}, "x"))

-- metatables of all types
local mt = { __metatable = "protected", __tostring = function() return "shown" end }
local t = setmetatable({}, mt)
print(getmetatable(t), debug.getmetatable(t) == mt, debug.setmetatable(t, nil), debug.getmetatable(t))
print(debug.getmetatable("").__index == string, debug.getmetatable(1), debug.getmetatable(nil), debug.getmetatable(print))
print(debug.setmetatable(1, { __index = { twice = function(n) return n * 2 end }, __call = function(n, m) return n * m end, __len = function(n) return n end }))
print((21):twice(), (2).x, (3)(4), #5)
print(debug.setmetatable(nil, { __index = function(_, k) return k .. "?" end, __concat = function(x, y) return "cat" end, __add = function() return "sum" end }))
local n = nil
print(n.field, n .. "x", 1 + n, undefined.x)
print(debug.setmetatable(nil, nil), pcall(function() return n.field end))
debug.setmetatable(true, { __index = { yes = "indeed" }, __tostring = function(v) return v and "YES" or "NO" end, __unm = function(v) return not v end })
print((true).yes, tostring(true), tostring(false), -true) debug.setmetatable(true, nil)
debug.setmetatable(print, { __index = { name = "a function" }, __add = function(f, g) return "composed" end, __lt = function() return true end })
print(print.name, print + print, print < tostring, pcall(function() return print <= 1 end)) debug.setmetatable(print, nil)
local co = coroutine.create(function() end)
debug.setmetatable(co, { __index = coroutine, __len = function() return 42 end })
print(co:status(), #co) debug.setmetatable(co, nil)
debug.setmetatable("", { __index = function(s, k) return s .. "." .. tostring(k) end, __call = function(s) return s .. "()" end })
print(("a").b, ("f")(), #"len") debug.setmetatable("", { __index = string })
debug.setmetatable(1, nil)
local u = newproxy() print(debug.setmetatable(u, { __index = { p = "userdata" } }), u.p)
print(pcall(debug.setmetatable)) print(pcall(debug.setmetatable, 1)) print(pcall(debug.setmetatable, {}, 1)) print(pcall(debug.getmetatable))

-- environments
local function env() return x end
print(debug.getfenv(env) == _G, debug.getfenv(print) == _G, debug.getfenv(1), debug.getfenv("x"), debug.getfenv(co) == _G)
print(debug.setfenv(env, { x = "in env" }) == env, env(), debug.getfenv(env).x)
print(debug.setfenv(u, { mark = "u" }) == u, debug.getfenv(u).mark)
local co2 = coroutine.create(function() return loadstring("return y")(), getfenv(0).y, getfenv(1) == _G end)
print(debug.setfenv(co2, setmetatable({ y = "thread" }, { __index = _G })) == co2, debug.getfenv(co2).y)
print(coroutine.resume(co2))
print(debug.setfenv(string.len, { lib = 1 }) == string.len, debug.getfenv(string.len).lib) debug.setfenv(string.len, _G)
print(pcall(debug.setfenv, {}, {})) print(pcall(debug.setfenv, 1, {})) print(pcall(debug.setfenv, env)) print(pcall(debug.setfenv, env, 1)) print(pcall(debug.getfenv))
print(pcall(getfenv, 2), (pcall(setfenv, 50, {})))

print(type(debug.getregistry()), debug.getregistry() == debug.getregistry())
debug.getregistry().mine = "kept" print(debug.getregistry().mine)
print(debug.gethook()) print(select("#", debug.sethook()))
print(pcall(debug.sethook, 1)) print(pcall(debug.sethook, 1, "c")) print(pcall(debug.sethook, print)) print(pcall(debug.sethook, print, {}))
print(pcall(debug.sethook, print, "", "x")) print(debug.gethook())
