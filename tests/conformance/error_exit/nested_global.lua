function level3() error "deep error" end
function level2() level3() end
function level1() level2() end
print "start"
level1()
