-- self calls on strings, tables, files and proxies; missing methods.
print(("  x  "):gsub("%s", ""):rep(3))
print(pcall(function() return ("x"):nope() end)) print(pcall(function() return W:nope() end)) print(pcall(function() local n = 5 return n:x() end))
local b = {n = 0}
function b:add(k) self.n = self.n + k return self end
function b.sub(self, k) return self:add(-k) end
print(b:add(5):sub(2):add(10).n)
print(W.points[1]:move(1):move(2).x, W.points[2].move(W.points[2], 4).x)
local u = W.proxies[3]
print(u.anything, pcall(function() return u:method() end))
local t = {["key with space"] = function(self, x) return x end}
print(t["key with space"](t, 9))
W.points[1].move = function(self) return "own" end
print(W.points[1]:move())
