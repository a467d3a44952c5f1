#include "tests/fuzz/fairness/generator.h"

namespace arenite::fuzz {

namespace {

constexpr const char* kPrelude =
    "local function deep(n, f) if n <= 0 then return f() end return (deep(n - 1, f)) end\n"
    "local function many(n, f) for i = 1, n do f() end end\n";

class Writer {
public:
    Writer(Choices& choices, const std::vector<std::string>& functions) : c_(choices), functions_(functions) {}

    Script script() {
        Script s;
        static constexpr std::size_t kLimits[] = {512, 512, 128, 48};
        s.memory = c_.pick(kLimits) << 20;
        const unsigned old = c_.below(4);
        for (unsigned i = 0; i < old; ++i) s.setup.push_back(declaration());
        const unsigned own = 1 + c_.below(3);
        for (unsigned i = 0; i < own; ++i) s.lines.push_back(declaration());
        const unsigned statements = 1 + c_.below(4);
        for (unsigned i = 0; i < statements; ++i) s.lines.push_back(placed(operation()));
        return s;
    }

private:
    std::string number(std::size_t n) { return std::to_string(n); }
    /// A size: of a string up to megabytes, of other things less.
    std::string size(std::size_t most) {
        static constexpr std::size_t kSizes[] = {1,       3,       17,        60,       250,    1'000,
                                                 4'000,   9'000,   33'000,    65'000,   66'000, 150'000,
                                                 300'000, 700'000, 1'500'000, 4'000'000};
        std::size_t n = c_.pick(kSizes);
        while (n > most) n /= 8;
        return number(n);
    }

