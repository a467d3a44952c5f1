-- Limit order book with price-time priority.
--
--   ./dev run examples/order_book.lua book:bids book:asks book:orders book:seq , buy 102 50 taker-1 demo
--
-- KEYS[1]  bids    sorted set, score = -price
-- KEYS[2]  asks    sorted set, score = price
-- KEYS[3]  orders  hash, order id -> open quantity
-- KEYS[4]  seq     counter of accepted orders
-- ARGV     side    buy or sell
--          price   limit price in ticks (positive integer)
--          qty     quantity (positive integer)
--          id      unique id of the order, without spaces
--          demo    optional literal `demo`: place six resting orders before this one
--
-- Returns {filled, resting, trades}: the quantity traded now, the quantity left in the book, and
-- one {maker id, price, quantity} per trade, in order. Trades execute at the maker's price.
--
-- Both sets are read from their lowest score: bids are stored with negative prices, so the best
-- order comes first on either side. Orders of one price sort by member, and a member starts with
-- the zero-padded sequence number: the oldest order comes first.

local bids, asks, orders, seq = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local MAX = 1000000000000

if #KEYS ~= 4 then
  return redis.error_reply("ERR four keys expected: bids asks orders seq")
end

local function positive_integer(text)
  local n = tonumber(text)
  if n and n >= 1 and n <= MAX and n % 1 == 0 then
    return n
  end
  return nil
end

local function place(side, price, qty, id)
  local own, other, sign
  if side == "buy" then
    own, other, sign = bids, asks, -1
  else
    own, other, sign = asks, bids, 1
  end

  local trades, open = {}, qty
  while open > 0 do
    local best = redis.call("ZRANGE", other, 0, 0, "WITHSCORES")
    if not best[1] then
      break
    end
    -- The other side's sign is the opposite of ours.
    local maker_price = tonumber(best[2]) * -sign
    if (side == "buy" and maker_price > price) or (side == "sell" and maker_price < price) then
      break
    end
    local maker = string.match(best[1], "^%d+:(.*)$")
    local available = tonumber(redis.call("HGET", orders, maker))
    local traded = math.min(open, available)
    if traded == available then
      redis.call("ZREM", other, best[1])
      redis.call("HDEL", orders, maker)
    else
      redis.call("HSET", orders, maker, string.format("%.0f", available - traded))
    end
    open = open - traded
    trades[#trades + 1] = { maker, maker_price, traded }
  end

  if open > 0 then
    local number = redis.call("INCR", seq)
    redis.call("ZADD", own, string.format("%.0f", sign * price), string.format("%012.0f:%s", number, id))
    redis.call("HSET", orders, id, string.format("%.0f", open))
  end
  return { qty - open, open, trades }
end

local side, price, qty, id = ARGV[1], positive_integer(ARGV[2]), positive_integer(ARGV[3]), ARGV[4]
if side ~= "buy" and side ~= "sell" then
  return redis.error_reply("ERR side must be buy or sell")
end
if not price or not qty then
  return redis.error_reply("ERR price and qty must be positive integers")
end
if not id or not string.find(id, "^%S+$") then
  return redis.error_reply("ERR id expected")
end

if ARGV[5] == "demo" then
  place("sell", 101, 20, "ask-1")
  place("sell", 102, 10, "ask-2")
  place("sell", 102, 30, "ask-3")
  place("sell", 105, 40, "ask-4")
  place("buy", 99, 15, "bid-1")
  place("buy", 100, 25, "bid-2")
end

if redis.call("HEXISTS", orders, id) == 1 then
  return redis.error_reply("ERR order " .. id .. " is already in the book")
end
return place(side, price, qty, id)
