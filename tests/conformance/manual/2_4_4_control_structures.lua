-- while, repeat, if, return and break.
local check = dofile "check.inc"

check.lines [[
local n = 0 while n < 5 do n = n + 1 end return n
local n = 0 while false do n = 1 end return n
local n = 0 while nil do n = 1 end return n
local n = 0 while 0 do n = n + 1 if n == 3 then break end end return n
local n = 0 while "" do n = n + 1 if n == 3 then break end end return n
while true do break end return "left"
while true do return "returned" end
while 1 do do break end end return "left"
local n = 0 while n < 3 do n = n + 1 local x = n end return n, x
local n = 10 while n do n = n > 0 and n - 1 or nil end return n
local i, s = 0, "" while i < 3 do i = i + 1 local j = 0 while j < i do j = j + 1 s = s .. j if j == 2 then break end end end return s
local n = 0 repeat n = n + 1 until n == 5 return n
local n = 0 repeat n = n + 1 until true return n
local n = 0 repeat n = n + 1 until n return n
local n = 0 repeat n = n + 1 until 0 return n
local n = 0 repeat n = n + 1 if n == 3 then break end until false return n
repeat local x = 5 until x == 5 return x
local n = 0 repeat local done = n == 3 n = n + 1 until done return n
repeat local x = 1 local x = 2 until x == 2 return "second"
local fs = {} local n = 0 repeat n = n + 1 local m = n fs[n] = function() return m end until m == 3 return fs[1](), fs[2](), fs[3]()
local fs = {} local n = 0 repeat n = n + 1 local m = n fs[n] = function() m = m + 10 return m end until fs[n]() > 12 return n, fs[1](), fs[3]()
local n = 0 repeat local m = n if m == 2 then break end local f = function() return m end n = n + 1 until f() == 5 return n
repeat return "in repeat" until true
local n = 0 repeat repeat n = n + 1 until true until n >= 3 return n
local n = 0 while n < 3 do repeat n = n + 1 if n == 2 then break end until n == 10 end return n
if true then return "then" end
if false then return "then" end return "after"
if nil then return "then" else return "else" end
if 0 then return "then" else return "else" end
if "" then return "then" else return "else" end
if {} then return "then" end
if print then return "then" end
if not nil then return "then" end
if false then return 1 elseif true then return 2 else return 3 end
if false then return 1 elseif nil then return 2 else return 3 end
if false then return 1 elseif false then return 2 elseif 1 then return 4 else return 3 end
if true then return 1 elseif error "not evaluated" then return 2 end
if false then elseif false then elseif true then return "third" end
if true then end return "empty"
if true then else end return "empty"
if false then elseif true then else end return "empty"
if true then local x = 1 end return x
if (true) then return "parenthesis" end
if 1 == 1 and 2 ~= 3 then return "and" end
if nil or false then return 1 elseif nil == false then return 2 else return 3 end
local function f(x) if x then return x end end return f(5), f()
local function f() return end return f()
local function f() return 1, 2, 3 end return f()
local function f() return (1) end return f()
local function f(...) return ... end return f(1, nil, 3, nil)
local function f(...) return ..., 1 end return f(1, 2)
local function f() return 1; end return f()
local function f() do return 1 end return 2 end return f()
local function f() return nil end return f(), select("#", f())
local function f() return (f) end return f() == f
local function f(n) if n == 0 then return "bottom" end return f(n - 1) end return f(100000)
local function f(n) if n == 0 then return n else return f(n - 1) end end return f(200)
for i = 1, 10 do if i == 5 then break end n = i end return n
for i = 1, 3 do for j = 1, 3 do if j == 2 then break end n = i * 10 + j end end return n
for k, v in pairs {1, 2, 3} do if v == 2 then break end n = v end return n
for i = 1, 3 do local f = function() return i end if i == 2 then break end g = f end return g()
while true do if true then break end end return "broken"
while true do local a = 1 if a then local b = 2 if b then break end end end return "broken"
while
while true
while true do
while true end
while do end
while true do break x = 1 end
while true do break; end
while true do break; x = 1 end
while true do break break end
while true do return 1 x = 2 end
while x = 1 do end
repeat
repeat until
repeat x = 1
repeat x = 1 end
repeat until true until true
repeat break until true return "left"
repeat return until true
repeat local x until not x
if
if true
if true do end
if then end
if true then
if true then else
if true then else else end
if true then elseif end
if true then elseif then end
if true then elseif true end
if true then else elseif true then end
if true then else if true then end
if true then else if true then end end return "nested"
else if
elseif true then end
if x = 1 then end
break
break;
function f() break end
while true do function f() break end end
if true then break end
do break end
repeat function f() break end until true
for i = 1, 2 do local f = function() break end end
return 1 return 2
return return
return 1, 
return ,
return 1 x = 2
do return 1 x = 2 end
if x then return 1 x = 2 end
function f() return 1 x = 2 end
return break
break return
then
do
end
until
goto x
continue
switch x
]]

-- Conditions: only nil and false are false; the condition may be any expression.
for _, value in ipairs { "nil", "false", "true", "0", "1", "''", "'x'", "{}", "print", "0/0", "1/0", "nil == nil", "not nil", "not 0", "nil and 1",
    "1 and nil", "nil or 1", "false or nil", "1 < 2", "2 < 1", "(nil)", "(1)", "#''", "-0", "(function() end)()", "(function() return false, true end)()",
    "(function() return 1 end)()", "1 == 1.0", "'a' < 'b'", "not not nil", "not (1 == 2)" } do
    check.evaluate("if " .. value .. " then return 'yes' else return 'no' end")
    check.evaluate("while " .. value .. " do return 'yes' end return 'no'")
    check.evaluate("local n = 0 repeat n = n + 1 until n == 2 or (" .. value .. ") return n")
    check.evaluate("return not (" .. value .. ")")
    check.evaluate("return (" .. value .. ") and 'yes' or 'no'")
    check.evaluate("if not (" .. value .. ") then return 'not' elseif " .. value .. " then return 'yes' end return 'neither'")
end
