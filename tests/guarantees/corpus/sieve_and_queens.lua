-- Two small programs that compute.
local n, composite, primes = 120, {}, {}
for i = 2, n do
    if not composite[i] then primes[#primes + 1] = i for j = i * i, n, i do composite[j] = true end end
end
print(#primes, primes[#primes], table.concat(primes, " ", 1, 10))
local solutions = 0
local function place(row, cols, d1, d2)
    if row > 5 then solutions = solutions + 1 return end
    for c = 1, 5 do
        if not cols[c] and not d1[row + c] and not d2[row - c] then
            cols[c], d1[row + c], d2[row - c] = true, true, true
            place(row + 1, cols, d1, d2)
            cols[c], d1[row + c], d2[row - c] = nil, nil, nil
        end
    end
end
place(1, {}, {}, {})
print(solutions)
W.primes = primes
