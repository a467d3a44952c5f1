-- Reservation of several SKUs, all or nothing.
--
--   ./dev run examples/inventory.lua reservation:42 stock:apple stock:pear , 900 3 4 demo
--
-- KEYS[1]     reservation  hash, created by this script: stock key -> reserved quantity
-- KEYS[2..n]  stock        one hash per SKU with the fields `available` and `reserved`
-- ARGV        ttl          seconds until the reservation hash expires (positive integer)
--             qty...       one quantity per stock key (positive integers)
--             demo         optional literal `demo`: give every stock key 10 available units first
--
-- Returns {1, total units} when everything was reserved. Otherwise nothing has changed, and the
-- answer is {0, reason, ...}:
--   {0, "duplicate"}                                 the reservation exists already
--   {0, "unknown", stock key}                        no such SKU
--   {0, "insufficient", stock key, available, qty}   the first SKU that is short
--
-- Every check comes before the first write: a script that stops half-way leaves its writes behind.

local reservation, ttl = KEYS[1], tonumber(ARGV[1])
local skus = #KEYS - 1

if skus < 1 then
  return redis.error_reply("ERR keys expected: reservation stock [stock ...]")
end
if not ttl or ttl < 1 or ttl % 1 ~= 0 then
  return redis.error_reply("ERR ttl must be a positive integer")
end
if #ARGV ~= skus + 1 and not (#ARGV == skus + 2 and ARGV[skus + 2] == "demo") then
  return redis.error_reply("ERR one quantity per stock key expected")
end

-- A SKU may be named more than once; its quantities add up.
local wanted, order = {}, {}
for i = 1, skus do
  local sku, qty = KEYS[i + 1], tonumber(ARGV[i + 1])
  if not qty or qty < 1 or qty % 1 ~= 0 then
    return redis.error_reply("ERR quantity " .. i .. " must be a positive integer")
  end
  if not wanted[sku] then
    wanted[sku] = 0
    order[#order + 1] = sku
  end
  wanted[sku] = wanted[sku] + qty
end

if ARGV[skus + 2] == "demo" then
  for _, sku in ipairs(order) do
    redis.call("HSET", sku, "available", 10, "reserved", 0)
  end
end

if redis.call("EXISTS", reservation) == 1 then
  return { 0, "duplicate" }
end
for _, sku in ipairs(order) do
  local available = tonumber(redis.call("HGET", sku, "available"))
  if not available then
    return { 0, "unknown", sku }
  end
  if available < wanted[sku] then
    return { 0, "insufficient", sku, available, wanted[sku] }
  end
end

local total = 0
for _, sku in ipairs(order) do
  local qty = wanted[sku]
  redis.call("HINCRBY", sku, "available", -qty)
  redis.call("HINCRBY", sku, "reserved", qty)
  redis.call("HSET", reservation, sku, qty)
  total = total + qty
end
redis.call("EXPIRE", reservation, ttl)
return { 1, total }
