-- Error values of all types, levels and positions.
for _, v in ipairs({1, "text", true}) do print(pcall(error, v)) end
print(pcall(error)) print(pcall(error, nil))
print(select(2, pcall(error, W)) == W)
local function thrower(level) error("from here", level) end
for level = 0, 3 do print(pcall(function() thrower(level) end)) end
print(pcall(function() local x x.y = 1 end))
print(pcall(function() return W.nothing.field end))
print(pcall(function() return #nil end))
print(pcall(function() return {} + 1 end))
print(pcall(function() return "a" < 1 end))
print(pcall(function() return {} .. "x" end))
print(pcall(function() W.missing() end))
print(pcall(function() for i = 1, "x" do end end))
print(pcall(assert, false, "asserted")) print(pcall(assert, nil)) print(assert(1, 2, 3))
print(pcall(function() W.text.x.y = 1 end))
