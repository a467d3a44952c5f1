-- kind: objects
-- A small simulation: customers, a bank with several desks and an event queue, all objects with methods.
local scale = tonumber((...)) or 1

local Random = {}
Random.__index = Random
function Random:next(limit)
    self.seed = (self.seed * 48271) % 2147483647
    return self.seed % limit
end

local Events = {}
Events.__index = Events
function Events:before(a, b)
    if a.time ~= b.time then
        return a.time < b.time
    end
    return a.order < b.order
end
function Events:add(time, kind, who)
    self.order = self.order + 1
    local heap, event = self.heap, {time = time, kind = kind, who = who, order = self.order}
    local i = #heap + 1
    heap[i] = event
    while i > 1 do
        local parent = (i - i % 2) / 2
        if not self:before(heap[i], heap[parent]) then
            break
        end
        heap[i], heap[parent] = heap[parent], heap[i]
        i = parent
    end
end
function Events:take()
    local heap = self.heap
    local top, count = heap[1], #heap
    heap[1] = heap[count]
    heap[count] = nil
    count = count - 1
    local i = 1
    while i * 2 <= count do
        local child = i * 2
        if child < count and self:before(heap[child + 1], heap[child]) then
            child = child + 1
        end
        if not self:before(heap[child], heap[i]) then
            break
        end
        heap[i], heap[child] = heap[child], heap[i]
        i = child
    end
    return top
end

local Customer = {}
Customer.__index = Customer
function Customer.new(id, now)
    return setmetatable({id = id, arrived = now, visits = 0}, Customer)
end
function Customer:waited(now)
    self.visits = self.visits + 1
    return now - self.arrived
end

local Bank = {}
Bank.__index = Bank
function Bank:arrive(customer, now)
    if self.free > 0 then
        self:serve(customer, now)
    else
        self.last = self.last + 1
        self.line[self.last] = customer
    end
end
function Bank:serve(customer, now)
    self.free = self.free - 1
    self.waiting = self.waiting + customer:waited(now)
    self.events:add(now + 5 + self.random:next(20), "leave", customer)
end
function Bank:leave(_, now)
    self.free = self.free + 1
    self.served = self.served + 1
    if self.first <= self.last then
        local customer = self.line[self.first]
        self.line[self.first] = nil
        self.first = self.first + 1
        self:serve(customer, now)
    end
end

local events = setmetatable({heap = {}, order = 0}, Events)
local random = setmetatable({seed = 5}, Random)
local bank = setmetatable({events = events, random = random, free = 4, line = {}, first = 1, last = 0, waiting = 0,
    served = 0}, Bank)
local customers = math.ceil(600000 * scale)
events:add(0, "arrive", Customer.new(1, 0))
local created, now = 1, 0
while true do
    local event = events:take()
    if not event then
        break
    end
    now = event.time
    bank[event.kind](bank, event.who, now)
    if event.kind == "arrive" and created < customers then
        created = created + 1
        local at = now + 1 + random:next(6)
        events:add(at, "arrive", Customer.new(created, at))
    end
end
print(string.format("objects_simulation %d %d %d", bank.served, bank.waiting, now))
