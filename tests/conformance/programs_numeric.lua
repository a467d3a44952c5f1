-- Numeric programs: sieve, n-queens, n-body, spectral norm, fannkuch, mandelbrot, matrices, big integers.
local function sieve(n)
  local composite, primes = {}, {}
  for i = 2, n do
    if not composite[i] then
      primes[#primes + 1] = i
      for j = i * i, n, i do composite[j] = true end
    end
  end
  return primes
end
local p = sieve(30000) print(#p, p[1], p[100], p[#p])

local function queens(n)
  local cols, d1, d2, count, first = {}, {}, {}, 0, nil
  local function place(r, board)
    if r > n then
      count = count + 1
      first = first or table.concat(board, " ")
      return
    end
    for c = 1, n do
      if not cols[c] and not d1[r + c] and not d2[r - c] then
        cols[c], d1[r + c], d2[r - c], board[r] = true, true, true, c
        place(r + 1, board)
        cols[c], d1[r + c], d2[r - c], board[r] = nil, nil, nil, nil
      end
    end
  end
  place(1, {})
  return count, first
end
for n = 1, 8 do print(n, queens(n)) end

do -- n-body
  local PI = 3.141592653589793 local SOLAR_MASS, DAYS = 4 * PI * PI, 365.24
  local bodies = {
    { x = 0, y = 0, z = 0, vx = 0, vy = 0, vz = 0, mass = SOLAR_MASS },
    { x = 4.84143144246472090, y = -1.16032004402742839, z = -0.103622044471123109, vx = 0.00166007664274403694 * DAYS, vy = 0.00769901118419740425 * DAYS, vz = -0.0000690460016972063023 * DAYS, mass = 0.000954791938424326609 * SOLAR_MASS },
    { x = 8.34336671824457987, y = 4.12479856412430479, z = -0.403523417114321381, vx = -0.00276742510726411100 * DAYS, vy = 0.00499852801234917238 * DAYS, vz = 0.0000230417297573763929 * DAYS, mass = 0.000285885980666130812 * SOLAR_MASS },
  }
  local function energy()
    local e = 0
    for i, b in ipairs(bodies) do
      e = e + 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
      for j = i + 1, #bodies do
        local c = bodies[j]
        local dx, dy, dz = b.x - c.x, b.y - c.y, b.z - c.z
        e = e - b.mass * c.mass / math.sqrt(dx * dx + dy * dy + dz * dz)
      end
    end
    return e
  end
  local px, py, pz = 0, 0, 0
  for _, b in ipairs(bodies) do px, py, pz = px + b.vx * b.mass, py + b.vy * b.mass, pz + b.vz * b.mass end
  bodies[1].vx, bodies[1].vy, bodies[1].vz = -px / SOLAR_MASS, -py / SOLAR_MASS, -pz / SOLAR_MASS
  print(string.format("%.12f", energy()))
  for _ = 1, 5000 do
    for i, b in ipairs(bodies) do
      for j = i + 1, #bodies do
        local c = bodies[j]
        local dx, dy, dz = b.x - c.x, b.y - c.y, b.z - c.z
        local d2 = dx * dx + dy * dy + dz * dz
        local mag = 0.01 / (d2 * math.sqrt(d2))
        b.vx, b.vy, b.vz = b.vx - dx * c.mass * mag, b.vy - dy * c.mass * mag, b.vz - dz * c.mass * mag
        c.vx, c.vy, c.vz = c.vx + dx * b.mass * mag, c.vy + dy * b.mass * mag, c.vz + dz * b.mass * mag
      end
    end
    for _, b in ipairs(bodies) do b.x, b.y, b.z = b.x + 0.01 * b.vx, b.y + 0.01 * b.vy, b.z + 0.01 * b.vz end
  end
  print(string.format("%.12f", energy()))
end

do -- spectral norm
  local function A(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end
  local function mulAv(n, x, y) for i = 1, n do local a = 0 for j = 1, n do a = a + x[j] * A(i, j) end y[i] = a end end
  local function mulAtv(n, x, y) for i = 1, n do local a = 0 for j = 1, n do a = a + x[j] * A(j, i) end y[i] = a end end
  local n, u, v, t = 50, {}, {}, {} for i = 1, n do u[i] = 1 end
  for _ = 1, 10 do mulAv(n, u, t) mulAtv(n, t, v) mulAv(n, v, t) mulAtv(n, t, u) end
  local vBv, vv = 0, 0 for i = 1, n do vBv = vBv + u[i] * v[i] vv = vv + v[i] * v[i] end
  print(string.format("%.9f", math.sqrt(vBv / vv)))
end

do -- fannkuch
  local function fannkuch(n)
    local p, q, s, sign, maxflips, sum = {}, {}, {}, 1, 0, 0
    for i = 1, n do p[i], q[i], s[i] = i, i, i end
    repeat
      local q0 = p[1]
      if q0 ~= 1 then
        for i = 2, n do q[i] = p[i] end
        local flips = 1
        while true do
          local qq = q[q0]
          if qq == 1 then
            sum = sum + sign * flips
            if flips > maxflips then maxflips = flips end
            break
          end
          q[q0] = q0
          if q0 >= 4 then
            local i, j = 2, q0 - 1
            repeat q[i], q[j] = q[j], q[i] i = i + 1 j = j - 1 until i >= j
          end
          q0 = qq flips = flips + 1
        end
      end
      if sign == 1 then
        p[1], p[2] = p[2], p[1] sign = -1
      else
        p[2], p[3] = p[3], p[2] sign = 1
        for i = 3, n do
          local sx = s[i]
          if sx ~= 1 then s[i] = sx - 1 break end
          if i == n then return sum, maxflips end
          s[i] = i
          local t = p[1] for j = 1, i do p[j] = p[j + 1] end p[i + 1] = t
        end
      end
    until false
  end
  print(fannkuch(7))
end

do -- mandelbrot as text
  for y = -10, 10, 4 do
    local row = {}
    for x = -20, 9 do
      local cr, ci, zr, zi, n = x / 10, y / 10, 0, 0, 0
      while n < 50 and zr * zr + zi * zi < 4 do zr, zi, n = zr * zr - zi * zi + cr, 2 * zr * zi + ci, n + 1 end
      row[#row + 1] = n == 50 and "#" or n > 8 and "+" or n > 4 and "." or " "
    end
    print((table.concat(row):gsub("%s+$", "")))
  end
end

do -- matrices with operators
  local M = {} M.__index = M
  local function new(r, c, f) local m = setmetatable({ r = r, c = c }, M) for i = 1, r do m[i] = {} for j = 1, c do m[i][j] = f(i, j) end end return m end
  M.__mul = function(a, b) if type(a) == "number" then return new(b.r, b.c, function(i, j) return a * b[i][j] end) end return new(a.r, b.c, function(i, j) local s = 0 for k = 1, a.c do s = s + a[i][k] * b[k][j] end return s end) end
  M.__add = function(a, b) return new(a.r, a.c, function(i, j) return a[i][j] + b[i][j] end) end
  M.__eq = function(a, b) for i = 1, a.r do for j = 1, a.c do if a[i][j] ~= b[i][j] then return false end end end return true end
  M.__pow = function(a, n) local r = new(a.r, a.r, function(i, j) return i == j and 1 or 0 end) while n > 0 do if n % 2 == 1 then r = r * a end a = a * a n = math.floor(n / 2) end return r end
  M.__tostring = function(a) local o = {} for i = 1, a.r do o[i] = table.concat(a[i], " ") end return table.concat(o, " / ") end
  M.__unm = function(a) return -1 * a end
  M.__call = function(a, i, j) return a[i][j] end
  local fib = new(2, 2, function(i, j) return (i == 2 and j == 2) and 0 or 1 end)
  print(tostring(fib ^ 30), (fib ^ 10)(1, 2), fib * fib == fib ^ 2, tostring(-fib + 3 * fib))
end

do -- big integers
  local function mulsmall(a, k) local c = 0 for i = 1, #a do c = a[i] * k + c a[i] = c % 1e7 c = math.floor(c / 1e7) end while c > 0 do a[#a + 1] = c % 1e7 c = math.floor(c / 1e7) end end
  local function str(a) local o = { tostring(a[#a]) } for i = #a - 1, 1, -1 do o[#o + 1] = ("%07d"):format(a[i]) end return table.concat(o) end
  local f = { 1 } for i = 2, 100 do mulsmall(f, i) end print(str(f)) local t = { 1 } for _ = 1, 256 do mulsmall(t, 2) end print(str(t))
end

do -- random numbers, statistics, integration, root finding
  local s = 12345 local function rnd() s = (s * 1103515245 + 12345) % 2147483648 return s / 2147483648 end
  local n, mean, m2 = 0, 0, 0 for _ = 1, 10000 do local x = rnd() n = n + 1 local d = x - mean mean = mean + d / n m2 = m2 + d * (x - mean) end print(("%.6f %.6f"):format(mean, m2 / n))
  local function simpson(f, a, b, k) local h, sum = (b - a) / k, f(a) + f(b) for i = 1, k - 1 do sum = sum + f(a + i * h) * (i % 2 == 0 and 2 or 4) end return sum * h / 3 end print(("%.10f %.10f"):format(simpson(math.sin, 0, math.pi, 100), simpson(function(x) return x ^ 3 end, 0, 2, 10)))
  local function bisect(f, lo, hi) for _ = 1, 200 do local mid = (lo + hi) / 2 if f(lo) * f(mid) <= 0 then hi = mid else lo = mid end end return lo end print(("%.12f"):format(bisect(function(x) return x * x - 2 end, 0, 2)))
  local c = 0 for i = 1, 3000 do local k, steps = i, 0 while k ~= 1 do k = k % 2 == 0 and k / 2 or 3 * k + 1 steps = steps + 1 end if steps > c then c = steps end end print(c)
end
