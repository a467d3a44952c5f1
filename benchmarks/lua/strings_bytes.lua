-- kind: strings and maps
-- byte, char and sub: base64 both ways, a letter cipher, checksums, hexadecimal text, palindromes.
local scale = tonumber((...)) or 1
local byte, char, sub, concat, floor = string.byte, string.char, string.sub, table.concat, math.floor

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local encode, decode = {}, {}
for i = 1, 64 do
    encode[i - 1] = sub(alphabet, i, i)
    decode[byte(alphabet, i)] = i - 1
end

local function to_base64(data)
    local out = {}
    for i = 1, #data, 3 do
        local a, b, c = byte(data, i, i + 2)
        local n = a * 65536 + (b or 0) * 256 + (c or 0)
        out[#out + 1] = encode[floor(n / 262144)]
        out[#out + 1] = encode[floor(n / 4096) % 64]
        out[#out + 1] = b and encode[floor(n / 64) % 64] or "="
        out[#out + 1] = c and encode[n % 64] or "="
    end
    return concat(out)
end

local function from_base64(text)
    local out = {}
    for i = 1, #text, 4 do
        local a, b, c, d = byte(text, i, i + 3)
        local n = decode[a] * 262144 + decode[b] * 4096 + (decode[c] or 0) * 64 + (decode[d] or 0)
        local first, second, third = floor(n / 65536), floor(n / 256) % 256, n % 256
        if d ~= 61 then
            out[#out + 1] = char(first, second, third)
        elseif c ~= 61 then
            out[#out + 1] = char(first, second)
        else
            out[#out + 1] = char(first)
        end
    end
    return concat(out)
end

local function shift(text, by)
    return (text:gsub("%l", function(letter) return char((byte(letter) - 97 + by) % 26 + 97) end))
end

local function adler(text)
    local a, b = 1, 0
    for i = 1, #text do
        a = (a + byte(text, i)) % 65521
        b = (b + a) % 65521
    end
    return b * 65536 + a
end

local function to_hex(text)
    return (text:gsub(".", function(c) return string.format("%02x", byte(c)) end))
end

local function palindrome(text)
    for i = 1, floor(#text / 2) do
        if sub(text, i, i) ~= sub(text, -i, -i) then
            return false
        end
    end
    return true
end

local message = "sphinx of black quartz, judge my vow; pack my box with five dozen liquor jugs"
local length, sums, same, turned = 0, 0, 0, 0
for i = 1, math.ceil(28000 * scale) do
    local data = message .. i
    local text = to_base64(data)
    if from_base64(text) == data then
        same = same + 1
    end
    local secret = shift(data, i % 26)
    if shift(secret, -i) == data then
        same = same + 1
    end
    sums = (sums + adler(secret)) % 4294967291
    length = length + #text + #to_hex(sub(data, 1, 30))
    local number = tostring(i)
    if palindrome(number) or palindrome(number .. number:reverse()) then
        turned = turned + 1
    end
end
print(string.format("strings_bytes %d %d %.0f %d", length, same, sums, turned))
