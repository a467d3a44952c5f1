-- find and match: anchors, captures, classes, balances, frontiers.
print(string.find("hello world", "o w"), string.find("hello", "l+"), string.find("a.b", ".", 1, true), string.find("a.b", "%."))
print(string.find("abc", "b", -1), string.find("abc", "", 10), string.find("abc", "", 4))
print(string.match("key = value", "^(%w+)%s*=%s*(%w+)$"), string.match("2024-01-30", "(%d+)-(%d+)-(%d+)"))
print(string.match("  trim  ", "^%s*(.-)%s*$") .. "|", string.match("abc", "()b()"))
print(string.match("f(a(b)c)d", "%b()"), string.match("THE (quick) fox", "%f[%a]%a+%f[%A]"))
print(string.find("[[x]]", "[[]", 1), string.match("x^y", "[%^]"), string.match("a-b", "[a%-]+"), string.match("]", "[]]"))
print(string.match("aaa", "a-"), string.match("aaab", "a-b"), string.match("abab", "(ab)%1"))
for _, p in ipairs({"%", "(", "[a", "%1", "%f", "(()", "%b"}) do print(pcall(string.find, "abc", p)) end
print(W.text:find("fox"), W.text:find("lazy"), W.text:match("(%d+)", 40))
print(string.find("a\0b", "%z"), string.match("x" .. ("y"):rep(50), "xy*$") ~= nil)
