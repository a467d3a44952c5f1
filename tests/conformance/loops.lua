-- while, repeat, numeric for, generic for, break.
local function E(fn, ...) print(select(2, pcall(fn, ...))) end
local function run(a, b, c) local t = {} if c then for i = a, b, c do t[#t + 1] = i if #t > 20 then break end end else for i = a, b do t[#t + 1] = i if #t > 20 then break end end end return "[" .. table.concat(t, " ") .. "]" end
print(run(1, 5), run(5, 1), run(1, 1), run(0, 0), run(-2, 2), run(1, 0), run(1.5, 4), run(1, 2.5))
print(run(1, 10, 3), run(10, 1, -3), run(5, 1, -1), run(1, 5, -1), run(5, 1, 1), run(0, 1, 0.25), run(1, 0, -0.25))
print(run(1, 3, 0.5), run(3, 1, -0.5), run(1, 2, 0.1), run(0, 1, 1 / 3))
print(run(1, math.huge), run(-math.huge, 0), run(1, -math.huge), run(math.huge, 1), run(0 / 0, 1), run(1, 0 / 0))
print(run("1", "3"), run("1", 3), run(1, "0x4"), run("10", "1", "-4"), run(" 1 ", 2))
print(run(2 ^ 53, 2 ^ 53 + 4), run(1e15, 1e15 + 2), run(-1e15, -1e15 + 2))
print(run(1, 3, 0), run(3, 1, 0), run(1, 1, 0)) -- step 0 is not an error in 5.1
E(run, "a", 2) E(run, 1, "b") E(run, 1, 2, "c") E(run, nil, 2) E(run, 1, nil) E(run, 1, 2, {}) E(run, {}, 2) E(run, 1, true) E(run, 1, 2, true)
E(function() for i = 1, 2, nil do end end)
print(select(2, loadstring("for i = 1 do end", "=f")), select(2, loadstring("for i, j = 1, 2 do end", "=f")), select(2, loadstring("for i = 1, 2, 3, 4 do end", "=f")), select(2, loadstring("for 1 = 1, 2 do end", "=f")), select(2, loadstring("for a.b in x do end", "=f")), select(2, loadstring("for i do end", "=f")))
-- the control variable is a copy; bounds evaluated once
local log = {}
local function n(tag, v) log[#log + 1] = tag return v end
for i = n("a", 1), n("b", 3), n("c", 1) do local saved = i i = i * 100 log[#log + 1] = saved end
print(table.concat(log, " "))
local lim = 3
for i = 1, lim do lim = 10 io.write(i, " ") end print(lim)
for i = 1, 3 do local i = i * 2 io.write(i, " ") end print(i)
for i = 3, 1 do print "never" end
-- break in every loop, nested
for i = 1, 10 do if i == 4 then break end io.write(i, " ") end print()
local k = 0 while true do k = k + 1 if k > 5 then break end end print(k)
repeat k = k + 1 if k == 9 then break end until false print(k)
for key, val in pairs { 10, 20, 30 } do if key == 2 then break end io.write(key, "=", val, " ") end print()
for i = 1, 3 do for j = 1, 3 do if j == 2 then break end io.write(i, ":", j, " ") end while true do break end repeat break until true end print()
for i = 1, 3 do do do break end end end
for i = 1, 2 do local f = function() for j = 1, 2 do break end return "inner" end io.write(f(), " ") end print()
print(select(2, loadstring("break", "=b")), select(2, loadstring("if true then break end", "=b")), select(2, loadstring("while true do local function f() break end end", "=b")), select(2, loadstring("while true do break x = 1 end", "=b")), loadstring("while true do break; end", "=b") ~= nil, loadstring("while true do if x then break else break end end", "=b") ~= nil)
-- repeat: the condition sees the body's locals
local n2 = 0
repeat local done = n2 >= 3 n2 = n2 + 1 until done
print(n2)
repeat local x = 5 local function f() return x end until f() == 5
do local fs = {} local c = 0 repeat c = c + 1 local y = c fs[c] = function() y = y + 1 return y end until y >= 3 print(fs[1](), fs[1](), fs[2](), fs[3]()) end
do local c, fs = 0, {} repeat c = c + 1 local z = c fs[#fs + 1] = function() return z end if c == 2 then break end until z > 10 print(#fs, fs[1](), fs[2]()) end
-- while with complex conditions
local i = 0 while i < 3 or (i < 6 and i ~= 5) do i = i + 1 end print(i)
while (function() i = i - 1 return i > 0 end)() do end print(i)
-- generic for: protocol
local function iter(state, ctl) if ctl < state then return ctl + 1, ctl * ctl end end
for a, b in iter, 4, 0 do io.write(a, ",", b, " ") end print()
for a, b, c, d in (function() local i = 0 return function() i = i + 1 if i <= 2 then return i, "b" .. i, nil, "d" end end end)() do print(a, b, c, d) end
for a in function(s, c) io.write(tostring(s), "/", tostring(c), " ") if not c then return false end end do io.write("<", tostring(a), "> ") break end print()
for w in ("one two three"):gmatch "%a+" do io.write(w, ".") end print()
for k, v in next, { "a", "b" } do io.write(k, v, " ") end print()
for k, v in next, { "a", "b", "c" }, 1 do io.write(k, v, " ") end print()
for i, v in ipairs { 1, 2, nil, 4 } do io.write(i, " ") end print()
for i, v in ipairs {} do print "never" end for k in pairs {} do print "never" end
for co in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do io.write(co, " ") end print()
local callable = setmetatable({}, { __call = function(self, s, c) c = (c or 0) + 1 if c <= s then return c, self == callable end end })
for a in callable, 3 do io.write(a, " ") end print()
-- extra values in the explist are dropped, fewer are nil
for a in iter, 2, 0, error do io.write(a, " ") end print()
E(function() for a in ((function() return iter, 5, 3 end)()) do end end)
E(function() for a in 5 do end end) E(function() for a in nil do end end) E(function() for a in {} do end end) E(function() local t = {} for a in t do end end) E(function() for a in pairs() do end end) E(function() for a in ipairs(nil) do end end) E(function() for a in pairs(5) do end end) E(function() for a in undefinedname do end end) E(function() for k in next, nil do end end) E(function() for k in next, {}, "nokey" do end end)
-- modifying the loop variable of a generic for does not disturb the iteration
for k, v in ipairs { 1, 2, 3 } do io.write(k, " ") k = 10 v = nil end print()
-- fresh variables per iteration
local fs = {} for i = 1, 3 do fs[i] = function() i = i + 10 return i end end print(fs[1](), fs[1](), fs[2](), fs[3]())
fs = {} for k, v in ipairs { "a", "b" } do fs[k] = function(x) if x then v = x end return k, v end end fs[1]("z") print(fs[1]()) print(fs[2]())
-- accumulation of float steps
local cnt, last = 0 for x = 0, 1, 0.1 do cnt = cnt + 1 last = x end print(cnt, last, last == 1)
cnt = 0 for x = 1, 0, -0.1 do cnt = cnt + 1 last = x end print(cnt, last)
cnt = 0 for x = 1, 1e5 do cnt = cnt + x end print(cnt)
-- nested loops with many locals
local total = 0 for a = 1, 5 do for b = a, 5 do for c = b, 5 do for d = c, 5 do total = total + a * b * c * d end end end end print(total)
