local p = newproxy(true)
getmetatable(p).__gc = function() error "ignored when the state closes" end
print "done"
