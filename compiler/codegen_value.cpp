// Where values are and how they get into registers: the lower half of lcode.c.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "compiler/codegen.h"
#include "compiler/lexer.h"

namespace arenite::compiler {
namespace {
constexpr std::uint32_t kMaxOperand = 0xFFFF;
}  // namespace

// --- Registers ----------------------------------------------------------------------------------------------------

void CodeGen::too_complex() {
    Lexer lexer(cx_, where_);
    for (unsigned i = 0; i <= where_skip_; ++i) {
        lexer.next();
    }
    lexer.syntax_error("function or expression too complex");
}

/// luaK_checkstack.
void CodeGen::need(unsigned n) {
    const std::uint32_t top = free_reg_ + n;
    if (top > max_stack_) {
        if (top >= kMaxRegisters) {
            too_complex();
        }
        max_stack_ = top;
    }
}

void CodeGen::reserve(unsigned n) {
    need(n);
    free_reg_ += n;
}

void CodeGen::free_register(std::uint32_t reg) {
    if (reg >= active_) {
        --free_reg_;
        assert(reg == free_reg_);
    }
}

void CodeGen::free_value(const Exp& v) {
    if (v.kind == ExpKind::Register) {
        free_register(v.reg);
    }
}

/// Two operands, the higher temporary first.
void CodeGen::free_values(const Exp& v, const Exp& w) {
    const bool v_first = v.kind == ExpKind::Register && w.kind == ExpKind::Register && v.reg > w.reg;
    free_value(v_first ? v : w);
    free_value(v_first ? w : v);
}

// --- Constants ----------------------------------------------------------------------------------------------------

std::uint32_t CodeGen::constant_index(const Exp& v) {
    switch (v.kind) {
        case ExpKind::Number: return code_.constant(v.number);
        case ExpKind::String: return code_.constant(v.atom);
        case ExpKind::True: return code_.constant(UnitConstant::Kind::True);
        case ExpKind::False: return code_.constant(UnitConstant::Kind::False);
        default: return code_.constant(UnitConstant::Kind::Nil);
    }
}

bool CodeGen::constant_operand(const Exp& v, std::uint32_t& k) {
    if (!v.is_constant()) {
        return false;
    }
    k = constant_index(v);
    return k <= kMaxOperand;
}

/// Only short strings may be 's' operands.
bool CodeGen::field_operand(Atom* name, std::uint32_t& k) {
    if (name->length > kShortStringMax) {
        return false;
    }
    k = code_.constant(name);
    return k <= kMaxOperand;
}

// --- Reading ------------------------------------------------------------------------------------------------------

/// Into a new temporary.
unsigned CodeGen::read_cell(std::uint32_t reg) {
    const unsigned to = free_reg_;
    reserve(1);
    code_.emit(Op::GETCELL, to, reg);
    return to;
}

/// The registers of an indexed variable; cells are read now. The caller takes back the temporaries.
CodeGen::Place CodeGen::read_place(const Exp& v) {
    Place place{v.reg, v.key};
    if (v.table_in_cell) {
        place.table = read_cell(v.reg);
    }
    if (v.key_kind == KeyKind::Cell) {
        place.key = read_cell(v.key);
    }
    return place;
}

void CodeGen::discharge_indexed(Exp& v) {
    const std::uint32_t mark = free_reg_;
    const Place place = read_place(v);
    free_reg_ = mark;
    if (v.key_kind == KeyKind::Register) {
        free_register(v.key);
    }
    if (!v.table_in_cell) {
        free_register(v.reg);
    }
    const Op op = v.key_kind == KeyKind::Field     ? Op::GETFIELD
                  : v.key_kind == KeyKind::Integer ? Op::GETINDEX
                                                   : Op::GETTABLE;
    code_.look_if_due();
    v.pc = code_.emit(op, 0, place.table, place.key);
    v.kind = ExpKind::Open;
}

/// luaK_dischargevars: after it, the value is a constant, a jump, in a register, or open.
void CodeGen::discharge(Exp& v) {
    switch (v.kind) {
        case ExpKind::Local: v.kind = ExpKind::Register; break;
        case ExpKind::Cell:
            v.pc = code_.emit(Op::GETCELL, 0, v.reg);
            v.kind = ExpKind::Open;
            break;
        case ExpKind::Upvalue:
            v.pc = code_.emit(Op::GETUPVAL, 0, v.reg);
            v.kind = ExpKind::Open;
            break;
        case ExpKind::Global: {
            std::uint32_t k = 0;
            if (field_operand(v.atom, k)) {
                v.pc = code_.emit(Op::GETGLOBAL, 0, k);
            } else {
                const unsigned name = free_reg_;
                need(1);
                code_.emit(ins::abx(Op::LOADK, name, 0, code_.constant(v.atom)));
                v.pc = code_.emit(Op::GETGLOBALR, 0, name);
            }
            v.kind = ExpKind::Open;
            break;
        }
        case ExpKind::Indexed: discharge_indexed(v); break;
        case ExpKind::Call:
        case ExpKind::Vararg: one_result(v); break;
        default: break;
    }
}

void CodeGen::one_result(Exp& v) {
    if (v.kind == ExpKind::Call) {
        v.reg = ins::a(code_.at(v.pc));
        v.kind = ExpKind::Register;
    } else if (v.kind == ExpKind::Vararg) {
        v.kind = ExpKind::Open;  // it was emitted for one value
    }
}

/// luaK_setreturns.
void CodeGen::set_results(Exp& v, std::uint32_t count) {
    Instruction& i = code_.at(v.pc);
    if (v.kind == ExpKind::Call) {
        const bool multi = count == kMulti || ins::b(i) == kMulti;
        i = ins::abcd(multi ? Op::CALLM : Op::CALL, ins::a(i), ins::b(i), count);
    } else if (v.kind == ExpKind::Vararg) {
        i = ins::abcd(Op::VARARG, free_reg_, count);
        reserve(1);
    }
}

/// PUC relies on the nils of a fresh frame, up to the first instruction.
bool CodeGen::nil_before_start(unsigned from) const {
    return !code_.has_lines() && !loop_seen_ && from >= active_;
}

/// Whether, but for cells made in between, `from` would join an earlier LOADNIL.
bool CodeGen::nil_joins_earlier(unsigned from) {
    for (std::uint32_t at = code_.pc(); at > 0 && !code_.is_target(at); --at) {
        const Instruction before = code_.at(at - 1);
        const Op op = ins::op(before);
        if (code_.has_line(at - 1)) {
            return op == Op::LOADNIL && ins::a(before) <= from;
        }
        if (op != Op::NEWCELL && op != Op::LOADNIL) {
            return false;
        }
    }
    return false;
}

/// luaK_nil. Joins a LOADNIL just before, unless a jump comes in between.
void CodeGen::load_nil(unsigned from, unsigned count) {
    const unsigned last = from + count - 1;
    if (nil_before_start(from) || nil_joins_earlier(from)) {
        const bool at_once = code_.pc() > 0 && ins::op(code_.at(code_.pc() - 1)) == Op::LOADNIL;
        if (!at_once || code_.is_target(code_.pc()) || !code_.has_line(code_.pc() - 1)) {
            code_.emit_lineless(ins::abcd(Op::LOADNIL, from, last));
            return;
        }
    }
    if (code_.pc() > 0 && !code_.is_target(code_.pc())) {
        Instruction& before = code_.at(code_.pc() - 1);
        if (ins::op(before) == Op::LOADNIL && ins::a(before) <= from && from <= ins::b(before) + 1) {
            before = ins::abcd(Op::LOADNIL, ins::a(before), std::max(last, ins::b(before)));
            return;
        }
    }
    code_.emit(Op::LOADNIL, from, last);
}

/// discharge2reg: leaves jumps open.
void CodeGen::discharge_to(Exp& v, unsigned reg) {
    discharge(v);
    switch (v.kind) {
        case ExpKind::Nil: load_nil(reg, 1); break;
        case ExpKind::False: code_.emit(Op::LOADFALSE, reg); break;
        case ExpKind::True: code_.emit(Op::LOADTRUE, reg); break;
        case ExpKind::Number:
        case ExpKind::String: code_.emit(ins::abx(Op::LOADK, reg, 0, constant_index(v))); break;
        case ExpKind::Open: code_.at(v.pc) = ins::with_a(code_.at(v.pc), reg); break;
        case ExpKind::Register:
            if (v.reg != reg) {
                code_.emit(Op::MOVE, reg, v.reg);
            }
            break;
        default: return;  // Void, Jump
    }
    v.kind = ExpKind::Register;
    v.reg = reg;
}

void CodeGen::discharge_anywhere(Exp& v) {
    if (v.kind != ExpKind::Register) {
        reserve(1);
        discharge_to(v, free_reg_ - 1);
    }
}

/// exp2reg: the value, whichever way control comes.
void CodeGen::to_register(Exp& v, unsigned reg) {
    discharge_to(v, reg);
    if (v.kind == ExpKind::Jump) {
        code_.append(v.if_true, v.pc);
    }
    if (v.has_jumps()) {
        std::uint32_t load_false = kNoPc;
        std::uint32_t load_true = kNoPc;
        if (code_.needs_value(v.if_true) || code_.needs_value(v.if_false)) {
            JumpList over;
            if (v.kind != ExpKind::Jump) {
                over = code_.emit_jump();
            }
            code_.label();
            load_false = code_.emit(Op::LFALSESKIP, reg);
            code_.label();
            load_true = code_.emit(Op::LOADTRUE, reg);
            code_.patch_here(over);
        }
        const std::uint32_t end = code_.label();
        code_.patch(v.if_false, end, reg, load_false);
        code_.patch(v.if_true, end, reg, load_true);
    }
    v = Exp(ExpKind::Register, reg);
}

void CodeGen::to_next_register(Exp& v) {
    discharge(v);
    free_value(v);
    reserve(1);
    to_register(v, free_reg_ - 1);
}

unsigned CodeGen::to_any_register(Exp& v) {
    discharge(v);
    if (v.kind == ExpKind::Register) {
        if (!v.has_jumps()) {
            return v.reg;
        }
        if (v.reg >= active_) {
            to_register(v, v.reg);
            return v.reg;
        }
    }
    to_next_register(v);
    return v.reg;
}

/// luaK_exp2val.
void CodeGen::to_value(Exp& v) {
    if (v.has_jumps()) {
        to_any_register(v);
    } else {
        discharge(v);
    }
}

void CodeGen::to_operand(Exp& v) {
    if (v.is_constant() || (!v.has_jumps() && (v.kind == ExpKind::Local || v.kind == ExpKind::Cell))) {
        return;
    }
    to_any_register(v);
}

// --- Variables ----------------------------------------------------------------------------------------------------

/// Where PUC makes a constant of a number and we do not, or only later: of 0 and -0 the first one is the constant of the
/// function (CodeBuffer::constant), so a zero has to come in its place.
void CodeGen::claim_zero(const Exp& v) {
    if (v.is_number() && v.number == 0) (void)code_.constant(v.number);
}

/// luaK_indexed: v, an operand, becomes v[key].
void CodeGen::indexed(Exp& v, Exp& key) {
    v.table_in_cell = v.kind == ExpKind::Cell;
    v.kind = ExpKind::Indexed;
    v.key_kind = KeyKind::Register;
    to_operand(key);
    if (key.kind == ExpKind::String && field_operand(key.atom, v.key)) {
        v.key_kind = KeyKind::Field;
        return;
    }
    if (key.kind == ExpKind::Number && key.number >= 0 && key.number <= kMaxOperand && !std::signbit(key.number) &&
        key.number == std::floor(key.number)) {
        claim_zero(key);
        v.key_kind = KeyKind::Integer;
        v.key = static_cast<std::uint32_t>(key.number);
        return;
    }
    if (key.kind == ExpKind::Cell) {
        v.key_kind = KeyKind::Cell;
        v.key = key.reg;
        return;
    }
    const bool operand_in_puc = key.is_constant();
    v.key = to_any_register(key);
    if (operand_in_puc) {
        code_.set_line(code_.pc() - 1, 0);
    }
}

/// luaK_storevar.
void CodeGen::store(const Exp& target, Exp& value) {
    std::uint32_t k = 0;
    switch (target.kind) {
        case ExpKind::Local:
            free_value(value);
            to_register(value, target.reg);
            return;
        case ExpKind::Cell: {
            if (value.kind == ExpKind::Cell && value.reg == target.reg && !value.has_jumps()) {
                return;  // v = v, for which PUC has no instruction either
            }
            const unsigned from = to_any_register(value);
            code_.emit(Op::SETCELL, target.reg, from);
            break;
        }
        case ExpKind::Upvalue: {
            const unsigned from = to_any_register(value);
            code_.emit(Op::SETUPCELL, from, target.reg);
            break;
        }
        case ExpKind::Global: {
            const unsigned from = to_any_register(value);
            if (field_operand(target.atom, k)) {
                code_.emit(Op::SETGLOBAL, from, k);
            } else {
                const unsigned name = free_reg_;
                need(1);
                code_.emit(ins::abx(Op::LOADK, name, 0, code_.constant(target.atom)));
                code_.emit(Op::SETGLOBALR, from, name);
            }
            break;
        }
        default: {
            assert(target.kind == ExpKind::Indexed);
            const bool constant = constant_operand(value, k);
            const unsigned from = constant ? k : to_any_register(value);
            const std::uint32_t mark = free_reg_;
            const Place place = read_place(target);
            free_reg_ = mark;
            const Op op = target.key_kind == KeyKind::Field     ? (constant ? Op::SETFIELDK : Op::SETFIELD)
                          : target.key_kind == KeyKind::Integer ? (constant ? Op::SETINDEXK : Op::SETINDEX)
                                                                : (constant ? Op::SETTABLEK : Op::SETTABLE);
            code_.emit(op, place.table, place.key, from);
            break;
        }
    }
    free_value(value);
}

// --- Conditions ---------------------------------------------------------------------------------------------------

/// jumponcond: a branch taken when the value's truth is `condition`; it may carry the value.
std::uint32_t CodeGen::branch_on(Exp& v, bool condition) {
    if (v.kind == ExpKind::Open) {
        const Instruction i = code_.at(v.pc);
        if (ins::op(i) == Op::NOT) {
            code_.drop_last();
            return code_.emit_branch(condition ? Op::JF : Op::JT, ins::b(i), 0);
        }
    }
    discharge_anywhere(v);
    free_value(v);
    return code_.emit_branch(condition ? Op::JTSET : Op::JFSET, kNoRegister, v.reg);
}

void CodeGen::jump_if_false(Exp& v) {
    discharge(v);
    switch (v.kind) {
        case ExpKind::Number:
        case ExpKind::String:
        case ExpKind::True: break;
        case ExpKind::False: code_.append(v.if_false, code_.emit_jump()); break;
        case ExpKind::Jump: {
            Instruction& i = code_.at(v.pc);
            i = (i & ~Instruction{0xFF}) | static_cast<Instruction>(inverse_jump(ins::op(i)));
            code_.append(v.if_false, v.pc);
            break;
        }
        default: code_.append(v.if_false, branch_on(v, false)); break;
    }
    code_.patch_here(v.if_true);
    v.if_true = {};
}

void CodeGen::jump_if_true(Exp& v) {
    discharge(v);
    switch (v.kind) {
        case ExpKind::Nil:
        case ExpKind::False: break;
        case ExpKind::True: code_.append(v.if_true, code_.emit_jump()); break;
        case ExpKind::Jump: code_.append(v.if_true, v.pc); break;
        default: code_.append(v.if_true, branch_on(v, true)); break;
    }
    code_.patch_here(v.if_false);
    v.if_false = {};
}

}  // namespace arenite::compiler
