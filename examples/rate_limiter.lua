-- Sliding-window rate limiter.
--
--   ./dev run examples/rate_limiter.lua user:1 , 5 1000 1700000000000
--
-- KEYS[1]  sorted set that holds one member per accepted request
-- ARGV     limit      requests accepted per window (positive integer)
--          window_ms  length of the window in milliseconds (positive integer)
--          now_ms     current time in milliseconds
--          demo       optional literal `demo`: send limit + 2 requests, then one more after the
--                     window has passed, and return all the answers
--
-- Returns {allowed, remaining}: allowed is 1 or 0, remaining is the number of further requests
-- that would be accepted at now_ms. A refused request is not recorded. The clock belongs to the
-- caller, so the script is deterministic and may be replicated.

local key = KEYS[1]
local limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

if #KEYS ~= 1 then
  return redis.error_reply("ERR one key expected: the sorted set of the limiter")
end
if not limit or limit < 1 or limit % 1 ~= 0 then
  return redis.error_reply("ERR limit must be a positive integer")
end
if not window or window < 1 or window % 1 ~= 0 then
  return redis.error_reply("ERR window_ms must be a positive integer")
end
if not now or now < 0 or now % 1 ~= 0 then
  return redis.error_reply("ERR now_ms must be a non-negative integer")
end

-- Plain tostring() would switch to exponents at 1e15.
local function integer(n) return string.format("%.0f", n) end

local function request(at)
  -- A request made at `at` counts until `at + window`, exclusively.
  redis.call("ZREMRANGEBYSCORE", key, "-inf", integer(at - window))
  local used = redis.call("ZCARD", key)
  if used >= limit then
    return { 0, 0 }
  end
  -- Requests of the same millisecond leave the window together, so their number is a free suffix.
  local same = redis.call("ZCOUNT", key, integer(at), integer(at))
  redis.call("ZADD", key, integer(at), integer(at) .. "-" .. same)
  redis.call("PEXPIRE", key, integer(window))
  return { 1, limit - used - 1 }
end

if ARGV[4] == "demo" then
  local answers = {}
  for i = 1, limit + 2 do
    answers[i] = request(now)
  end
  answers[#answers + 1] = request(now + window)
  return answers
end

return request(now)
