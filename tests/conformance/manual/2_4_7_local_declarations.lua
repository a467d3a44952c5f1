-- Local declarations.
local check = dofile "check.inc"

check.lines [[
local x return x
local x, y return x, y
local x = 1 return x
local x, y = 1 return x, y
local x, y = 1, 2 return x, y
local x, y = 1, 2, 3 return x, y
local x, y, z = (function() return 1, 2, 3 end)() return x, y, z
local x, y, z = (function() return 1, 2, 3 end)(), 10 return x, y, z
local x, y, z = 0, (function() return 1, 2, 3 end)() return x, y, z
local x, y, z = ((function() return 1, 2, 3 end)()) return x, y, z
local x, y = (function() end)() return x, y
local x = (function() return 1, 2 end)() return x
local a, b = ... return a, b
loadstring "local a, b = ... return a, b" (1)
loadstring "local a, b, c = (...) return a, b, c" (1, 2)
local x = 1 local x = 2 return x
local x = 1 local x = x + 1 local x = x * 10 return x
local x, x = 1, 2 return x
local x = x return x
x = "global" local x = x return x, _G.x
local x = function() return x end return x()
local function x() return x end return x() == x
local f = function(n) return n == 0 and 1 or n * f(n - 1) end return f(3)
local function f(n) return n == 0 and 1 or n * f(n - 1) end return f(5)
local f f = function(n) return n == 0 and 1 or n * f(n - 1) end return f(5)
do local x = 1 end return x
local x do local x = 1 end return x
local x = 1 if true then local x = 2 end return x
local x = 1 while true do local x = 2 break end return x
local x = 1 for x = 2, 3 do end return x
local x = 1 local function f() local x = 2 end f() return x
local x <const> = 1
local nil1 = 5 return nil1
local _ = 1 local _ = 2 return _
local a, b, c, d, e, f, g, h, i, j = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 return a + b + c + d + e + f + g + h + i + j
local a = {} local b = a b.x = 1 return a.x
local t = {} for i = 1, 3 do local v = i * i t[i] = function() return v end end return t[1](), t[2](), t[3]()
local n = 0 while n < 2 do local v if n == 0 then v = 1 end w = v n = n + 1 end return w
local n = 0 repeat local v w = v v = n n = n + 1 until n == 3 return w
for i = 1, 2 do local v w = v v = i end return w
local a = 1 local b = function() a = a + 1 return a end return b(), b(), a
local
local 1
local x.y
local x[1]
local (x)
local x, 
local x, 1
local x =
local x = 1,
local x y
local x = = 1
local ...
local x, ... = 1
local and = 1
local function
local function f
local function f( end
local function f.g() end
local function f:g() end
local function 1() end
local function f() 
local x = local y
local x; local y; return x, y
local x = 1; return x;
local x local y return x, y
]]

-- A chunk is a block, so locals may be declared outside of any explicit block, and live to its end only.
check.lines [[
loadstring "local hidden = 1" () return hidden
loadstring "local a = 1; getter = function() return a end" () return getter()
loadstring "local a = ...; return function() a = a + 1 return a end" (5)()
]]
-- Two hundred locals are allowed, two hundred and one are not.
local function locals(n)
    local out = {}
    for i = 1, n do out[i] = "local v" .. i .. " = " .. i end
    return table.concat(out, " ")
end
for _, n in ipairs { 1, 50, 199, 200, 201, 250 } do
    local chunk, message = loadstring(locals(n) .. " return v1 + v" .. n, "=line")
    check.values(n .. " locals", chunk and chunk() or message)
    chunk, message = loadstring("do " .. locals(n) .. " end return 'after'", "=line")
    check.values(n .. " locals in a block", chunk and chunk() or message)
    chunk, message = loadstring("function f() " .. locals(n) .. " end return 'function'", "=line")
    check.values(n .. " locals in a function", chunk and chunk() or message)
end
check.call("blocks give their locals back", function()
    return loadstring("do " .. locals(150) .. " end do " .. locals(150) .. " end return 'ok'", "=line")()
end)
check.call("200 locals with parameters", loadstring, "local function f(p) " .. locals(199) .. " end", "=line")
check.call("201 with a parameter", loadstring, "local function f(p) " .. locals(200) .. " end", "=line")
check.call("a loop needs three more", loadstring, locals(197) .. " for i = 1, 2 do end", "=line")
check.call("a loop within the limit", loadstring, locals(196) .. " for i = 1, 2 do end", "=line")
check.call("a generic loop", loadstring, locals(196) .. " for k, v in x do end", "=line")
check.call("a generic loop within the limit", loadstring, locals(195) .. " for k, v in x do end", "=line")
