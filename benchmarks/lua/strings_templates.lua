-- kind: strings and maps
-- gsub, format, find, rep, upper and reverse: templates filled from maps, text escaped, columns aligned, names changed.
local scale = tonumber((...)) or 1
local format = string.format

local template = "Dear ${title} ${name}, your order ${order} of ${count} items (${total}) leaves on ${day}."
local function fill(text, values)
    return (text:gsub("%${(%w+)}", values))
end

local entities = {["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;"}
local function escape(text)
    return (text:gsub('[<>&"]', entities))
end

local function to_camel(name)
    return (name:gsub("_(%l)", string.upper))
end

local function to_snake(name)
    return (name:gsub("%u", function(letter) return "_" .. letter:lower() end))
end

local function trim(text)
    return text:match("^%s*(.-)%s*$")
end

local function column(text, width)
    if #text >= width then
        return text:sub(1, width)
    end
    return text .. (" "):rep(width - #text)
end

local days = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
local names = {"max_open_files", "user_name", "last_seen_at", "retry_count"}
local length, found, changed = 0, 0, 0
for i = 1, math.ceil(200000 * scale) do
    local letter = fill(template, {
        title = i % 2 == 0 and "Dr." or "Ms.", name = "N" .. i % 50, order = format("%06d", i), count = i % 9,
        total = format("%.2f EUR", i / 7), day = days[i % 5 + 1],
    })
    length = length + #letter
    if letter:find("Wednes", 1, true) then
        found = found + 1
    end
    local at = letter:find("%d%d%d%d%d%d")
    found = found + at % 5
    length = length + #escape("<b>" .. i .. " & \"more\"</b>")
    local name = names[i % 4 + 1]
    if to_snake(to_camel(name)) == name then
        changed = changed + 1
    end
    length = length + #trim("  \t" .. name .. "  \n")
    local row = format("%s|%5d|%-8s|%x", column(name, 10), i % 1000, name:sub(1, 3):upper(), i)
    length = length + #row + #row:reverse()
end
print(string.format("strings_templates %d %d %d", length, found, changed))
