-- kind: arithmetic
-- Bodies that attract each other, integrated with the leapfrog method; their positions are fields of tables.
local scale = tonumber((...)) or 1
local sqrt = math.sqrt

local function random_source(seed)
    return function()
        seed = (seed * 16807) % 2147483647
        return seed / 2147483647
    end
end

local random = random_source(42)
local bodies = {}
for i = 1, 6 do
    bodies[i] = {
        x = random() * 10 - 5, y = random() * 10 - 5, z = random() * 2 - 1,
        vx = random() - 0.5, vy = random() - 0.5, vz = 0, ax = 0, ay = 0, az = 0,
        mass = 0.1 + random(),
    }
end

local softening = 0.05
local function accelerate()
    for i = 1, #bodies do
        local b = bodies[i]
        b.ax, b.ay, b.az = 0, 0, 0
    end
    for i = 1, #bodies - 1 do
        local a = bodies[i]
        for j = i + 1, #bodies do
            local b = bodies[j]
            local dx, dy, dz = b.x - a.x, b.y - a.y, b.z - a.z
            local square = dx * dx + dy * dy + dz * dz + softening
            local pull = 1 / (square * sqrt(square))
            local towards_b, towards_a = pull * b.mass, pull * a.mass
            a.ax = a.ax + dx * towards_b
            a.ay = a.ay + dy * towards_b
            a.az = a.az + dz * towards_b
            b.ax = b.ax - dx * towards_a
            b.ay = b.ay - dy * towards_a
            b.az = b.az - dz * towards_a
        end
    end
end

local function step(dt)
    for _, b in ipairs(bodies) do
        b.vx = b.vx + b.ax * dt / 2
        b.vy = b.vy + b.ay * dt / 2
        b.vz = b.vz + b.az * dt / 2
        b.x = b.x + b.vx * dt
        b.y = b.y + b.vy * dt
        b.z = b.z + b.vz * dt
    end
    accelerate()
    for _, b in ipairs(bodies) do
        b.vx = b.vx + b.ax * dt / 2
        b.vy = b.vy + b.ay * dt / 2
        b.vz = b.vz + b.az * dt / 2
    end
end

accelerate()
for _ = 1, math.ceil(220000 * scale) do
    step(0.001)
end
local kinetic, momentum = 0, 0
for _, b in ipairs(bodies) do
    kinetic = kinetic + b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz) / 2
    momentum = momentum + b.mass * (b.vx + b.vy + b.vz)
end
print(string.format("arithmetic_orbits %.6f %.6f", kinetic, momentum))
