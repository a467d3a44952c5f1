-- Release of a lock by its owner: delete the key only if it still holds the owner's token.
--
--   ./dev run examples/lock_release.lua lock:report , token-a demo token-a
--
-- KEYS[1]  the lock, taken with `SET key token NX PX ttl`
-- ARGV     token   the value the caller stored when it took the lock
--          demo    optional literal `demo`: first take the lock for the token that follows
--          owner   with demo: the token that holds the lock
--
-- Returns 1 if the lock was released, 0 if it had expired or belongs to someone else. A GET and a
-- DEL sent separately could delete a lock that somebody else took in between.

local key, token = KEYS[1], ARGV[1]

if #KEYS ~= 1 or not token or token == "" then
  return redis.error_reply("ERR usage: lock_key , token")
end

if ARGV[2] == "demo" then
  local taken = redis.call("SET", key, ARGV[3] or token, "NX", "PX", 30000)
  if not taken then
    return redis.error_reply("ERR demo: the lock is already held")
  end
end

if redis.call("GET", key) == token then
  return redis.call("DEL", key)
end
return 0
