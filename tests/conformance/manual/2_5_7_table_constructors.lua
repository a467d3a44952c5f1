-- Table constructors.
local check = dofile "check.inc"

-- Prints the contents in a fixed order.
function show(t)
    local keys = {}
    for k in pairs(t) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) return type(a) .. tostring(a) < type(b) .. tostring(b) end)
    for i, k in ipairs(keys) do
        local v = t[k]
        keys[i] = type(k):sub(1, 1) .. ":" .. tostring(k) .. "=" .. (type(v) == "table" and "{" .. show(v) .. "}" or type(v) == "function" and "f" or tostring(v))
    end
    return table.concat(keys, " ")
end
function three() return 1, 2, 3 end
function none() end
check.lines [[
show {}
show {1}
show {1, 2, 3}
show {1; 2; 3}
show {1, 2; 3}
show {1, 2, 3,}
show {1, 2, 3;}
show {x = 1}
show {x = 1, y = 2,}
show {x = 1; y = 2;}
show {["x"] = 1}
show {[1] = "one"}
show {[2] = "two", "one"}
show {"one", [2] = "two"}
show {[1] = "key", "list"}
show {"list", [1] = "key"}
show {[1] = 1, [2] = 2, 3}
show {x = 1, 2, y = 3, 4, 5}
show {1, x = 2, 3, [10] = 4, 5}
show {[1.5] = "f", [true] = "t", [-1] = "m"}
show {[1 + 1] = 2, ["a" .. "b"] = "ab"}
show {nil}
show {nil, nil, 3}
show {1, nil}
show {1, nil, 3}
show {x = nil}
show {x = 1, x = 2}
show {[1] = "a", [1] = "b"}
show {x = 1, ["x"] = 2}
show {{}}
show {{1}, {2, {3}}}
show {a = {b = {c = 1}}}
show {three()}
show {three(), three()}
show {(three())}
show {three(), nil}
show {0, three()}
show {three(), 0}
show {none()}
show {none(), none()}
show {none(), 1}
show {1, none()}
show {(none()), 1}
show {x = three()}
show {x = three(), three()}
show {three(), x = 1}
show {[three()] = three()}
loadstring "return show {...}" ()
loadstring "return show {...}" (1, 2, 3)
loadstring "return show {..., ...}" (1, 2)
loadstring "return show {(...)}" (1, 2)
loadstring "return show {..., 'end'}" (1, 2)
loadstring "return show {x = ...}" (1, 2)
loadstring "return show {..., x = 1}" (1, 2)
loadstring "return show {x = 1, ...}" (1, 2)
loadstring "return show {n = select('#', ...), ...}" (1, nil, 3)
show {three}
show {function() end}
show {f = function() return 1 end}
show {not nil, 1 < 2, "a" .. "b", #"abc", -1}
show {1 and 2, nil or 3}
show {"a", "b", "c"}
show {["end"] = 1, ["and"] = 2}
show {[""] = "empty"}
show {_ = 1, _1 = 2}
show {a = 1, A = 2}
show {1, 2, 3, nil, nil}
show {[0] = 0, 1}
show {a1 = 1, a2 = 2}
show {x = x}
show {x == 1}
show {x}
x = 5 return show {x, x = x, [x] = x}
local x = 6 return show {x, x = x, [x] = x}
local t = {} t[1] = t return t[1][1] == t
{} == {}
local a, b = {}, {} return a == b
local function f() return {} end return f() == f()
local t = {} for i = 1, 3 do t[i] = {} end return t[1] == t[2]
({10, 20, 30})[2]
({x = 5}).x
({x = {y = 7}}).x.y
#({1, 2, 3})
#{n = 1}
next {}
type {}
show { [{}] = 1 } ~= ""
{[nil] = 1}
{[0/0] = 1}
{[nil] = nil}
{[x.y] = 1}
{x.y}
{1 2}
{1,,2}
{,}
{;}
{,1}
{1,;2}
{x = }
{x = 1 y = 2}
{= 1}
{1 = 2}
{"x" = 1}
{[1]}
{[1] = }
{[1 = 2}
{[] = 1}
{x.y = 1}
{x: 1}
{and = 1}
{
{1
{1,
{x
{x =
{[
{1}}
{...}
{local x = 1}
{return 1}
{x = 1, = 2}
{x == }
{(x) = 1}
{(x)}
{[x]}
]]
-- The order of evaluation, and of storing.
check.lines [[
local log = "" local function f(n) log = log .. n return n end show {f(1), f(2), x = f(3), [f(4)] = f(5), f(6)} return log
local log = "" local function f(n) log = log .. n return n end show {[f "k1"] = f "v1", [f "k2"] = f "v2"} return log
local t = {1, 2, t = t} return t.t
local n = 0 local function f() n = n + 1 return n end local t = {f(), f(), f()} return t[1], t[2], t[3]
local ok, message = pcall(function() return {1, 2, error("inside", 0)} end) return ok, message
]]
-- Long lists: across the size at which the items are stored, and up to large ones.
for _, n in ipairs { 1, 49, 50, 51, 99, 100, 101, 150, 255, 256, 511, 512, 513, 1000, 30000 } do
    local items = {}
    for i = 1, n do items[i] = tostring(i) end
    local source = "{" .. table.concat(items, ",") .. "}"
    check.call(n .. " items", function()
        local t = loadstring("return " .. source)()
        local sum = 0
        for i = 1, #t do sum = sum + t[i] end
        return #t, sum, t[1], t[n]
    end)
    if n < 1001 then
        check.call(n .. " items and a call", function()
            local t = loadstring("return {" .. table.concat(items, ",") .. ", three()}")()
            return #t, t[n], t[n + 1], t[n + 3]
        end)
        check.call(n .. " fields", function()
            local fields = {}
            for i = 1, n do fields[i] = "f" .. i .. "=" .. i end
            local t = loadstring("return {" .. table.concat(fields, ";") .. "}")()
            return #t, t.f1, t["f" .. n]
        end)
    end
end
for _, depth in ipairs { 1, 10, 100, 180, 190 } do
    check.call("nested " .. depth, function()
        local t = loadstring("return " .. ("{"):rep(depth) .. ("}"):rep(depth))()
        local n = 0
        while t do n = n + 1 t = t[1] end
        return n
    end)
end
check.call("nested too deeply", loadstring, "return " .. ("{"):rep(300) .. ("}"):rep(300), "=line")
