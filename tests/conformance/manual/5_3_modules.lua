-- require, module and the package table.
local check = dofile "check.inc"

local names = {}
for name, value in pairs(package) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
check.lines [[
package.loaded._G == _G, package.loaded.string == string, package.loaded.package == package, package.loaded.nosuch
require "string" == string, require "_G" == _G, require("table", 1) == table
#package.loaders, type(package.loaders[1]), type(package.loaders[4])
type(package.path), type(package.cpath), #package.config > 0
package.config
package.preload.nosuch
next(package.preload)
require()
require(nil)
require {}
require(5)
type(package.loadlib), package.loadlib("/no/such/library.so", "f") == nil
select("#", package.loadlib("/no/such/library.so", "f")), type(select(3, package.loadlib("/no/such/library.so", "f")))
package.loadlib()
package.loadlib "x"
package.loadlib({}, "x")
package.seeall()
package.seeall(5)
package.seeall(nil)
local t = {} package.seeall(t) return getmetatable(t).__index == _G, t.print == print
local m = {} local t = setmetatable({}, m) package.seeall(t) return m.__index == _G
]]
-- Preloaded modules, and the values that require keeps.
package.preload.first = function(...) loads = (loads or 0) + 1 return { name = ..., count = select("#", ...) } end
check.lines [[
require "first".name, require "first".count
require "first" == require "first", loads
package.loaded.first == require "first"
package.loaded.first = nil return require "first".name, loads
package.loaded.first = false return require "first".name, loads
package.loaded.first = "text" return require "first", loads
package.loaded.first = 5 return require "first", loads
]]
package.preload.returns_nothing = function() end
package.preload.returns_nil = function() return nil end
package.preload.returns_false = function() return false end
package.preload.returns_many = function() return 1, 2, 3 end
package.preload.sets_loaded = function(name) package.loaded[name] = "set by the loader" end
package.preload.sets_and_returns = function(name) package.loaded[name] = "set" return "returned" end
package.preload.fails = function() error "in the loader" end
package.preload.fails_plain = function() error("in the loader", 0) end
package.preload.fails_table = function() error {} end
package.preload.recursive = function() return require "recursive" end
package.preload.outer = function() return { inner = require "inner" } end
package.preload.inner = function() return "the inner module" end
check.lines [[
require "returns_nothing", package.loaded.returns_nothing
require "returns_nil", package.loaded.returns_nil
require "returns_false", package.loaded.returns_false
require "returns_many"
require "sets_loaded"
require "sets_and_returns"
require "fails"
package.loaded.fails
require "fails"
require "fails_plain"
require "fails_table"
require "recursive"
require "recursive"
require "outer".inner
]]
package.preload.not_a_function = 5
check.evaluate 'require "not_a_function"'
-- Search in files.
local directory = os.tmpname()
os.remove(directory)
local function at(path) return directory .. path end
local path = os.tmpname()
local function write(text) local file = assert(io.open(path, "wb")) file:write(text) file:close() end
local old_path, old_cpath = package.path, package.cpath
package.path, package.cpath = path, ""
local function plain(s) return type(s) == "string" and s:gsub(path:gsub("%p", "%%%0"), "PATH") or s end
local function load_from(label, text)
    write(text)
    package.loaded.from_file = nil
    check.values(label, pcall(function() return plain(require "from_file") end))
