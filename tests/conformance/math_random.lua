-- The numbers of a seed, and of none, are those of the reference on Linux.
print(math.random(), math.random(), math.random(10))
for _, seed in ipairs { 42, -1, 2 ^ 31, 2 ^ 32 + 5, 5, 0, 1, -2 ^ 31, 123456789, "7", 1.9, -3.9 } do
  math.randomseed(seed)
  print(seed, math.random(), math.random(1, 100), math.random(7), math.random(-5, 5), math.random(0, 2 ^ 31 - 2))
end
local sum = 0
for i = 1, 100000 do sum = sum + math.random() end
print(sum)
-- A refused call takes a number too.
print(pcall(math.random, 0))
print(pcall(math.random, 2, 1))
print(pcall(math.random, 1, 2, 3))
print(pcall(math.random, {}))
print(math.random())
