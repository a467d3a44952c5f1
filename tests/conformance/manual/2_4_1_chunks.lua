-- Chunks: sequences of statements, compiled as the body of a vararg function.
local check = dofile "check.inc"

check.lines [[
loadstring ""
loadstring "" ()
loadstring ";"
loadstring ";;"
loadstring "x = 1" ()
loadstring "x = 1;" ()
loadstring "x = 1; y = 2" () 
x, y
loadstring "x = 1;; y = 2"
loadstring "; x = 1"
loadstring "x = 1 y = 2 z = 3"
loadstring "return ..." (1, nil, "x")
loadstring "return select('#', ...)" ()
loadstring "return select('#', ...)" (nil, nil)
loadstring "local a, b = ... return b, a" (1, 2)
loadstring "local a = 1 return function() return a end" ()()
loadstring "return 1, 2, 3" ()
loadstring "return" ()
loadstring "return;" ()
loadstring "return 1;" ()
loadstring "return 1;;"
loadstring "return 1 return 2"
loadstring "local function f() return ... end"
loadstring "function f(...) return ... end return f(...)" (1, 2)
loadstring "break"
loadstring "end"
loadstring "do end end"
loadstring "until x"
loadstring "else"
loadstring "arg = arg" ()
loadstring "return arg" (1, 2)
loadstring "return (...)" (1, 2)
loadstring "return ... + 1" (4)
loadstring "return ... + 1" ()
loadstring(string.dump(loadstring "return 1 + ...")) (2)
loadstring(string.dump(function(a, b) return b, a end)) (1, 2)
loadstring(string.dump(loadstring "local a = 1; return function() return a end"))()()
]]
-- A chunk is compiled as a whole before anything in it runs.
ran = nil
check.lines [[
loadstring "ran = true; x ="
ran
loadstring "ran = true; error 'e'" ()
ran
]]
-- Where chunks come from.
local path = os.tmpname()
local function write(text)
    local file = assert(io.open(path, "wb"))
    file:write(text)
    file:close()
end
local function hide(ok, ...)
    local out = { ok }
    for i = 1, select("#", ...) do
        local v = select(i, ...)
        out[i + 1] = type(v) == "string" and v:gsub(path:gsub("%p", "%%%0"), "PATH") or v
    end
    return unpack(out, 1, select("#", ...) + 1)
end
local function file(text, ...)
    write(text)
    local label = text:find "\27%u" and "a binary chunk" or check.shown(text)
    check.values("dofile " .. label, hide(pcall(dofile, path)))
    local f, message = loadfile(path)
    if f then
        check.values("loadfile " .. label, hide(pcall(f, ...)))
    else
        check.values("loadfile " .. label, hide(f, message))
    end
end
file("", 1)
file("return ...", 1, 2)
file("return 1, 2")
file("x =")
file("error 'e'")
file("#!/usr/bin/lua\nreturn 5")
file("# a first line\nerror 'line two'")
file("#")
file("#\n")
file("#!x")
file("\n# not the first line")
file("return 1 -- no newline")
file("return 1\r\n")
file("\239\187\191return 1")
file(string.dump(loadstring "return 'binary', ..."), 7)
file("#!x\n" .. string.dump(loadstring "return 'after a comment'"))
file("\27")
file("\27Lua")
file("\27junk")
file("local a <const> = 1")
file("\n\n\nerror('line four')")
file("return debug.getinfo(1, 'S').short_src ~= nil, debug.getinfo(1, 'S').what")
os.remove(path)
check.values("no such file", hide(pcall(dofile, path)))
check.values("no such file", hide(loadfile(path)))

-- Statements need no separator, even where a line ends a call.
check.lines [[
a = 1 b = 2 return a + b
local f = print local g = f return g == print
f = function() return "called" end return f
(function() return 1 end)()
]]
check.evaluate "a = print\n(nil or tostring)(1)"
check.evaluate "a = tostring\n;(nil or tostring)(1) return a"
check.evaluate "f = tostring f\n(1)"
check.evaluate "f = tostring return f\n(1)"
check.evaluate "f = {} f\n.x = 1 return f\n.x"
check.evaluate "return 1\n,2"
check.evaluate "return\n1"
check.evaluate "x\n=\n1 return\nx"
check.evaluate "f = tostring return f\n'x'"
check.evaluate "f = type return f\n{}"
check.evaluate "f = 'x' return f\n:upper\n()"
check.evaluate "f = 'x' return f:upper\n(1)"
