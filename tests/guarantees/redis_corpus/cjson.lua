-- JSON, in both directions: nested, long and escaped strings, numerals of all lengths, errors, options, instances.
local function store(key, text) redis.call('set', key, text) return text end
local function nest(depth)
    local t = {depth}
    for i = 1, depth do t = {t, name = nil, i} end
    return t
end
local instance = cjson.new()
instance.encode_number_precision(5)
instance.encode_sparse_array(true)
instance.decode_max_depth(4)
local long = ('tab\t"quoted" / \1 ' .. string.char(127)):rep(700)
local values = {
    {1, 2.5, -3e100, 'four', true, false, cjson.null},
    {deep = {deeper = {deepest = {1, {2, {3}}}}}},
    nest(12),
    {[long] = long},
    {[1] = 'a', [40] = 'b'},
}
for i, value in ipairs(values) do
    local ok, text = pcall(i == 5 and instance.encode or cjson.encode, value)
    redis.call('rpush', 'list', tostring(ok))
    store('text', text)
    if ok then
        local again = cjson.decode(text)
        redis.call('hset', 'hash', i, type(again))
    end
end
for _, text in ipairs{'[1,2', '{"a":"\\ud800"}', '[[[[[1]]]]]', 'nan', '1' .. ('0'):rep(3000) .. 'x', ' [ 1 , { } ] x'} do
    local ok, why = pcall(instance.decode, text)
    redis.call('append', 'text', tostring(why))
end
local escaped = cjson.decode('["' .. ('\\u20ac\\n'):rep(1500) .. '", 0.' .. ('3'):rep(2500) .. ', "plain"]')
redis.call('sadd', 'set', #escaped[1], escaped[2], escaped[3])
redis.atomic(function()
    redis.call('set', 'number', cjson.encode(escaped))
    instance.encode(print)
end)
return redis.call('llen', 'list')
