-- What a block changes in the heap and in the keyspace goes together.
local log, seen = {}, setmetatable({}, {__mode = 'k'})
for i = 1, 4 do
    local ok, e = redis.atomic(function(turn)
        local t = {}
        for j = 1, 30 do
            t[j] = {redis.call('incr', 'number'), ('x'):rep(j)}
            log[#log + 1] = t[j]
            seen[t[j]] = true
        end
        redis.call('zadd', 'zset', turn, table.concat({'m', turn, #log}))
        if turn % 2 == 0 then redis.call('hset', 'hash', 'odd') end
        return #log
    end, i)
    log.last = tostring(ok) .. tostring(e)
end
return {#log, tonumber(redis.call('get', 'number')), log.last}
