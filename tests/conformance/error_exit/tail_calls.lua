local function c() error "at the end of tail calls" end
local function b() return c() end
local function a() return b() end
a()
