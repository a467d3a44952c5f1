-- load asks its reader for a piece when it needs one, and not again once it knows how the chunk ends.

local function show(f, message)
  print(type(f), (tostring(message):gsub("0x%x+", "ADDRESS")))
end

--- A reader of the given pieces, which writes down that it was asked; a function is called for its piece.
local function pieces(...)
  local all, i = {...}, 0
  return function()
    i = i + 1
    io.write("<", i, ">")
    local piece = all[i]
    if type(piece) == "function" then return piece() end
    return piece
  end
end

show(load(pieces("x=1")))
show(load(pieces("x=", "}", "y")))
show(load(pieces("x=1 ", "}", "y")))
show(load(pieces("x=1 } ", "y")))
show(load(pieces("x=", 12, " ")))
show(load(pieces("")))
show(load(pieces("", "x=1")))
show(load(pieces("", "", "x=1")))
show(load(pieces(nil, "}")))
show(load(pieces("x=1", "", "z z")))
show(load(pieces("x=1"), "=name"))
show(load(pieces("x=="), "=name"))
show(load(pieces("x=="), 12))

-- Errors in the reader, and pieces that are none, are results.
pcall(function()
  show(load(pieces(function() error("boom") end)))
  show(load(pieces("x=", function() error("boom", 0) end)))
  show(load(pieces("x=", function() error({}) end)))
  show(load(pieces({})))
  show(load(pieces("x=", {})))
  show(load(pieces(true)))
end)
print(xpcall(function() return pcall(load, function() error("x", 0) end) end, function(m) return "handled " .. m end))
print(xpcall(function() return load(function() return "=" end) end, function(m) return "handled " .. m end))

-- Binary chunks end by themselves.
local dump = string.dump(function() return 7 end)
show(load(pieces(dump, "x")))
show(load(pieces(dump .. "x", "x")))
show(load(pieces(dump:sub(1, 1), dump:sub(2))))
show(load(pieces(dump:sub(1, 1), dump:sub(2, 20), dump:sub(21), "q")))
show(load(pieces(dump:sub(1, 1), dump:sub(2, 20))))
print(load(pieces(dump))())
print(loadstring(dump .. "trailing")())

-- The reader changes what the chunk will see, and loads chunks itself.
do
  local i = 0
  local f = load(function()
    i = i + 1
    value = i
    local inner = load(function() return nil end)
    if i == 1 then return "return " end
    if i == 2 then return "value" end
  end)
  print(f())
  value = nil
end

-- Byte by byte: how many bytes are read until the error is known.
local texts = {
  "x = }", "x = 1 y = 2 }z", "local a, b = 1, 2 c", "f() = 1  ", "x.y:z = 1", "return 1 return 2", "return return",
  "do return 1 x = 2 end", "while true do break x = 1 end", "break ", "for i = 1 do end", "for i, j = 1, 2 do end",
  "for 1 in x do end", "if x then else elseif y then end", "repeat until", "function f(a, 1) end", "function f(..., a) end",
  "local function f() return ... end x = 1", "x = function() return 1 end end", "x = {1, 2; 3, , 4}", "x = {[1] 2}",
  "x = {a b}", "x = {f = }", "goto x", "x = 'abc\ndef'", "x = \"abc", "x = 'a\\999b'", "x = 3x  ", "x = 0xfg ", "x = 1..2",
  "x = 1e+ 1", "x = [==", "x = [==x", "x = [[ [[ ]] ]]", "-- [[\n}", "--[[ [[ ]] x", "--[==[ ]=] ]==] }", "f\n(x) y",
  "f(\n)\n(g)(h)", "x = a.1 ", "x = a:b ", "x = #  * 2", "x = not", "x = (1", "x = (1]", "x = f{1}[2](3).y z", "local x <",
  "x = 1 = 2", "= 1", "x, y", "x, y z", "x, y = 1, 2,", "x ~ 1", "x = y ~ z", "x = $", "x = 1 $", "; x = 1", "x = 1;; y = 2",
  "local t = {} ; t.x, t.y = 1, 2 ; t.z + 1 ; t.w = 3", "x = '\\", "x = '\\\n' y",
}
for _, text in ipairs(texts) do
  local asked = 0
  local f, message = load(function()
    asked = asked + 1
    return text:sub(asked, asked)
  end, "=t")
  print(asked, #text, message)
end

-- Many statements before the error, in lines.
do
  local lines = 0
  local f, message = load(function()
    lines = lines + 1
    if lines < 3000 then return "x" .. lines .. " = function(a) return a + " .. lines .. " end\n" end
    if lines < 3010 then return "y = = 1\n" end
  end)
  print(lines, message)
end
