-- Varargs of every shape, through old and new functions.
local function count(...) return select("#", ...) end
local function pass(...) return ... end
local function mid(a, ...) return ..., a end
print(count(), count(nil), count(nil, nil, 3), count(pass()), count(pass(1, nil)), (pass(1, 2)))
print(mid(1), mid(1, 2, 3))
local function old(...) return arg.n, arg[1], #arg end
print(pcall(old, 1, 2, 3))
print(pass(1, pass(2, 3), pass(4, 5)))
local t = {pass(1, 2), pass(3, 4), (pass(5, 6))}
print(#t, unpack(t))
local many = {}
for i = 1, 200 do many[i] = i end
print(count(unpack(many)), select(150, unpack(many)))
print(pcall(select, 0)) print(select(-2, "a", "b", "c"))
print(coroutine.resume(W.fresh, 1, nil, nil))
print((function(...) local a, b, c = ... return c, b, a end)(1, 2))
W.varargs = function(...) return count(...) + (arg and 0 or 0) end
print(W.varargs(nil, nil))
