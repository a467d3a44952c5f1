-- A round-robin of old and new coroutines that change shared state.
local ready = {}
local function spawn(f, ...) ready[#ready + 1] = {coroutine.create(f), ...} end
local trace = {}
for id = 1, 4 do
    spawn(function(name, rounds)
        for i = 1, rounds do
            trace[#trace + 1] = name .. i
            W.small[id].id = (W.small[id].id or 0) + i
            coroutine.yield()
        end
        if id == 2 then spawn(function() trace[#trace + 1] = "child" coroutine.yield() trace[#trace + 1] = "done" end) end
    end, "t" .. id .. ".", id)
end
while #ready > 0 do
    local task = table.remove(ready, 1)
    local ok, e = coroutine.resume(unpack(task))
    if not ok then trace[#trace + 1] = e end
    if coroutine.status(task[1]) ~= "dead" then ready[#ready + 1] = {task[1]} end
end
print(table.concat(trace, " "))
print(W.small[1].id, W.small[4].id)
local sum = 0
for i in W.shared do sum = sum + i if i > 20 then break end end
print(sum, W.peek())
