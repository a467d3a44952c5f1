local p = newproxy(true)
getmetatable(p).__gc = function() print "finaliser after the error" end
error "main failed"
