-- Every option of collectgarbage; numbers that depend on the engine are not shown.
print(type(collectgarbage("count")), collectgarbage("count") > 0, type(gcinfo()))
print(collectgarbage("stop"), collectgarbage("restart"))
local pause = collectgarbage("setpause", 150)
print(type(pause), collectgarbage("setpause", pause))
local mul = collectgarbage("setstepmul", 300)
print(type(mul), collectgarbage("setstepmul", mul))
local t = {}
for i = 1, 100 do t = {t, i} end
print(type(collectgarbage("step", 10)))
print(collectgarbage("collect"), collectgarbage())
print(pcall(collectgarbage, "nonsense"))
local depth = 0
while t[1] do t = t[1] depth = depth + 1 end
print(depth)
