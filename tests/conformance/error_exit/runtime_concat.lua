print("a" .. "b")
print("value: " .. nil)
