-- struct: numbers and strings to bytes and back, in the keyspace meanwhile; formats and texts that are bad.
local format = '>!8 b h i3 I5 l f d s c4 x !4 i <T'
local packed = struct.pack(format, -1, 2, -3, 4, 2^40, 0.5, 0.1, ('s'):rep(700), 'four and more', 5, 6)
redis.call('set', 'text', packed)
redis.atomic(function()
    local fields = {struct.unpack(format, redis.call('get', 'text'))}
    for i = 1, #fields do redis.call('rpush', 'list', fields[i]) end
    redis.call('hset', 'hash', 'size', struct.size('>!8 b h i3 I5 l f d c4 x !4 i <T'))
end)
redis.atomic(function()
    redis.call('setrange', 'bits', 10, struct.pack('c0sc0', ('q'):rep(300), 'r', ('t'):rep(600)))
    redis.call('rpush', 'list', struct.unpack('dd', packed, #packed - 3))
end)
local seen = {}
for _, bad in ipairs{'i33', '!3', 'i99999999999', 'q', 'ss', 'c0'} do
    seen[#seen + 1] = select(2, pcall(struct.unpack, bad, packed, 5))
end
local bytes = struct.pack(('Bc0'):rep(20), unpack((function()
    local t = {} for i = 1, 20 do t[2 * i - 1], t[2 * i] = i, ('x'):rep(i) end return t
end)()))
local count = select('#', struct.unpack(('Bc0'):rep(20), bytes))
redis.call('sadd', 'set', table.concat(seen, ' '), count, struct.unpack('Ic0', struct.pack('Ic5', 5, 'bytes')))
return seen