    /// Gives a global name a value.
    std::string declaration() {
        switch (c_.below(20)) {
            case 0: return "S = ('x'):rep(" + size(4'000'000) + ")";
            case 1: return "S = ('ab '):rep(" + size(1'500'000) + ") R = S .. 'c'";
            case 2: return "S = ('%'):rep(" + size(300'000) + ") .. 'd'";
            case 3: return "S = ('0'):rep(" + size(4'000'000) + ") .. '1'";
            case 4: return "S = '0x' .. ('f'):rep(" + size(1'500'000) + ")";
            case 5: return "S = '0.' .. ('0'):rep(" + size(1'500'000) + ") .. '1e' .. " + size(4'000'000);
            case 6: return "S = (' '):rep(" + size(1'500'000) + ") .. '7' R = S";
            case 7: return "S = ('y'):rep(" + size(66'000) + ") R = ('y'):rep(#S)";
            case 8: return "for i = 1, " + size(700'000) + " do T[i] = i end";
            case 9: return "for i = 1, " + size(150'000) + " do T[i] = 'k' .. i T['k' .. i] = i end";
            case 10: return "for i = 1, " + size(150'000) + " do T[i] = {i} end";
            case 11:
                return "for i = 1, " + size(300'000) +
                       " do T[i] = 1 end for i = #T - 9, #T do T[i] = nil end for m = 0, 12 do T[(#T + 1) * 2 ^ m] = 1 "
                       "end";
            case 12: return "for i = 1, " + size(300'000) + " do T[i + 0.5] = i end";
            case 13: return "for i = 1, " + size(150'000) + " do W[{}] = i W[i] = {} end";
            case 14:
                return "do local p for i = 1, " + size(300) +
                       " do local t = {} t[S] = 1 t[S] = nil p = setmetatable(t, {__index = p, __newindex = p}) end C "
                       "= p end";
            case 15:
                return "for i = 1, " + size(33'000) +
                       " do local p = newproxy(true) getmetatable(p).__gc = function() end U = p end";
            case 16:
                return "G = coroutine.wrap(function() deep(" + size(66'000) +
                       ", function() while true do coroutine.yield(S) end end) end) G()";
            case 17:
                return "for i = 1, " + size(9'000) +
                       " do H[i] = coroutine.create(function() coroutine.yield() end) coroutine.resume(H[i]) end";
            case 18:
                return "E = setmetatable({}, {__index = function(t, k) return S end, __call = function() return S end, "
                       "__tostring = function() return S end, "
                       "__concat = function() return S end, __lt = function() return true end, __eq = function() "
                       "return true end})";
            default: return "A = function() return unpack(T, 1, " + size(7'000) + ") end";
        }
    }

    std::string value() {
        static const char* const kValues[] = {"S",
                                              "S",
                                              "R",
                                              "T",
                                              "T",
                                              "C",
                                              "W",
                                              "E",
                                              "F",
                                              "H[1]",
                                              "U",
                                              "nil",
                                              "true",
                                              "1",
                                              "0",
                                              "-1",
                                              "2",
                                              "10",
                                              "60000",
                                              "1e308",
                                              "-1e308",
                                              "5e-324",
                                              "2^31",
                                              "2^53",
                                              "1e15",
                                              "0/0",
                                              "1/0",
                                              "'x'",
                                              "'%s'",
                                              "'%q'",
                                              "'%d'",
                                              "'%.99f'",
                                              "'%5.1g'",
                                              "'(.-)y'",
                                              "'%w+'",
                                              "'.'",
                                              "'[^x]*y'",
                                              "'^a*'",
                                              "'%b()'",
                                              "'%f[%w]'",
                                              "'.-.-y'",
                                              "''",
                                              "'collect'",
                                              "'step'",
                                              "'*t'",
                                              "'!%c'",
                                              "print",
                                              "{}",
                                              "_G",
                                              "#S",
                                              "S:sub(2)",
                                              "T[1]",
                                              "function() return S end",
                                              "function(a, b) return a < b end",
                                              "function(a, b) error(S) end",
                                              "coroutine.create(function() error(S) end)",
                                              "A()"};
        return c_.pick(kValues);
    }
    std::string arguments(unsigned most) {
        std::string out;
        const unsigned n = c_.below(most + 1);
        for (unsigned i = 0; i < n; ++i) out += (i ? ", " : "") + value();
        return out;
    }

    std::string operation() {
        static const char* const kOperators[] = {"+", "-", "*", "/", "%", "^", "..", "==", "<", "<=", "~="};
        switch (c_.below(27)) {
            case 24:
                return "local f = loadstring('local a, b = ... ' .. ('a = b '):rep(" + size(66'000) +
                       ") .. 'return a') many(" + size(9'000) + ", f)";
            case 25:
                return "local f = loadstring('local f, n = ... if n > 0 then f(f, n - 1) end ' .. ('n = n + 1 '):rep(" +
                       size(1'000) + ") .. 'return n') f(f, " + size(66'000) + ")";
            case 26:
                return "local function f(n, k, ...) if n == 0 then return k(...) end return f(n - 1, k, A()) end "
                       "f(10, " +
                       c_.pick(functions_) + ")";
            case 0:
            case 1: return "local x = " + value() + " " + c_.pick(kOperators) + " " + value();
            case 2: return "local x = #" + value() + " x = -" + value() + "";
            case 3: return "local x = (" + value() + ")[" + value() + "]";
            case 4: return "(" + value() + ")[" + value() + "] = " + value();
            case 5: return "for i = " + value() + ", " + value() + ", " + value() + " do break end";
            case 6:
                return "local n = 0 for k, v in pairs(T) do n = n + 1 if n > " + size(4'000'000) +
                       " then break end end";
            case 7: return "local t = {A()} t = {A(), A()} t = {S, S, A()}";
            case 8: return "error(" + value() + ", " + value() + ")";
            case 9: return "assert(false, " + value() + ")";
            case 10: return "coroutine.wrap(function(...) error(" + value() + ", 0) end)()";
            case 11: return "local f = G or print f(S)";
            case 12: return "local t = {} for i = 1, " + size(150'000) + " do t[#t + 1] = " + value() + " end";
            case 13: return "local t = {} for i = 1, " + size(66'000) + " do t[i * 7] = i t[S .. i % 9] = {} end";
            case 14: return "local t = {} for i = 1, " + size(33'000) + " do local s = S .. i end";
            case 15: return "local f = function(...) return select('#', ...) end f(A()) f(A(), A())";
            case 16: return "collectgarbage(" + value() + ", " + value() + ")";
            case 17: return "table.sort(T)";
            case 18: return "local s = table.concat(T, ',')";
            case 19: return "S:gsub(" + value() + ", " + value() + ")";
            case 20: return "for w in S:gmatch(" + value() + ") do end";
            default: return c_.pick(functions_) + "(" + arguments(4) + ")";
        }
    }

    /// An operation in a place of its own.
    std::string placed(std::string what) {
        std::string f = "function() " + what + " end";
        for (unsigned i = c_.below(3); i > 0; --i) {
            switch (c_.below(8)) {
                case 0: f = "function() deep(" + size(150'000) + ", " + f + ") end"; break;
                case 1: f = "function() coroutine.wrap(" + f + ")() end"; break;
                case 2: f = "function() arenite.atomic(" + f + ") end"; break;
                case 3: f = "function() xpcall(" + f + ", debug.traceback) end"; break;
                case 4: f = "function() xpcall(" + f + ", function(e) error(e) end) end"; break;
                default: f = "function() many(" + size(33'000) + ", function() pcall(" + f + ") end) end"; break;
            }
        }
        return "pcall(" + f + ")";
    }

    Choices& c_;
    const std::vector<std::string>& functions_;
};

}  // namespace

std::string Script::setup_text() const {
    std::string out = profile == Profile::Redis ? redis_prelude() : kPrelude;
    if (profile == Profile::Redis) {
        for (const std::string& line : setup) out += line + "\n";
        return out;
    }
    out += "S, R, T, C, E, H = 'abc', 'abd', {}, {}, {}, {}\n";
    out += "W = setmetatable({}, {__mode = 'kv'}) U = newproxy(true) A = function() return 1, 2 end\n";
    out += "F = loadstring('local x, y, z ' .. ('x = y; '):rep(20000) .. ' z.a.b = 1')\n";
    for (const std::string& line : setup) out += "pcall(function() " + line + " end)\n";
    return out;
}

std::string Script::text() const {
    if (profile == Profile::Redis) {  // its names are local, and the last statement may be what it returns
        std::string out = redis_prelude();
        for (const std::string& line : lines) out += line + "\n";
        return out;
    }
    std::string out = kPrelude;
    for (const std::string& line : lines) out += "pcall(function() " + line + " end)\n";
    return out;
}

Script generate(Choices& choices, const std::vector<std::string>& functions) {
    return Writer(choices, functions).script();
}

}  // namespace arenite::fuzz
