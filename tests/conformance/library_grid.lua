-- Every function of every library, called by its name and as a method, with a grid of arguments: results, and error texts
-- with the names and numbers in them. What depends on the machine, or changes it, is left out.
local lits = {"nil", "true", "0", "-1", "2.5", "2^31", "1/0", "0/0", "''", "'abc'", "'10'", "'%d'", "{}", "{1,2,3}", "function(...) return ... end",
              "coroutine.create(function() end)", "io.stdout", "newproxy()"}
local fmt, sub, gsub, cat, srt, tostr = string.format, string.sub, string.gsub, table.concat, table.sort, tostring
local function show(v, d)
  local t = type(v)
  if t=="string" then if #v>300 then v=sub(v,1,300).."#"..#v end return (gsub(fmt("%q", v), "0x%x%x%x%x%x+", "ADDR"))
  elseif t=="number" then return v~=v and "nan" or fmt("%.17g", v)
  elseif t=="nil" or t=="boolean" then return tostr(v) else return t end
end
local function results(ok, ...)
  local o={ok and "ok" or "ERR"}
  for i=1,select("#",...) do if i>6 then o[#o+1]="..." break end o[#o+1]=show((select(i,...))) end
  return cat(o," ")
end
local skip={["os.exit"]=1,["os.execute"]=1,["os.tmpname"]=1,["os.time"]=1,["os.clock"]=1,["os.getenv"]=1,["os.date"]=1,["io.read"]=1,["io.popen"]=1,["io.tmpfile"]=1,["io.lines"]=1,["io.output"]=1,["io.input"]=1,["io.open"]=1,["io.close"]=1,["print"]=1,["dofile"]=1,["gcinfo"]=1,["collectgarbage"]=1,["io.write"]=1,["os.rename"]=1,["os.remove"]=1,["loadfile"]=1,["debug.debug"]=1,["module"]=1,["require"]=1,["setfenv"]=1,["package.seeall"]=1,["package.loadlib"]=1,["debug.sethook"]=1,["debug.setfenv"]=1,["debug.setmetatable"]=1,["debug.traceback"]=1,["debug.getinfo"]=1,["print"]=1,["string.dump"]=1,["os.setlocale"]=1,["math.random"]=1,["io.flush"]=1}
local function run(src)
  local f = assert(loadstring("return "..src, "=c"))
  io.write(src, "\t", results(pcall(f)), "\n")
end
local function grid(prefix, nargs)
  run(prefix.."()")
  for _,a in ipairs(lits) do
    run(prefix.."("..a..")")
    for _,b in ipairs(lits) do
      if not (prefix:find("^table%.[ic]") or prefix:find("rep") or prefix:find("unpack")) or not (b:find("2^",1,true) or b:find"/0" ) then
      run(prefix.."("..a..","..b..")")
      for _,c in ipairs{"1","'x'"} do run(prefix.."("..a..","..b..","..c..")") end end
    end
  end
end
local libs={"coroutine","math","os","package","string","table","io"}
local function keys(t) local o={} for k,v in pairs(t) do if type(v)=="function" then o[#o+1]=k end end srt(o) return o end
for _,k in ipairs(keys(_G)) do if not skip[k] then grid(k) end end
for _,l in ipairs(libs) do for _,k in ipairs(keys(_G[l])) do if not skip[l.."."..k] then grid(l.."."..k) end end end
for _,k in ipairs(keys(string)) do if k~="dump" then grid("('abc'):"..k) end end
local fm = getmetatable(io.stdout).__index
for _,k in ipairs(keys(fm)) do if k~="close" and k~="write" and k:sub(1,2)~="__" and k ~="read" and k~="lines" and k~="seek" then
 grid("io.stderr:"..k) grid("io.stderr."..k) end end
