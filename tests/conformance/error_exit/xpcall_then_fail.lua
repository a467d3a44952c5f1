print(xpcall(function() error("handled", 0) end, function(m) return "handler got " .. m end))
local _ = nil + 1
