-- Operating system facilities.
local check = dofile "check.inc"

local names = {}
for name, value in pairs(os) do names[#names + 1] = name .. ":" .. type(value) end
table.sort(names)
for _, name in ipairs(names) do check.values("member", name) end
for _, name in ipairs { "date", "difftime", "execute", "getenv", "remove", "rename", "setlocale", "time" } do
    for _, arguments in ipairs { "{}", "true", "print", "io.stdout", "'/no/such', {}", "1, {}", "1, 'x'", "nil, {}" } do
        if name ~= "execute" and name ~= "time" and name ~= "date" or arguments:find "^[{tpi]" and name ~= "time" then
            check.evaluate(("os.%s(%s)"):format(name, arguments))
        end
    end
end
check.lines [[
type(os.clock()), os.clock() >= 0, select("#", os.clock())
local a = os.clock() for i = 1, 1e5 do end return os.clock() >= a
type(os.time()), os.time() > 1e9, os.time() % 1
os.time {year = 2000, month = 1, day = 1}
os.time {year = 2000, month = 1, day = 1, hour = 0}
os.time {year = 2000, month = 1, day = 1, hour = 0, min = 0, sec = 0}
os.time {year = 1970, month = 1, day = 1, hour = 0}
os.time {year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 58}
os.time {year = 2000, month = 13, day = 1, hour = 0} == os.time {year = 2001, month = 1, day = 1, hour = 0}
os.time {year = 2000, month = 1, day = 32, hour = 0} == os.time {year = 2000, month = 2, day = 1, hour = 0}
os.time {year = 2000, month = 1, day = 1, hour = 24} == os.time {year = 2000, month = 1, day = 2, hour = 0}
os.time {year = 2000, month = 1, day = 1, hour = 0, sec = 90} - os.time {year = 2000, month = 1, day = 1, hour = 0, sec = 0}
os.time {year = 2000, month = 0, day = 0, hour = -1}
os.time {year = "2000", month = "1", day = "1", hour = "12"}
os.time {year = 2000, month = 6, day = 1, hour = 12, isdst = true}
os.time {year = 2000, month = 6, day = 1, hour = 12, isdst = false}
os.time {year = 2004, month = 2, day = 29, hour = 12}
os.time {}
os.time {year = 2000}
os.time {year = 2000, month = 1}
os.time {month = 1, day = 1}
os.time {year = 2000, month = 1, day = "x"}
os.time {year = {}, month = 1, day = 1}
os.time(5)
os.time "x"
os.time(nil) == os.time()
os.date("%Y-%m-%d %H:%M:%S", 0)
os.date("!%Y-%m-%d %H:%M:%S", 0)
os.date("!%Y-%m-%d %H:%M:%S", 951782400)
os.date("!%c", 0)
os.date("!%x %X %p", 3600 * 13)
os.date("!%a %A %b %B %d %j %U %w %W %y %Z", 86400 * 45)
os.date("!%%", 0)
os.date("!", 0), os.date("", 0)
os.date("plain text", 0)
os.date("!%Y", "86400")
os.date("!%Y", 86400.9)
os.date("!%S", -1)
os.date "!%Y" >= "2020"
type(os.date()), #os.date() > 0
os.date("!*t", 0).year, os.date("!*t", 0).month, os.date("!*t", 0).day, os.date("!*t", 0).hour, os.date("!*t", 0).min, os.date("!*t", 0).sec
os.date("!*t", 0).wday, os.date("!*t", 0).yday, os.date("!*t", 0).isdst
os.date("*t", 951782400).yday, os.date("*t", 951782400).day, os.date("*t", 951782400).month
os.time(os.date("*t", 1e9)), os.date("*t", os.time {year = 2010, month = 5, day = 6, hour = 7, min = 8, sec = 9}).min
os.date("!*tx", 0)
os.date("!**t", 0)
local t = {} for k in pairs(os.date("*t", 0)) do t[#t + 1] = k end table.sort(t) return table.concat(t, " ")
os.date({}, 0)
os.date("%Y", {})
os.date("%Y", "x")
os.difftime(10, 5), os.difftime(5, 10), os.difftime(10), os.difftime(1.5, 1)
os.difftime()
os.difftime "x"
os.getenv "TZ", os.getenv "NO_SUCH_VARIABLE_AT_ALL", os.getenv "LC_ALL"
os.getenv()
os.getenv(5)
os.execute() ~= 0
os.execute "true", os.execute "exit 3", os.execute "false"
os.execute "kill -9 $$"
os.remove "/no/such/file"
os.remove()
os.remove(nil)
os.rename("/no/such/file", "/no/such/other")
os.rename("x")
os.rename()
local n = os.tmpname() local f = io.open(n, "w") f:close() local ok = os.remove(n) return type(n), ok, io.open(n) == nil
local a, b = os.tmpname(), os.tmpname() local r = a ~= b os.remove(a) os.remove(b) return r
local a = os.tmpname() local b = a .. "x" local ok = os.rename(a, b) local gone, there = io.open(a) == nil, io.open(b) ~= nil os.remove(b) return ok, gone, there
os.setlocale(), os.setlocale(nil), os.setlocale "C", os.setlocale ""
os.setlocale "no-such-locale"
os.setlocale("C", "all"), os.setlocale("C", "numeric"), os.setlocale(nil, "collate"), os.setlocale(nil, "ctype"), os.setlocale(nil, "monetary"), os.setlocale(nil, "time")
os.setlocale("C", "x")
os.setlocale {}
os.exit "x"
os.exit {}
]]
for _, directive in ipairs { "a", "A", "b", "B", "c", "d", "D", "e", "F", "g", "G", "h", "H", "I", "j", "m", "M", "n", "p", "r", "R", "S", "t", "T", "u", "U", "V", "w", "W", "x", "X", "y", "Y", "Z", "%" } do
    check.values("date %" .. directive, os.date("!%" .. directive, 1e9), os.date("!%" .. directive, 0), os.date("![%" .. directive .. "]", 68169600))
end
-- A step of days through years with and without leap days.
for day = 0, 800, 29 do
    local t = 951782400 + day * 86400
    local d = os.date("!*t", t)
    check.values("day " .. day, d.year, d.month, d.day, d.yday, d.wday, os.time { year = d.year, month = d.month, day = d.day, hour = d.hour } == t)
end
os.exit(7)
