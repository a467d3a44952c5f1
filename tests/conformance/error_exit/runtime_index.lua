print "output before"
local config
print(config.name)
