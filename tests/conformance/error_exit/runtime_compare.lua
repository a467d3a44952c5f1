if {} < 1 then print "never" end
