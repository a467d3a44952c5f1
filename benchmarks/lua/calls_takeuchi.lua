-- kind: calls
-- Deep recursion with several arguments: Ackermann, Takeuchi, and the towers of Hanoi with a call for each move.
local scale = tonumber((...)) or 1

local function ackermann(m, n)
    if m == 0 then
        return n + 1
    elseif n == 0 then
        return ackermann(m - 1, 1)
    end
    return ackermann(m - 1, ackermann(m, n - 1))
end

function tak(x, y, z)
    if y >= x then
        return z
    end
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

local moves, weight = 0, 0
local function move(disc, from, to)
    moves = moves + 1
    weight = (weight + disc * from + to) % 65521
end

local function hanoi(discs, from, to, spare)
    if discs > 0 then
        hanoi(discs - 1, from, spare, to)
        move(discs, from, to)
        hanoi(discs - 1, spare, to, from)
    end
end

local sum = 0
for round = 1, math.ceil(100 * scale) do
    sum = sum + ackermann(2, 150 + round) + tak(14, 8, round % 4)
    hanoi(15, 1, 3, 2)
end
print(string.format("calls_takeuchi %d %d %d", sum, moves, weight))
