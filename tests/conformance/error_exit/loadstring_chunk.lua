local f = loadstring("local a = 1\nlocal b = nil\nreturn a + b")
f()
