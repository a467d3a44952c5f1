local co = coroutine.create(function() error "inside coroutine" end)
local ok, e = coroutine.resume(co)
print(ok)
error(e, 0)
