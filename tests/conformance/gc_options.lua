-- collectgarbage: results of the options, and what sets the collector going again after "stop".
print(collectgarbage "stop", collectgarbage "restart", collectgarbage "collect", collectgarbage())
local pause, multiplier = collectgarbage("setpause", 150), collectgarbage("setstepmul", 300)
print(pause, multiplier)
for _, n in ipairs { 0, -5, 1.9, "12", 2 ^ 32 + 7, 2 ^ 31 } do
  print(collectgarbage("setpause", n), collectgarbage("setstepmul", n))
end
print(collectgarbage("setpause", pause), collectgarbage("setstepmul", multiplier))
print(pcall(collectgarbage, "setpause", {}))
print(pcall(collectgarbage, "setpause", "x"))
print(pcall(collectgarbage, "step", true))

local function until_collected()
  local seen = setmetatable({ {} }, { __mode = "v" })
  local garbage
  while seen[1] do garbage = { {} } end
  return "collected"
end
for _, option in ipairs { "restart", "collect", "step" } do
  collectgarbage "stop"
  collectgarbage(option)
  print(option, until_collected())
end
collectgarbage("setstepmul", 0)
print(until_collected())
collectgarbage("setstepmul", -1)
print(until_collected())
