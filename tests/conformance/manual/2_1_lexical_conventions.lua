-- Names, keywords, tokens, strings, numbers and comments.
local check = dofile "check.inc"

-- Names: letters, digits and underscores, not beginning with a digit; case matters.
check.lines [[
a = 1 return a
_ = 2 return _
_a1 = 3 return _a1
a_b_c = 4 return a_b_c
A = 5 return a, A
and_ = 6 return and_
And, AND = 7, 8 return And, AND
end1 = 9 return end1
_VERSION
__index = 10 return __index
abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ = 11 return abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_
goto = 12 return goto
continue = 13 return continue
integer = 14 return integer
self = 15 return self
]]
check.compiles [[
1a = 1
a$ = 1
a@b = 1
a! = 1
a? = 1
a-b = 1
a.1 = 1
a.b = 1
a.and = 1
a:b = 1
# = 1
local 1 = 1
local a.b = 1
]]
for byte = 128, 255, 9 do check.call("byte " .. byte .. " as a name", loadstring, string.char(byte) .. " = 1", "=line") end
for byte = 0, 127 do check.call("byte " .. byte .. " before a name", loadstring, string.char(byte) .. "x = 1", "=line") end
for byte = 0, 127 do check.call("byte " .. byte .. " as an operator", loadstring, "y = x " .. string.char(byte) .. " z", "=line") end

-- Every keyword is reserved: neither a variable, a field after a dot, a parameter nor a key of a constructor.
local keywords = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil",
    "not", "or", "repeat", "return", "then", "true", "until", "while" }
for _, word in ipairs(keywords) do
    check.call(word .. " as local", loadstring, "local " .. word .. " = 1", "=line")
    check.call(word .. " as field", loadstring, "x = t." .. word, "=line")
    check.call(word .. " as method", loadstring, "t:" .. word .. "()", "=line")
    check.call(word .. " as parameter", loadstring, "local function f(" .. word .. ") end", "=line")
    check.call(word .. " as key", loadstring, "t = {" .. word .. " = 1}", "=line")
    check.call(word .. " as quoted key", loadstring, "t = {['" .. word .. "'] = 1}", "=line")
    check.call(word .. " assigned to", loadstring, word .. " = 1", "=line")
    check.call(word:upper() .. " is a name", loadstring, "local " .. word:upper() .. " = 1", "=line")
    check.call(word .. " as loop variable", loadstring, "for " .. word .. " = 1, 2 do end", "=line")
end

-- Every other token, alone and where it fits.
local tokens = { "+", "-", "*", "/", "%", "^", "#", "==", "~=", "<=", ">=", "<", ">", "=", "(", ")", "{", "}", "[", "]",
    ";", ":", ",", ".", "..", "..." }
for _, token in ipairs(tokens) do
    check.call("alone " .. token, loadstring, token, "=line")
    check.call("after return " .. token, loadstring, "return " .. token, "=line")
    check.call("between names a " .. token .. " b", loadstring, "return a " .. token .. " b", "=line")
end
check.lines [[
10==10, 10~=10, 10<=10, 10>=10
"a".."b"
1 ..2
1 .. 2
1..2
1...2
1 . 2
a = {} a.b = 5 return a . b
a . b
a . b . c
1 = = 1
1 ~ = 1
1 < = 1
1 !=1
1 <> 1
1 // 1
1 & 1
1 | 1
1 << 1
1 >> 1
~1
"a" . . "b"
x--1
1--1
2 - -1
2- - -1
2---1
a = 1;; b = 2
;
;;
a = 1; b = 2; return a, b
a::b
::label::
]]

