-- kind: arrays
-- All permutations of a small array in a fixed order, with the number of prefix reversals that sort the first place.
local scale = tonumber((...)) or 1
local n = scale >= 0.5 and 9 or scale >= 0.05 and 8 or 6
local rounds = math.max(1, math.floor(4 * scale))

local function flips(source, work)
    for i = 1, n do
        work[i] = source[i]
    end
    local count, first = 0, work[1]
    while first ~= 1 do
        local low, high = 1, first
        while low < high do
            work[low], work[high] = work[high], work[low]
            low, high = low + 1, high - 1
        end
        count = count + 1
        first = work[1]
    end
    return count
end

local function search()
    local permutation, used, work = {}, {}, {}
    for i = 1, n do
        permutation[i], used[i] = i, 0
    end
    local most, checksum, index = 0, 0, 0
    while true do
        local f = flips(permutation, work)
        if f > most then
            most = f
        end
        if index % 2 == 0 then
            checksum = checksum + f
        else
            checksum = checksum - f
        end
        index = index + 1
        -- The next permutation: rotate longer and longer prefixes until a counter is not at its end.
        local length = 2
        while true do
            if length > n then
                return most, checksum, index
            end
            local head = permutation[1]
            for i = 1, length - 1 do
                permutation[i] = permutation[i + 1]
            end
            permutation[length] = head
            used[length] = used[length] + 1
            if used[length] < length then
                break
            end
            used[length] = 0
            length = length + 1
        end
    end
end

local most, checksum, index
for _ = 1, rounds do
    most, checksum, index = search()
end
print(string.format("arrays_flips %d %d %d", most, checksum, index))
