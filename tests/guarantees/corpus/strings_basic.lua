-- string: byte char len lower upper rep reverse sub, by function and by method.
print(string.byte("A"), string.byte("hello", 2, 4), ("x"):byte(5))
print(string.char(72, 105), #string.char(), string.len("a\0b"), ("abc"):len())
print(string.lower("MiXeD"), string.upper("MiXeD"), string.rep("ab", 3), string.rep("x", 0), string.rep("x", -1))
print(string.reverse("stressed"), ("a\0b"):reverse() == "b\0a")
for _, r in ipairs({{1, 3}, {-3, -1}, {2, -2}, {0, 100}, {5, 2}, {-100, 2}}) do io.write("[", string.sub("abcdef", r[1], r[2]), "]") end
print()
print(("%d"):rep(3, ","), ("x"):rep(100):len(), #W.text:rep(10))
print("a" .. 1 .. 2.5 .. "b", 1 .. "", -0.5 .. "|")
print("10" + 5, "3" * "4", "0x10" + 0, pcall(function() return "a" + 1 end))
print(#"\65\066\x", "\97\98\99", 'single \'q\'', [[long
string]], [==[with ]] inside]==])
print("a" < "b", "a" < "B", "" < "a", "a\0b" < "a\0c", "Z" <= "a")
W.text = W.text:upper()
print(#W.text, W.text:sub(1, 10))
