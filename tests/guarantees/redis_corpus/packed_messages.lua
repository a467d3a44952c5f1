-- cmsgpack: values of all kinds to bytes and back, in the keyspace meanwhile; messages that are cut off or bad.
local function deep(n) local t = {n} for i = 1, n do t = {t, i} end return t end
local record = {id = 7, name = ('n'):rep(300), tags = {'a', 'b', {c = {1, 2.5, -3}}}, [2.5] = true}
local weak = setmetatable({record.tags, x = record}, {__mode = 'v'})
local message = cmsgpack.pack(record, deep(20), nil, -1e300, ('long'):rep(200))
redis.call('set', 'text', message)
redis.atomic(function()
    local back, nested, none, number, long = cmsgpack.unpack(redis.call('get', 'text'))
    redis.call('rpush', 'list', back.name, #nested, tostring(none), number, #long)
    redis.call('hset', 'hash', 'packed', cmsgpack.pack(back.tags))
    redis.call('append', 'bits', cmsgpack.pack(weak))
end)
redis.atomic(function()
    redis.call('set', 'number', cmsgpack.pack(1, 2, 3))
    redis.call('rpush', 'list', cmsgpack.unpack(message:sub(1, -5)))
end)
local offset, seen = 0, {}
repeat
    local value
    offset, value = cmsgpack.unpack_one(message, offset)
    seen[#seen + 1] = type(value)
until offset == -1
local many = {}
for i = 1, 60 do many[i] = i % 3 == 0 and {i} or i end
local count = select('#', cmsgpack.unpack_limit(cmsgpack.pack(unpack(many)), 50))
for _, bad in ipairs{'\193', '\221\255\255\255\255', '\129\192\1', ('\145'):rep(30)} do
    seen[#seen + 1] = select(2, pcall(cmsgpack.unpack, bad))
end
redis.call('sadd', 'set', table.concat(seen, ' '), count)
return seen
