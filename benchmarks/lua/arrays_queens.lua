-- kind: arrays
-- Backtracking: placements of queens, and the game of life on a wrapped grid.
local scale = tonumber((...)) or 1

local function queens(n)
    local columns, rising, falling, solutions, row_sum = {}, {}, {}, 0, 0
    for i = 1, n * 2 do
        columns[i], rising[i], falling[i] = true, true, true
    end
    local place = {}
    local function try(row)
        if row > n then
            solutions = solutions + 1
            for i = 1, n do
                row_sum = (row_sum * 3 + place[i]) % 9973
            end
            return
        end
        for column = 1, n do
            if columns[column] and rising[row + column] and falling[row - column + n] then
                columns[column], rising[row + column], falling[row - column + n] = false, false, false
                place[row] = column
                try(row + 1)
                columns[column], rising[row + column], falling[row - column + n] = true, true, true
            end
        end
    end
    try(1)
    return solutions, row_sum
end

local function life(width, height, generations)
    local grid = {}
    for y = 1, height do
        grid[y] = {}
        for x = 1, width do
            grid[y][x] = (x * x + y * 3 + x * y) % 5 == 0 and 1 or 0
        end
    end
    for _ = 1, generations do
        local after = {}
        for y = 1, height do
            local above, here, below = grid[y == 1 and height or y - 1], grid[y], grid[y == height and 1 or y + 1]
            local row = {}
            for x = 1, width do
                local left, right = x == 1 and width or x - 1, x == width and 1 or x + 1
                local neighbours = above[left] + above[x] + above[right] + here[left] + here[right] + below[left]
                    + below[x] + below[right]
                if neighbours == 3 or (neighbours == 2 and here[x] == 1) then
                    row[x] = 1
                else
                    row[x] = 0
                end
            end
            after[y] = row
        end
        grid = after
    end
    local alive = 0
    for y = 1, height do
        for x = 1, width do
            alive = alive + grid[y][x]
        end
    end
    return alive
end

local board = scale >= 0.5 and 8 or 6
local solutions, sum = 0, 0
for _ = 1, math.ceil(170 * scale) do
    local s, r = queens(board)
    solutions, sum = solutions + s, sum + r
end
print(string.format("arrays_queens %d %d %d", solutions, sum, life(96, 64, math.ceil(1300 * scale))))
