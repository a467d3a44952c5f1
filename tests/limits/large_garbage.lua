-- Large strings and tables that die and come back beside others that live: what is given back to the system is theirs alone.
local kept = {}
local pieces = {"a", "b", "c", "d", "e"}
for round = 1, 60 do
    local piece = pieces[round % 5 + 1]
    local text = piece:rep(200000 + round * 1117)
    if round % 3 == 0 then kept[#kept + 1] = {text = text, piece = piece, size = 200000 + round * 1117} end
    local t = {}
    for i = 1, 20000 + round * 37 do t[i] = i end
    if round % 7 == 0 then kept[#kept].numbers = t end
    if #kept > 6 then table.remove(kept, 1) end
    if round % 10 == 0 then collectgarbage() end
    for _, k in ipairs(kept) do
        assert(#k.text == k.size and not k.text:find("[^" .. k.piece .. "]"))
        if k.numbers then
            for i = 1, #k.numbers do assert(k.numbers[i] == i) end
        end
    end
end
-- Many small strings that go at once: the string table shrinks.
local names = {}
for i = 1, 60000 do names[i] = "name" .. i end
names = nil
collectgarbage()
collectgarbage()
print("ok")
