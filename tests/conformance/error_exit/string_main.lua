print "before"
error "plain string"