end
load_from("a file that returns a value", "return 'value of ' .. ...")
load_from("a file that returns nothing", "x_from_file = 5")
load_from("a file that returns false", "return false")
load_from("a file with its name", "return select('#', ...)")
write "syntax error here"
package.loaded.from_file = nil
check.values("a file that does not compile", (function() local ok, m = pcall(require, "from_file") return ok, plain(m) end)())
write "error('fails while loading', 0)"
package.loaded.from_file = nil
check.values("a file that fails", (function() local ok, m = pcall(require, "from_file") return ok, plain(m) end)())
write(string.dump(loadstring "return 'from a dump', ..."))
package.loaded.from_file = nil
check.values("a binary file", pcall(require, "from_file"))
os.remove(path)
package.loaded.from_file = nil
package.path, package.cpath = "./?.nolua;./?/none.nolua;?", "./?.noso"
check.evaluate 'require "no_such_module"'
check.evaluate 'require "no.such.module"'
check.evaluate 'require ""'
check.evaluate 'require "a-b"'
package.path = "fixed.nolua"
check.evaluate 'require "no_such_module"'
package.path = ""
check.evaluate 'require "no_such_module"'
package.path = ";;"
check.evaluate 'require "no_such_module"'
package.path = nil
check.evaluate 'require "no_such_module"'
package.path = 5
check.evaluate 'require "no_such_module"'
package.path, package.cpath = "", nil
check.evaluate 'require "no_such_module"'
package.path, package.cpath = "", ""
-- Loaders of one's own.
table.insert(package.loaders, 2, function(name) if name == "from_my_loader" then return function(n) return "loaded by mine " .. n end end return "\n\tmy loader has no '" .. name .. "'" end)
check.evaluate 'require "from_my_loader"'
check.evaluate 'require "neither_here_nor_there"'
package.loaders[2] = function() return nil end
check.evaluate 'require "neither_here_nor_there"'
package.loaders[2] = function() return 5 end
check.evaluate 'require "neither_here_nor_there"'
package.loaders[2] = function() error("in a loader's search", 0) end
check.evaluate 'require "neither_here_nor_there"'
package.loaders[2] = 5
check.evaluate 'require "neither_here_nor_there"'
table.remove(package.loaders, 2)
local loaders = package.loaders
package.loaders = {}
check.evaluate 'require "neither_here_nor_there"'
package.loaders = nil
check.evaluate 'require "neither_here_nor_there"'
package.loaders = loaders
package.path, package.cpath = old_path, old_cpath
check.call("the standard loaders", function()
    local out = {}
    for i = 1, 4 do out[i] = type(loaders[i]("no_such")) end
    return unpack(out)
end)
-- module
check.lines [[
module()
module(nil)
module {}
module "m1"
m1 == package.loaded.m1, m1 and m1._NAME, m1 and m1._M == m1, m1 and m1._PACKAGE
loadstring "module 'm2' function f() return 'f of m2' end" () return m2.f(), print ~= nil
loadstring "module('m3', package.seeall) function f() return tostring(5) end" () return m3.f(), m3.print == print
loadstring "module('m4') function f() return tostring(5) end" () return m4.f()
loadstring "module 'a.b.c'" () return a.b.c._NAME, a.b.c._PACKAGE, a.b.c._M == a.b.c, package.loaded["a.b.c"] == a.b.c, package.loaded.a
loadstring "module 'a.d'" () return a.d._NAME, a.d._PACKAGE, a.b ~= nil
loadstring "module 'print.x'" ()
loadstring "module 'print'" ()
loadstring "module 'string'" () return string._NAME, string.len ~= nil
loadstring "module('m5', function(m) m.option = 'run' end, function(m) m.second = m.option .. ' twice' end)" () return m5.option, m5.second
loadstring "module('m6', 5)" ()
loadstring "module('m7', function() error('in an option', 0) end)" ()
loadstring "module 'm8' x = 1" () loadstring "module 'm8' y = 2" () return m8.x, m8.y
package.loaded.m9 = {given = true} loadstring "module 'm9' z = 3" () return package.loaded.m9.given, package.loaded.m9.z, m9
package.loaded.m10 = 5 loadstring "module 'm10'" () return type(m10)
m11 = {existing = 1} loadstring "module 'm11'" () return m11.existing, package.loaded.m11 == m11
m12 = 5 loadstring "module 'm12'" ()
loadstring "module ''" ()
loadstring "module '.'" ()
loadstring "module '5'" () return _G["5"] ~= nil
local function f() module "m13" end f()
getfenv(loadstring "module 'm14' return f" or 1) ~= nil
local f = loadstring "module('m15', package.seeall) function g() return _NAME, _PACKAGE end return 1" f() return m15.g()
loadstring "local r = module 'm16'" () return m16 ~= nil
]]
package.preload.with_module = function(...) module(..., package.seeall) function greet() return "hello from " .. _NAME end end
check.lines [[
require "with_module".greet(), with_module.greet(), require "with_module" == with_module
]]
