print "a script's return values are ignored"
return 7