-- Literal strings: two kinds of quotes, escapes, decimal bytes, line breaks, zeros.
check.lines [==[
"a'b"
'a"b'
"a\"b"
'a\'b'
"a\'b"
'\a\b\f\n\r\t\v\\'
"\""
'\''
"\\n"
'alo\n123"'
"alo\n123\""
'\97lo\10\04923"'
"\0", #"\0"
"\0\0\0", #"\0\0\0"
"\00", #"\00"
"\000", #"\000"
"\0000", #"\0000"
"\1", "\12", "\123"
"\1234"
"\12a"
"\9z"
"\255"
"\256"
"\300"
"\999"
"\25", "\25x"
"\q", "\w", "\%", "\ ", "\/"
"\x41"
"\u{41}"
"\z  x"
"\-"
"\["
'\65\066\67'
"a\z"
"\n" == "\10", "\t" == "\9", "\r" == "\13", "\a" == "\7", "\b" == "\8", "\f" == "\12", "\v" == "\11"
"\\" == "\92", "\"" == "\34", "\'" == "\39"
"abc
'abc
"abc'
'abc"
"
'
"\
"abc\
"abc\"
""
''
#"", #''
"--not a comment"
'--[[ not a comment ]]'
"]]"
"/* x */"
]==]
check.evaluate '"a\\\nb"'
check.evaluate '"a\\\rb"'
check.evaluate '"a\\\r\nb"'
check.evaluate '"a\\\n\rb"'
check.evaluate '"a\\\n\nb"'
check.evaluate '"a\nb"'
check.evaluate '"a\rb"'
check.evaluate "'a\nb'"
check.evaluate '"a\0b"'
check.evaluate '#"a\0b"'
check.evaluate "'a\\\n\\\nb'"
for byte = 1, 255, 2 do
    local source = '"\\' .. byte .. '"'
    check.call("escape " .. source, function() return loadstring("return " .. source)() == string.char(byte) end)
end

