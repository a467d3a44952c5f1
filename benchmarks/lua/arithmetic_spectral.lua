-- kind: arithmetic
-- The largest singular value of an infinite matrix, cut off at n, by the power method.
local scale = tonumber((...)) or 1
local size = math.max(8, math.floor(840 * math.sqrt(scale)))

local function entry(row, column)
    local diagonal = row + column - 1
    return 1 / (diagonal * (diagonal - 1) / 2 + row)
end

local function times(v, out)
    for row = 1, size do
        local sum = 0
        for column = 1, size do
            sum = sum + entry(row, column) * v[column]
        end
        out[row] = sum
    end
end

local function times_transposed(v, out)
    for row = 1, size do
        local sum = 0
        for column = 1, size do
            sum = sum + entry(column, row) * v[column]
        end
        out[row] = sum
    end
end

local u, v, w = {}, {}, {}
for i = 1, size do
    u[i] = 1
end
for _ = 1, 8 do
    times(u, w)
    times_transposed(w, v)
    times(v, w)
    times_transposed(w, u)
end
local uv, vv = 0, 0
for i = 1, size do
    uv = uv + u[i] * v[i]
    vv = vv + v[i] * v[i]
end
print(string.format("arithmetic_spectral %d %.9f", size, math.sqrt(uv / vv)))
