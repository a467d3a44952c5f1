-- Patterns: classes, items, captures, anchors, and find, match, gmatch, gsub with them.
local check = dofile "check.inc"

-- Every class over every byte.
for _, class in ipairs { "%a", "%c", "%d", "%l", "%p", "%s", "%u", "%w", "%x", "%z", "%A", "%C", "%D", "%L", "%P", "%S", "%U", "%W", "%X", "%Z", ".", "[a-z]", "[^a-z]",
    "[%a_]", "[%w%-]", "[]]", "[^]]", "[]a]", "[a%]b]", "[a-]", "[-a]", "[%a-z]", "[a-%%]", "[%-x]", "[^^]", "[x^]", "[%s%p]", "[^%s]", "[0-9a-fA-F]", "[\1-\31]", "[z-a]", "[a-a]", "%%", "%.", "%]", "%b", "%f[a]", "%y", "%Y", "%1" } do
    check.call("class " .. check.shown(class), function()
        local n, sum = 0, 0
        for byte = 0, 255 do
            if string.find(string.char(byte), "^" .. class .. "$") then n = n + 1 sum = sum + byte end
        end
        return n, sum
    end)
end
for byte = 0, 127, 3 do
    local c = string.char(byte)
    local members = {}
    for _, class in ipairs { "%a", "%c", "%d", "%l", "%p", "%s", "%u", "%w", "%x", "%z" } do members[#members + 1] = c:find(class) and class or nil end
    check.values("byte " .. byte, table.concat(members, " "))
end
-- Items: each with a text, through find, match and gsub.
local cases = {
    { "hello", "l" }, { "hello", "l+" }, { "hello", "l*" }, { "hello", "l-" }, { "hello", "l?" }, { "hello", "^h" }, { "hello", "^e" }, { "hello", "o$" }, { "hello", "l$" },
    { "hello", "h.-o" }, { "hello", "h.*l" }, { "hello", "h.-l" }, { "hello", ".-" }, { "hello", ".*" }, { "hello", ".+" }, { "hello", "" }, { "", "" }, { "", ".*" }, { "", ".+" }, { "", "^$" }, { "", "x?" },
    { "hello", "^.*$" }, { "hello", "x*" }, { "hello", "^x*" }, { "hello", "x*$" }, { "a.b", "%." }, { "a.b", "." }, { "a+b", "+" }, { "a+b", "%+" }, { "a*b", "*" }, { "a-b", "-" }, { "a?b", "?" }, { "a^b", "^" }, { "a^b", "a^b" },
    { "a$b", "$" }, { "a$b", "a$b" }, { "a$", "a%$$" }, { "^a", "^^" }, { "^a", "^^a" }, { "$$", "$$" }, { "$", "%$" }, { "abc", "[ac]" }, { "abc", "[^ac]" }, { "abc", "[a-c]+" }, { "a]c", "[]]" }, { "a-c", "[a-]+" },
    { "abc123", "%a+" }, { "abc123", "%d+" }, { "abc123", "%a+%d+" }, { "abc123", "(%a+)(%d+)" }, { "abc123", "((%a)(%a))" }, { "abc123", "()%d()" }, { "abc", "()" }, { "abc", "(a)(b)(c)" }, { "abc", "(a(b(c)))" }, { "abc", "(.)." }, { "abab", "(ab)%1" }, { "abba", "(.)(.)%2%1" },
    { "'x'", "(['\"])(.-)%1" }, { "\"x'", "(['\"])(.-)%1" }, { "aa bb cc", "(%a)%1" }, { "THE (quick) fox", "%((%a+)%)" }, { "f(a(b)c)d", "%b()" }, { "f(a(b)c", "%b()" }, { "((", "%b()" }, { "xx", "%bxx" }, { "a{b}c", "%b{}" }, { "a<b<c>>", "%b<>" }, { "", "%b()" },
    { "THE (quick) fox", "%f[%a]%a+" }, { "THE (quick) fox", "%f[%a]%a+%f[%A]" }, { "hello", "%f[%z]" }, { "hello", "%f[h]" }, { "", "%f[%z]" }, { " a", "%f[a]" }, { "key = value", "^(%w+)%s*=%s*(%w+)$" }, { "  trim  ", "^%s*(.-)%s*$" }, { "2024-01-31", "(%d+)-(%d+)-(%d+)" },
    { "a\0b", "%z" }, { "a\0b", "a%zb" }, { "a\0b", "[%z]" }, { "a\0b", "b" }, { "a\0b\0", "%Z+" }, { "aaa", "a-" }, { "aaa", "a-$" }, { "aaab", "a-b" }, { "aaab", "a*b" }, { "aaab", "a+b" }, { "aaab", "a?b" }, { "aaa", "^a?a?a?$" }, { "xaax", "(a*)" }, { "xaax", "(a+)" },
    { "xaax", "(a?)" }, { "xaax", "x(a-)x" }, { "one;two;;four", "([^;]*)" }, { "one;two;;four", "([^;]+)" }, { "one two", "(%w+) (%w+)" }, { "a,b", "," }, { "\n", "\n" }, { "a\nb", "a.b" }, { "%d", "%%d" }, { "50%", "%d+%%" }, { "äö", "." }, { "abc", "b()" }, { "abc", "()b()" },
    { "abc", "%" }, { "abc", "[" }, { "abc", "[a" }, { "abc", "[]" }, { "abc", "[^" }, { "abc", "[^]" }, { "abc", "[%" }, { "abc", "[%a" }, { "abc", "[a-" }, { "abc", "(" }, { "abc", ")" }, { "abc", "(a" }, { "abc", "a)" }, { "abc", "(()" }, { "abc", "%b" }, { "abc", "%bx" },
    { "abc", "%f" }, { "abc", "%fa" }, { "abc", "%f[" }, { "abc", "%1" }, { "abc", "(a)%2" }, { "abc", "(a%1)" }, { "abc", "%0" }, { "abc", "%9" }, { "abc", "((((((((((((((((((((((((((((((((a))))))))))))))))))))))))))))))))" }, { "abc", ("(a)"):rep(33) }, { ("a"):rep(40), ("(a)"):rep(32) }, { "abc", ("()"):rep(33) },
    { "a**", "a**" }, { "a+?", "a+?" }, { "b?+", "b?+" }, { "a--", "a--" }, { "^*", "^*" }, { "*a", "*a" }, { "a^*", "a^*" }, { "a$*", "a$*" }, { "(a)*", "(a)*" }, { "a)", "(a)*" }, { "[a]", "[[]a" }, { "a]", "a]" }, { "]", "]" }, { "{}", "{}" },
}
for _, case in ipairs(cases) do
    local s, p = case[1], case[2]
    local label = check.shown(s) .. " " .. check.shown(p)
    check.call("find " .. label, string.find, s, p)
    check.call("match " .. label, string.match, s, p)
    check.call("gsub " .. label, string.gsub, s, p, "<%0>")
    check.call("gsub with %1 " .. label, string.gsub, s, p, "<%1>")
    check.call("gmatch " .. label, function()
        local out = {}
        for a, b, c in s:gmatch(p) do
            out[#out + 1] = tostring(a) .. (b and "," .. tostring(b) or "") .. (c and "," .. tostring(c) or "")
            if #out > 20 then break end
        end
        return table.concat(out, " ")
    end)
end
-- find: start, plain, captures.
check.lines [[
("hello"):find("l", 4), ("hello"):find("l", 5), ("hello"):find("l", -2), ("hello"):find("", 10), ("hello"):find("", 6), ("hello"):find("", 100)
("a.b"):find(".", 1, true)
("a.b"):find("b", 1, true)
("a.b"):find("", 1, true)
("a.b"):find("x", 1, true)
("a+b"):find("+", 1, true), ("a%b"):find("%", 1, true), ("[x"):find("[", 1, true)
("a.b"):find(".", 2, true), ("a.b"):find(".", 3, true), ("a.b"):find(".", -1, true), ("a.b"):find(".", -2, true)
("a.b"):find(".", 1, false), ("a.b"):find(".", 1, nil), ("a.b"):find(".", 1, 0), ("a.b"):find(".", 1, "")
("a\0b"):find("\0", 1, true), ("a\0b"):find("b", 1, true), ("aab"):find("ab", 1, true)
("key=val"):find("(%w+)=(%w+)")
("hello"):find("^l", 3), ("hello"):find("^h", 2), ("hello"):match("^l+", 3)
("hello"):find "()ll()", ("hello"):match "()ll()"
("hello"):find("l", "4"), ("hello"):find("l", 1.9), ("hello"):find("l", nil)
("hello"):find("l", {})
("hello"):match("(l)(l)", 2)
("hello"):match(".", -1), ("hello"):match(".", 10), ("hello"):match("", 10), ("hello"):match("$", 10)
(" x"):match "^%s", ("x"):match "^%s*$", ("2 3"):match "(%d) (%d)"
string.find(12345, 34), string.match(12345, "3."), string.gsub(12345, 3, "x")
]]
-- gmatch and gfind.
check.lines [[
string.gmatch == string.gfind
select("#", ("x"):gmatch "x"), type(("x"):gmatch "x")
local f = ("ab"):gmatch "." return f(), f(), f(), f()
local t = {} for k, v in ("a=1, b=2"):gmatch "(%w+)=(%w+)" do t[#t + 1] = k .. v end return table.concat(t, " ")
local t = {} for w in ("one two"):gmatch "%a+" do t[#t + 1] = w end return table.concat(t, ",")
local t = {} for p in ("abc"):gmatch "()" do t[#t + 1] = p end return table.concat(t, ",")
local t = {} for w in ("abc"):gmatch "" do t[#t + 1] = "[" .. w .. "]" end return table.concat(t)
local t = {} for w in ("abc"):gmatch "^a" do t[#t + 1] = w end return #t
local t = {} for w in ("a^a"):gmatch "^a" do t[#t + 1] = w end return #t
local t = {} for w in ("a^a"):gmatch "^" do t[#t + 1] = w if #t > 5 then break end end return #t
local t = {} for w in ("x"):gmatch "y" do t[1] = w end return #t
local t = {} for w in ("aXbX"):gmatch "(.-)X" do t[#t + 1] = w end return table.concat(t, ",")
for w in ("abc"):gmatch "[" do end
for w in ("abc"):gmatch() do end
string.gmatch "x"
local f = ("abc"):gmatch "." return f("ignored", 5), f()
local f = ("hello"):gmatch "l" return f(), f(), f(), f()
]]
-- gsub: replacement by string, table and function, and the count.
check.lines [[
("hello"):gsub("l", "L")
("hello"):gsub("l", "L", 1)
("hello"):gsub("l", "L", 0)
("hello"):gsub("l", "L", -1)
("hello"):gsub("l", "L", 100)
("hello"):gsub("l", "L", "1")
("hello"):gsub("l", "L", 1.9)
("hello"):gsub("l", "L", nil)
("hello"):gsub("l", "L", {})
("hello"):gsub("x", "y")
("hello"):gsub("", "-")
(""):gsub("", "-")
("abc"):gsub(".", "%0%0")
("abc"):gsub("(.)(.)", "%2%1")
("abc"):gsub(".", "%%")
("abc"):gsub(".", "%")
("abc"):gsub(".", "%x")
("abc"):gsub(".", "%1")
("abc"):gsub(".", "%2")
("abc"):gsub("(.)", "%2")
("abc"):gsub("()", "%1")
("abc"):gsub("()b", "%1")
("hello world"):gsub("(%w+)", "<%1>")
("hello world"):gsub("%w+", "%0 %0", 1)
("hello world"):gsub("(%w+) (%w+)", "%2 %1")
("abc"):gsub("%w", {a = "1", b = 2, c = true})
("abc"):gsub("%w", {a = "1", b = false})
("abc"):gsub("%w", {})
("abc"):gsub("(a)(b)", {a = "first capture"})
("abc"):gsub("()", {"one", "two"})
("abc"):gsub("%w", setmetatable({}, {__index = function(_, k) return k:upper() end}))
("abc"):gsub("%w", {a = {}})
("abc"):gsub("%w", {a = print and function() end})
("abc"):gsub("%w", function(c) return c:upper() end)
("abc"):gsub("%w", function(c) if c == "b" then return "[b]" end end)
("abc"):gsub("%w", function(c) return false end)
("abc"):gsub("%w", function(c) return nil end)
("abc"):gsub("%w", function(c) return 5 end)
("abc"):gsub("%w", function(c) return "x", "y" end)
("abc"):gsub("(%w)(%w)", function(a, b) return b .. a end)
("abc"):gsub("()", function(p) return "<" .. p .. ">" end)
("abc"):gsub("%w", function(...) return select("#", ...) end)
("abc"):gsub("(%w)()", function(...) return select("#", ...) end)
("abc"):gsub("%w", function() return {} end)
("abc"):gsub("%w", function() return true end)
("abc"):gsub("%w", function() error("in a replacement", 0) end)
("abc"):gsub("%w", function() error "in a replacement" end)
("abc"):gsub("%w", print and 5)
("abc"):gsub("%w", 1.5)
("abc"):gsub("%w", nil)
("abc"):gsub("%w", true)
("abc"):gsub("%w")
("abc"):gsub()
("abc"):gsub("%w", io.stdout)
("abc"):gsub("^a", "x")
("aaa"):gsub("^a", "x")
("abc"):gsub("c$", "x")
("a b  c"):gsub("%s+", " ")
("  x  "):gsub("^%s+", ""):gsub("%s+$", "")
("abc"):gsub("b*", "-")
("abc"):gsub("x*", "-")
("$name is $age"):gsub("%$(%w+)", {name = "lua", age = 5})
("a\0b"):gsub("%z", "0")
("a\0b"):gsub("b", "\0")
("x = 1"):gsub("(%w+) = (%w+)", "%2 = %1")
("abc"):gsub("[", "x")
("abc"):gsub("(", "x")
#("x"):rep(1000):gsub("x", "yy")
(("x"):rep(1000):gsub("x", "yy")):sub(1, 5)
]]
