#include "compiler/register_effects.h"

#include <algorithm>

namespace arenite::compiler {
namespace {

void note(RegisterEffects& e, RegisterRange r) {
    if (r.count != 0) {
        const std::uint32_t last = r.first + r.count - 1;
        e.highest = e.highest == RegisterEffects::kNone ? last : std::max(e.highest, last);
    }
}

void read(RegisterEffects& e, std::uint32_t first, std::uint32_t count = 1) {
    e.reads[e.read_count++] = {first, count};
    note(e, e.reads[e.read_count - 1]);
}

void write(RegisterEffects& e, std::uint32_t first, std::uint32_t count = 1) {
    e.writes = {first, count};
    note(e, e.writes);
}

/// Registers a.. that are read by a fixed count, or up to where the instruction before has begun to set the top.
std::uint32_t span(const FunctionUnit& unit, std::size_t pc, std::uint32_t a, std::uint32_t fixed, bool multi) {
    if (!multi) {
        return fixed;
    }
    const std::uint32_t base = ins::a(unit.code[pc - 1]);
    return base > a ? base - a : 0;
}

}  // namespace

bool reads_top(Instruction i) {
    switch (ins::op(i)) {
        case Op::CALLM:
        case Op::TAILCALL:
        case Op::RETN:
        case Op::RETV:
        case Op::SETLIST: return ins::b(i) == kMulti;
        default: return false;
    }
}

bool sets_top(Instruction i) {
    switch (ins::op(i)) {
        case Op::CALLM:
        case Op::TAILCALL: return ins::c(i) == kMulti;
        case Op::VARARG: return ins::b(i) == kMulti;
        default: return false;
    }
}

RegisterEffects register_effects(const FunctionUnit& unit, std::size_t pc) {
    const Instruction i = unit.code[pc];
    const Op op = ins::op(i);
    const std::uint32_t a = ins::a(i);
    const std::uint32_t b = ins::b(i);
    const std::uint32_t c = ins::c(i);
    const bool multi = reads_top(i);
    RegisterEffects e;
    switch (op) {
        case Op::LOADNIL: write(e, a, b >= a ? b - a + 1 : 1); break;
        case Op::SELF:
            read(e, b);
            write(e, a, 2);
            break;
        case Op::SETLIST: read(e, a, span(unit, pc, a, b + 1, multi)); break;
        case Op::CONCAT:
            read(e, b, c >= b ? c - b + 1 : 1);
            write(e, a);
            break;
        case Op::JTSET:
        case Op::JFSET:
            read(e, b);
            e.jump_writes = {a, 1};
            note(e, e.jump_writes);
            break;
        case Op::FORPREP:
            read(e, a, 3);
            write(e, a, 3);
            e.fall_writes = {a + 3, 1};
            note(e, e.fall_writes);
            break;
        case Op::FORLOOP:
            read(e, a, 3);
            write(e, a);
            e.jump_writes = {a + 3, 1};
            note(e, e.jump_writes);
            break;
        case Op::TFORPREP: read(e, a, 3); break;
        case Op::TFORCALL:
            read(e, a, 3);
            e.clobbers = a + 3;
            write(e, a + 3, c);
            note(e, {a + 5, 1});
            break;
        case Op::TFORLOOP:
            read(e, a + 3);
            e.jump_writes = {a + 2, 1};
            break;
        case Op::CALL:
        case Op::CALLM:
        case Op::TAILCALL:
            read(e, a, span(unit, pc, a, b + 1, multi));
            e.clobbers = a;
            write(e, a, c == kMulti ? 0 : c);
            break;
        case Op::RETN:
        case Op::RETV: read(e, a, span(unit, pc, a, b, multi)); break;
        case Op::VARARG:
            if (b == kMulti) {
                e.clobbers = a;
                note(e, {a, 1});
            } else {
                write(e, a, b);
            }
            break;
        default: {
            const OpFacts& facts = op_facts(i);
            const std::array<std::uint32_t, 3> values = {a, b, c};
            for (std::size_t k = 0; k < values.size(); ++k) {
                if ((facts.reads >> k & 1) != 0) {
                    read(e, values[k]);
                }
            }
            if (facts.writes_a) {
                write(e, a);
            }
            break;
        }
    }
    return e;
}

}  // namespace arenite::compiler
