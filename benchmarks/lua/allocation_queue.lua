-- kind: allocation
-- A breadth-first search with a queue of fresh records, and messages that pass through linked queues.
local scale = tonumber((...)) or 1

local function shortest(width, height, wall)
    local seen = {}
    local queue, first, last = {{x = 1, y = 1, steps = 0}}, 1, 1
    seen[1] = true
    local visited = 0
    while first <= last do
        local cell = queue[first]
        queue[first] = nil
        first = first + 1
        visited = visited + 1
        if cell.x == width and cell.y == height then
            return cell.steps, visited
        end
        for _, offset in ipairs({{1, 0}, {0, 1}, {-1, 0}, {0, -1}}) do
            local x, y = cell.x + offset[1], cell.y + offset[2]
            local key = (y - 1) * width + x
            if x >= 1 and x <= width and y >= 1 and y <= height and not seen[key] and not wall(x, y) then
                seen[key] = true
                last = last + 1
                queue[last] = {x = x, y = y, steps = cell.steps + 1}
            end
        end
    end
    return -1, visited
end

local function send(queue, message)
    local node = {message = message}
    if queue.tail then
        queue.tail.after = node
    else
        queue.head = node
    end
    queue.tail = node
end
local function receive(queue)
    local node = queue.head
    if not node then
        return nil
    end
    queue.head = node.after
    if not queue.head then
        queue.tail = nil
    end
    return node.message
end

local steps, visited = 0, 0
for round = 1, math.ceil(18 * scale) do
    local s, v = shortest(100, 80, function(x, y) return (x * y + x + round) % 6 == 0 end)
    steps, visited = steps + s, visited + v
end

local inbox, outbox, sum = {}, {}, 0
for i = 1, math.ceil(850000 * scale) do
    send(inbox, {from = i % 10, value = i})
    if i % 4 ~= 0 then
        local m = receive(inbox)
        send(outbox, {from = m.from, reply = m.value * 2})
    end
    if i % 3 == 0 then
        local m = receive(outbox)
        sum = (sum + m.reply - m.from) % 1000003
    end
end
print(string.format("allocation_queue %d %d %d", steps, visited, sum))
