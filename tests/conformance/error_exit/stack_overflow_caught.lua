local function f() return 1 + f() end
local ok, e = pcall(f)
print(ok, (tostring(e):gsub("stack overflow.*", "stack overflow")))
error "after overflow"
