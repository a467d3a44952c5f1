-- debug on other threads: their frames, locals and upvalues change and roll back too.
print(debug.getinfo(W.deep, 1, "S").what, debug.getinfo(W.loop, 0, "S").what)
print(debug.getlocal(W.deep, 1, 1)) print(debug.setlocal(W.deep, 1, 1, 77)) print(debug.getlocal(W.deep, 1, 1))
print(debug.getlocal(W.loop, 1, 1)) debug.setlocal(W.loop, 1, 1, "changed")
print(select(2, coroutine.resume(W.loop, 3)))
local n = 0
for i = 1, 5 do
    local name, value = debug.getupvalue(W.count, i)
    if not name then break end
    n = n + 1
    if type(value) == "number" then debug.setupvalue(W.count, i, 1000) end
end
print(n, W.count(), W.peek())
print(debug.getupvalue(W.makers[1].get, 1)) debug.setupvalue(W.makers[1].get, 1, "own") print(W.makers[1].get())
print(debug.getfenv(W.loop) == _G, debug.setfenv(W.fresh, {select = select, W = W}) == W.fresh, coroutine.resume(W.fresh, 1))
print(pcall(debug.getlocal, W.deep, 99, 1), pcall(debug.getinfo, W.dead, 5))
