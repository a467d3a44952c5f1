-- kind: calls
-- Functions that call each other: Hofstadter's sequences, a state machine made of tail calls, an expression evaluator.
local scale = tonumber((...)) or 1

local female, male
function female(n)
    if n == 0 then
        return 1
    end
    return n - male(female(n - 1))
end
function male(n)
    if n == 0 then
        return 0
    end
    return n - female(male(n - 1))
end

-- Accepts the binary digits of multiples of three; each state is a function and each step a tail call.
local rest0, rest1, rest2
function rest0(n, bit)
    if bit < 1 then
        return true
    elseif n % (bit + bit) >= bit then
        return rest1(n, bit / 2)
    end
    return rest0(n, bit / 2)
end
function rest1(n, bit)
    if bit < 1 then
        return false
    elseif n % (bit + bit) >= bit then
        return rest0(n, bit / 2)
    end
    return rest2(n, bit / 2)
end
function rest2(n, bit)
    if bit < 1 then
        return false
    elseif n % (bit + bit) >= bit then
        return rest2(n, bit / 2)
    end
    return rest1(n, bit / 2)
end

-- Recursive descent over a list of tokens.
local tokens, place
local expression
local function factor()
    local t = tokens[place]
    place = place + 1
    if t == "(" then
        local v = expression()
        place = place + 1
        return v
    end
    return t
end
local function term()
    local v = factor()
    while tokens[place] == "*" do
        place = place + 1
        v = v * factor()
    end
    return v
end
function expression()
    local v = term()
    while true do
        local t = tokens[place]
        if t == "+" then
            place = place + 1
            v = v + term()
        elseif t == "-" then
            place = place + 1
            v = v - term()
        else
            return v
        end
    end
end

local input = {3, "*", "(", 4, "+", 5, "-", 1, ")", "+", 2, "*", "(", 7, "-", "(", 1, "+", 1, ")", "*", 2, ")", "-", 9}
local sequence, multiples, value = 0, 0, 0
for i = 1, math.ceil(400000 * scale) do
    if i % 250 == 0 then
        sequence = sequence + female(30) + male(29 + i % 2)
    end
    if rest0(i, 131072) then
        multiples = multiples + 1
    end
    tokens, place = input, 1
    input[1] = i % 11
    value = value + expression()
end
print(string.format("calls_mutual %d %d %d", sequence, multiples, value))
