-- Default files, io.lines, popen.
local name, other = os.tmpname(), os.tmpname()
local function show(...)
    local t = {}
    for i = 1, select("#", ...) do
        local v = (select(i, ...))
        t[i] = type(v) == "string" and string.format("%q", (v:gsub(name, "NAME"):gsub(other, "OTHER"))) or
            io.type(v) or tostring(v)
    end
    io.stdout:write(table.concat(t, " "), "\n")
end
local function try(...) show(pcall(...)) end

-- order of output through every way
print("1") io.write("2\n") io.stdout:write("3\n") print("4") io.output():write("5\n") show(io.write(), io.stdout:flush(), io.flush())
-- output
show(io.output(name)) show(io.write("first\n", 2, "\n")) show(io.output() ~= io.stdout) print("still stdout") show(io.close()) show(pcall(io.write, "x")) show(pcall(io.close)) show(pcall(io.flush)) show(pcall(function() io.write("x") end)) show(io.output()) show(pcall(function() io.output():write(1) end)) io.output(io.stdout) show(io.output() == io.stdout)
-- input
show(io.input(name)) show(io.read()) show(io.read("*n")) show(io.read("*a")) show(io.read("*a")) show(io.read()) show(io.close(io.input())) try(io.read) try(io.lines) show(pcall(function() for l in io.lines() do end end)) show(pcall(function() io.read() end)) io.input(io.stdin) show(io.read()) show(io.read("*a")) show(io.read(0))
try(io.input, "/no/such/file") try(io.output, "/no/such/dir/file") show(pcall(function() io.input("/no/such/file") end)) try(io.input, {}) try(io.output, true) show(io.input(nil) == io.stdin) try(io.output, newproxy()) try(io.input, 123456)
-- lines
local function lines(...) local t = {} for l in io.lines(...) do t[#t + 1] = "<" .. l .. ">" end return table.concat(t) end
local function put(text) local f = io.open(name, "w") f:write(text) f:close() end
for _, text in ipairs { "", "\n", "a", "a\n", "a\nb", "\n\na\n\n", "a\r\nb\r\n", ("l"):rep(9000) .. "\nend" } do put(text) local s = lines(name) show(#s < 50 and s or #s) end
put "x\ny\nz\n" io.input(name) show(lines()) show(io.type(io.input()), io.read()) io.input():close() io.input(io.stdin)
try(io.lines, "/no/such/file") try(io.lines, nil) try(io.lines, {}) show(pcall(function() for l in io.lines("/no/such") do end end)) show(pcall(function() io.lines("/tmp")() end)) show(select("#", io.lines(name)))
local it = io.lines(name) show(it(), it(), it(), it()) try(it) show(pcall(function() it() end))
local f = io.open(name) local l = f:lines() show(l()) show(f:read(1), l()) show(l()) show(l()) show(l()) show(f, io.type(f)) f:close() try(l) show(pcall(function() for x in l do end end)) show(pcall(function() for x in f:lines() do end end))
f = io.open(name, "w") l = f:lines() show(pcall(l)) f:close() show(pcall(f.lines, 3))
-- many files not closed by hand
put "abc" for i = 1, 300 do local s = io.open(name):read() if i % 100 == 0 then collectgarbage() end end for i = 1, 300 do for s in io.lines(name) do end end show "many"
-- popen
f = io.popen("echo hello; echo there") show(f, io.type(f)) show(f:read()) show(f:read("*a")) show(f:close()) show(f) try(f.read, f)
f = io.popen("cat > " .. other, "w") show(f:write("to the pipe\n", 42)) show(f:close()) show(io.open(other):read("*a")) f = io.popen("exit 3") show(f:read("*a")) show(f:close()) show(io.popen("x", "bad")) show(io.popen("x", "rw") == nil) try(io.popen) f = io.popen("cat", "w") show(f:seek()) show(f:read()) f:close() for x in io.popen("printf 'a\\nb'"):lines() do show(x) end io.stdout:write("before ") io.popen("echo from the shell", "w"):close()
-- file handles as keys and in methods borrowed from others
local set = { [io.stdin] = "in", [io.stdout] = "out" } show(set[io.input()], set[io.output()]) show(pcall(io.stdout.write, io.stdout, "w", 1, "\n")) try(io.stdout.read, io.stdout, "bad") show(pcall(setmetatable, io.stdout, {})) show(pcall(function() return #io.stdout end)) show(pcall(function() return io.stdout .. "" end)) show(pcall(function() return io.stdout < io.stderr end)) show(io.stderr:write()) show(getfenv(io.write) == _G)
-- inside coroutines and pcall
local co = coroutine.wrap(function() for s in io.lines(name) do coroutine.yield(s) end return "done" end) show(co()) show(co()) show(pcall(pcall, io.lines, "/no/such")) show(select("#", io.read("*a", "*a")))
os.remove(name) os.remove(other) io.stderr:write("to stderr\n") io.stdout:setvbuf("no") io.write("last") local h = io.tmpfile() h:write("unclosed at exit")
