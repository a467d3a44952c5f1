-- Input and output: the io table and file handles.
local check = dofile "check.inc"

path = os.tmpname()
other = os.tmpname()
local function plain(v)
    if type(v) ~= "string" then return v end
    return (v:gsub(path:gsub("%p", "%%%0"), "PATH"):gsub(other:gsub("%p", "%%%0"), "OTHER"):gsub("0x%x+", "ADDRESS"))
end
-- Evaluates with the names of the files and addresses made plain.
local function lines(block)
    for line in block:gmatch "[^\n]+" do
        line = line:match "^%s*(.-)%s*$"
        local f, m = loadstring("return " .. line, "=line")
        if not f then f, m = loadstring(line, "=line") end
        local function all(...)
            local out = {}
            for i = 1, select("#", ...) do out[i] = plain((select(i, ...))) end
            check.values(line, unpack(out, 1, select("#", ...)))
        end
        all(pcall(f or error, not f and m or nil))
    end
end
function write(text, p) local f = assert(io.open(p or path, "wb")) f:write(text) f:close() end
function slurp(p) local f = assert(io.open(p or path, "rb")) local s = f:read "*a" f:close() return s end
function with(text, f) write(text) local file = assert(io.open(path)) local function finish(...) file:close() return ... end return finish(f(file)) end

local names = {}
for name, value in pairs(io) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
names = {}
for name, value in pairs(getmetatable(io.stdout)) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("method", name) end
for _, name in ipairs { "close", "flush", "input", "lines", "open", "output", "popen", "read", "tmpfile", "type", "write" } do
    for _, arguments in ipairs { "{}", "true", "print", "coroutine.create(function() end)", "newproxy()", "{}, {}", "'/no/such/file', {}" } do
        if name ~= "tmpfile" and name ~= "flush" and (name ~= "read" or arguments ~= "'/no/such/file', {}") and not (name == "popen" and arguments:find "no/such") and not (name == "write" and arguments:find "no/such") and not (name == "close" and arguments:find "no/such") then
            lines(("io.%s(%s)"):format(name, arguments))
        end
    end
end
lines [[
io.open "/no/such/file"
io.open("/no/such/file", "w")
io.open()
io.open(nil)
io.open(path, "x")
io.open(path, "")
io.open(path, {})
io.open(path, "rw")
type(io.open(path, "r")), type(io.open(path, "rb")), type(io.open(path, "r+")), type(io.open(path, "a"))
select("#", io.open "/no/such/file")
io.type(io.stdout), io.type(5), io.type {}, io.type "x", io.type(nil), io.type(newproxy())
io.type()
local f = io.open(path) local a = io.type(f) f:close() return a, io.type(f)
tostring(io.stdout), tostring(io.open(path))
local f = io.open(path) f:close() return tostring(f)
local f = io.open(path) f:close() f:close()
local f = io.open(path) f:close() f:read()
local f = io.open(path) f:close() f:write "x"
local f = io.open(path) f:close() f:lines()
local f = io.open(path) f:close() f:seek()
local f = io.open(path) f:close() f:flush()
local f = io.open(path) f:close() f:setvbuf "no"
local f = io.open(path) return f:close()
io.close(io.open(path))
io.stdout.close()
io.stdout.close {}
io.stdout.read(5)
io.stdout.nosuch
io.stdout.write == io.stderr.write, getmetatable(io.stdout).__index == getmetatable(io.stdout)
getmetatable(io.stdout) == getmetatable(io.open(path))
]]
-- Reading: every format over several texts.
for _, text in ipairs { "", "one", "one\n", "one\ntwo", "one\ntwo\n", "\n", "\n\n", "12 34\n5.5 0x10 x", "a\0b\nc", "  7", "-1e2,", "long " .. ("x"):rep(2000) .. "\nend", "\r\nx" } do
    for _, formats in ipairs { "", "'*l'", "'*a'", "'*n'", "0", "1", "3", "5000", "'*l', '*l'", "'*l', '*a'", "'*n', '*n'", "'*n', '*l', '*n'", "0, 1, 0", "'*a', '*a'", "'*a', 0", "'*a', '*l'", "'*l', '*l', '*l', '*l'", "1, '*l'", "'*n', '*n', '*n', '*n', '*n'" } do
        check.call(check.shown(text:sub(1, 20)) .. ":read(" .. formats .. ")", function()
            return with(text, loadstring("local f = ... return f:read(" .. formats .. ")"))
        end)
    end
    check.call(check.shown(text:sub(1, 20)) .. ":lines()", function()
        return with(text, function(f) local n, s = 0, "" for line in f:lines() do n = n + 1 s = s .. "[" .. line:sub(1, 10) .. "]" end return n, s end)
    end)
