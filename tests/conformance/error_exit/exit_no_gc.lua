local p = newproxy(true)
getmetatable(p).__gc = function() print "not called: os.exit does not close the state" end
os.exit(0)
