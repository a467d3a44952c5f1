-- Operations on 32 bits, of numbers and of numerals of all lengths, and their errors.
local sum = 0
for i = 0, 40 do
    sum = bit.bxor(bit.rol(sum, 5), bit.lshift(i, i), bit.arshift(-i, 2), bit.bswap(i))
    redis.call('setbit', 'bits', bit.band(sum, 1023), bit.rshift(sum, 31))
end
redis.call('set', 'number', bit.tobit(bit.bor(sum, '0x' .. ('0'):rep(20000) .. 'ff', ('9'):rep(300))))
redis.call('append', 'text', bit.tohex(sum) .. bit.tohex(bit.bnot(sum), -2147483648))
for _, bad in ipairs{'x', ('1'):rep(2000) .. 'x', {}, true} do
    local ok, why = pcall(bit.band, 1, bad)
    redis.call('rpush', 'list', why)
end
redis.atomic(function() redis.call('del', 'set') return bit.ror() end)
return sum
