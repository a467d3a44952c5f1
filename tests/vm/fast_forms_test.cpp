// Each fast form of an operation does, bit for bit, what its general form does. The forms are taken from the lists they are
// made from: a native of vm/fast_natives.def without calls here fails, and so does an opcode of heap/opcodes.def with a
// constant, an immediate operand or a hint that has no pair of sources here.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/container/pmr/monotonic_buffer_resource.hpp>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <arenite/vm.h>
#include "arena/sanitizers.h"
#include "compiler/compile.h"
#include "heap/function_unit.h"
#include "vm/embed/host.h"
#include "vm/fast_natives.h"

namespace arenite {
namespace {

#if defined(ARENITE_STRESS) || defined(ARENITE_ASAN)
constexpr int kSamples = 60;
#else
constexpr int kSamples = 400;
#endif

/// Operands of all kinds, and `show`, which tells apart whatever differs in a bit.
constexpr std::string_view kPrelude = R"lua(
local inf, zero = math.huge, 0
local numbers = {0, -1 / inf, 1, -1, 2, 3, 0.5, -0.5, 1.5, 2.5, -2.5, 7, 10, 255, 256, 1e15, 2^31 - 1, 2^31, -2^31,
  -2^31 - 1, 2^32, 2^32 + 1, 2^52 + 0.5, 2^53 - 1, 2^53, -2^53, 2^53 + 2, 94906265, 94906266, 123456789, 1234567.8,
  1e308, -1e308, 5e-324, -5e-324, 2^-1022, 2^-1022 - 2^-1070, 0.1, 1 / 3, 1e22, 1e23, inf, -inf, zero / zero, -(zero / zero)}
local meta = {__index = function(t, k) return k end, __len = function() return 7 end, __tostring = function() return 'T' end,
  __call = function(_, ...) return 'called', ... end, __eq = function() return true end, __lt = function() return true end,
  __le = function() return false end, __concat = function(x, y) return type(x) .. type(y) end,
  __unm = function() return 'unm' end, __metatable = 'locked'}
for _, name in ipairs {'add', 'sub', 'mul', 'div', 'mod', 'pow'} do
  meta['__' .. name] = function(x, y) return name, type(x), type(y) end
end
local object, other = setmetatable({1, 2}, meta), setmetatable({x = 1}, {__index = {y = 2, [3] = 4}, __newindex = rawset})
local proxy = newproxy(true)
getmetatable(proxy).__index = function(_, k) return k end
local others = {'', 'a', 'abc', 'abcabc', '10', '0x10', ' 5 ', '1e999', '-0', '1e', '1 2', '%d', '%s|%s', '%5.1f', '%q', '%x %c',
  '%5', '%w+', '(a)(b)', '[a-', '%', '.-', '^a', 'a*', '()', '%1', ('x'):rep(47), ('x'):rep(48), ('ab'):rep(600),
  ('long %s '):rep(20), true, false, {}, {1, 2, 3}, {1, nil, 3}, {x = 1, y = 'z'}, object, other, proxy, rawequal, tostring,
  function(...) return ... end, coroutine.create(function() end)}
local operands, count = {}, 0
for _, v in ipairs(numbers) do count = count + 1 operands[count] = v end
for _, v in ipairs(others) do count = count + 1 operands[count] = v end
count = count + 1  -- the last one is nil
local names = {}
for i = 1, count do
  local v = operands[i]
  if v ~= nil and v == v then names[v] = type(v) .. i end
end
local function show(v)
  local t = type(v)
  if t == 'number' then
    if v == 0 then return 1 / v < 0 and '-0' or '0' end
    return v ~= v and tostring(v) or ('%.17g'):format(v)
  elseif t == 'string' then
    if #v < 60 then return ('%q'):format(v) end
    local sum = 0
    for i = 1, #v, 7 do sum = (sum * 31 + v:byte(i)) % 1000003 end
    return #v .. ':' .. sum .. v:sub(-20)
  elseif t == 'nil' or t == 'boolean' then
    return tostring(v)
  end
  return names[v] or t
end
local function shown(...)
  local r = {}
  for i = 1, select('#', ...) do r[i] = show((select(i, ...))) end
  return table.concat(r, ' ')
end
local state = 12345
local function draw(n)
  state = (state * 16807) % 2147483647
  return state % n + 1
end
function made(x) return setmetatable({x = x}, {__newindex = rawset}) end
function empty() return {} end
local function small(x) return type(x) ~= 'number' or x > -1000 and x < 5000 end
)lua";

struct Calls {
    FastNative native;
    std::vector<std::string_view>
        bodies;  ///< of functions of a, b and c; those of which one is used, with operands for it
};

/// At least one body for each fast native.
const std::vector<Calls>& native_calls() {
    static const std::vector<Calls> all = {
        {FastNative::Type, {"return type(a)", "return type(a, b), type()"}},
        {FastNative::Select, {"return select(a, b, c)", "return (select(a, b, c))", "return select('#', a, b)"}},
        {FastNative::RawGet, {"return rawget(a, b)", "return rawget({1, x = 2, [0.5] = 3}, a)"}},
        {FastNative::RawEqual, {"return rawequal(a, b), rawequal(a, a)"}},
        {FastNative::GetMetatable, {"return getmetatable(a)", "return getmetatable()"}},
        {FastNative::SetMetatable,
         {"local t = {} return setmetatable(t, a) == t, getmetatable(t)", "return setmetatable({}, {a}, b) ~= nil"}},
        {FastNative::RawSet, {"local t = {x = 1, 5} return rawset(t, a, b) == t, t[a], t.x, t[1]"}},
        {FastNative::ToNumber, {"return tonumber(a)", "return tonumber(a, b)", "return tonumber()"}},
        {FastNative::ToString, {"return (tostring(a):gsub('0x%x+', '0x'))"}},
        {FastNative::Pairs,
         {"local n = 0 for k, v in pairs(a) do n = n + 1 end return n", "return select('#', pairs(a, b))"}},
        {FastNative::Ipairs, {"local n = 0 for i, v in ipairs(a) do n = n + i if i > 9 then break end end return n"}},
        {FastNative::Next, {"return next(a, b)", "return next({1, x = 2}, a)", "return next({a, b}, c)"}},
        {FastNative::Assert, {"return assert(a, b, c)", "return assert(a)", "return assert()"}},
        {FastNative::Unpack,
         {"return unpack(a)", "return unpack({1, 2, 3}, a, b)",
          "if small(b) and small(c) then return unpack(a, b, c) end"}},
        {FastNative::Pcall, {"return pcall(a, b, c)", "return pcall(error, a)", "return pcall()"}},
        {FastNative::Resume,
         {"return coroutine.resume(a, b)",
          "local co = coroutine.create(function(...) return coroutine.yield(...) end) "
          "return coroutine.resume(co, a, b), coroutine.resume(co, c), coroutine.resume(co, a)"}},
        {FastNative::Wrapped,
         {"local f = coroutine.wrap(function(...) return coroutine.yield(...) end) return f(a, b), f(c), pcall(f)"}},
        {FastNative::Yield,
         {"return coroutine.yield(a)",
          "return coroutine.wrap(function() local x, y = coroutine.yield(a, b) return x end)()"}},
        {FastNative::Floor, {"return math.floor(a)"}},
        {FastNative::Ceil, {"return math.ceil(a)"}},
        {FastNative::Abs, {"return math.abs(a)"}},
        {FastNative::Sqrt, {"return math.sqrt(a)"}},
        {FastNative::Max, {"return math.max(a, b)", "return math.max(a, b, c)", "return math.max(a)"}},
        {FastNative::Min, {"return math.min(a, b)", "return math.min(a, b, c)", "return math.min(a)"}},
        {FastNative::Sin, {"return math.sin(a)"}},
        {FastNative::Cos, {"return math.cos(a)"}},
        {FastNative::Exp, {"return math.exp(a)"}},
        {FastNative::Log, {"return math.log(a)"}},
        {FastNative::Pow, {"return math.pow(a, b)"}},
        {FastNative::Fmod, {"return math.fmod(a, b)"}},
        {FastNative::Random,
         {"math.randomseed(7) return math.random(), math.random(a)", "math.randomseed(7) return math.random(a, b)"}},
        {FastNative::Len, {"return string.len(a)", "return (a):len()"}},
        {FastNative::Byte, {"return string.byte(a)", "return string.byte(a, b)", "return string.byte(a, b, c)"}},
        {FastNative::Char, {"return string.char(a)", "return string.char(a, b, c)"}},
        {FastNative::Sub, {"return string.sub(a, b)", "return string.sub(a, b, c)", "return ('abcdef'):sub(a, b)"}},
        {FastNative::Find,
         {"return string.find(a, b)", "return string.find(a, b, c)", "return string.find(a, b, 1, c)"}},
        {FastNative::Match, {"return string.match(a, b)", "return string.match(a, b, c)"}},
        {FastNative::GmatchNext,
         {"local r = {} for x, y in string.gmatch(a, b) do r[#r + 1] = shown(x, y) if #r > 20 then break end end "
          "return table.concat(r, ',')"}},
        {FastNative::Gsub,
         {"return string.gsub(a, b, c)", "return ('abc abc'):gsub(a, b, c)", "return ('abcab'):gsub('(a)(b)', a)"}},
        {FastNative::Upper, {"return string.upper(a)"}},
        {FastNative::Lower, {"return string.lower(a)"}},
        {FastNative::Reverse, {"return string.reverse(a)"}},
        {FastNative::Rep, {"if small(b) then return string.rep(a, b) end"}},
        {FastNative::Format,
         {"return string.format(a, b, c)", "return ('%d %5.1f'):format(a, b)", "return ('%g %s %x'):format(a, b, c)"}},
        {FastNative::Insert,
         {"local t = {1, 2} table.insert(t, a) return #t, t[3]",
          "if small(a) then local t = {1, 2, 3} table.insert(t, a, b) return #t, t[1], t[2], t[3], t[4], t[a] end"}},
        {FastNative::Remove,
         {"local t = {1, 2, 3} return table.remove(t, a), #t, t[1], t[2], t[3]",
          "return table.remove({a, b}), table.remove {}"}},
        {FastNative::Concat,
         {"return table.concat({a, b, c})", "return table.concat({a, b, c}, ', ')",
          "if small(b) and small(c) then return table.concat({'x', 'y', 5}, a, b, c) end"}},
    };
    return all;
}

/// Operations of registers: what is done in slices, or at once, or with another kind of operand.
constexpr std::string_view kOperations[] = {
    "return a .. b",
    "return a .. b .. c .. a",
    "return a == b, a ~= b",
    "return a < b",
    "return a <= b",
    "return #a",
    "return -a",
    "return not a",
    "return a[b]",
    "local t = {} t[a] = b return t[a], next(t)",
    "return a(b, c)",
    "local t = {[a] = b} for i = 1, 40 do t[i / 2] = i end return t[a], t[0.5], #t",
    "local s, n = 0, 0 for i = a, b, c do s, n = s + i, n + 1 if n > 20 then break end end return s, n",
    "local r = {} for k, v in next, a do r[#r + 1] = shown(k, v) end table.sort(r) return table.concat(r, ',')",
    "local s = ('y'):rep(500) .. show(a) local t = {[s] = b} return t[('y'):rep(500) .. show(a)], s == s .. '', s < s "
    ".. 'a'",
    "return loadstring((tostring(a):gsub('0x', ''))) ~= nil",
};

enum class Way { Usual, Exact, Hooked, Sliced };

std::vector<std::string> lines_of(std::string_view source, Way way) {
    std::string out;
    VmOptions options;
    options.heap.hash_seed = 1;
    options.heap.memory_limit = std::size_t{64} << 20;
    options.output = [&out](std::string_view s) { out += s; };
    const auto vm = Vm::create(options);
    if (way == Way::Sliced) vm->heap().slice_sizes = {.slots = 8, .slice_slots = 16, .bytes = 32, .slice_bytes = 16};
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    std::string chunk = way == Way::Hooked ? "debug.sethook(function() end, 'c', 1000000) " : "";
    chunk += source;
    Value f;
    EXPECT_TRUE(vm->load(chunk, "=forms", f)) << vm->failure().message;
    if (way == Way::Exact) vm->set_exact(true);
    EXPECT_TRUE(vm->start(f, {}));
    while (vm->status() == RunStatus::Suspended) vm->step(way == Way::Sliced ? 50 : 1'000'000);
    EXPECT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < out.size();) {
        const std::size_t end = out.find('\n', at);
        lines.push_back(out.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

/// The same in all ways: usually natives have fast forms; in exact mode and under a hook they have none; in slices, what is
/// long is suspended again and again.
void expect_same_in_all_ways(std::string_view body) {
    const unsigned used = body.find('c') == std::string_view::npos ? 2 : 3;
    std::string source(kPrelude);
    source += "local function f(a, b, c) " + std::string(body) + " end\n";
    source +=
        "for i = 1, count do for j = 1, 2 do print(i, j, shown(pcall(f, operands[i], operands[j + 2], operands[3]))) "
        "end end\n";
    source += "for n = 1, " + std::to_string(kSamples * (used - 1)) +
              " do local i, j, k = draw(count), draw(count), draw(count) "
              "print(i, j, k, shown(pcall(f, operands[i], operands[j], operands[k]))) end\n";
    const std::vector<std::string> usual = lines_of(source, Way::Usual);
    EXPECT_GT(usual.size(), 100u) << body;
    for (const Way way : {Way::Exact, Way::Hooked, Way::Sliced}) {
        const std::vector<std::string> general = lines_of(source, way);
        ASSERT_EQ(usual.size(), general.size()) << body;
        int shown = 0;
        for (std::size_t i = 0; i < usual.size() && shown < 5; ++i) {
            if (usual[i] != general[i]) ++shown;
            EXPECT_EQ(usual[i], general[i]) << body << "\nway " << static_cast<int>(way);
        }
    }
}

std::string name_of(unsigned native) {
    static constexpr const char* kNames[] = {
#define ARENITE_FAST_NATIVE(name, how) #name,
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
    };
    return kNames[native];
}

class EachFastNative : public testing::TestWithParam<unsigned> {};

TEST_P(EachFastNative, DoesWhatTheNativeDoes) {
    const auto native = static_cast<FastNative>(GetParam());
    const auto& all = native_calls();
    const auto calls = std::find_if(all.begin(), all.end(), [&](const Calls& c) { return c.native == native; });
    ASSERT_NE(calls, all.end()) << name_of(GetParam()) << ": write down calls of it";
    for (const std::string_view body : calls->bodies) expect_same_in_all_ways(body);
}

INSTANTIATE_TEST_SUITE_P(FastForms, EachFastNative, testing::Range(1u, kFastNatives),
                         [](const auto& info) { return name_of(info.param); });

TEST(FastForms, OperationsOfRegistersAndInSlices) {
    for (const std::string_view body : kOperations) expect_same_in_all_ways(body);
}

// --- Opcodes with constants, immediates and hints -----------------------------------------------------------------------

/// Two functions of (a, b) in which $ is a constant; the second one has it in b. The first compiles to the opcode, the
/// second does not.
struct Pair {
    Op op;
    std::string_view fast;
    std::string_view general;
    bool numbers = true;  ///< $ is each of a list of numbers; else there is none, and errors may have other texts
};

constexpr Pair kPairs[] = {
    {Op::ADDK, "return a + $", "return a + b"},
    {Op::SUBK, "return a - $", "return a - b"},
    {Op::MULK, "return a * $", "return a * b"},
    {Op::DIVK, "return a / $", "return a / b"},
    {Op::MODK, "return a % $", "return a % b"},
    {Op::POWK, "return a ^ $", "return a ^ b"},
    {Op::KADD, "return $ + a", "return b + a"},
    {Op::KSUB, "return $ - a", "return b - a"},
    {Op::KMUL, "return $ * a", "return b * a"},
    {Op::KDIV, "return $ / a", "return b / a"},
    {Op::KMOD, "return $ % a", "return b % a"},
    {Op::KPOW, "return $ ^ a", "return b ^ a"},
    {Op::JEQK, "if a ~= $ then return 1 end", "if a ~= b then return 1 end"},
    {Op::JNEK, "if a == $ then return 1 end", "if a == b then return 1 end"},
    {Op::JLTK, "if not (a < $) then return 1 end", "if not (a < b) then return 1 end"},
    {Op::JNLTK, "if a < $ then return 1 end", "if a < b then return 1 end"},
    {Op::JLEK, "if not (a <= $) then return 1 end", "if not (a <= b) then return 1 end"},
    {Op::JNLEK, "if a <= $ then return 1 end", "if a <= b then return 1 end"},
    {Op::JGTK, "if not (a > $) then return 1 end", "if not (a > b) then return 1 end"},
    {Op::JNGTK, "if a > $ then return 1 end", "if a > b then return 1 end"},
    {Op::JGEK, "if not (a >= $) then return 1 end", "if not (a >= b) then return 1 end"},
    {Op::JNGEK, "if a >= $ then return 1 end", "if a >= b then return 1 end"},
    {Op::SETTABLEK, "local t = {5, x = 6} t[a] = $ return t[a], t[1], t.x",
     "local t = {5, x = 6} t[a] = b return t[a], t[1], t.x"},

    {Op::GETGLOBAL, "made(1) G = a return G, next", "local e, g, n = getfenv(), 'G', 'next' e[g] = a return e[g], e[n]",
     false},
    {Op::SETGLOBAL, "G = a return getfenv().G", "local e, k = getfenv(), 'G' e[k] = a return e[k]", false},
    {Op::GETFIELD, "return a.y, a.x, a.len", "local x, y, l = 'x', 'y', 'len' return a[y], a[x], a[l]", false},
    {Op::GETINDEX, "return a[2], a[3]", "local i, j = 2, 3 return a[i], a[j]", false},
    {Op::SETFIELD, "local t = made(1) t.x = a t.z = b return t.x, t.z",
     "local t, x, z = made(1), 'x', 'z' t[x] = a t[z] = b return t[x], t[z]", false},
    {Op::SETFIELDK, "local t = made(a) t.x = 5 t.z = 'v' return t.x, t.z",
     "local t, x, z, v, w = made(a), 'x', 'z', 5, 'v' t[x] = v t[z] = w return t[x], t[z]", false},
    {Op::SETINDEX, "local t = {1, 2} t[2] = a t[3] = b return t[2], t[3], #t",
     "local t, i, j = {1, 2}, 2, 3 t[i] = a t[j] = b return t[i], t[j], #t", false},
    {Op::SETINDEXK, "local t = {1, 2} t[2] = 7 t[3] = 'v' return t[2], t[3], #t",
     "local t, i, j, v, w = {1, 2}, 2, 3, 7, 'v' t[i] = v t[j] = w return t[i], t[j], #t", false},
    {Op::SELF, "return a:sub(2)", "local k = 'sub' return a[k](a, 2)", false},
    {Op::NEWTABLE, "local t = {a, b, x = a} return t[1], t[2], t.x",
     "local t, x = empty(), 'x' t[1] = a t[2] = b t[x] = a return t[1], t[2], t.x", false},
    {Op::TFORCALL, "local n = 0 for k, v in pairs(a) do n = n + 1 if v == b then return k end end return n",
     "local n, k, v = 0 local f, s, c = pairs(a) while true do k, v = f(s, c) if k == nil then break end c = k n = n + "
     "1 "
     "if v == b then return k end end return n",
     false},
};

/// An opcode whose operands hint at a form of its own.
bool is_special(const OpInfo& info) {
    if (info.has('I')) return false;
    for (const char kind : {info.a, info.b, info.c, info.d}) {
        if (std::string_view("kmsih").find(kind) != std::string_view::npos) return true;
    }
    return false;
}

std::string with_constant(std::string_view body, std::string_view constant) {
    std::string text(body);
    for (std::size_t at; (at = text.find('$')) != std::string::npos;)
        text.replace(at, 1, "(" + std::string(constant) + ")");
    return text;
}

bool compiles_to(std::string_view body, Op op) {
    boost::container::pmr::monotonic_buffer_resource memory;
    const auto compiled = compiler::compile("local function f(a, b) " + std::string(body) + " end", "=forms", &memory);
    auto* const* unit = std::get_if<FunctionUnit*>(&compiled);
    EXPECT_TRUE(unit != nullptr) << body;
    if (!unit) return false;
    const auto& code = (*unit)->children[0]->code;
    return std::any_of(code.begin(), code.end(), [op](Instruction w) { return ins::op(w) == op; });
}

TEST(FastForms, EachSpecialOpcodeHasAPair) {
    for (unsigned n = 0; n < kOpcodeCount; ++n) {
        const auto op = static_cast<Op>(n);
        if (!is_special(op_info(op))) continue;
        const auto* pair =
            std::find_if(std::begin(kPairs), std::end(kPairs), [op](const Pair& p) { return p.op == op; });
        ASSERT_NE(pair, std::end(kPairs)) << op_info(op).name << ": write down a pair of sources";
        EXPECT_TRUE(compiles_to(with_constant(pair->fast, "3"), op)) << op_info(op).name;
        if (op == Op::GETGLOBAL) continue;  // of getfenv
        EXPECT_FALSE(compiles_to(pair->general, op)) << op_info(op).name;
    }
}

// With the same operands both do the same, twice (a hint is set the first time); and so do, for numbers, operands that are
// numerals in strings, which no fast form takes.
TEST(FastForms, SpecialOpcodesDoWhatTheirGeneralFormsDo) {
    for (const Pair& pair : kPairs) {
        std::string source(kPrelude);
        source += "local wrong = 0\nlocal function outcome(ok, ...) return ok and shown(...) or " +
                  std::string(pair.numbers ? "show((...))" : "'error'") +
                  " end\n"
                  "local function compare(fast, general, constant, numbers)\n"
                  "  for i = 1, count do for n = 1, 2 do\n"
                  "    local a, b = operands[i], constant\n"
                  "    local x, y = outcome(pcall(fast, a, b)), outcome(pcall(general, a, b))\n"
                  "    if x ~= y and wrong < 5 then wrong = wrong + 1 print(i, shown(a, b), x, y) end\n"
                  "    if numbers and type(a) == 'number' and a - a == 0 and b - b == 0 and i <= #numbers then\n"
                  "      y = outcome(pcall(general, ('%.17g'):format(a), ('%.17g'):format(b)))\n"
                  "      if x ~= y and wrong < 5 then wrong = wrong + 1 print('as text', shown(a, b), x, y) end\n"
                  "    end\n  end end\nend\n";
        const auto compare = [&](std::string_view constant) {
            const bool is_arithmetic = pair.op >= Op::ADDK && pair.op <= Op::KPOW;
            source += "compare(function(a, b) " + with_constant(pair.fast, constant) + " end, function(a, b) " +
                      std::string(pair.general) + " end, " + std::string(constant) +
                      (is_arithmetic ? ", numbers" : "") + ")\n";
        };
        if (pair.numbers) {
            for (const std::string_view constant : {"0",
                                                    "1",
                                                    "-1",
                                                    "2",
                                                    "3",
                                                    "0.5",
                                                    "-0.5",
                                                    "-2",
                                                    "10",
                                                    "1e15",
                                                    "2147483647",
                                                    "2147483648",
                                                    "-2147483649",
                                                    "4294967296",
                                                    "9007199254740991",
                                                    "9007199254740993",
                                                    "94906265",
                                                    "123456789",
                                                    "1e308",
                                                    "-1e308",
                                                    "1e999",
                                                    "-1e999",
                                                    "5e-324",
                                                    "1e-310",
                                                    "0.1",
                                                    "1e22"}) {
                compare(constant);
            }
        } else {
            compare("'v'");
            compare("{1}");
            compare("nil");
        }
        EXPECT_EQ(lines_of(source, Way::Usual), std::vector<std::string>{}) << op_info(pair.op).name;
    }
}

}  // namespace
}  // namespace arenite
