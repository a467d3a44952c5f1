-- type tostring tonumber print select rawequal _VERSION and the set of names.
local function E(fn, ...) print((select(2, pcall(fn, ...)))) end
print(_VERSION, type(_G), _G._G == _G, _G == getfenv())
print(type(nil), type(true), type(1), type "s", type {}, type(print), type(function() end), type(coroutine.create(function() end)), type(newproxy())) E(type) print(type(nil, 1, 2), select("#", type(1)))
-- tostring
print(tostring(nil), tostring(true), tostring(false), tostring(12), tostring(-0.5), tostring "s", tostring(1e15), tostring(2 ^ 63), tostring "") for _, v in ipairs { {}, print, function() end, coroutine.create(function() end), newproxy() } do print((tostring(v):gsub("0x%x+", "ADDR"))) end print(tostring(print) == tostring(print), tostring {} == tostring {}) E(tostring)
-- tonumber with bases
print(tonumber("10", 2), tonumber("ff", 16), tonumber("FF", 16), tonumber("zz", 36), tonumber("ZZ", 36), tonumber("777", 8), tonumber("8", 8), tonumber("2", 2), tonumber("g", 16), tonumber("", 10), tonumber("", 16), tonumber(" 11 ", 2), tonumber("1 1", 2), tonumber("0x10", 16), tonumber("0x10", 10), tonumber("1e1", 16), tonumber("1e1", 10), tonumber("1.5", 10), tonumber("1.5", 16), tonumber("10", 36), tonumber("7fffffff", 16), tonumber("ffffffff", 16), tonumber(10, 16), tonumber(11, 2), tonumber("z", 35), tonumber("11", "2"), tonumber("1010", 2.9)) E(tonumber) E(tonumber, "1", 1) E(tonumber, "1", 37) E(tonumber, "1", 0) E(tonumber, "1", -2) E(tonumber, "1", "x") E(tonumber, {}, 16) E(tonumber, nil, 16) E(tonumber, true, 2) print(tonumber {}, tonumber(nil), tonumber(true), tonumber(print), tonumber("x"), tonumber("12abc"), tonumber("1" .. "0")) for b = 2, 36 do io.write(tonumber("11", b), " ", tonumber("1" .. string.char(b <= 10 and 47 + b or 86 + b), b), " ") end print()
-- print and io.write
print() print(nil) print(nil, false, 1, "x") print("a\0b" == "a\0b", "tab\tin", "nl\nin") print(setmetatable({}, { __tostring = function() return "custom" end }), 1) io.write() io.write("a", 1, " ", 2.5, "\n") io.write("no newline") io.write "\n" io.write("nul:", ("a\0b"):len(), "\n") E(io.write, nil) E(io.write, {}) E(io.write, true) E(io.write, "", print) print(io.write "" ~= nil)
local realtostring = tostring tostring = function(v) return "<" .. realtostring(v) .. ">" end print(1, "x", nil) tostring = function() return 42 end print(1, 2) tostring = function() return {} end local ok1, e1 = pcall(print, 1) tostring = nil local ok2, e2 = pcall(print, 1) tostring = realtostring print("restored", ok1, e1, ok2, e2)
-- unusual calls
E(ipairs) E(pairs) E(next) E(rawget) E(setmetatable, {}) E(getmetatable) E(select) E(unpack) E(pcall) E(xpcall) E(loadstring) E(assert) E(error) print(select("#", print())) print((print == print), rawequal(print, print), rawequal({}, {}), rawequal("a", "a"), rawequal(0, -0))
-- 5.2+ names are absent
print(table.pack, table.unpack, table.move, rawlen, utf8, bit32, math.log2, string.pack, coroutine.close, coroutine.isyieldable, warn)
-- the libraries contain what 5.1 has
for _, lib in ipairs { { "string", "byte char find format gmatch gsub len lower match rep reverse sub upper gfind" }, { "table", "concat insert maxn remove sort foreach foreachi getn setn" }, { "math", "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp ldexp log log10 max min modf pow rad random randomseed sin sinh sqrt tan tanh mod" }, { "coroutine", "create resume running status wrap yield" }, { "os", "clock date exit time difftime" }, { "io", "write" }, { "_G", "assert collectgarbage error getfenv getmetatable ipairs load loadstring next pairs pcall print rawequal rawget rawset select setfenv setmetatable tonumber tostring type unpack xpcall newproxy gcinfo" } } do local missing = {} for n in lib[2]:gmatch "%S+" do if type(_G[lib[1]][n]) ~= "function" then missing[#missing + 1] = n end end print(lib[1], #missing, table.concat(missing, " ")) end
-- globals can be replaced, removed and restored
local saved = print print = nil saved(pcall(function() print "x" end)) print = saved string.shout = function(s) return s:upper() .. "!" end print(("hey"):shout()) string.shout = nil print(pcall(function() return ("hey"):shout() end)) local keep = string string = nil print(("still works"):upper(), string) string = keep
-- load: the position in the message about a bad piece, and how often an empty reader is asked
print(pcall(function() local f, m = load(function() return {} end) return f, m end))
do local n = 0 print(load(function() n = n + 1 end) ~= nil, n) end
do local n = 0 local f = load(function() n = n + 1 return n == 2 and "return 5" or nil end) print(f(), n) end
-- error's level is an int: what it says of larger numbers is their low 32 bits
for _, level in ipairs { -1e15, 1e15, 2 ^ 32, 2 ^ 32 + 1, 2 ^ 31, 1 / 0, 0 / 0, 1.9, -1 } do print(pcall(error, 0, level)) print(type(select(2, pcall(error, 0, level)))) end
-- print calls tostring, which calls __tostring: both are levels
print(xpcall(function() print(setmetatable({}, { __tostring = function() error("E") end })) end, debug.traceback))
