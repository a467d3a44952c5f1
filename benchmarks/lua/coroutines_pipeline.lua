-- kind: closures and coroutines
-- Producer, filters and consumer as coroutines; a round-robin scheduler; short-lived coroutines; status and errors.
local scale = tonumber((...)) or 1
local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status

local function receive(source)
    local _, value = resume(source)
    return value
end

local function producer(n)
    return create(function()
        for i = 1, n do
            yield(i)
        end
        return nil
    end)
end

local function filter(source, f)
    return create(function()
        while true do
            local v = receive(source)
            if v == nil then
                return nil
            end
            local out = f(v)
            if out then
                yield(out)
            end
        end
    end)
end

local function drain(source)
    local count, sum = 0, 0
    while true do
        local v = receive(source)
        if v == nil then
            return count, sum
        end
        count, sum = count + 1, sum + v
    end
end

local function schedule(tasks)
    local switches, live = 0, #tasks
    while live > 0 do
        for i = 1, #tasks do
            local task = tasks[i]
            if task and status(task) ~= "dead" then
                resume(task, switches)
                switches = switches + 1
                if status(task) == "dead" then
                    live = live - 1
                end
            end
        end
    end
    return switches
end

local n = math.ceil(2600000 * scale)
local odd = filter(producer(n), function(v) return v % 2 == 1 and v end)
local scaled = filter(odd, function(v) return v * 3 % 1000 end)
local count, sum = drain(scaled)

local work, tasks = 0, {}
for i = 1, 40 do
    tasks[i] = create(function()
        for step = 1, math.ceil(n / 40) do
            work = (work + i * step + yield() % 3) % 1000003
        end
    end)
end
local switches = schedule(tasks)

local finished, failed = 0, 0
for i = 1, math.ceil(n / 8) do
    local co = create(function(a)
        local b = yield(a + 1)
        if b % 10 == 0 then
            error("round number", 0)
        end
        return a * b
    end)
    local _, a = resume(co, i)
    local ok, result = resume(co, a)
    if ok then
        finished = (finished + result) % 1000003
    else
        failed = failed + #result
    end
end
print(string.format("coroutines_pipeline %d %d %d %d %d %d", count, sum, switches, work, finished, failed))
