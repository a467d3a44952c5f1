-- Source text: a line of 1 MiB, a million lines, long tokens, many constants.
local function compile(what, src) local f, e = loadstring(src, "=src") if not f then error(what .. ": " .. tostring(e), 2) end return f end
local line = ("x=x+1 "):rep(175000)
assert(#line > 1024 * 1024)
local env = { x = 0 }
local f = compile("a line of 1 MiB", line) setfenv(f, env)() assert(env.x == 175000, "statements on one line: " .. env.x)
f = compile("a million lines", ("\n"):rep(1000000) .. "return 'end'") assert(f() == "end")
f = compile("a million comment lines", ("--\n"):rep(1000000) .. "return 'end'") assert(f() == "end")
local ok, e = pcall(compile("line numbers", ("\n"):rep(999999) .. "error 'here'")) assert(not ok and e == "src:1000000: here", "line number of the error: " .. tostring(e))
f = compile("a string of 1 MiB", "return '" .. ("s"):rep(1048576) .. "'") assert(#f() == 1048576)
f = compile("a long string of 4 MiB", "return [==[" .. ("line of text\n"):rep(350000) .. "]==]") assert(#f() == 350000 * 13)
f = compile("a comment of 4 MiB", "--[[" .. ("c"):rep(4 * 1048576) .. "]] return 1") assert(f() == 1)
f = compile("spaces", (" "):rep(4 * 1048576) .. "return 1") assert(f() == 1)
local id = ("n"):rep(1048576) f = compile("an identifier of 1 MiB", "local " .. id .. " = 3 return " .. id) assert(f() == 3)
f = compile("a number of 1 MiB", "return 0." .. ("1"):rep(1048576)) assert(f() > 0.11 and f() < 0.12)
-- a long token in an error message does not become the message
local _, m = loadstring("local " .. id .. " = = 1", "=src") assert(type(m) == "string") _, m = loadstring("x " .. id, "=src") assert(type(m) == "string") _, m = loadstring("'" .. ("u"):rep(1048576), "=src") assert(type(m) == "string" and m:find("unfinished string", 1, true)) _, m = loadstring("return 1" .. ("z"):rep(1048576), "=src") assert(type(m) == "string" and m:find("malformed number", 1, true))
-- many constants and functions: a result or an error
local parts = {} for i = 1, 200000 do parts[i] = i + 0.5 end f, e = loadstring("return {" .. table.concat(parts, ",") .. "}", "=src") if f then local t = f() assert(#t == 200000 and t[200000] == 200000.5) else assert(type(e) == "string") end
for i = 1, 300000 do parts[i] = i + 0.25 end f, e = loadstring("return {" .. table.concat(parts, ",") .. "}", "=src") if f then assert(#f() == 300000) else assert(type(e) == "string" and e:find("constant table overflow", 1, true), "300000 constants: " .. tostring(e)) end
parts = {} for i = 1, 50000 do parts[i] = "f[" .. i .. "] = function(x) return x + " .. i .. " end" end f, e = loadstring("local f = {} " .. table.concat(parts, "\n") .. " return f", "=src") if f then assert(f()[50000](1) == 50001) else assert(type(e) == "string") end
-- jumps over very large bodies: a result or "control structure too long"
for _, n in ipairs { 30000, 120000, 400000 } do local body = ("x = x + 1 "):rep(n) for _, form in ipairs { "local x = 0 if x == 1 then %s end return x", "local x = 0 while x < 1 do %s end return x", "local x = 0 for i = 1, 1 do %s end return x", "local x = 0 repeat %s until true return x" } do f, e = loadstring((form:gsub("%%s", body)), "=src") if f then local r = f() assert(r == 0 or r == n, form .. n) else assert(type(e) == "string" and e:find("too long", 1, true), tostring(e)) end end end
f, e = loadstring("local a = 1 if a == 0 then return 0 " .. ("elseif a == 0 then return 1 "):rep(20000) .. "else return 'last' end", "=src") if f then assert(f() == "last") else assert(type(e) == "string") end
print "ok"
