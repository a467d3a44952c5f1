print "before"
error(nil)
