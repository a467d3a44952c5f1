local ok, e = pcall(error, { "kept" })
print(ok, type(e))
error(e)
