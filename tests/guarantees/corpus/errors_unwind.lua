-- What was changed before an error stays changed.
local function change(stage)
    W.stage = stage
    W.array[stage] = "changed"
    W.hash["key" .. stage].name = stage
    W.count(stage)
    if stage == 3 then error({stage = stage}) end
    return change(stage + 1)
end
local ok, e = pcall(change, 1)
print(ok, e.stage, W.stage, W.array[3], W.array[4], W.hash.key2.name, W.peek())
local results = {}
for i = 1, 10 do
    results[i] = tostring(pcall(function() if i % 3 == 0 then error(i) end W.small[i].id = -i end))
end
print(table.concat(results, " "), W.small[2].id, W.small[3].id)
