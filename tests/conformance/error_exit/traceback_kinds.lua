local up
local function inner() up() end
function globalfn() inner() end
local t = { field = function() globalfn() end }
function t:method() self.field() end
local function viapcallcallback() ("x"):gsub("x", function() t:method() end) end
up = function() local x = {} ; x.y.z = 1 end
viapcallcallback()