end
lines [[
with("x", function(f) return f:read "x" end)
with("x", function(f) return f:read "" end)
with("x", function(f) return f:read "l" end)
with("x", function(f) return f:read "*x" end)
with("x", function(f) return f:read "*line" end)
with("x", function(f) return f:read "*all" end)
with("5", function(f) return f:read "*number" end)
with("x", function(f) return f:read {} end)
with("x", function(f) return f:read(nil) end)
with("x", function(f) return f:read(true) end)
with("x", function(f) return f:read(-1) end)
with("xyz", function(f) return f:read(1.9) end)
with("xyz", function(f) return f:read "2" end)
with("1 2 3", function(f) return f:read("*n", "*n", "*n") end)
with("abc", function(f) return f:read(1, 1, 1, 1) end)
with("abc", function(f) return f:read("*n", 1) end)
with("0x1F 1e2 .5 5.", function(f) return f:read("*n", "*n", "*n", "*n") end)
with("1.5.5", function(f) return f:read("*n", "*a") end)
]]
-- Writing, seeking, modes.
lines [[
write "abc" return slurp()
local f = io.open(path, "w") local r = f:write("a", 1, 2.5, "b") f:close() return r, slurp()
local f = io.open(path, "w") local r = f:write() f:close() return r, slurp()
local f = io.open(path, "w") f:write({}) 
local f = io.open(path, "w") f:write("x", nil)
local f = io.open(path, "w") f:write(true)
local f = io.open(path, "w") f:write("a\0b\n") f:close() return slurp()
write "abc" local f = io.open(path, "a") f:write "def" f:close() return slurp()
write "abc" local f = io.open(path, "r+") f:write "X" f:close() return slurp()
write "abc" local f = io.open(path, "w+") f:write "new" f:seek "set" local s = f:read "*a" f:close() return s
write "abc" local f = io.open(path, "a+") f:write "d" f:seek "set" local s = f:read "*a" f:close() return s
write "abc" local f = io.open(path, "r") local a, b, c = f:write "x" f:close() return a, b, c
write "abc" local f = io.open(path, "w") local a, b, c = f:read() f:close() return a, b, c
with("hello", function(f) return f:seek(), f:seek "end", f:seek "set", f:seek("set", 2), f:read(1), f:seek "cur" end)
with("hello", function(f) return f:seek("end", -2), f:read "*a", f:seek("cur", -1), f:read(1) end)
with("hello", function(f) return f:seek("set", -1) end)
with("hello", function(f) return f:seek("set", 100), f:read(1) end)
with("hello", function(f) return f:seek "x" end)
with("hello", function(f) return f:seek("set", "x") end)
with("hello", function(f) return f:seek {} end)
with("hello", function(f) return f:seek("set", "2"), f:read(1) end)
with("hello", function(f) return f:seek("set", 1.9), f:read(1) end)
with("hello", function(f) return f:seek(nil, 1) end)
with("x", function(f) return f:setvbuf "no", f:setvbuf "full", f:setvbuf("full", 100), f:setvbuf "line" end)
with("x", function(f) return f:setvbuf "x" end)
with("x", function(f) return f:setvbuf() end)
with("x", function(f) return f:setvbuf("full", {}) end)
with("x", function(f) return f:flush() end)
io.flush(), io.stdout:flush()
io.write(), io.write "", io.write("") == io.stdout
io.write({})
io.write(nil)
]]
-- Default files.
lines [[
io.output() == io.stdout, io.input() == io.stdin
write("line 1\nline 2\n") io.input(path) return io.read(), io.read(), io.read()
io.input():close() return io.type(io.input())
io.read()
io.lines()
io.input("/no/such/file")
io.output("/no/such/file")
io.input(io.stdin) == io.stdin
io.input(5)
io.input {}
io.output {}
io.output(path) io.write("to the file ", 5) io.close() io.output(io.stdout) return slurp()
io.output(path) io.close() local r = {pcall(io.write, "x")} io.output(io.stdout) return r[1], r[2]
io.output(path) io.close() local r = {pcall(io.close)} io.output(io.stdout) return r[1], r[2]
io.output(path) local r = io.output() ~= io.stdout io.close(io.output()) io.output(io.stdout) return r
write("a\nb\n") local t = {} for l in io.lines(path) do t[#t + 1] = l end return #t, t[1], t[2]
for l in io.lines "/no/such/file" do end
for l in io.lines(path) do break end
local f = io.lines(path) while f() do end return pcall(f)
write("x\ny") io.input(path) local t = {} for l in io.lines() do t[#t + 1] = l end local open = io.type(io.input()) io.input():close() io.input(io.stdin) return #t, open
local f = io.open(path) for l in f:lines() do last = l end local state = io.type(f) f:close() return last, state
local f = io.open(path) local it = f:lines() f:close() return pcall(it)
io.lines(path, "*a")()
io.lines(nil)
io.stdin:read(0)
io.stdin:read()
]]
-- popen and tmpfile.
lines [[
local p = io.popen "echo from a command" local s = p:read "*a" return s, p:close()
local p = io.popen("cat > " .. path, "w") p:write "to a command" p:close() return slurp()
io.popen("true", "x")
io.popen()
io.popen {}
local p = io.popen "exit 3" return p:close()
io.type(io.popen "true")
tostring(io.popen "true")
local p = io.popen "printf 'a\\nb\\n'" local t = {} for l in p:lines() do t[#t + 1] = l end p:close() return #t, t[2]
local f = io.tmpfile() f:write "temporary" f:seek "set" local s = f:read "*a" return s, io.type(f), f:close()
]]
-- Two handles, and a handle that is garbage.
lines [[
write "abc" local f, g = io.open(path), io.open(path) local a, b = f:read(1), g:read(2) f:close() g:close() return a, b
do local f = io.open(path, "w") f:write "flushed by the collector" end collectgarbage() collectgarbage() return slurp()
local f = io.open(path) local t = {[f] = 1} return t[f], f == f
]]
os.remove(path)
os.remove(other)
-- The standard handles can be closed or not.
io.stderr:write "to the standard error\n"
check.values("write to stdout", io.stdout:write "direct\n" == io.stdout)
