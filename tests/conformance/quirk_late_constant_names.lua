-- With more than 255 constants before it, a key no longer fits an RK operand and PUC 5.1 loses its name.
local function E(fn, ...) print((select(2, pcall(fn, ...)))) end
local src = { "local t, s = {}, 0 " }
for i = 1, 300 do src[#src + 1] = "s = s + " .. i .. ".25 " end
local pre = table.concat(src)
E(loadstring(pre .. "return t.latekey.x", "=k"))
E(loadstring(pre .. "t.latekey()", "=k"))
E(loadstring(pre .. "t:latemethod()", "=k"))
E(loadstring(pre .. "return lateglobal.x", "=k"))
E(loadstring(pre .. "return t.latekey + 1", "=k"))
E(loadstring(pre .. "return lateglobal .. ''", "=k"))
E(loadstring(pre .. "t.latekey.x = 1", "=k"))
E(loadstring(pre .. "lateglobal()", "=k"))
E(loadstring(pre .. "lateglobal.x = 1", "=k"))
E(loadstring(pre .. "return #lateglobal", "=k"))
