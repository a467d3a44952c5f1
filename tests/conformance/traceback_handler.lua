-- A message handler is named after what the failing instruction calls.
local function handler(message) return debug.traceback(message) end
local function handled() return (select(2, xpcall(function() local a = missing() return a end, handler))) end
print(handled())
print((select(2, xpcall(function() local t = {} t.field() return 1 end, handler))))
print((select(2, xpcall(function() local t = {} t:method() return 1 end, handler))))
print((select(2, xpcall(function() local up up() return 1 end, handler))))
print((select(2, xpcall(function() for k in nil do end end, handler))))
print((select(2, xpcall(function() return missing() end, handler))))
print((select(2, xpcall(function() local t = nil + 1 return t end, handler))))
print((select(2, xpcall(function() error("raised") end, handler))))
print((select(2, xpcall(function() local s = ("x"):rep() return s end, handler))))
local function named() return debug.getinfo(1, "n").name, debug.getinfo(1, "n").namewhat end
print(xpcall(function() global_one() end, function() return table.concat({named()}, " ") end))
print(xpcall(function() local t = {} t.one() end, function() local i = debug.getinfo(1, "n") return tostring(i.name) .. " " .. i.namewhat end))
