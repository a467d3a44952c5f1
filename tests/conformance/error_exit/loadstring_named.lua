loadstring("error('in named chunk')", "@plugin.lua")()
