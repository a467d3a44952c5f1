-- __gc of newproxy: order, resurrection, errors ignored by collectgarbage's caller only at the end.
local log = {}
do
    for i = 1, 4 do
        local u = newproxy(true)
        getmetatable(u).__gc = function(o) log[#log + 1] = i if i == 2 then W.saved = o end end
    end
end
collectgarbage() collectgarbage()
print(table.concat(log, " "), type(W.saved))
W.saved = nil
collectgarbage()
print(#log)
local u = newproxy(true)
local m = getmetatable(u)
m.__gc = function() log[#log + 1] = "late" end
local v = newproxy(u)
print(getmetatable(v) == m, pcall(newproxy, {}), type(newproxy(false)))
u, v = nil, nil
collectgarbage()
print(table.concat(log, " "))
print(#W.log)
