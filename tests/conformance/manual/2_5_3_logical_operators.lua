-- and, or, not: short cuts and their values.
local check = dofile "check.inc"

check.lines [[
10 or 20, 10 or error(), nil or "a", nil and 10, false and error(), false and nil, false or nil, 10 and 20
nil or false, false or false, nil or nil, nil and false, false and nil
1 and nil, 1 and false, nil or 1, false or 1
not nil, not false, not true, not 0, not "", not {}, not print
not not nil, not not 0, not not not 1
not 1 == 2, not (1 == 2), not 1 == false
not nil == true, not (nil == true)
1 or error "not evaluated"
nil and error "not evaluated"
false and error "not evaluated"
true and error "evaluated"
nil or error "evaluated"
false or error "evaluated"
1 and 2 and 3, 1 and nil and 3, nil and 2 and 3
nil or false or 3, nil or 2 or 3, false or nil or false
1 and 2 or 3, nil and 2 or 3, 1 and nil or 3, false and false or nil
1 or 2 and 3, nil or 2 and 3, (1 or 2) and 3
1 and (2 or 3), 1 and (nil or 3), (nil or 1) and 2
nil and nil or nil, false and nil or false
x and x.y, x and x.y or "default"
x = {y = 5} return x and x.y, x and x.z or "default", x and x.y or "default"
x = nil return x or {}, (x or {}).y
local log = "" local function f(n, v) log = log .. n return v end local r = f(1, nil) and f(2) or f(3, "x") return r, log
local log = "" local function f(n, v) log = log .. n return v end local r = f(1, 1) and f(2, nil) or f(3, "x") return r, log
local log = "" local function f(n, v) log = log .. n return v end local r = f(1, 1) and f(2, 2) or f(3, "x") return r, log
local log = "" local function f(n, v) log = log .. n return v end local r = f(1) or f(2) or f(3) or f(4, "four") or f(5) return r, log
local log = "" local function f(n, v) log = log .. n return v end local r = f(1, 1) and f(2, 2) and f(3) and f(4, "four") return r, log
local log = "" local function f(n, v) log = log .. n return v end if f(1) or f(2, 1) and f(3, 1) then return "yes", log end
local log = "" local function f(n, v) log = log .. n return v end if not (f(1) or f(2, 1)) then return "yes" else return "no", log end
local log = "" local function f(n, v) log = log .. n return v end while f(1, 1) and not f(2, 1) do end return log
local function max(a, b) return a > b and a or b end return max(1, 2), max(2, 1), max(2, 2)
local function f(a) a = a or "default" return a end return f(), f(nil), f(false), f(0), f ""
local a, b, c = 1, nil, false return a and b, b and a, a or b, b or a, c or b, b or c, c and b, b and c
local a = nil return a == nil and "is nil" or "is not"
local a = 5 return a > 3 and a < 10, a < 3 or a > 10, not (a > 3), not (a > 3 and a < 4)
local t = {} t.n = t.n and t.n + 1 or 1 t.n = t.n and t.n + 1 or 1 return t.n
local t = {nil or 1, nil and 1, false or "x", x = 1 and 2} return t[1], t[2], t[3], t.x
tostring(nil and 1), tostring(false or nil), select("#", nil and 1)
(nil and 1), (1 and nil)
("a" or "b"):upper()
(nil or "b"):upper()
(function() return 1, 2 end)() and 3
nil or (function() return 1, 2 end)()
1 and (function() return 1, 2 end)()
1 and (function() end)()
"a" and "b" .. "c", "a" .. "b" and "c"
1 + 1 and 2 + 2 or 3 + 3
1 < 2 and 2 < 3, 1 < 2 and 3 < 2 or "neither"
nil and nil + 1, 1 or nil + 1
-1 and -2, not -1
#"abc" and #"de"
2 ^ 2 and 3 or 4
and 1
1 and
or 1
1 or
not
1 not
1 and and 2
1 or or 2
1 and or 2
not and
1 && 2
1 || 2
!1
]]
-- The truth tables, as constants, as locals, in conditions.
local values = { "nil", "false", "true", "0", "'s'" }
for _, a in ipairs(values) do
    for _, b in ipairs(values) do
        check.evaluate(("%s and %s, %s or %s, not (%s and %s), not (%s or %s)"):format(a, b, a, b, a, b, a, b))
        check.evaluate(("local a, b = %s, %s return a and b, a or b, not a and b, not a or b, a and not b, a or not b"):format(a, b))
        check.evaluate(("local a, b = %s, %s if a and b then return 'and' elseif a or b then return 'or' else return 'none' end"):format(a, b))
        check.evaluate(("local a, b = %s, %s if not a and not b then return 1 elseif not (a and b) then return 2 else return 3 end"):format(a, b))
    end
    for _, b in ipairs(values) do
        for _, c in ipairs { "nil", "1" } do
            check.evaluate(("local a, b, c = %s, %s, %s return a and b or c, a or b and c, (a or b) and c, a and (b or c), not a or b and not c"):format(a, b, c))
        end
    end
end
