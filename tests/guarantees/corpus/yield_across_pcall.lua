-- Only here: lua5.1 has no such thing.
-- Yields across pcall, xpcall and error handling.
local co = coroutine.wrap(function()
    local ok, e = pcall(function()
        local a = coroutine.yield("in pcall")
        error("after " .. a, 0)
    end)
    coroutine.yield(tostring(ok) .. " " .. e)
    local r = {xpcall(function() return coroutine.yield("in xpcall"), "two" end, print)}
    coroutine.yield(unpack(r))
    print(pcall(pcall, pcall, coroutine.yield, "nested"))
    return "end"
end)
print(co()) print(co("resumed")) print(co()) print(co("value")) print(co()) print(co("into pcall"))
local killed = coroutine.create(function() pcall(function() pcall(coroutine.yield, 1) error("x") end) end)
coroutine.resume(killed)
W.waiting_in_pcall = killed
print(coroutine.status(killed))
