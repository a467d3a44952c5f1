-- PUC 5.1 keeps 0 and -0 in one constant slot of a function: the first one wins.
print(loadstring("return -0")())
print(loadstring("return 0, -0")())
print(loadstring("return -0, 0")())
print(loadstring("local a = -0 local b = 0 return a, b, 1/a, 1/b")())
print(loadstring("return -0.0, - 0, -(0)")())
print(loadstring("return 0 * -1, 0, -0")())
-- The left operand of a comparison is made a constant before the right one.
print(loadstring("return -0 == 0, 1/0 > 0")())
print(loadstring("return 0 ~= -0, 1/0 > 0")())
print(loadstring("return -0 < 0, 1/0")())
print(loadstring("local x = ... return -0 <= x / 0, 0 > x / -0, 1/0")(1))
print(loadstring("return 1 + -0 == 0, 1/0")())
