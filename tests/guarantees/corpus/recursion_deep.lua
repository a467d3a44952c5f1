-- Calls that nest deeply, and tail calls that do not.
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(150))
local function tail(n, acc) if n == 0 then return acc end return tail(n - 1, acc + 1) end
print(tail(600, 0))
local function even(n) if n == 0 then return true end return W.odd(n - 1) end
function W.odd(n) if n == 0 then return false end return even(n - 1) end
print(even(100), W.odd(101))
local function ack(m, n)
    if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) end
    return ack(m - 1, ack(m, n - 1))
end
print(ack(2, 3))
local function nested(n) if n == 0 then error("at the bottom", 0) end local ok, e = pcall(nested, n - 1) error(e .. n, 0) end
print(pcall(nested, 9))
