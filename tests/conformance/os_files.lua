-- os functions on files and the process.
local name = os.tmpname()
local function show(...)
    local t = {}
    for i = 1, select("#", ...) do local v = (select(i, ...)) t[i] = type(v) == "string" and (string.format("%q", v):gsub(name, "NAME")) or tostring(v) end
    print(table.concat(t, " "))
end
local function try(...) show(pcall(...)) end
print(name:match("^/tmp/lua_%w%w%w%w%w%w$") ~= nil, io.open(name):read("*a") == "") do local more = os.tmpname(1, 2) show(more ~= name, os.remove(more)) end
show(os.rename(name, name .. "2")) show(os.rename(name, name .. "3")) show(os.remove(name)) show(os.remove(name .. "2")) show(os.rename("/no/such", "/no/other")) show(os.remove("/no/such/file")) show(os.remove("/proc") == nil, select("#", os.remove("/proc"))) try(os.remove) try(os.rename, "x") try(os.rename) try(os.remove, {}) show(os.remove("/no\0such"))
show(os.getenv("LC_ALL")) show(os.getenv("NO_SUCH_VARIABLE")) try(os.getenv) try(os.getenv, {}) show(os.getenv("LC_ALL\0x")) show(os.getenv(""))
show(os.execute() ~= 0, os.execute("exit 0"), os.execute("exit 3"), os.execute("kill -9 $$"), os.execute("true\0false"), os.execute(nil) ~= 0) try(os.execute, {}) 
show(os.setlocale()) show(os.setlocale(nil, "all")) show(os.setlocale("C")) show(os.setlocale("POSIX")) show(os.setlocale("")) show(os.setlocale("no_SUCH")) show(os.setlocale("C", "numeric")) show(os.setlocale(nil, "collate"), os.setlocale("C", "ctype"), os.setlocale("C", "monetary"), os.setlocale("C", "time")) try(os.setlocale, "C", "bad") try(os.setlocale, {}) try(os.setlocale, "C", {}) try(os.setlocale, 1)
do local names = {} for k in pairs(os) do names[#names + 1] = k end table.sort(names) print(table.concat(names, " ")) end
try(os.exit, "x") try(os.exit, {}) show(type(os.clock()), type(os.time()), os.difftime(5, 3)) try(os.difftime) io.write("flushed at exit") os.exit(7) print("not reached")
