#include "compiler/code_buffer.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "compiler/seeded_hash.h"

namespace arenite::compiler {

Op inverse_jump(Op op) {
    switch (op) {
        case Op::JT: return Op::JF;
        case Op::JF: return Op::JT;
        case Op::JEQ: return Op::JNE;
        case Op::JNE: return Op::JEQ;
        case Op::JEQK: return Op::JNEK;
        case Op::JNEK: return Op::JEQK;
        case Op::JLT: return Op::JNLT;
        case Op::JNLT: return Op::JLT;
        case Op::JLE: return Op::JNLE;
        case Op::JNLE: return Op::JLE;
        case Op::JLTK: return Op::JNLTK;
        case Op::JNLTK: return Op::JLTK;
        case Op::JLEK: return Op::JNLEK;
        case Op::JNLEK: return Op::JLEK;
        case Op::JGTK: return Op::JNGTK;
        case Op::JNGTK: return Op::JGTK;
        case Op::JGEK: return Op::JNGEK;
        case Op::JNGEK: return Op::JGEK;
        default: assert(false); return op;
    }
}

void CodeBuffer::reset(std::uint32_t owner) {
    code_.clear();
    lines_.clear();
    constants_.clear();
    number_count_ = 0;
    std::fill(std::begin(simple_), std::end(simple_), kNoPc);
    owner_ = owner;
    pending_ = {};
    last_target_ = kNoPc;
    look_at_ = 0;
    has_lines_ = false;
}

void CodeBuffer::emit_lineless(Instruction i) {
    const bool before = has_lines_;
    lines_[emit(i)] = 0;
    has_lines_ = before;
}

void CodeBuffer::drop_last() {
    assert(pending_.empty() && !is_target(pc()));
    code_.shrink_to(code_.size() - 1);
    lines_.shrink_to(lines_.size() - 1);
}

// --- Jumps --------------------------------------------------------------------------------------------------------

JumpList CodeBuffer::emit_jump() {
    const JumpList waiting = pending_;
    pending_ = {};
    // Their value, if they carry one, was meant for this place only. (PUC kept it up to 5.1.4; see its bug list,
    // "wrong code generation for some particular boolean expressions".)
    drop_values(waiting);
    const std::uint32_t jump = emit(ins::abx(Op::JMP, 0, 0, kNoPc));
    JumpList list{jump, jump};
    append(list, waiting);
    return list;
}

void CodeBuffer::emit_back_jump(Op op, unsigned a, std::uint32_t target) {
    const std::uint32_t jump = emit(ins::abcd(op, a));
    fix_jump(jump, target);
}

void CodeBuffer::fix_jump(std::uint32_t at_pc, std::uint32_t target) {
    at(at_pc) = ins::with_cd(at(at_pc), target - (at_pc + 1));
}

void CodeBuffer::append(JumpList& list, const JumpList& other) {
    if (other.empty()) {
        return;
    }
    if (list.empty()) {
        list = other;
        return;
    }
    at(list.tail) = ins::with_cd(at(list.tail), other.head);
    list.tail = other.tail;
}

void CodeBuffer::patch_here(const JumpList& list) {
    label();
    append(pending_, list);
}

void CodeBuffer::fall_through(JumpList& list, std::uint32_t at) {
    std::uint32_t before = kNoPc;
    for (std::uint32_t j = list.head;; j = next_in_list(j)) {
        if (j == kNoPc) return;  // first: `at` is kNoPc where no code is in front of "until false"
        if (j == at) break;
        before = j;
    }
    const std::uint32_t next = next_in_list(at);
    if (before == kNoPc) {
        list.head = next;
    } else {
        this->at(before) = ins::with_cd(this->at(before), next);
    }
    if (list.tail == at) list.tail = before;
    this->at(at) = ins::with_cd(this->at(at), kNoPc);  // the others go on waiting
    const std::uint32_t target = label();
    patch({at, at}, target, kNoRegister, target);
}

void CodeBuffer::patch_pending() {
    const JumpList list = pending_;
    pending_ = {};
    patch(list, pc(), kNoRegister, pc());
}

void CodeBuffer::patch(const JumpList& list, std::uint32_t with_value, unsigned reg, std::uint32_t without) {
    for (std::uint32_t j = list.head; j != kNoPc;) {
        pauses_.tick();
        const std::uint32_t next = next_in_list(j);
        Instruction& i = at(j);
        const Op op = ins::op(i);
        if (op == Op::JTSET || op == Op::JFSET) {
            if (reg == kNoRegister || reg == ins::b(i)) {  // no value wanted, or it is there already
                i = ins::abcd(op == Op::JTSET ? Op::JT : Op::JF, ins::b(i));
            } else {
                i = ins::with_a(i, reg);
            }
            fix_jump(j, with_value);
        } else {
            fix_jump(j, without);
        }
        j = next;
    }
}

bool CodeBuffer::needs_value(const JumpList& list) {
    for (std::uint32_t j = list.head; j != kNoPc; j = next_in_list(j)) {
        pauses_.tick();
        const Op op = ins::op(code_[j]);
        if (op != Op::JTSET && op != Op::JFSET) {
            return true;
        }
    }
    return false;
}

void CodeBuffer::drop_values(const JumpList& list) {
    for (std::uint32_t j = list.head; j != kNoPc; j = next_in_list(j)) {
        pauses_.tick();
        const Instruction i = at(j);
        const Op op = ins::op(i);
        if (op == Op::JTSET || op == Op::JFSET) {
            at(j) = ins::abx(op == Op::JTSET ? Op::JT : Op::JF, ins::b(i), 0, ins::cd(i));
        }
    }
}

// --- Constants ----------------------------------------------------------------------------------------------------

std::uint32_t CodeBuffer::add_constant(const UnitConstant& k) {
    constants_.push_back(k);
    return static_cast<std::uint32_t>(constants_.size() - 1);
}

std::uint32_t CodeBuffer::constant(Atom* string) {
    if (string->k_owner != owner_) {
        string->k_owner = owner_;
        string->k_index = add_constant({UnitConstant::Kind::String, 0, string->text()});
    }
    return string->k_index;
}

std::uint32_t CodeBuffer::constant(UnitConstant::Kind simple) {
    std::uint32_t& index = simple_[static_cast<unsigned>(simple)];
    if (index == kNoPc) {
        index = add_constant({simple, 0, {}});
    }
    return index;
}

/// 0 and -0 are one constant, whichever comes first: PUC finds constants as table keys, where they are equal (lcode.c
/// addk), and programs can see it.
namespace {
/// As in PUC, of 0 and -0 the first one is the constant for both.
std::uint64_t bits_of(double number) {
    return number == 0 ? 0 : std::bit_cast<std::uint64_t>(number);
}
std::size_t slot_of(std::uint64_t bits) {
    return mix(bits ^ process_seed(), 0xA076'1D64'78BD'642Full);
}
}  // namespace

std::uint32_t CodeBuffer::constant(double number) {
    if ((number_count_ + 1) * 2 > number_slots_.size()) {
        grow_number_slots();
    }
    const std::uint64_t bits = bits_of(number);
    const std::size_t mask = number_slots_.size() - 1;
    for (std::size_t i = slot_of(bits) & mask;; i = (i + 1) & mask) {
        NumberSlot& slot = number_slots_[i];
        if (slot.owner != owner_) {
            slot = {bits, add_constant({UnitConstant::Kind::Number, number, {}}), owner_};
            ++number_count_;
            return slot.index;
        }
        if (slot.bits == bits) {
            return slot.index;
        }
    }
}

void CodeBuffer::grow_number_slots() {
    const std::size_t size = std::max<std::size_t>(32, number_slots_.size() * 2);
    pauses_.free(number_slots_);
    number_slots_.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
        number_slots_.push_back({0, 0, 0});
        pauses_.tick_each_8(i);
    }
    for (std::size_t k = 0; k < constants_.size(); ++k) {
        pauses_.tick();
        if (constants_[k].kind == UnitConstant::Kind::Number) {
            const std::uint64_t bits = bits_of(constants_[k].number);
            std::size_t i = slot_of(bits) & (size - 1);
            while (number_slots_[i].owner == owner_) {
                i = (i + 1) & (size - 1);
            }
            number_slots_[i] = {bits, static_cast<std::uint32_t>(k), owner_};
        }
    }
}

void CodeBuffer::store(FunctionUnit& unit) {
    constexpr std::size_t kCopied = std::size_t{32} << 10;
    const auto store = [](auto& to, auto& from) {
        if (from.bytes() <= kCopied) {
            to.assign(from.begin(), from.end());
        } else {
            to.swap(from);
        }
    };
    store(unit.code, code_);
    store(unit.lines, lines_);
    store(unit.constants, constants_);
}

}  // namespace arenite::compiler
