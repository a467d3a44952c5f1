-- What changed from Lua 5.0 to 5.1.
local check = dofile "check.inc"

-- The language: varargs, long brackets, the arg table, the length operator, modulo.
check.lines [=====[
(function(...) return select("#", ...), ... end)(1, nil)
(function(...) return arg and arg.n end)(1, 2)
(function(...) local a = ... return arg == _G.arg, a end)(1, 2)
(function(...) return #{...} end)(1, 2, 3)
#{1, 2, 3}, #"abc", table.getn {1, 2, 3}
7 % 3, -7 % 3, math.mod(7, 3), math.mod(-7, 3)
[==[a [[nested]] b]==]
[[a [[nested]] b]]
[[a [=[other level]=] b]]
--[==[ a ]] still a comment ]==] 5
"\065\10\\"
for i = 1, 3 do local f = function() return i end if i == 2 then return f() end end
local t = {} for k, v in pairs {1, 2} do t[k] = function() return v end end return t[1](), t[2]()
for k, v in {1, 2} do end
for i = 1, 2 do local x = i end return i
1 // 2
0x10, 0xA
]=====]
-- The libraries: renamed, replaced and kept functions.
check.lines [[
string.gfind == string.gmatch, string.gmatch("x", "x")()
table.setn({}, 3)
table.getn {1, 2, n = 10}
table.foreach({5}, function(i, v) return i + v end), table.foreachi({5}, function(i, v) return v end)
math.mod == math.fmod, math.modf(3.5)
type(loadlib), type(package.loadlib), type(gcinfo), type(newproxy)
collectgarbage(0)
collectgarbage "collect", type(collectgarbage "count")
type(module), type(require), package.path == LUA_PATH, LUA_PATH
type(coroutine.running), coroutine.running()
_VERSION, _TRACEBACK, _ALERT, _LOADED, _REQUIREDNAME
string.rep("x", 3), string.reverse "abc", string.match("key=5", "%d"), ("x"):upper()
table.maxn {1, 2, [10] = 3}
os.date "*t" ~= nil, os.difftime(2, 1)
xpcall(function() return "with a handler" end, print)
unpack({1, 2, 3}, 2, 3)
select(2, "a", "b")
tostring(nil), tonumber "0x10"
io.lines ~= nil, io.popen ~= nil
debug.getfenv ~= nil, debug.setfenv ~= nil, debug.getregistry ~= nil, debug.getmetatable ~= nil
]]
-- What only later versions have is absent.
for _, name in ipairs { "rawlen", "warn", "utf8", "bit32", "bit", "loadlib", "table.pack", "table.unpack", "table.move", "table.create", "math.type", "math.tointeger", "math.ult", "math.maxinteger",
    "string.pack", "string.unpack", "string.packsize", "coroutine.isyieldable", "coroutine.close", "debug.upvalueid", "debug.upvaluejoin", "debug.getuservalue", "debug.setuservalue", "debug.setcstacklimit",
    "package.searchers", "package.searchpath", "_ENV", "jit", "table.clear", "table.new", "math.log2", "string.split", "table.find", "table.getn and table.size" } do
    check.evaluate(name)
end
-- Syntax of later versions is refused, or means what it meant.
check.compiles [[
goto done
::done::
local x <const> = 1
local x <close> = nil
x = 1 // 2
x = 1 & 2
x = 1 | 2
x = ~1
x = 1 >> 2
x = 1 << 2
x = a ~ b
break ; x = 1
while true do break x = 1 end
return ; ;
;
x = 0x1p4
x = 0x.8
x = "\x41"
x = "\z  a"
x = "\u{48}"
global x
continue
x += 1
x = a ?? b
x = a?.b
x = `text`
function f(a: number) end
local function f<T>() end
x = if a then b else c
]]
check.lines [[
"\x41"
"\z a"
"\u{48}"
0xA
]]
