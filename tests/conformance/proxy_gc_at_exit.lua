-- Objects alive at exit are finalised when the state closes, in reverse order of creation.
local function mk(n) local u = newproxy(true) getmetatable(u).__gc = function() print("finalising " .. n) end return u end
a, b, c = mk "first", mk "second", mk "third"
local l = mk "local"
local t = { mk "in table" }
getmetatable(mk "unreachable").x = 1
local bad = newproxy(true) getmetatable(bad).__gc = function() error "errors at exit are ignored" end
local last = mk "last"
print "end of script"
