-- if, while, repeat, for, break, nested; locals shadowing.
local out = {}
for i = 1, 15 do
    if i % 15 == 0 then out[i] = "FizzBuzz" elseif i % 5 == 0 then out[i] = "Buzz" elseif i % 3 == 0 then out[i] = "Fizz" else out[i] = i end
end
print(table.concat(out, " "))
local i = 0
while true do i = i + 1 if i > 5 then break end repeat local j = i if j > 2 then break end until true end
print(i)
repeat local done = i <= 0 i = i - 1 until done
print(i)
do local i = "inner" print(i) end
print(i)
local function f(a, b) local a = a or 5 if b then return a, b end return a end
print(f(), f(1), f(nil, 2), (f(1, 2)))
for i = 1, 3 do for j = 1, 3 do if j == 2 then break end io.write(i, j, " ") end end print()
local a, b, c = (function() return 1, 2 end)()
a, b = b, a
print(a, b, c)
W.array[1], W.array[2], W.array[3] = W.array[3], W.array[1]
print(W.array[1], W.array[2], W.array[3])
local t = {f = {g = {}}}
t.f.g.h, t.x = 1, 2
print(t.f.g.h, t.x, #{1, 2, nil}, #{n = 1})
