-- Cycles and long lists: built, reversed, cut.
local function reverse(l) local r while l do l, l.next, r = l.next, r, l end return r end
W.list = reverse(W.list)
print(W.list.value, W.list.next.value)
local n, node = 0, W.list
while node do n = n + 1 node = node.next end
print(n)
W.ring.a = {up = W.ring} W.ring.a.b = {up = W.ring.a}
print(W.ring.self.a.b.up.up == W.ring)
local nodes = {}
for i = 1, 40 do nodes[i] = {} end
for i = 1, 40 do nodes[i].edge = nodes[i * 7 % 40 + 1] nodes[i].back = nodes end
local at, steps = nodes[1], 0
repeat at = at.edge steps = steps + 1 until at == nodes[1] or steps > 100
print(steps)
W.list.next.next = nil
W.graph = nodes[1]
