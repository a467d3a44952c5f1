local f = assert(loadstring("x = = 1", "=config"))
