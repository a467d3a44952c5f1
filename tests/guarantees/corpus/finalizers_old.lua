-- Old userdata lose their last reference here; they must not be finalized before the end of the run is kept.
W.proxies[1] = nil
W.proxies[2] = W.proxies[3]
local before = #W.log
print(W.proxies[2].name, #W.proxies[2])
getmetatable(W.proxies[4]).__gc = nil
getmetatable(W.proxies[5]).__len = function() return "len" end
print(#W.proxies[5], before)
local mine = newproxy(W.proxies[6])
print(mine.kind, getmetatable(mine) == getmetatable(W.proxies[6]))
