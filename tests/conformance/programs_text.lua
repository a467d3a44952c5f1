-- Text programs: JSON, CSV, base64, LZW, calculator, templates, word counts, tokenizer, CRC.
do -- JSON encode and decode
  local encode
  local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r" }
  function encode(v)
    local t = type(v)
    if t == "nil" then return "null" elseif t == "boolean" or t == "number" then return tostring(v)
    elseif t == "string" then return '"' .. v:gsub('[%c"\\]', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
    elseif #v > 0 or next(v) == nil then local o = {} for i, x in ipairs(v) do o[i] = encode(x) end return "[" .. table.concat(o, ",") .. "]" end
    local keys, o = {}, {} for k in pairs(v) do keys[#keys + 1] = k end table.sort(keys) for i, k in ipairs(keys) do o[i] = encode(k) .. ":" .. encode(v[k]) end return "{" .. table.concat(o, ",") .. "}"
  end
  local function decode(s)
    local pos = 1
    local function fail(what) error(("%s at %d"):format(what, pos), 0) end
    local function ws() pos = s:find("%S", pos) or #s + 1 end
    local value
    local function str() local o = {} pos = pos + 1 while true do local a, b = s:find('^[^"\\]+', pos) if a then o[#o + 1] = s:sub(a, b) pos = b + 1 end local c = s:sub(pos, pos) if c == '"' then pos = pos + 1 return table.concat(o) elseif c == "\\" then local e = s:sub(pos + 1, pos + 1) if e == "u" then o[#o + 1] = string.char(tonumber(s:sub(pos + 2, pos + 5), 16) % 256) pos = pos + 6 else o[#o + 1] = ({ n = "\n", t = "\t", r = "\r", b = "\b", f = "\f" })[e] or e pos = pos + 2 end else fail "unfinished string" end end end
    function value()
      ws() local c = s:sub(pos, pos)
      if c == "{" then local o = {} pos = pos + 1 ws() if s:sub(pos, pos) == "}" then pos = pos + 1 return o end repeat ws() if s:sub(pos, pos) ~= '"' then fail "key expected" end local k = str() ws() if s:sub(pos, pos) ~= ":" then fail "':' expected" end pos = pos + 1 o[k] = value() ws() local d = s:sub(pos, pos) pos = pos + 1 until d ~= "," if s:sub(pos - 1, pos - 1) ~= "}" then fail "'}' expected" end return o
      elseif c == "[" then local o = {} pos = pos + 1 ws() if s:sub(pos, pos) == "]" then pos = pos + 1 return o end repeat o[#o + 1] = value() ws() local d = s:sub(pos, pos) pos = pos + 1 until d ~= "," if s:sub(pos - 1, pos - 1) ~= "]" then fail "']' expected" end return o
      elseif c == '"' then return str() end
      local lit = s:match("^%a+", pos) if lit == "true" or lit == "false" or lit == "null" then pos = pos + #lit if lit == "true" then return true elseif lit == "false" then return false end return nil end
      local num = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", pos) if num then pos = pos + #num return tonumber(num) end fail "unexpected character"
    end
    local v = value() ws() if pos <= #s then fail "trailing characters" end return v
  end
  local doc = { name = 'quote " and \\', list = { 1, 2.5, -3e10, true, false, { nested = { "deep\n", "tab\t\1" } } }, empty = {}, n = 0 }
  local text = encode(doc) print(text) print(encode(decode(text)) == text) print(encode(decode ' { "a" : [ 1 , 2 , { "b" : null } ] , "u":"\\u0041\\n" } '))
  for _, bad in ipairs { "", "{", "[1,", '{"a"}', '{"a":1', "[1 2]", "tru", '"abc', "1 2", "{a:1}", "[1,]" } do print(bad, pcall(decode, bad)) end
  local big = {} for i = 1, 300 do big[i] = { id = i, tags = { "t" .. i, "u" .. i }, v = i / 8 } end local j = encode(big) print(#j, #decode(j), decode(j)[300].tags[2], encode(decode(j)) == j)
end
do -- CSV
  local function parse(line) local fields, pos = {}, 1 while true do if line:sub(pos, pos) == '"' then local val, i = "", pos + 1 repeat local a, b, c = line:find('^([^"]*"?)', i) val = val .. c i = b + 1 if line:sub(i, i) ~= '"' then break end val = val .. "" i = i + 1 until false fields[#fields + 1] = val:gsub('"$', "") and (val:gsub('"$', "")) pos = i + 1 if line:sub(i, i) ~= "," then break end else local a, b = line:find(",", pos, true) if not a then fields[#fields + 1] = line:sub(pos) break end fields[#fields + 1] = line:sub(pos, a - 1) pos = b + 1 end end return fields end
  for _, l in ipairs { "a,b,c", "", ",", '"x,y",z', "1,,3", '"say ""hi""",end' } do local f = parse(l) print(#f, table.concat(f, "|")) end
end
do -- base64, hex, rot13, run length
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local function enc(s) local o = {} for i = 1, #s, 3 do local a, b, c = s:byte(i, i + 2) local n = a * 65536 + (b or 0) * 256 + (c or 0) for k = 3, 0, -1 do local d = math.floor(n / 64 ^ k) % 64 o[#o + 1] = (k == 1 and not b or k == 0 and not c) and "=" or alphabet:sub(d + 1, d + 1) end end return table.concat(o) end
  local function dec(s) local o = {} for q in s:gmatch "...." do local n, pad = 0, 0 for ch in q:gmatch "." do if ch == "=" then pad = pad + 1 n = n * 64 else n = n * 64 + alphabet:find(ch, 1, true) - 1 end end o[#o + 1] = string.char(math.floor(n / 65536), math.floor(n / 256) % 256, n % 256):sub(1, 3 - pad) end return table.concat(o) end
  for _, s in ipairs { "", "f", "fo", "foo", "foob", "fooba", "foobar", "\0\255\128" } do print(enc(s), dec(enc(s)) == s) end local all = {} for i = 0, 255 do all[#all + 1] = string.char(i) end all = table.concat(all) print(dec(enc(all)) == all, #enc(all))
  print((("Hello, World!"):gsub("%a", function(c) local b = c:lower() == c and 97 or 65 return string.char((c:byte() - b + 13) % 26 + b) end)), (("aaabbbccd"):gsub("((.)%2*)", function(r, c) return #r .. c end)), (("\1\171"):gsub(".", function(c) return ("%02X"):format(c:byte()) end)))
end
do -- LZW
  local function compress(s) local d, n = {}, 256 for i = 0, 255 do d[string.char(i)] = i end local w, o = "", {} for c in s:gmatch "." do if d[w .. c] then w = w .. c else o[#o + 1] = d[w] d[w .. c] = n n = n + 1 w = c end end if w ~= "" then o[#o + 1] = d[w] end return o end
  local function expand(codes) local d, n = {}, 256 for i = 0, 255 do d[i] = string.char(i) end local w = d[codes[1]] local o = { w } for i = 2, #codes do local e = d[codes[i]] or w .. w:sub(1, 1) o[#o + 1] = e d[n] = w .. e:sub(1, 1) n = n + 1 w = e end return table.concat(o) end
  local text = ("TOBEORNOTTOBEORTOBEORNOT"):rep(20) local c = compress(text) print(#text, #c, expand(c) == text, table.concat(c, " ", 1, 16))
end
do -- recursive descent calculator
  local function calc(src)
    local toks, i = {}, 1 for n, op in src:gmatch "%s*(%d*%.?%d*)%s*([-+*/^()]?)" do if n ~= "" then toks[#toks + 1] = tonumber(n) end if op ~= "" then toks[#toks + 1] = op end end
    local expr local function atom() local t = toks[i] i = i + 1 if t == "(" then local v = expr() if toks[i] ~= ")" then error("')' expected", 0) end i = i + 1 return v elseif t == "-" then return -atom() elseif type(t) == "number" then return t end error("unexpected " .. tostring(t), 0) end
    local function power() local b = atom() if toks[i] == "^" then i = i + 1 return b ^ power() end return b end
    local function term() local v = power() while toks[i] == "*" or toks[i] == "/" do local op = toks[i] i = i + 1 local r = power() v = op == "*" and v * r or op == "/" and v / r end return v end
    function expr() local v = term() while toks[i] == "+" or toks[i] == "-" do local op = toks[i] i = i + 1 local r = term() if op == "+" then v = v + r else v = v - r end end return v end
    local v = expr() if toks[i] then error("trailing " .. tostring(toks[i]), 0) end return v
  end
  for _, s in ipairs { "1+2*3", "(1+2)*3", "2^3^2", "-4+10/4", "((2))", "1+", "(1", "1 2", "2*-3", "10-4-3" } do print(s, pcall(calc, s)) end
end
do -- words, palindromes, anagrams, wrapping, roman numerals, templates
  local text = [[It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness]] local counts, words = {}, {} for w in text:lower():gmatch "%a+" do if not counts[w] then words[#words + 1] = w end counts[w] = (counts[w] or 0) + 1 end table.sort(words, function(a, b) if counts[a] ~= counts[b] then return counts[a] > counts[b] end return a < b end) for i = 1, 5 do io.write(words[i], "=", counts[words[i]], " ") end print(#words)
  local groups, order = {}, {} for w in ("listen silent enlist google elgoog abc cab bca xyz"):gmatch "%a+" do local c = {} for ch in w:gmatch "." do c[#c + 1] = ch end table.sort(c) local k = table.concat(c) if not groups[k] then groups[k] = {} order[#order + 1] = k end table.insert(groups[k], w) end for _, k in ipairs(order) do io.write(table.concat(groups[k], ","), " ") end print()
  local function wrap(s, width) local line, o = "", {} for w in s:gmatch "%S+" do if #line + #w + 1 > width and line ~= "" then o[#o + 1] = line line = w else line = line == "" and w or line .. " " .. w end end o[#o + 1] = line return o end for _, l in ipairs(wrap(text, 30)) do print(("%-30s|%3d"):format(l, #l)) end
  local function roman(n) local o = "" for _, p in ipairs { { 1000, "M" }, { 900, "CM" }, { 500, "D" }, { 400, "CD" }, { 100, "C" }, { 90, "XC" }, { 50, "L" }, { 40, "XL" }, { 10, "X" }, { 9, "IX" }, { 5, "V" }, { 4, "IV" }, { 1, "I" } } do while n >= p[1] do o = o .. p[2] n = n - p[1] end end return o end print(roman(1994), roman(2024), roman(3999), roman(4))
  local function template(s, env) return (s:gsub("{{%s*([%w_.]+)%s*|?%s*(%w*)%s*}}", function(path, filter) local v = env for k in path:gmatch "[%w_]+" do v = v and v[k] end v = tostring(v) return filter == "upper" and v:upper() or v end)) end print(template("Hi {{name}}, {{ user.city|upper }}! {{missing}} {{user.zip }}", { name = "Ann", user = { city = "Rome", zip = 123 } }))
end
do -- tokenizer for a small language; CRC32 with arithmetic
  local function lex(src) local o, pos = {}, 1 while pos <= #src do local ws = src:match("^%s+", pos) if ws then pos = pos + #ws else local kind, tok for _, r in ipairs { { "num", "^%d+%.?%d*" }, { "id", "^[%a_][%w_]*" }, { "str", '^"[^"]*"' }, { "op", "^[=<>!]=" }, { "op", "^[-+*/=<>(){};,]" } } do tok = src:match(r[2], pos) if tok then kind = r[1] break end end if not tok then error("bad character " .. src:sub(pos, pos) .. " at " .. pos, 0) end o[#o + 1] = kind .. ":" .. tok pos = pos + #tok end end return table.concat(o, " ") end print(lex 'if (x1 >= 3.14) { print("a b"); y = x1 - 2 }') print(pcall(lex, "a # b"))
  local function bxor(a, b) local r, p = 0, 1 for _ = 1, 32 do local x, y = a % 2, b % 2 if x ~= y then r = r + p end a, b, p = (a - x) / 2, (b - y) / 2, p * 2 end return r end local tab = {} for i = 0, 255 do local c = i for _ = 1, 8 do if c % 2 == 1 then c = bxor(0xEDB88320, (c - 1) / 2) else c = c / 2 end end tab[i] = c end local function crc(s) local c = 0xFFFFFFFF for i = 1, #s do c = bxor(tab[bxor(c % 256, s:byte(i))], math.floor(c / 256)) end return bxor(c, 0xFFFFFFFF) end print(("%08x %08x %08x"):format(crc "", crc "123456789", crc "The quick brown fox jumps over the lazy dog"))
  local h = 5381 for c in ("hash me"):gmatch "." do h = (h * 33 + c:byte()) % 4294967296 end print(h)
end
