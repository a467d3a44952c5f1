local t = setmetatable({}, { __index = function(_, k) error("no field " .. k, 2) end })
print(rawget(t, "x"))
local function use() return t.missing + 1 end
use()
