-- Files: opening, reading, writing, seeking, closing.
local name, other = os.tmpname(), os.tmpname()
local function show(...)
    local t = {}
    for i = 1, select("#", ...) do
        local v = (select(i, ...))
        t[i] = type(v) == "string" and string.format("%q", (v:gsub(name, "NAME"):gsub(other, "OTHER"))) or
            io.type(v) or tostring(v)
    end
    print(table.concat(t, " "))
end
local function put(text) local f = assert(io.open(name, "wb")) f:write(text) f:close() end
local function try(...) show(pcall(...)) end

-- open
show(io.open("/no/such/file")) show(io.open("/no/such/file", "w")) show(io.open("/tmp", "w"))
show(io.open(name, "zz")) show(io.open(name, "")) show(io.open(name .. "\0ignored")) try(io.open) try(io.open, {})
try(io.open, name, {}) show(io.open(name, "r+")) show(io.open(12345)) try(io.open, name, "r", "more")
-- type, tostring, closing
local f = io.open(name, "w") show(f, io.type(f), io.type(1), io.type(io), io.type(newproxy())) try(io.type)
print((tostring(f):gsub("0x%x+", "PTR"))) show(f:close()) show(f, io.type(f), tostring(f)) try(f.close, f) try(f.write, f, 1) try(f.read, f)
try(f.lines, f) try(f.seek, f) try(f.flush, f) try(f.setvbuf, f, "no") try(io.close, f) try(io.input, f)
show(pcall(function() f:read() end)) show(pcall(function() io.close(f) end)) show(pcall(function() f.close() end))
show(pcall(function() f.close(1) end)) show(pcall(function() local x = {close = f.close} x:close() end))
show(pcall(function() io.stdin.nothing() end)) show(pcall(function() io.stdin:nothing() end)) show(pcall(function() io.stdin.x = 1 end))
try(getmetatable(f).__gc) try(getmetatable(f).__tostring) try(getmetatable(f).__gc, 1) show(getmetatable(f).__gc(f)) show(getmetatable(f).__index == getmetatable(f))
show(pcall(function() getmetatable(io.stdin).__gc() end)) show(pcall(function() getmetatable(io.stdin).__gc(f, 1) end))
show(io.stdin:close()) show(io.close(io.stderr)) show(io.type(io.stdin), io.stdout == io.output(), io.stdin == io.input())
do local names = {} for k in pairs(io) do names[#names + 1] = k end table.sort(names) print(table.concat(names, " ")) end
do local names = {} for k in pairs(getmetatable(f)) do names[#names + 1] = k end table.sort(names) print(table.concat(names, " ")) end

-- write
f = io.open(name, "w") show(f:write()) show(f:write("a", 1, 2.5, -0.1, 1e100, "\0z", 1 / 0)) try(f.write, f, "x", {}, "y") try(f.write, f, nil) show(pcall(function() f:write("p", true) end)) show(f:write("end")) f:close()
f = io.open(name, "rb") show(f:read("*a")) show(f:read("*a")) show(f:read("*l")) show(f:write("no")) f:close()
f = io.open(name, "w") show(f:read()) show(f:read("*n")) show(f:read(0)) show(f:read(1)) show(f:read("*a")) try(f:lines()) f:close()

-- read
put "one\ntwo\n\nfour"
f = io.open(name) show(f:read()) show(f:read("*l")) show(f:read("*lines", "*l")) show(f:read()) show(f:read()) show(f:read(0)) f:seek("set") show(f:read("*l", "*l", "*l", "*l", "*l", "*l", "*l")) f:seek("set") show(f:read(3, 1, 0, 100, 0, 5)) f:seek("set") show(f:read(2.9)) show(f:read(-1)) show(f:read("*a", "*a")) f:seek("set") try(f.read, f, "x") try(f.read, f, "*x") try(f.read, f, "") try(f.read, f, "*") try(f.read, f, {}) try(f.read, f, nil) try(f.read, f, "*l", "l") show(pcall(function() return f:read(3, "z") end)) show(pcall(function() return f:read("*q") end)) try(f.read, f, "3") f:close()
put "  12 -3.5e2\t0x10 nan inf .5 5. 1e x 99999999999999999999 1e400\n7" f = io.open(name) show(f:read("*n", "*n", "*number", "*n")) show(f:read("*n")) for i = 1, 4 do show(f:read("*n", 1)) end f:seek("set") show(f:read("*n", "*l")) show(f:read("*n")) show(f:read("*n", "*n", "*n")) f:close()
put "1,2;x" f = io.open(name) show(f:read("*n", 1, "*n", 1, "*n", 1)) show(f:read("*a")) f:close()
put "zero\0hidden\nnext\n" f = io.open(name, "rb") show(f:read()) show(f:read()) f:seek("set") show(f:read("*a")) f:close()
put(("x"):rep(8191) .. "\n" .. ("y"):rep(8192) .. "\n" .. ("z"):rep(20000)) f = io.open(name) for i = 1, 4 do local l = f:read() show(l and #l, l and l:sub(-2)) end f:seek("set") show(#f:read(8192), #f:read(10000), #f:read("*a")) f:seek("set") show(#f:read(1e9)) f:close()
put "" f = io.open(name) show(f:read("*a")) show(f:read("*l")) show(f:read(0)) show(f:read("*n")) show(f:read(1)) show(f:read("*a", "*l", "*a")) f:close()
show(io.open("/tmp"):read()) show(io.open("/tmp"):read("*a")) show(io.open("/tmp"):read(1))

-- seek
put "0123456789" f = io.open(name, "r+") show(f:seek()) show(f:seek("end")) show(f:seek("set", 3)) show(f:read(2)) show(f:seek("cur", -1)) show(f:read(1)) show(f:seek("end", -2)) show(f:read("*a")) show(f:seek("set", -1)) show(f:seek("cur")) try(f.seek, f, "bad") try(f.seek, f, 1) try(f.seek, f, "set", "x") show(f:seek("set", "4")) show(f:seek("end", 5)) show(f:write("!")) show(f:seek("set")) show(f:read("*a")) f:close() show(pcall(function() io.stdin:seek("sideways") end))
-- modes
f = io.open(name, "a") show(f:write("+tail")) f:close() f = io.open(name, "a+") f:write("!") f:seek("set") show(#f:read("*a")) f:close() f = io.open(name, "w+") f:write("abc") f:seek("set", 1) show(f:read("*a")) f:close() f = io.open(name, "r+b") f:write("X") f:seek("set") show(f:read("*a")) f:close()
-- buffering
f = io.open(name, "w") show(f:setvbuf("full", 1024)) f:write("abc") show(io.open(name):read("*a")) show(f:flush()) show(io.open(name):read("*a")) show(f:setvbuf("no")) f:write("def") show(io.open(name):read("*a")) try(f.setvbuf, f) try(f.setvbuf, f, "some") try(f.setvbuf, f, "full", "x") f:close() f = io.open(name, "w") f:setvbuf("line") f:write("one\ntwo") show(io.open(name):read("*a")) f:close() show(io.open(name):read("*a"))
-- several at once, each with its own position
local files = {} for i = 1, 20 do files[i] = io.open(name) files[i]:seek("set", i % 7) end local t = {} for i = 1, 20 do t[i] = files[i]:read(1) or "-" end print(table.concat(t)) for i = 1, 20, 2 do files[i]:close() end for i = 1, 20 do t[i] = tostring(io.type(files[i])) end print(table.concat(t, ",")) local again = io.open(name) show(files[1], again, files[1] == again, files[2] == files[2]) again:close()
-- collected files are flushed and closed
do local g = io.open(name, "w") g:write("from gc") end f = nil collectgarbage() collectgarbage() show(io.open(name):read("*a"))
-- tmpfile
f = io.tmpfile() show(f, f:write("temp"), f:seek("set"), f:read("*a"), f:close())
show(os.remove(name)) show(os.remove(other)) show(os.remove(other))
