-- string.gsub with a function: what it may be given and give, where results and subjects are short and where they are long.
local function show(...)
    local out = {}
    for i = 1, select("#", ...) do
        local v = select(i, ...)
        out[i] = type(v) == "string" and #v > 60 and #v .. ":" .. v:sub(1, 20) .. ".." .. v:sub(-20) or tostring(v)
    end
    print(table.concat(out, " | "))
end
local function try(...) show(pcall(string.gsub, ...)) end

local kinds = {"x", "", 7, -0.5, 1e300, 12345678901234567890, false}
for i = 1, #kinds + 1 do
    show(("a bc d"):gsub("%a+", function() return kinds[i] end))
    show(("a bc d"):gsub("%w", function() return kinds[i] end, 2))
    show(("abc"):gsub("", function() return kinds[i] end))
end
for _, bad in ipairs {true, {}, print, coroutine.create(function() end)} do
    show((pcall(string.gsub, "abc", "b", function() return bad end)))
    show((select(2, pcall(string.gsub, "abc", ".", function(c) if c == "c" then return bad end return c .. c end)):gsub("0x%x+", "?")))
end
-- captures
for _, p in ipairs {"%a", "(%a)", "()%a", "(%a)(%d)", "()(%a)()(%d)()", "((%a)%d)", "(%a*)", "%a*", "^%a", "^(%a)", "%d$", "(((((((((%a)))))))))", "%f[%a]%a+", "(%a)%1", "%b()", ".-b", "[a-c]+", "[^%s]+"} do
    show(p, ("a1 bb2 (cc) abab"):gsub(p, function(...) return "<" .. select("#", ...) .. ":" .. tostring((...)) .. ">" end))
    for limit = -1, 3 do show(p, limit, ("a1 bb2 (cc) abab"):gsub(p, function(x) return "[" .. tostring(x) .. "]" end, limit)) end
end
for _, p in ipairs {"(", "(()", "%", "[a", "%1", "(%a", "a)", "%f", "%b", "%bx", "()%2", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)(m)(n)(o)(p)(q)(r)(s)(t)(u)(v)(w)(x)(y)(z)(A)(B)(C)(D)(E)(F)(G)"} do
    try("abc (a1)", p, function(x) return x end)
    try("", p, function(x) return x end)
end
-- natives as functions
show(("hello world"):gsub("%w+", string.upper), ("hello"):gsub(".", string.byte), ("hello"):gsub("l+", string.len))

try("abc", ".", string.rep)
try("1 2 x", "%w", tonumber)
try("abc", "%w", error)
try("abc", "%w", type)
show(("abc"):gsub("b", setmetatable({}, {__index = function(_, k) return k .. k end})))
try("abc", "b", setmetatable({}, {__call = function() return "x" end}))
-- long: the result, the subject, the capture, what lies between
for _, n in ipairs {1, 100, 1000, 1023, 1024, 1025, 5000, 16383, 16384, 16385, 40000} do
    show(n, ("ab"):rep(n):gsub("a", function(c) return c:upper() end))
    show(n, (("x"):rep(n) .. "a"):rep(3):gsub("a", function() return "-" end))
    show(n, (("x"):rep(n) .. "a"):rep(3):gsub("x+", function(s) return #s end))
    show(n, (("x"):rep(n) .. "a"):rep(3):gsub("(x+)(a)", function(s, t) return t .. s end))
    show(n, ("abc"):gsub("b", function() return ("y"):rep(n) end))
    show(n, ("abcb"):rep(20):gsub("b", function() return ("y"):rep(n) end))
    show(n, (" "):rep(n):gsub("x", function() return "never" end))
end
-- the function changes what it can, and calls gsub again
local depth = 0
local function nested(s)
    depth = depth + 1
    local r = depth < 4 and s:gsub("%a", nested) or s:upper()
    depth = depth - 1
    return r
end
show(("abc def"):gsub("%a+", nested))
show(("abc"):gsub("%a", function(c) return (("abc"):gsub("%a", function(d) return c == d and "=" or d end)) end))
local seen = {}
show(("k1=v1 k2=v2"):gsub("(%w+)=(%w+)", function(k, v) seen[#seen + 1] = k .. v collectgarbage() return v .. "=" .. k end), table.concat(seen, ","))
-- errors, and what the caller wants
show(pcall(string.gsub, "abc", "%a", function(c) if c == "b" then error("at " .. c, 0) end end))
show(type(select(2, pcall(string.gsub, "abc", "%a", function(c) if c == "b" then error({}) end end))))
local a = ("abc"):gsub("b", function() return "1" end)
local b, c, d = ("abc"):gsub("b", function() return "1" end)
show(a, b, c, d, (("abc"):gsub("b", function() return "1" end)))
local t = {("abc"):gsub("b", function() return "1" end)}
show(#t, t[1], t[2], ("abc"):gsub("b", function() return "1" end))
string.gsub("abc", "b", function() seen[#seen + 1] = "statement" end)
show(seen[#seen], string.gsub(12345, "3", function(x) return x + 1 end), string.gsub("a5b", 5, function(x) return x * 2 end))
local function last(s) return s:gsub("%d", function(x) return x + 1 end) end
show(last("a1b2"))
show(pcall(function() return ("abc"):gsub("b", function() return nil + 1 end) end))
local co = coroutine.wrap(function() return ("abc"):gsub("%a", function(x) return x .. x end) end)
show(co())
for _, limit in ipairs {0, 1, 2.7, "2", -5, 1e10, 2 ^ 31, 0 / 0} do try("aaaa", "a", function() return "b" end, limit) end
try("aaaa", "a", function() return "b" end, {})
try("aaaa", "a", function() return "b" end, nil)
print(debug.traceback("in gsub", 1) ~= nil, ("x"):gsub("x", function() return (debug.traceback("in gsub"):gsub("\n.*", "")) end))
