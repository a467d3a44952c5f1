-- debug: getinfo, getlocal, getupvalue, traceback, registry, environments.
local function f(a, b) local c = a + b return debug.getinfo(1, "nSlu"), debug.getlocal(1, 1), debug.getlocal(1, 3) end
local info, name, third = f(1, 2)
print(info.short_src ~= nil, info.currentline, info.what, info.nups, name, third)
print(debug.getinfo(print).what, debug.getinfo(f, "L").activelines ~= nil, debug.getinfo(100), pcall(debug.getinfo, 1, "X"))
local up = 4
up = up + 1
local function g() up = up + 0 return up, type(f) end
print(debug.getupvalue(g, 1)) print(debug.setupvalue(g, 1, 6), up, g()) print(debug.getupvalue(g, 3), debug.getupvalue(print, 1))
local function h() local x = 1 debug.setlocal(1, 1, "set") return x end
print(h())
print(debug.getmetatable("").__index == string, debug.getregistry() ~= nil, type(debug.gethook()))
debug.setmetatable(10, {__index = function(n, k) return k .. n end})
print((5).field) debug.setmetatable(10, nil)
print(debug.setmetatable(W.plain_proxy, {__index = {v = "seen"}}) == W.plain_proxy, W.plain_proxy.v, debug.getmetatable(W.plain_proxy).__index.v)
print(debug.getfenv(f) == _G, debug.setfenv(W.in_env, {secret = "by debug"}) == W.in_env, W.in_env())
print(#debug.traceback("message") > 30, #debug.traceback(W.deep) > 30, debug.traceback(5))
debug.sethook()
print(debug.gethook())
