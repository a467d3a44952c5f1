-- Only here: lua5.1 has no such thing.
-- Collections, weak tables and finalizers around atomic blocks.
local log = {}
print(arenite.atomic(function()
    for i = 1, 3 do getmetatable(newproxy(true)).__gc = function() log[#log + 1] = i end end
    for i = 1, 20 do W.weak_keys[{}] = i W.strong[i] = nil end
    collectgarbage()
    error("undo", 0)
end))
print(#log, W.strong[20][1], W.weak_keys[W.strong[3]][2])
arenite.atomic(function() W.text = ("long text "):rep(50) W.words = nil collectgarbage() end)
print(#W.text, W.words)
local t = {}
print(arenite.atomic(function() for i = 1, 200 do t[i] = {i} end collectgarbage("step", 100) error("gone", 0) end), #t)
assert(#t == 0 and W.strong[20][1] == 20)
