-- Much garbage of all kinds, with old tables in between.
for i = 1, 120 do
    local t = {i, {i}, function() return i end, "s" .. i}
    W.small[i % 40 + 1] = {t[1], t[2][1] + 1, id = t[3]()}
    if i % 40 == 0 then collectgarbage("step", 5) end
end
local s = ""
for i = 1, 60 do s = s .. string.char(96 + i % 26) end
print(#s, W.small[1].id, W.small[40][2])
local list
for i = 1, 100 do list = {i, list} end
W.list = {value = list[1], next = W.list}
collectgarbage()
local n, node = 0, W.list
while node do n = n + node.value node = node.next end
print(n)
