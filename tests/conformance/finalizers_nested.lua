-- While a finalizer runs no other one is started, though it allocates; a collection that it asks for does run the others.
local function doomed(n, f)
    for i = 1, n do
        local u = newproxy(true)
        getmetatable(u).__gc = function() f(i) end
    end
end

-- From collectgarbage: each finalizer makes tables before it prints.
doomed(4, function(i) local t = {} for k = 1, 20 do t[k] = {k} end print("explicit", i, #t) end)
collectgarbage()

-- From an allocation: as above, but the collector starts them.
local running, nested, ran = 0, 0, 0
doomed(50, function()
    running = running + 1
    if running > 1 then nested = nested + 1 end
    local t = {} for k = 1, 20 do t[k] = {k} end
    running = running - 1
    ran = ran + 1
end)
while ran < 50 do local t = {{}, {}} end
print("automatic", ran, nested)

-- A finalizer that fails: the others still run, and later ones as well.
doomed(2, function(i) local t = {} error("finalizer " .. i, 0) end)
print(pcall(collectgarbage))
print(pcall(collectgarbage))
doomed(2, function(i) local t = {{}} print("after", i, #t) end)
collectgarbage()

-- A finalizer that collects: the rest run inside of it.
doomed(3, function(i) print("begin", i) collectgarbage() print("end", i) end)
collectgarbage()

-- In a coroutine that yields nothing and ends.
print(coroutine.resume(coroutine.create(function()
    doomed(3, function(i) local t = {{}} print("coroutine", i) end)
    collectgarbage()
    return "done"
end)))

-- At the end of the program.
keep = {}
for i = 1, 3 do
    local u = newproxy(true)
    getmetatable(u).__gc = function() local t = {{}, {}} print("close", i, #t) end
    keep[i] = u
end
