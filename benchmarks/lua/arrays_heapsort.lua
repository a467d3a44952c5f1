-- kind: arrays
-- Sorting written in Lua: heap sort, quicksort and insertion sort for short runs, then binary searches.
local scale = tonumber((...)) or 1
local n = math.max(50, math.floor(400000 * scale))

local seed = 99
local function random(limit)
    seed = (seed * 48271) % 2147483647
    return seed % limit
end

local function sift(a, root, last)
    local value = a[root]
    while true do
        local child = root * 2
        if child > last then
            break
        end
        if child < last and a[child] < a[child + 1] then
            child = child + 1
        end
        if a[child] <= value then
            break
        end
        a[root] = a[child]
        root = child
    end
    a[root] = value
end

local function heap_sort(a)
    local count = #a
    for root = math.floor(count / 2), 1, -1 do
        sift(a, root, count)
    end
    for last = count, 2, -1 do
        a[1], a[last] = a[last], a[1]
        sift(a, 1, last - 1)
    end
end

local function quick_sort(a, low, high)
    while high - low > 12 do
        local middle = a[math.floor((low + high) / 2)]
        local i, j = low, high
        repeat
            while a[i] < middle do
                i = i + 1
            end
            while a[j] > middle do
                j = j - 1
            end
            if i <= j then
                a[i], a[j] = a[j], a[i]
                i, j = i + 1, j - 1
            end
        until i > j
        if j - low < high - i then
            quick_sort(a, low, j)
            low = i
        else
            quick_sort(a, i, high)
            high = j
        end
    end
    for i = low + 1, high do
        local value, k = a[i], i - 1
        while k >= low and a[k] > value do
            a[k + 1] = a[k]
            k = k - 1
        end
        a[k + 1] = value
    end
end

local function position(a, value)
    local low, high = 1, #a + 1
    while low < high do
        local middle = math.floor((low + high) / 2)
        if a[middle] < value then
            low = middle + 1
        else
            high = middle
        end
    end
    return low
end

local first, second = {}, {}
for i = 1, n do
    first[i] = random(1000000)
    second[i] = first[i]
end
heap_sort(first)
quick_sort(second, 1, n)
local same, places = 0, 0
for i = 1, n do
    if first[i] == second[i] then
        same = same + 1
    end
end
for _ = 1, n do
    places = (places + position(first, random(1000000))) % 1000003
end
print(string.format("arrays_heapsort %d %d %d %d", same, first[1], first[n], places))
