-- Arithmetic metamethods, left and right, old and new metatables.
local V = {}
V.__index = V
local function vec(...) return setmetatable({...}, V) end
local function each(f) return function(a, b)
    local r = vec()
    for i = 1, 2 do r[i] = f(type(a) == "table" and a[i] or a, type(b) == "table" and b[i] or b) end
    return r
end end
V.__add = each(function(a, b) return a + b end)
V.__sub = each(function(a, b) return a - b end)
V.__mul = each(function(a, b) return a * b end)
V.__div = each(function(a, b) return a / b end)
V.__mod = each(function(a, b) return a % b end)
V.__pow = each(function(a, b) return a ^ b end)
V.__unm = function(a) return vec(-a[1], -a[2]) end
V.__tostring = function(a) return "<" .. a[1] .. " " .. a[2] .. ">" end
V.__concat = function(a, b) return tostring(a) .. "&" .. tostring(b) end
local a, b = vec(6, 8), vec(4, 3)
for _, r in ipairs({a + b, a - 1, 2 * b, a / b, a % b, b ^ 2, -a, 10 - b, 1 + a}) do io.write(tostring(r), " ") end
print()
print(a .. b, "s" .. a, a .. 1, 1 .. "x" .. b .. "y")
print(tostring(W.points[1] + W.points[2]), pcall(function() return W.points[1] - 1 end))
print(pcall(function() return vec(1, 2) + nil end))
