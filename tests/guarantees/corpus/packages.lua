-- require, module, package.seeall, package.loadlib; dofile and loadfile.
local function write(text) local f = io.open(TMP, "w") f:write(text) f:close() end
write("LOADED_BY = ... return 5, 6")
print(dofile(TMP)) print(loadfile(TMP)(7), LOADED_BY)
write("this is not Lua") print((loadfile(TMP) == nil)) print((pcall(dofile, TMP)))
os.remove(TMP)
print((pcall(dofile, TMP)), loadfile(TMP) == nil)
package.preload.mine = function(name) return {name = name, n = (N_LOADED or 0) + 1} end
print(require("mine").name, require("mine") == require("mine"), package.loaded.mine.n)
print((pcall(require, "no.such.module")))
package.preload.modern = function(...) module(..., package.seeall) function hello() return "hello from " .. _NAME, print ~= nil end end
print(require("modern").hello()) print(modern._M == modern, modern._PACKAGE)
modern = nil package.loaded.modern = nil package.preload.modern = nil
print(package.loadlib("no-such-library.so", "f") == nil, type(package.path), type(package.cpath), type(package.loaders), package.config:sub(1, 1))
package.seeall(W.env)
print(getmetatable(W.env).__index == _G, W.env.math == math, package.loaded.string == string)
