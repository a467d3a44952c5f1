-- setfenv and getfenv on functions, levels and threads.
print(W.in_env(), W.in_env(1), W.env.secret)
setfenv(W.in_env, {secret = "moved"})
print(W.in_env(), W.env.secret, getfenv(W.in_env) ~= W.env, getfenv(print) == _G)
local function global() x_in_env = 1 return getfenv(1) == _G end
print(global(), x_in_env)
local e = setmetatable({}, {__index = _G})
setfenv(global, e)
print(global(), rawget(_G, "x_in_env"), e.x_in_env)
print((function() setfenv(1, {tostring = tostring}) return tostring(5), print end)())
local chunk = loadstring("a = (a or 0) + 1 return a")
setfenv(chunk, e)
print(chunk(), chunk(), e.a, a)
print(pcall(setfenv, print, {})) print(pcall(getfenv, 50)) print(pcall(setfenv, 1, 2))
local co = coroutine.create(function() setfenv(0, {marker = 1, coroutine = coroutine}) return marker, getfenv(0).marker end)
print(coroutine.resume(co))
print(getfenv(0) == _G, getfenv() == _G)
x_in_env = nil
