-- kind: arrays
-- Matrices as tables of rows: products, transposition, and a linear system solved by elimination with pivots.
local scale = tonumber((...)) or 1
local n = math.max(6, math.floor(280 * scale ^ (1 / 3)))

local function make(f)
    local m = {}
    for i = 1, n do
        local row = {}
        for j = 1, n do
            row[j] = f(i, j)
        end
        m[i] = row
    end
    return m
end

local function transpose(m)
    return make(function(i, j) return m[j][i] end)
end

local function multiply(a, b)
    local columns, out = transpose(b), {}
    for i = 1, n do
        local row, target = a[i], {}
        for j = 1, n do
            local column, sum = columns[j], 0
            for k = 1, n do
                sum = sum + row[k] * column[k]
            end
            target[j] = sum
        end
        out[i] = target
    end
    return out
end

local function solve(m, right)
    for pivot = 1, n do
        local best = pivot
        for i = pivot + 1, n do
            if math.abs(m[i][pivot]) > math.abs(m[best][pivot]) then
                best = i
            end
        end
        m[pivot], m[best] = m[best], m[pivot]
        right[pivot], right[best] = right[best], right[pivot]
        local top = m[pivot]
        for i = pivot + 1, n do
            local row = m[i]
            local f = row[pivot] / top[pivot]
            for j = pivot, n do
                row[j] = row[j] - f * top[j]
            end
            right[i] = right[i] - f * right[pivot]
        end
    end
    local x = {}
    for i = n, 1, -1 do
        local sum = right[i]
        for j = i + 1, n do
            sum = sum - m[i][j] * x[j]
        end
        x[i] = sum / m[i][i]
    end
    return x
end

local a = make(function(i, j) return ((i * 7 + j * 3) % 11 - 5) / 4 end)
local b = make(function(i, j) return ((i + j * 5) % 13 - 6) / 8 end)
local c = multiply(multiply(a, b), b)
local trace = 0
for i = 1, n do
    trace = trace + c[i][i]
end
local norm = 0
for round = 1, 2 do
    local right = {}
    for i = 1, n do
        right[i] = i % (5 + round)
    end
    local x = solve(make(function(i, j) return i == j and n + round or ((i * j) % 9) / 9 end), right)
    for i = 1, n do
        norm = norm + x[i] * x[i]
    end
end
print(string.format("arrays_matrix %d %.6f %.9f", n, trace, norm))
