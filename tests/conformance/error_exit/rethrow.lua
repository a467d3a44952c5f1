local ok, e = pcall(function() error "original" end)
print(ok, e)
error(e, 0)
