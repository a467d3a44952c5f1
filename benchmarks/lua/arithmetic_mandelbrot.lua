-- kind: arithmetic
-- Escape times of the Mandelbrot set and of a Julia set on a grid.
local scale = tonumber((...)) or 1
local width = math.max(10, math.floor(1200 * math.sqrt(scale)))
local height = math.floor(width * 0.75)

local function escape(zr, zi, cr, ci, limit)
    local n = 0
    local rr, ii = zr * zr, zi * zi
    while n < limit and rr + ii <= 4 do
        zi = 2 * zr * zi + ci
        zr = rr - ii + cr
        rr, ii = zr * zr, zi * zi
        n = n + 1
    end
    return n
end

local mandelbrot, julia, inside = 0, 0, 0
for row = 0, height - 1 do
    local y = row / height * 2.4 - 1.2
    for column = 0, width - 1 do
        local x = column / width * 3.2 - 2.2
        local n = escape(0, 0, x, y, 100)
        if n == 100 then
            inside = inside + 1
        end
        mandelbrot = mandelbrot + n
        julia = julia + escape(x + 0.6, y, -0.8, 0.156, 60)
    end
end
print(string.format("arithmetic_mandelbrot %d %d %d", mandelbrot, julia, inside))
