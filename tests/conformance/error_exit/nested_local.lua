local function level3()
  local t = nil
  return t.field + 1
end
local function level2()
  local r = level3()
  return r
end
local obj = {}
function obj:method()
  local r = level2()
  return r
end
obj:method()