-- Long brackets of every level: no escapes, the first line break is dropped, line breaks are made newlines.
check.lines [=====[
[[abc]]
[=[abc]=]
[==[abc]==]
[===[abc]===]
[[]]
[=[]=]
#[[]], #[==[]==]
[[a]b]]
[[a]=]b]]
[=[a]]b]=]
[=[a]==]b]=]
[==[a]=]b]==]
[==[a]]b]=]c]==]
[=[]]=]
[=[]]]=]
[[\n\065\"]]
[["'"]]
[[--]]
[=[[[nested]]]=]
[[a[b]]
[[a[[b]]
[[a[=[b]=]c]]
[[[a]]
[[a]]]
[=[[=[a]=]
[
[=
[==
[=a
[==a]==]
[[
[[a
[[a]
[[a]=]
[=[a]]
[==[a]=]
[=[a
[=[a]==]
t = {5} return t[ [[x]] ], t[ 1 ]
t = {x = 7} return t[ [[x]] ]
t = {x = 7} return t[[[x]]]
]=====]
check.evaluate "[[\na]]"
check.evaluate "[[\n\na]]"
check.evaluate "[[\r\na]]"
check.evaluate "[[\ra]]"
check.evaluate "[[\n\ra]]"
check.evaluate "[[a\r\nb\rc\nd\n\re]]"
check.evaluate "[==[\n]==]"
check.evaluate "[==[\n\n]==]"
check.evaluate "[[ \na]]"
check.evaluate "[==[a\n]=]\nb]==]"
check.evaluate "#[[a\0b]]"
check.evaluate "[[alo\n123\"]] == '\\97lo\\10\\04923\"'"
check.evaluate "[==[\nalo\n123\"]==] == 'alo\\n123\"'"
for level = 0, 40, 5 do
    local bars = ("="):rep(level)
    check.evaluate("[" .. bars .. "[level " .. level .. "]" .. bars .. "]")
    check.evaluate("[" .. bars .. "[level " .. level .. "]" .. bars .. "=]")
end

-- Numbers: fraction, exponent, hexadecimal integers.
check.lines [[
3, 3.0, 3.1416, 314.16e-2, 0.31416E1, 0xff, 0x56
0, 00, 000, 007, 08, 09
.5, 5., 0.5, 5.0
.
..5
5..
5 .. 5
1e1, 1E1, 1e+1, 1e-1, 1.e1, .1e1
1e
1e+
1e-
1ee1
1e1.5
1.5.5
1..5
1e1e1
1e++1
1e 1
0x
0xg
0x1g
0x0, 0x1, 0xa, 0xA, 0xF, 0XFF, 0Xff, 0xabcdef, 0xABCDEF
0x10, 0x100, 0xffffffff, 0x100000000
0x7fffffffffffffff == 2^63, 0xffffffffffffffff == 2^64
0x.1
0x1.8
0x1p1
0x1p-1
0x1e1
0x1e+1
0x1e-1
0xep1
1f
1a
1_000
1x
0b1
0o7
1L
3x.y
3and 4
3or 4
3 or4
3==3and"yes"
0xaor 1
3..2
3 ..2
1e308, 1e309, -1e309, 1e-320 > 0, 1e-400
123456789012345678901234567890
9007199254740992, 9007199254740993 == 9007199254740992
0.1 + 0.2 == 0.3, 0.1 + 0.2 ~= 0.3
1e15, 1e14, 1e16, 123456789012345, 1234567890123456
99999999999999, 999999999999999
0.00001, 0.0001, 123456.789e3
3.14159265358979, 2.718281828459045
00000000000000000000000000000000000000000000000001
0.0000000000000000000000000000000000000000000001e46 == 1
1e0, 0e0, 0e10, 0e-10, 0.0
-0 == 0, 1/0 > 0
5e+20, 5e-20, 5.5E+2
- 5, -5, - -5
+5
]]

-- Comments: to the end of the line, and long.
check.lines [=====[
1 -- comment
1 --comment
1 --
--
-- only a comment
1 --[ not long
1 --[= not long
1 --[==not long
1 --[[ long ]]
1 --[[ long ]] + 1
1 --[=[ long ]] ]=] + 2
1 --[==[ ]=] ]] ]==] + 3
1 -- [[ not long ]] + 1
--[[ a ]] x = 1 --[[ b ]] return --[[ c ]] x --[[ d ]]
1 --[[ unfinished
1 --[=[ unfinished ]]
1 --[==[ unfinished ]=]
"a" --[[]] .. --[[]] "b"
#--[[x]]"abc"
x = 1 ---[[ return 2 ]]
1 --[[--]]+1
1 --[[--[[ ]]+2
1--[[ ]]--[[ ]]--
]=====]
check.evaluate "1 -- a\n + 2"
check.evaluate "1 -- a\r + 2"
check.evaluate "1 -- a\r\n + 2 -- b\n"
check.evaluate "1 --[[ a\nb\nc ]] + 2"
check.evaluate "1 --[[\n]]\n+ nil"
check.evaluate "--[[\n\n\n]] error('line')"
check.evaluate "--[==[\n]]\r\n\r\n]==] error('line')"
check.evaluate "1 ---[[\n + 2 --]]"
check.evaluate "x =\n\n\n1 error(x)"

-- White space separates tokens and is otherwise ignored; the language is free-form.
check.evaluate "1\t+\v2\f+\r3\n+ 4"
check.evaluate "x\n=\n5\nreturn\nx"
check.evaluate "local\tlocalx=1;return\vlocalx"
check.evaluate "1+\0002"
check.evaluate "1 \000+ 2"
check.evaluate "1\2402"
check.evaluate "a=1b=2 return a,b"
check.evaluate "a='x'b='y'return a..b"
check.evaluate "a=1;b=a+1return b"
check.evaluate "if a then a=3 end return a"
check.evaluate "if(a)then(print)()end return a"
check.evaluate "\r\n\n\r\rerror 'line'"

-- Messages name the nearest token.
check.compiles [==[
x = "abc
x = 'a\
x = "\999"
x = [[abc
x = --[[abc
x = 12ab
x = @
x = a b
x = }
x = "str" "str"
x = [[str]] [[str]] 5
x = a.5
x = ~
for
x = "a very long string that goes on for more than eighty characters, as the part near which the error is shown is not cut
]==]
