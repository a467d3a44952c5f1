// The instructions and constants of the function being generated, and its open jumps.
//
// Jumps whose target is not known yet form lists: each holds in its offset operand the position of the next one. Unlike
// PUC's, lists know their end, so that joining two takes constant time and a chain of 100,000 `and`s stays linear.
// "Pending" jumps go to the next instruction, wherever that will be; if it is itself a jump, they take its target.
#pragma once

#include <algorithm>
#include <cstdint>

#include "compiler/atoms.h"
#include "compiler/scratch.h"
#include "heap/function_unit.h"

namespace arenite::compiler {

inline constexpr std::uint32_t kNoPc = 0xFFFFFFFF;

struct JumpList {
    std::uint32_t head = kNoPc;
    std::uint32_t tail = kNoPc;
    [[nodiscard]] bool empty() const { return head == kNoPc; }
};

/// Register operand of a JTSET/JFSET whose destination is still open.
inline constexpr unsigned kNoRegister = 0xFF;

/// The opcode that jumps exactly when `op` does not.
[[nodiscard]] Op inverse_jump(Op op);

class CodeBuffer {
public:
    CodeBuffer(boost::container::pmr::memory_resource* mr, Pauses& pauses)
        : pauses_(pauses), code_(mr), lines_(mr), constants_(mr), number_slots_(mr) {}

    /// Forgets the last function. `owner` is a number that no other function of the compilation has.
    void reset(std::uint32_t owner);

    /// Line given to the instructions emitted from here on.
    std::uint32_t line = 0;

    std::uint32_t emit(Instruction i) {
        if (!pending_.empty()) {
            patch_pending();
        }
        const std::uint32_t at = pc();
        code_.push_back(i);
        lines_.push_back(line);
        has_lines_ = true;
        return at;
    }
    std::uint32_t emit(Op op, unsigned a, unsigned b = 0, unsigned c = 0) { return emit(ins::abcd(op, a, b, c)); }
    /// An instruction that PUC does not have, and that has no line therefore: line 0.
    void emit_lineless(Instruction i);
    /// Emits a LOOK if a run from the last one to here may have taken long. Where it stands is no part of an instruction or
    /// of a pair of them.
    void look_if_due() {
        if (__builtin_expect(since_look() >= kBetweenLooks, 0)) {
            emit_lineless(ins::abx(Op::LOOK, 0, 0, kLookCost));
            look_at_ = static_cast<std::int64_t>(pc());
        }
    }
    /// Instructions on the longest way from the last LOOK to here.
    [[nodiscard]] std::int64_t since_look() const { return static_cast<std::int64_t>(pc()) - look_at_; }
    /// There is also a way with so many.
    void since_look_at_least(std::int64_t n) { look_at_ = std::min(look_at_, static_cast<std::int64_t>(pc()) - n); }
    /// Whether an instruction with a line has been emitted.
    [[nodiscard]] bool has_lines() const { return has_lines_; }
    [[nodiscard]] bool has_line(std::uint32_t at) const { return lines_[at] != 0; }

    [[nodiscard]] std::uint32_t pc() const { return static_cast<std::uint32_t>(code_.size()); }
    [[nodiscard]] Instruction& at(std::uint32_t pc) { return code_[pc]; }
    void set_line(std::uint32_t pc, std::uint32_t l) { lines_[pc] = l; }
    /// Takes back the last instruction (a NOT that becomes part of a jump).
    void drop_last();

    // Jumps.
    [[nodiscard]] JumpList emit_jump();  ///< JMP with an open target; pending jumps join it
    [[nodiscard]] std::uint32_t emit_branch(Op op, unsigned a, unsigned b) { return emit(ins::abx(op, a, b, kNoPc)); }
    void emit_jump_here() { emit(ins::abcd(Op::JMP, 0)); }  ///< to the next instruction
    void emit_back_jump(Op op, unsigned a, std::uint32_t target);
    void fix_jump(std::uint32_t at, std::uint32_t target);
    void append(JumpList& list, const JumpList& other);
    void append(JumpList& list, std::uint32_t jump) { append(list, JumpList{jump, jump}); }
    void patch_here(const JumpList& list);
    /// If the jump at `at` is in the list, takes it out and lets it go to the next instruction, even if that is a jump. (PUC
    /// falls through there; a line hook sees that.)
    void fall_through(JumpList& list, std::uint32_t at);
    /// Jumps that carry a value put it into `reg` and go to `with_value`; the others go to `without`.
    void patch(const JumpList& list, std::uint32_t with_value, unsigned reg, std::uint32_t without);
    [[nodiscard]] bool needs_value(const JumpList& list);
    void drop_values(const JumpList& list);
    /// Marks the next instruction as a jump's target.
    std::uint32_t label() { return last_target_ = pc(); }
    [[nodiscard]] bool is_target(std::uint32_t at) const { return last_target_ == at; }

    // Constants.
    [[nodiscard]] std::uint32_t constant(Atom* string);
    [[nodiscard]] std::uint32_t constant(double number);
    [[nodiscard]] std::uint32_t constant(UnitConstant::Kind simple);  ///< Nil, False or True

    /// Copies the finished arrays into a unit, or gives it what is too large to be copied.
    void store(FunctionUnit& unit);
    /// Frees its scratch, in slices.
    void give_back() {
        pauses_.free(code_);
        pauses_.free(lines_);
        pauses_.free(constants_);
        pauses_.free(number_slots_);
    }

private:
    struct NumberSlot {
        std::uint64_t bits;
        std::uint32_t index;
        std::uint32_t owner;
    };
    /// Instructions that take about as long as 1,000 units are to (with 250 calls of functions without a LOOK in that time),
    /// and what they are charged as: instructions between two jumps are cheaper than those that jump.
    static constexpr std::int64_t kBetweenLooks = 128;
    static constexpr std::uint32_t kLookCost = 32;
    void patch_pending();
    [[nodiscard]] std::uint32_t next_in_list(std::uint32_t at) const { return ins::cd(code_[at]); }
    std::uint32_t add_constant(const UnitConstant& k);
    void grow_number_slots();

    Pauses& pauses_;
    ScratchVector<Instruction> code_;
    ScratchVector<std::uint32_t> lines_;
    ScratchVector<UnitConstant> constants_;
    ScratchVector<NumberSlot> number_slots_;  ///< open addressing; slots of other functions count as free
    std::uint32_t number_count_ = 0;
    std::uint32_t simple_[3] = {kNoPc, kNoPc, kNoPc};
    std::uint32_t owner_ = 0;  ///< serial number of the function
    JumpList pending_;
    std::uint32_t last_target_ = kNoPc;
    std::int64_t look_at_ = 0;  ///< where the last LOOK would stand if all ways had the length of the longest
    bool has_lines_ = false;
};

}  // namespace arenite::compiler
