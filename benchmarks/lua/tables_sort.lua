-- kind: table library
-- table.sort of numbers, of strings, with comparison functions and of records; then table.concat of the results.
local scale = tonumber((...)) or 1
local n = math.max(20, math.floor(240000 * scale))

local seed = 4711
local function random(limit)
    seed = (seed * 48271) % 2147483647
    return seed % limit
end

local numbers, falling, words, people = {}, {}, {}, {}
local syllables = {"ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu"}
for i = 1, n do
    numbers[i] = random(1000000) / 4
    falling[i] = numbers[i]
    words[i] = syllables[random(10) + 1] .. syllables[random(10) + 1] .. syllables[random(10) + 1]
    people[i] = {name = words[i], age = random(90), id = i}
end
table.sort(numbers)
table.sort(falling, function(a, b) return a > b end)
table.sort(words)
table.sort(people, function(a, b)
    if a.age ~= b.age then
        return a.age < b.age
    elseif a.name ~= b.name then
        return a.name < b.name
    end
    return a.id < b.id
end)

local mirrored, ages, ids = 0, 0, 0
for i = 1, n do
    if numbers[i] == falling[n + 1 - i] then
        mirrored = mirrored + 1
    end
    ages = ages + people[i].age * (i % 7)
    ids = (ids * 31 + people[i].id) % 1000003
end
local text = table.concat(words, " ", 1, math.min(n, 2000))
print(string.format("tables_sort %d %d %d %d %s %s", mirrored, ages, ids, #text, words[1], words[n]))
