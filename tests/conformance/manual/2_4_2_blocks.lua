-- Blocks: lists of statements, made explicit by do and end.
local check = dofile "check.inc"

check.lines [[
do end
do end do end
do ; end
do return 1 end return 2
do local x = 1 end return x
do x = 1 end return x
local x = 1 do local x = 2 x = 3 end return x
local x = 1 do x = 2 end return x
do do do return "deep" end end end
do local a = 1 do local b = a + 1 do local c = b + 1 return a, b, c end end end
local f do local x = 5 f = function() return x end end return f(), x
local f, g do local x = 0 f = function() x = x + 1 return x end g = function() return x end end f() f() return g()
do return end return 1
do do return 1 end error "not reached" end
for i = 1, 3 do do break end error "not reached" end return "left"
while true do do do break end end end return "left"
for i = 1, 3 do do return i end end
function f(x) if x then do return "early" end end return "late" end return f(true), f(false)
repeat do break end until error "not reached" return "left"
do local function f() return 1 end x = f() end return x, f
do local x = 1; local x = x + 1; y = x end return y
do
do end end
do local x end
do return 1; end
do return 1 x = 2 end
do break end
do return 1 end;
do ;; end
do local a <close> = 1 end
]]
-- Two hundred blocks nest; two hundred and one are one too many.
for _, depth in ipairs { 1, 50, 100, 150, 190, 195 } do
    check.call("blocks nested " .. depth, loadstring, ("do "):rep(depth) .. ("end "):rep(depth), "=line")
end
check.call("value from nested blocks", loadstring(("do "):rep(190) .. "return 7 " .. ("end "):rep(190)))
check.call("too deep", loadstring, ("do "):rep(300) .. ("end "):rep(300), "=line")
