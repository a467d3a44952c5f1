-- loadstring, load with a reader, syntax errors, chunk names.
print(loadstring("return 1 + 1")(), loadstring("return ...", "=name")(7))
print(loadstring("x ="), loadstring("return return", "@file.lua"))
local pieces = {"local a = ", "10 ", "return a ", "* 2"}
local i = 0
print(load(function() i = i + 1 return pieces[i] end, "=reader")())
print(load(function() return nil end)())
print((select(2, load(function() error("reader fails", 0) end))):match("^reader fails"))
print(pcall(load, function() return 1 + nil end))
print((select(2, load(function() return {} end))):match("reader function must return a string"))
local f = loadstring("local up = 5 return function() up = up + 1 return up end")
local g, h = f(), f()
print(g(), g(), h())
print(pcall(loadstring("error('in chunk')", "=chunk")))
W.loaded = loadstring("W.count() return W.peek()")
print(W.loaded())
for _, text in ipairs({"for", "local 1", "if x then", "'open", "[[open", "goto x", "a.b:c = 1", "return 0x", "break"}) do
    print((select(2, loadstring(text, "=s"))))
end
