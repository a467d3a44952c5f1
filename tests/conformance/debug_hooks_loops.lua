-- Loops of nothing but "break", reached in all ways: their line is active, and line hooks see it.
local function lines_of(text, ...)
    local f = assert(loadstring(text, "=lines"))
    local seen = {}
    debug.sethook(function(_, line) seen[#seen + 1] = line end, "l")
    f(...)
    debug.sethook()
    local active = {}
    for line in pairs(debug.getinfo(f, "L").activelines) do active[#active + 1] = line end
    table.sort(active)
    print(table.concat(seen, " ", 2, #seen - 1), table.concat(active, " "))
end
for _, loop in ipairs { "while true do break end", "repeat break until true", "for i = 1, 2 do break end",
                        "for k in pairs {} do break end", "while a do break end", "repeat local x = 1 break until x" } do
    for _, before in ipairs { "local a = ...", "local a = ...\nrepeat local q = 1 until q", "local a = ...\nrepeat until true",
                              "local a = ...\nrepeat a = not a until a or 1", "local a = ...\nrepeat until a and b or a ~= 2",
                              "local a = ...\nrepeat local q = 1 local f = function() return q end until q",
                              "local a = ...\nrepeat local q = 1 local f = function() return a end until q",
                              "local a = ...\nif a then a = 1 end", "local a = ...\nwhile not a do a = 1 end",
                              "local a = ...\nfor i = 1, 0 do end", "local a = ...\nfor i = 1, 2 do local b = i end",
                              "local a = ...\nrepeat a = 1 until not (a ~= 1)" } do
        for _, after in ipairs { "return a", "while true do break end\nreturn a" } do
            lines_of(before .. "\n" .. loop .. "\n" .. after, 1)
            lines_of(before .. "\n" .. loop .. "\n" .. after, false)
        end
    end
end

-- A loop without any code that ends never, in front of which there is none either.
print(type(loadstring("repeat until false")), type(loadstring("repeat until nil")))
