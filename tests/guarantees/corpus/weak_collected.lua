-- Weak entries go when the collector has run: all of this was made here.
local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end
local wk, wv = setmetatable({}, {__mode = "k"}), setmetatable({}, {__mode = "v"})
local hold = {}
do
    for i = 1, 10 do
        local o = {i}
        if i > 7 then hold[#hold + 1] = o end
        wk[o] = i wv[i] = o
    end
end
collectgarbage() collectgarbage()
print(count(wk), count(wv), wv[8] == hold[1], wv[1])
hold = nil
collectgarbage()
print(count(wk), count(wv))
wv.s = "text"
wk[1] = {}
collectgarbage("collect")
print(wv.s, type(wk[1]))
