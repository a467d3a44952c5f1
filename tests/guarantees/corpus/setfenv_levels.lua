-- Environments of the running function, its callers and the thread, seen by code that is called later.
local log = {}
local sandbox = {log = log, pcall = pcall, setfenv = setfenv, getfenv = getfenv, tostring = tostring}
local function outer()
    setfenv(1, sandbox)
    log[#log + 1] = "outer"
    inner_global = 1
    return pcall(function() return inner_global, getfenv(2) ~= nil end)
end
print(outer())
print(sandbox.inner_global, inner_global)
local function change_caller() setfenv(2, sandbox) end
local function victim() change_caller() caller_global = 2 end
victim()
print(sandbox.caller_global, caller_global, log[1])
print(pcall(setfenv, 100, {})) print(pcall(getfenv, -1))
local co = coroutine.wrap(function() local e = getfenv(0) coroutine.yield(e == _G) return getfenv(1) == _G end)
print(co(), co())
