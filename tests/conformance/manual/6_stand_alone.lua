-- The stand-alone interpreter, as far as a script sees it: arg, the standard streams, exit codes, and -e, -l, -i and - by way of a command.
local check = dofile "check.inc"

check.lines [[
type(arg), arg[0], #arg, arg[1]
type(arg[-1]), arg[-1] ~= ""
select("#", ...)
_G.arg == arg
debug.getinfo(1, "S").short_src
]]
check.values("arguments of the chunk", ...)
-- The same program again, with other arguments. Its own name is not part of what is compared.
local program = arg[-1]
local path = os.tmpname()
local function quoted(s) return "'" .. s:gsub("'", "'\\''") .. "'" end
local function clean(s)
    s = s:gsub(path:gsub("%p", "%%%0"), "SCRIPT")
    return (s:gsub("[^%s']*lua5%.1:", "PROGRAM:"):gsub("[^%s']*arenite:", "PROGRAM:"))
end
local function run(label, script, arguments, input)
    local file = assert(io.open(path, "wb"))
    file:write(script)
    file:close()
    local command = program .. " " .. arguments:gsub("SCRIPT", (path:gsub("%%", "%%%%")))
    local pipe = assert(io.popen("{ printf %s " .. quoted(input or "") .. " | " .. command .. "; echo \"[$?]\"; } 2>&1"))
    local output = pipe:read "*a"
    pipe:close()
    check.values(label, clean(output))
end
run("a script", "print 'hello'", "SCRIPT")
run("its arguments", "print(...) print(#arg, arg[1], arg[2], arg[0] ~= nil, arg[3])", "SCRIPT one 'two words'")
run("negative indices of arg", "print(arg[-1] ~= nil, arg[-2])", "SCRIPT")
run("options before the script", "print(arg[-2], arg[-1] ~= nil, arg[-3] ~= nil)", "-e 'x = 5' SCRIPT")
run("-e", "", "-e \"print 'from -e'\"")
run("several -e", "print(x, y)", "-e 'x = 1' -e 'y = 2' SCRIPT")
run("-e joined", "", "-e'print(7)'")
run("-e with an error", "", "-e 'error \"m\"'")
run("-e that does not compile", "", "-e 'x ='")
run("-e that fails ends everything", "print 'not reached'", "-e 'error(\"m\", 0)' SCRIPT")
run("an expression needs return", "", "-e 'return 5'")
run("the script from the standard input", "", "-", "print('from stdin', ...)")
run("the standard input without arguments", "", "", "print 'from stdin, no arguments'")
run("an argument after -", "", "- a b", "print(...)")
run("--", "print('after --', ...)", "-- SCRIPT x")
run("an error", "error 'm'", "SCRIPT")
run("an error without position", "error('m', 0)", "SCRIPT")
run("an error object", "error {}", "SCRIPT")
run("an error object with __tostring", "error(setmetatable({}, { __tostring = function() return 'as text' end }))", "SCRIPT")
run("error nil", "error()", "SCRIPT")
run("error with a number", "error(5)", "SCRIPT")
run("an error in a function", "local function f() error 'm' end\nlocal function g() f() end\ng()", "SCRIPT")
run("a syntax error", "x = = 1", "SCRIPT")
run("an empty script", "", "SCRIPT")
run("a first line with #", "#!/usr/bin/env lua\nprint 'shebang'", "SCRIPT")
run("return values are ignored", "return 1, 2, 3", "SCRIPT")
run("os.exit", "os.exit(5)", "SCRIPT")
run("os.exit without code", "os.exit()", "SCRIPT")
run("output before an exit", "io.write 'no newline' os.exit(0)", "SCRIPT")
run("a script that reads", "print(io.read '*a')", "SCRIPT", "some input")
run("lines of the input", "for l in io.lines() do print('[' .. l .. ']') end", "SCRIPT", "a\nb\nc")
run("a bytecode file", string.dump(loadstring "print('from bytecode', ...)"), "SCRIPT x")
run("global names of -e are the script's", "print(g)", "-e 'g = \"global\"' SCRIPT")
run("locals of -e are not", "print(l)", "-e 'local l = 1' SCRIPT")
run("a handler is there for errors of coroutines", "coroutine.wrap(function() error 'in a coroutine' end)()", "SCRIPT")
run("a finalizer at the end", "u = newproxy(true) getmetatable(u).__gc = function() print 'finalized' end", "SCRIPT")
run("LUA_INIT is not needed", "print(os.getenv 'LUA_INIT')", "SCRIPT")
os.remove(path)
check.call("a missing script", function()
    local pipe = io.popen(program .. " /no/such/script.lua 2>&1; echo \"[$?]\"")
    local output = pipe:read "*a"
    pipe:close()
    return clean(output)
end)
