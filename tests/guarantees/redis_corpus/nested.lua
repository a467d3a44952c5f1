-- Blocks in blocks, in coroutines and in pcall, and the database and protocol of the run.
local function level(n)
    redis.call('rpush', 'list', n)
    redis.call('hincrby', 'hash', 'n', 1)
    if n > 0 then
        redis.atomic(level, n - 1)
        pcall(function()
            redis.call('zincrby', 'zset', n, 'm1')
            redis.atomic(function() redis.call('select', n) redis.call('set', 'k', n) redis.setresp(3) error('x') end)
            error('y')
        end)
        if n % 2 == 0 then error({err = 'EVEN ' .. n}) end
    end
    return n
end
local results = {}
local worker = coroutine.wrap(function()
    for i = 1, 3 do
        local ok, e = redis.atomic(level, i)
        results[#results + 1] = type(e) == 'table' and e.err or e
        coroutine.yield()
    end
end)
worker() worker() worker()
redis.atomic(function()
    redis.call('swapdb', 0, 1)
    redis.call('set', 'between', 1)
    redis.atomic(function() redis.call('flushall') redis.call('set', 'after', 1) end)
    redis.call('swapdb', 0, 1)
    redis.call('nosuch')
end)
return results
