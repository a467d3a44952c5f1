// Fuzzes the bytecode verifier and what trusts it. An input names one of a few programs and edits of its compiled form:
// instruction fields, constants, upvalues, debug information, sizes, and bytes of the dump. The header is always right, so
// the edits reach the verifier; what it accepts runs within a budget, and may answer anything but must not hurt the heap.
#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <string>
#include <variant>
#include <vector>

#include "compiler/compile.h"
#include "compiler/dump.h"
#include "fuzz_vm.h"

namespace {

template <class Vector, class T>
void insert_at(Vector& items, std::size_t at, const T& value) {
    items.push_back(value);
    std::rotate(items.begin() + at, items.end() - 1, items.end());
}
template <class Vector>
void erase_at(Vector& items, std::size_t at) {
    std::rotate(items.begin() + at, items.begin() + at + 1, items.end());
    items.pop_back();
}

using namespace arenite;
using namespace arenite::fuzz;

constexpr std::string_view kPrograms[] = {
    "local a, b = ... local t = {1, 2, 3, x = a, y = b} t.x = t[1] + (t.y or 2) * 3 - 4 / 2 % 5 ^ 2 return t.x, #t, "
    "-t[2], not a",
    "local s = 0 for i = 1, 20 do s = s + i if s > 50 then break end end for i = 10, 1, -3 do s = s - i end return s",
    "local n = 0 local function f(x) n = n + x return function() n = n + 1 return n + x end end return f(2)(), f(3)()",
    "local t = {} for k, v in pairs({a = 1, b = 2, 10, 20}) do t[k] = v end for i, v in ipairs({5, 6}) do t[i] = v end "
    "return t.a",
    "local function g(...) local a, b = ... return select('#', ...), a, b, ... end return g(1, nil, 3, g(4))",
    "local m = setmetatable({}, {__index = function(t, k) return k .. '!' end, __add = function(a, b) return 7 end, "
    "__call = function(self, x) return x end, __lt = function() return true end, __concat = function() return 'c' end, "
    "__eq = function() return false end}) return m.x, m + 1, m(3), m < m, m .. 'z', m == setmetatable({}, "
    "getmetatable(m))",
    "local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) for i = 1, 3 do coroutine.yield(b .. i) "
    "end return 'end' end) return co(1), co('x'), co(), co(), co()",
    "return pcall(function() error({code = 1}) end), xpcall(function() local x = nil return x.y end, function(e) "
    "return #e end)",
    "local a = {} a.b = {c = {d = 1}} function a.b:m(x) self.z = x return self end return a.b:m(2).z, a.b.c.d, "
    "a['b']['c'].e",
    "local x, y, z = 1 while x < 10 do x = x + 1 if x == 5 then y = x elseif x > 7 then z = 'q' else y = nil end end "
    "repeat local w = x x = x - 1 until w < 3 return x, y, z",
    "local s = 'a' .. 1 .. 'b' .. 2.5 local u = s:upper():lower():rep(2, '') return s < u, s <= u, s == u, #s, "
    "(s:gsub('%d', '<%0>'))",
    "local function r(n) if n == 0 then return 0 end return r(n - 1) end local function q(n) return n < 2 and n or q(n "
    "- 1) + q(n - 2) end return r(50), q(6)",
    "x = 1 y = x and nil or false local t = {f = function(...) return arg and arg.n or ... end} t.f(1, 2) return "
    "t.f(x, y), _G.x",
    "local fs = {} for i = 1, 3 do local j = i fs[i] = function() j = j + 1 return i + j end end return fs[1](), "
    "fs[1](), fs[2](), fs[3]()",
    "local t = {} for i = 1, 40 do t[i] = i % 7 end table.sort(t, function(a, b) return a > b end) return unpack(t)",
    "return arenite.atomic(function(...) g = {...} local h = g g = nil error(h[1]) end, 'e'), newproxy and "
    "newproxy(true)",
};

using Unit = FunctionUnit;
using Resource = boost::container::pmr::memory_resource;

void collect_units(Unit* unit, std::vector<Unit*>& all) {  // as deep as our programs are
    all.push_back(unit);
    for (Unit* child : unit->children) collect_units(child, all);
}

constexpr std::size_t kEdits = 12;

Instruction edited(Instruction w, std::size_t field, std::uint32_t value, bool relative) {
    constexpr unsigned kShift[] = {0, 8, 16, 32, 48, 32};
    constexpr std::uint64_t kMask[] = {0xFF, 0xFF, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF'FFFF};
    const std::uint64_t old = w >> kShift[field] & kMask[field];
    std::uint64_t fresh = value;
    if (relative) {
        fresh = old + static_cast<std::uint64_t>(static_cast<std::int64_t>(value % 17) - 8);
    }
    if (field == 0) fresh = fresh % kOpcodeCount;  // the dump's writer wants a known one; edits of bytes make others
    fresh &= kMask[field];
    return (w & ~(kMask[field] << kShift[field])) | fresh << kShift[field];
}

void edit(Input& in, const std::vector<Unit*>& units, Resource* memory) {
    Unit& u = *units[in.below(units.size())];
    const auto place = [&](std::size_t n) { return in.below(n); };
    const std::size_t kind = in.below(kEdits);
    switch (kind) {
        case 0:
        case 1:
        case 2:
        case 3: {  // one field of an instruction: set, or moved a little
            Instruction& w = u.code[place(u.code.size())];
            const std::size_t field = in.below(6);
            w = edited(w, field, in.word16(), kind < 2);
            break;
        }
        case 4: {
            Instruction& w = u.code[place(u.code.size())];
            std::swap(w, u.code[place(u.code.size())]);
            break;
        }
        case 5: {
            const Unit& from = *units[in.below(units.size())];
            u.code[place(u.code.size())] = from.code[place(from.code.size())];
            break;
        }
        case 6: {  // one instruction more or fewer
            const std::size_t at = place(u.code.size());
            if (in.byte() % 2 == 0) {
                insert_at(u.code, at, Instruction(u.code[place(u.code.size())]));
                insert_at(u.lines, at, std::uint32_t(u.lines[at]));
            } else if (u.code.size() > 1) {
                erase_at(u.code, at);
                erase_at(u.lines, at);
            }
            break;
        }
        case 7: {
            if (u.constants.empty()) break;
            UnitConstant& k = u.constants[place(u.constants.size())];
            k.kind = static_cast<UnitConstant::Kind>(in.below(5));
            if (k.kind == UnitConstant::Kind::Number) {
                constexpr double kNumbers[] = {0, -0.0, 1, -1, 1e308, 4294967296.0, 0.5, 2147483647.0};
                k.number = kNumbers[in.below(std::size(kNumbers))];
            } else if (k.kind == UnitConstant::Kind::String) {
                constexpr std::string_view kStrings[] = {
                    "", "x", "__index", "a string that is too long to be interned as a short one", "n"};
                k.string = kStrings[in.below(std::size(kStrings))];
            }
            break;
        }
        case 8: {
            if (u.upvalues.empty()) break;
            UnitUpvalue& v = u.upvalues[place(u.upvalues.size())];
            const std::uint8_t bits = in.byte();
            v.from_local = (bits & 1) != 0;
            v.by_value = (bits & 2) != 0;
            v.index = static_cast<std::uint8_t>((bits >> 2) % 8);
            break;
        }
        case 9: {
            const std::uint8_t value = in.byte();
            switch (in.below(4)) {
                case 0: u.num_params = value % 8; break;
                case 1: u.is_vararg = !u.is_vararg; break;
                case 2: u.max_stack = value; break;
                default: u.line_defined = value;
            }
            break;
        }
        case 10: {
            if (u.locals.empty()) break;
            UnitLocal& l = u.locals[place(u.locals.size())];
            switch (in.below(4)) {
                case 0: l.start_pc = in.byte(); break;
                case 1: l.end_pc = l.start_pc + in.byte(); break;
                case 2: l.reg = in.byte() % 32; break;
                default: l.in_cell = !l.in_cell;
            }
            if (l.end_pc < l.start_pc) l.end_pc = l.start_pc;
            break;
        }
        default: {  // an upvalue or child more
            if (in.byte() % 2 == 0) {
                u.upvalues.push_back({true, in.byte() % 2 == 0, static_cast<std::uint8_t>(in.byte() % 8), "up"});
            } else if (u.children.size() > 1) {
                std::swap(u.children[place(u.children.size())], u.children[place(u.children.size())]);
            }
        }
    }
    (void)memory;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static FuzzedVm machine(small_options());
    Input in(data, size);
    boost::container::pmr::monotonic_buffer_resource memory;
    auto compiled = compiler::compile(kPrograms[in.below(std::size(kPrograms))], "=b", &memory);
    auto* unit = std::get<FunctionUnit*>(compiled);
    std::vector<Unit*> units;
    collect_units(unit, units);
    const std::size_t byte_edits = in.byte() % 4 == 0 ? in.byte() % 4u : 0;
    std::vector<std::pair<std::uint32_t, std::uint8_t>> bytes;
    for (std::size_t i = 0; i < byte_edits; ++i) {
        const std::uint32_t at = in.word16();
        bytes.emplace_back(at, in.byte());
    }
    const std::uint64_t step = 1u + in.byte();
    for (std::size_t i = 0; i < 32 && !in.empty(); ++i) edit(in, units, &memory);
    std::string chunk = compiler::dump(*unit, false);
    constexpr std::size_t header = 14;  // PUC's twelve bytes, the version and the number of opcodes (compiler/dump.h)
    for (const auto& [at, value] : bytes) {
        const std::size_t offset = header + at % (chunk.size() - header);
        chunk[offset] = static_cast<char>(value);
    }

    Vm& vm = machine.vm();
    machine.begin();
    Value f = Value::nil();
    if (vm.load(chunk, "=b", f)) {
        const Value arguments[] = {Value::number(3), vm.make_string("s")};
        if (vm.start(f, arguments)) {
            run_bounded(vm, step, 30'000);
            verify(vm, "after a mutated program");
        }
        vm.full_collect();
        verify(vm, "after a collection");
    } else {
        check(!vm.failure().message.empty(), "refused without a message");
    }
    machine.rollback();
    return 0;
}
