// Fuzzes callbacks: functions of the script that a library function, a metamethod, an iterator or the collector calls, and
// that change the very table that is worked on (remove, insert, clear, refill, replace its metatable), collect, yield,
// raise, sort it again, or run an arenite.atomic that fails. The tables have sizes at the limits of array and hash part.
//
// After each run the heap is verified, and a rollback brings back exactly what was before. What a run answers must depend
// neither on where it is suspended and collected, nor on whether the table is older than the transaction. (Not compared are
// runs with string keys, whose order depends on where the strings lie, those with tables that were large, whose order is their own,
// and those that see what is collected.)
#include <algorithm>
#include <cstddef>
#include <string>

#include "fuzz_vm.h"
#include "heap/key_hash.h"
#include "vm/library_context.h"

namespace {

using namespace arenite;
using namespace arenite::fuzz;

// Answers run(op, bytes, table, names, gc), make(array, hash, more, names), and the number of operations. The bytes say what
// each callback does, one after the other.
constexpr std::string_view kDriver = R"lua(
local atomic = arenite and arenite.atomic or pcall
local yield, running = coroutine.yield, coroutine.running
local is_large = IS_LARGE
local bytes, at, calls, depth, names, timed, helper, large
local act
local function byte()
    at = at + 1
    return bytes:byte(at) or 0
end
local function key(i)
    if names then return "k" .. i end
    return i + 0.5
end
local function rank(v)
    if type(v) == "number" then return v == v and v or -1 end
    return type(v) == "string" and #v or type(v) == "table" and (rawget(v, "rank") or 0) or -2
end
local function less(a, b) return rank(a) < rank(b) end
-- What a callback does to the table that the function it is called by works on.
local actions = {
    function() end,
    function(t) t[#t] = nil end,
    function(t) local n = #t for i = n, n - byte() % 80, -1 do t[i] = nil end end,
    function(t) for i = 1, 130 do t[i] = nil end for i = 0, 330 do t[key(i)] = nil end end,
    function(t) local n = #t for i = n + 1, n + 1 + byte() % 70 do t[i] = i * 7 % 31 end end,
    function(t) local from = byte() for i = from, from + byte() % 70 do t[key(i)] = i end end,
    function(t) local from = byte() for i = from, from + byte() % 70 do t[key(i)] = nil end end,
    function(t) local n = #t for i = n, n - byte() % 80, -1 do t[i] = nil end for i = 0, byte() % 70 do t[key(i)] = i end end,
    function(t) table.insert(t, 1, byte()) end,
    function(t) table.insert(t, byte()) end,
    function(t) if #t > 0 then table.remove(t, 1 + byte() % #t) end end,
    function(t) t[2 ^ (byte() % 12)] = byte() end,
    function() collectgarbage() end,
    function() collectgarbage("step", byte()) end,
    function() if running() then yield(byte()) end end,
    function() error("raised " .. byte(), 0) end,
    function() error({code = byte()}) end,
    function(t) local d = depth atomic(function() act(t) act(t) end) depth = d end,
    function(t) local d = depth atomic(function() act(t) act(t) error("undone", 0) end) depth = d end,
    function(t) local d = depth pcall(act, t) depth = d end,
    function(t) table.sort(t, less) end,
    function(t) table.foreach(t, function(k, v) act(t) end) end,
    function(t) return select("#", unpack(t, 1, byte())) end,
    function(t) local o = {} for i = 1, byte() do o[i] = {i} end end,
    function(t) local s = ("x"):rep(40 + byte()) for i = 1, byte() % 20 do s = s .. i end end,
    function(t) if helper.co and coroutine.status(helper.co) == "suspended" then coroutine.resume(helper.co, t) end end,
    function(t) helper.co = coroutine.create(function() table.sort(t, function(a, b) yield() return less(a, b) end) end) end,
    function(t) helper.t = byte() % 2 == 0 and t or helper.other end,
    function(t) setmetatable(t, helper.metas[byte() % #helper.metas + 1]) end,
    function(t) return (("abcabc"):gsub("%w", function(c) act(t) return c end)) end,
    function(t) for i = 1, #t do if rank(t[i]) % 3 == 0 then t[i] = helper.object end end end,
    function(t) t[byte() % 70 + 1] = tostring(byte()) end,
}
function act(t)
    calls = calls + 1
    if calls > 250 or depth > 6 then error("enough", 0) end
    depth = depth + 1
    local f = actions[byte() % #actions + 1]
    f(t)
    large = large or is_large(t)
    depth = depth - 1
end
-- What calls back.
local operations = {
    function(t) table.sort(t, function(a, b) act(t) return less(a, b) end) end,
    function(t) local n = 0 table.sort(t, function(a, b) n = n + 1 act(t) return n % 3 == 0 end) end,
    function(t) for i = 1, #t do t[i] = setmetatable({rank = rank(t[i])}, helper.meta) end table.sort(t) end,
    function(t) table.sort(t, less) act(t) table.sort(t) end,
    function(t) table.foreach(t, function(k, v) act(t) end) end,
    function(t) return table.foreachi(t, function(k, v) act(t) return byte() == 7 and v or nil end) end,
    function(t) return (("the quick brown fox"):gsub("%w+", function(w) act(t) return byte() % 2 == 0 and w .. #t or nil end)) end,
    function(t) return (("a-b-c-d-e-f"):rep(9):gsub("(%w)(%-?)", function(a, b) act(t) return b end)) end,
    function(t) return (("abcdef"):gsub("%w", setmetatable({}, {__index = function(_, k) act(t) return k .. k end}))) end,
    function(t) local s = 0 for k, v in pairs(t) do s = s + rank(v) t[k] = nil act(t) end return s end,
    function(t) local s = 0 for k, v in pairs(t) do t[k] = rank(v) + 1 if byte() % 4 == 0 then act(t) end end return s end,
    function(t) local s = 0 for i, v in ipairs(t) do s = s + rank(v) act(t) end return s end,
    function(t) local k = next(t) local n = 0 while k ~= nil and n < 300 do n = n + 1 act(t) local ok, e = pcall(next, t, k) k = ok and e or nil end return n end,
    function(t) act(t) return select("#", unpack(t)) end,
    function(t) for i = 1, 12 do act(t) pcall(table.concat, t, ",", 1, byte()) end end,
    function(t) for i = 1, 20 do act(t) table.insert(t, i) act(t) table.remove(t, 1) end end,
    function(t) for i = 1, 20 do act(t) pcall(table.insert, t, 1 + byte() % 60, i) pcall(table.remove, t, byte() % 60) end end,
    function(t) local n = 0 local f = load(function() act(t) n = n + 1 return n < 6 and "x = 1 " or nil end) return type(f) end,
    function(t) return tostring(setmetatable({}, {__tostring = function() act(t) return "text" .. #t end})) end,
    function(t) print(setmetatable({}, {__tostring = function() act(t) return "text" end}), helper.object) end,
    function(t) return select(2, xpcall(function() act(t) error("x", 0) end, function(m) act(t) return m end)) end,
    function(t) local o = setmetatable({}, {__index = function(o, k) act(t) return k end}) local s = 0 for i = 1, 9 do s = s + o[i] end return s end,
    function(t) setmetatable(t, {__newindex = function(o, k, v) act(o) rawset(o, k, v) end}) for i = 1, 70 do t[key(i)] = i t[i + 20] = i end end,
    function(t) local m = {__eq = function() act(t) return #t > 3 end} return setmetatable({}, m) == setmetatable({}, m) end,
    function(t) local o = helper.object for i = 1, 6 do act(t) local b = o < o, o <= o, o == o end end,
    function(t) local o = helper.object local s = "" for i = 1, 6 do s = s .. o .. i end return s end,
    function(t) local o = helper.object return -o + o * o / 2 % o ^ o end,
    function(t) local o = helper.object return o(1, 2, 3) end,
    function(t) local p = helper.proxy return p and #p end,
    function(t) for i = 1, 5 do helper.collectable() act(t) end collectgarbage() end,
    function(t) local f = coroutine.wrap(function() for i = 1, 8 do act(t) yield(i) end end) local s = 0 for v in f do act(t) s = s + v end return s end,
    function(t) local s = 0 for w in ("one two three four"):gmatch("%w+") do act(t) s = s + #w end return s end,
    function(t) local env = setmetatable({t = t}, {__index = function(e, k) act(t) return k end, __newindex = function(e, k, v) act(t) end}) local f = loadstring("a = b c = d .. 'x' return e") setfenv(f, env) return f() end,
    function(t) local f = function(...) act(t) return ... end return select("#", f(f(f(unpack(t))))) end,
    function(t) local r = {} for i = 1, 10 do r[i] = {t[i], t[i + 1], act(t), unpack(t, 1, 5)} end return #r end,
    function(t) local ok, e = atomic(function() table.sort(t, function(a, b) act(t) return less(a, b) end) error("undone", 0) end) return e end,
    function(t) local ok, e = atomic(function() for k in pairs(t) do act(t) end table.foreach(t, function() act(t) end) end) return ok end,
    function(t) for i = 1, 6 do local ok = atomic(function() for j = 1, 70 do t[key(j * i)] = j end act(t) error("undone", 0) end) act(t) end end,
    function(t) local a, b = 0, 0 for i = 1, 10 do local c = function() a = a + 1 act(t) b = b + a end pcall(c) end return a + b end,
    function(t) return table.maxn(t) + select("#", unpack(t, 1, 10)) + #table.concat({1, 2, 3}, (function() act(t) return "," end)()) end,
}
local function fresh(array, hash, more)
    local parts = {}
    for i = 1, array do parts[i] = i * 37 % 41 .. "," end
    for i = 1, hash do parts[array + i] = (names and "k" .. i or "[" .. i .. ".5]") .. "=" .. i .. "," end
    local t = loadstring("return {" .. table.concat(parts) .. "}")()
    for i = array + 1, array + more do t[i] = i * 23 % 43 end
    return t
end
local function shown(v)
    local kind = type(v)
    return (kind == "string" or kind == "number" or kind == "boolean") and tostring(v) or kind
end
local function dump(t)
    setmetatable(t, nil)
    local parts, n = {}, 0
    local function add(k)
        local v = t[k]
        if v ~= nil then n = n + 1 parts[n] = shown(k) .. "=" .. shown(v) end
    end
    for i = 1, 130 do add(i) end
    for i = 0, 330 do add(key(i)) end
    for i = 8, 12 do add(2 ^ i) end
    local all = 0
    for k, v in pairs(t) do all = all + 1 if v == nil then BROKEN("pairs gave a nil") end end
    if names == false and n > all then BROKEN("pairs has left something out") end
    return table.concat(parts, ",") .. ";" .. all .. ";" .. #t
end
local function meta_of(t)
    local function called(a) act(helper.t) return 1 end
    local function order(a, b) act(helper.t) return rank(a) < rank(b) end
    return {__lt = order, __le = order, __eq = order, __add = called, __sub = called, __mul = called, __div = called,
            __mod = called, __pow = called, __unm = called, __call = called, __len = called,
            __concat = function(a, b) act(helper.t) return "cat" end}
end
local function make(array, hash, more, with_names)
    names = with_names
    return fresh(array, hash, more)
end
local function run(op, text, t, with_names, with_gc)
    bytes, at, calls, depth, names, timed, large = text, 0, 0, 0, with_names, with_gc, false
    local other = {1, 2, 3, 4, 5, 6, 7, 8}
    helper = {t = t, other = other}
    helper.meta = meta_of(t)
    helper.object = setmetatable({rank = 7}, helper.meta)
    helper.metas = {{}, {__index = function(t, k) act(other) end}, {__newindex = function(t, k, v) rawset(t, k, v) act(other) end},
                    timed and {__mode = "k"} or {}, timed and {__mode = "v"} or {}, helper.meta}
    helper.collectable = function() end
    if newproxy then
        local p = newproxy(true)
        getmetatable(p).__len = function() act(helper.t) return 5 end
        helper.proxy = p
        if timed then
            helper.collectable = function() getmetatable(newproxy(true)).__gc = function() pcall(act, t) end end
        end
    end
    local out = {}
    local co = coroutine.create(function() return operations[op](t) end)
    for round = 1, 40 do
        local ok, v = coroutine.resume(co)
        out[round] = tostring(ok) .. ":" .. shown(v)
        if coroutine.status(co) == "dead" then break end
        depth = 0
        if byte() % 4 == 0 then pcall(act, t) end
    end
    depth, calls = 0, 0
    return (large and "large: " or "") .. table.concat(out, " ") .. "|" .. at .. "|" .. dump(t) .. "|" .. dump(other)
end
return run, make, #operations
)lua";

NativeResult broken(NativeContext& cx) {
    std::string_view what;
    if (!cx.check_string(0, what)) return cx.failed();
    fail(what);
}

/// Whether the order of a table's hash part is its own (KeyHash, KH2).
NativeResult is_large(NativeContext& cx) {
    const Table* table = library(cx).heap().get<Table>(cx.arg(0));
    return cx.done_bool(table && table->node_count() > KeyHash::kSeedlessNodes);
}

struct Fixture {
    Fixture() : machine(options()) {
        Vm& vm = machine.vm();
        check(vm.begin() == TxnStatus::Ok, "begin");
        check(vm.set_field(vm.globals().as<Table>(), "BROKEN", vm.make_native(broken, "BROKEN")), "BROKEN");
        check(vm.set_field(vm.globals().as<Table>(), "IS_LARGE", vm.make_native(is_large, "IS_LARGE")), "IS_LARGE");
        check(vm.commit() == TxnStatus::Ok, "commit");
        const std::string source(kDriver);
        run = machine.keep("return (function(...) " + source + " end)()");
        make = machine.keep("return (select(2, (function(...) " + source + " end)()))");
        operations = machine.keep("return (select(3, (function(...) " + source + " end)()))").as_number();
        machine.verify_each = 4;
    }
    static VmOptions options() {
        VmOptions options = small_options();
        options.profile = Profile::Full;
        return options;
    }
    FuzzedVm machine;
    Value run = Value::nil();
    Value make = Value::nil();
    double operations = 0;
};

struct Case {
    double operation;
    double array, hash, more;  ///< of the table: slots and nodes that it is made with, elements that are appended
    bool names;                ///< keys are strings
    bool gc;                   ///< finalizers, weak tables
    std::string_view bytes;
};

enum class Age : std::uint8_t { Young, Old };

/// A call of the table's maker, within an active transaction.
Value make_table(Fixture& f, const Case& c) {
    Vm& vm = f.machine.vm();
    const Value arguments[] = {Value::number(c.array), Value::number(c.hash), Value::number(c.more),
                               Value::boolean(c.names)};
    check(vm.call(f.make, arguments) == RunStatus::Finished, "no table", vm.failure().message);
    return vm.results()[0];
}

/// What the case answers; empty when it had to be killed.
std::string answer(Fixture& f, const Case& c, Age age, std::uint64_t step, unsigned collect_each) {
    Vm& vm = f.machine.vm();
    Ref<Table> kept;
    Value table = Value::nil();
    if (age == Age::Old) {
        check(vm.begin() == TxnStatus::Ok, "begin");
        table = make_table(f, c);
        kept = Ref<Table>(vm, table);
        check(vm.commit() == TxnStatus::Ok, "commit");
    }
    f.machine.begin();
    if (age == Age::Young) table = make_table(f, c);
    const Value arguments[] = {Value::number(c.operation), vm.make_string(c.bytes), table, Value::boolean(c.names),
                               Value::boolean(c.gc)};
    std::string text;
    constexpr std::uint64_t kLimit = 2'000'000;
    if (vm.start(f.run, arguments)) {
        unsigned steps = 0;
        for (std::uint64_t used = 0; vm.status() == RunStatus::Suspended && used < kLimit; used += step) {
            (void)vm.step(step);
            if (collect_each != 0 && ++steps % collect_each == 0 && vm.status() == RunStatus::Suspended) {
                vm.full_collect();
                if (steps % (16 * collect_each) == 0) verify(vm, "in a run");
            }
        }
        if (vm.status() == RunStatus::Suspended) vm.kill("too long");
        if (vm.status() == RunStatus::Finished) text = vm.to_display(vm.results()[0]) + "!";
    }
    verify(vm, "after a run");
    f.machine.rollback();
    return text;
}

void same_answer(const std::string& answer, const std::string& expected, const char* why) {
    check(answer.empty() || answer == expected, why, answer + "\n instead of\n" + expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Fixture fixture;
    static constexpr double kSizes[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 100};
    Input in(data, size);
    Case c{};
    c.operation = 1 + static_cast<double>(in.byte() % static_cast<unsigned>(fixture.operations));
    const std::uint8_t flags = in.byte();
    c.array = kSizes[in.below(std::size(kSizes))];
    c.hash = kSizes[in.below(std::size(kSizes))];
    c.more = static_cast<double>(in.byte() % 3 == 0 ? in.below(40) : 0);
    c.names = flags % 4 == 3;
    c.gc = flags / 4 % 4 == 3;
    const std::uint64_t step = 1 + flags / 16 * 7;
    c.bytes = in.rest();
    // Hash parts of more than KeyHash::kSeedlessNodes nodes have an order of their own in each table (KH2).
    const bool ordered = c.array + c.hash + c.more < KeyHash::kSeedlessNodes;
    const bool compared = !c.names && !c.gc && ordered;
    constexpr std::uint64_t kAtOnce = 10'000'000;
    const std::string whole = answer(fixture, c, flags & 16 ? Age::Old : Age::Young, kAtOnce, 0);
    if (compared && whole.empty()) return 0;
    const std::string stepped = answer(fixture, c, Age::Old, step, 0);
    const std::string collected = answer(fixture, c, flags & 32 ? Age::Old : Age::Young, 4 * step, 3);
    const auto many = [](const std::string& text) { return text.starts_with("large"); };
    if (!compared || many(whole) || many(stepped) || many(collected)) return 0;
    same_answer(stepped, whole, "an older table, or suspending, changed the answer");
    same_answer(collected, whole, "collecting between two steps changed the answer");
    return 0;
}
