-- The operator "#".
local check = dofile "check.inc"

check.lines [[
#"", #"a", #"abc", #"a\0b", #"\0\0", #"\r\n", #"\195\164"
#{}, #{1}, #{1, 2, 3}, #{nil}, #{x = 1}, #{1, 2, x = 3}
#{1, 2, nil}, #{n = 1, 2}
#{[1] = 1}, #{[1] = 1, [2] = 2}, #{[0] = 1}, #{[-1] = 1}, #{[1.5] = 1}, #{["1"] = 1}
#{"a", "b", [3] = "c"}
local t = {} for i = 1, 100 do t[i] = i end return #t
local t = {} for i = 1, 100 do t[i] = i end t[100] = nil return #t
local t = {} for i = 1, 100 do t[i] = i end for i = 100, 51, -1 do t[i] = nil end return #t
local t = {} for i = 1, 10 do t[#t + 1] = i end return #t, t[10]
local t = {} for i = 10, 1, -1 do t[i] = i end return #t
local t = {1, 2, 3} t[#t] = nil return #t
local t = {1, 2, 3} t[#t + 1] = 4 return #t
local t = {1, 2, 3} for i = #t, 1, -1 do t[i] = nil end return #t
local t = {} t[1] = 1 t[2] = 2 t[4] = 4 return t[#t] ~= nil and t[#t + 1] == nil
local t = {n = 5} return #t, t.n
#(function() return "abc", "de" end)()
#{(function() return 1, 2, 3 end)()}
#{nil, nil}
#"abc" + 1, #"abc" * 2, -#"abc", #"abc" .. "", #"a" ^ 2
#"abc" == 3, #"" == 0, not #""
##"abc"
# "abc"
#("abc" .. "de"), #"abc" .. "de"
#[==[abc]==]
#tostring(12345)
("abc"):len() == #"abc"
local s = "x" return #s, #s:rep(5)
#5
#nil
#true
#print
#io.stdout
#coroutine.create(function() end)
local a return #a
local t = {} return #t.x
local t = {x = 5} return #t.x
#g1
local up local function f() return #up end return f()
#
1 #
#and
#setmetatable({1, 2}, {__len = function() return 99 end})
local u = newproxy(true) getmetatable(u).__len = function() return "len of userdata" end return #u
local u = newproxy(true) getmetatable(u).__len = function() return 1, 2 end return #u
local u = newproxy(true) getmetatable(u).__len = function() end return #u
local u = newproxy(true) getmetatable(u).__len = function(a, b) return rawequal(a, b), b == nil end return #u
local u = newproxy(true) getmetatable(u).__len = 5 return #u
debug.setmetatable(5, {__len = function(n) return n * 2 end}) local r = #5 debug.setmetatable(5, nil) return r
debug.setmetatable(nil, {__len = function() return "nil has a length" end}) local r = #nil debug.setmetatable(nil, nil) return r
local mt = getmetatable "" mt.__len = function() return 99 end local r = #"abc" mt.__len = nil return r
]]
-- The length of a table with holes is one of its borders.
local function is_border(t)
    local n = #t
    return (n == 0 or t[n] ~= nil) and t[n + 1] == nil
end
for _, holes in ipairs { { 1 }, { 2 }, { 5 }, { 9 }, { 10 }, { 1, 5 }, { 2, 3, 4 }, { 9, 10 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } } do
    local t = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }
    for _, i in ipairs(holes) do t[i] = nil end
    check.values("holes at " .. table.concat(holes, " "), is_border(t))
    t = {}
    for i = 1, 10 do t[i] = i end
    for _, i in ipairs(holes) do t[i] = nil end
    check.values("holes in a grown table at " .. table.concat(holes, " "), is_border(t))
end
for n = 0, 40 do
    local t = {}
    for i = 1, n do t[i] = true end
    check.values("length " .. n, #t, #{ unpack(t) })
end
