#include "compiler/verifier_flow.h"

#include <boost/container/pmr/vector.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

#include "compiler/register_effects.h"

namespace arenite::compiler {
namespace {

/// A set of registers.
struct RegisterSet {
    std::array<std::uint64_t, 4> bits{};
    void add(std::uint32_t r) { bits[r >> 6 & 3] |= std::uint64_t{1} << (r & 63); }
    void remove(std::uint32_t r) { bits[r >> 6 & 3] &= ~(std::uint64_t{1} << (r & 63)); }
    [[nodiscard]] bool has(std::uint32_t r) const { return (bits[r >> 6 & 3] >> (r & 63) & 1) != 0; }
    void remove_from(std::uint32_t r) {
        for (std::uint32_t w = 0; w < 4; ++w) {
            if (r <= w * 64) {
                bits[w] = 0;
            } else if (r < (w + 1) * 64) {
                bits[w] &= (std::uint64_t{1} << (r & 63)) - 1;
            }
        }
    }
    void keep(const RegisterSet& other) {
        for (std::size_t w = 0; w < 4; ++w) {
            bits[w] &= other.bits[w];
        }
    }
    [[nodiscard]] bool within(const RegisterSet& other) const {
        std::uint64_t outside = 0;
        for (std::size_t w = 0; w < 4; ++w) {
            outside |= bits[w] & ~other.bits[w];
        }
        return outside == 0;
    }
    bool operator==(const RegisterSet&) const = default;
};

/// What is known of the registers before an instruction, whichever way led there.
struct State {
    RegisterSet values;  ///< hold a value
    RegisterSet cells;   ///< hold a cell
    RegisterSet loops;   ///< hold what a FORPREP has checked
    bool reached = false;

    void write(std::uint32_t r) {
        values.add(r);
        cells.remove(r);
        loops.remove(r);
    }
    void write(RegisterRange range) {
        for (std::uint32_t k = 0; k < range.count; ++k) {
            write(range.first + k);
        }
    }
    void clobber_from(std::uint32_t r) {
        values.remove_from(r);
        cells.remove_from(r);
        loops.remove_from(r);
    }
    /// Joins another way to the same place; true when something that was known no longer is.
    bool join(const State& other) {
        if (!other.reached) {
            return false;
        }
        if (!reached) {
            *this = other;
            return true;
        }
        const State before = *this;
        values.keep(other.values);
        cells.keep(other.cells);
        loops.keep(other.loops);
        return !(values == before.values && cells == before.cells && loops == before.loops);
    }
};

class FlowVerifier {
public:
    FlowVerifier(const FunctionUnit& unit, boost::container::pmr::memory_resource& memory, Interrupt interrupt,
                 void* interrupt_ctx)
        : unit_(unit),
          interrupt_(interrupt),
          interrupt_ctx_(interrupt_ctx),
          entry_(unit.code.size(), kNoEntry, &memory),
          states_(&memory),
          by_start_(&memory),
          by_end_(&memory) {}

    std::optional<std::string> run() {
        find_targets();
        sort_locals();
        for (std::uint32_t r = 0; r < unit_.num_params; ++r) {
            states_[0].values.add(r);
        }
        states_[0].reached = true;
        // Sets only shrink; code from structured source settles in as many passes as its loops are deep.
        constexpr int kMaxPasses = 256;
        for (int i = 0; i < kMaxPasses; ++i) {
            again_ = false;
            pass();
            if (!error_.empty()) {
                return error_;
            }
            if (!again_) {
                return std::nullopt;
            }
        }
        return "control flow too tangled";
    }

private:
    static constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;

    void add_entry(std::size_t pc) {
        if (entry_[pc] == kNoEntry) {
            entry_[pc] = static_cast<std::uint32_t>(states_.size());
            states_.emplace_back();
        }
    }
    [[nodiscard]] static std::size_t target(std::size_t pc, Instruction i) {
        return static_cast<std::size_t>(static_cast<std::int64_t>(pc) + 1 + ins::jump(i));
    }
    void find_targets() {
        add_entry(0);
        for (std::size_t pc = 0; pc < unit_.code.size(); ++pc) {
            const Instruction i = unit_.code[pc];
            if (op_facts(i).jumps) {
                add_entry(target(pc, i));
            } else if (ins::op(i) == Op::LFALSESKIP) {
                add_entry(pc + 2);
            }
        }
    }
    void sort_locals() {
        for (std::uint32_t l = 0; l < unit_.locals.size(); ++l) {
            if (unit_.locals[l].start_pc < unit_.locals[l].end_pc) {
                by_start_.push_back(l);
            }
        }
        by_end_ = by_start_;
        const auto& locals = unit_.locals;
        std::sort(by_start_.begin(), by_start_.end(),
                  [&](auto x, auto y) { return locals[x].start_pc < locals[y].start_pc; });
        std::sort(by_end_.begin(), by_end_.end(), [&](auto x, auto y) { return locals[x].end_pc < locals[y].end_pc; });
    }

    void fail(std::size_t pc, const char* what) {
        if (error_.empty()) {
            error_ = "instruction " + std::to_string(pc + 1) + ": " + what;
        }
    }

    void go(std::size_t from, std::size_t to, const State& s) {
        if (states_[entry_[to]].join(s) && to <= from) {
            again_ = true;
        }
    }

    void pass() {
        State s;
        visible_values_ = {};
        visible_cells_ = {};
        std::size_t started = 0;
        std::size_t ended = 0;
        constexpr std::size_t kInstructions = 1024;
        for (std::size_t pc = 0; pc < unit_.code.size() && error_.empty(); ++pc) {
            if (pc % kInstructions == kInstructions - 1 && interrupt_ != nullptr && interrupt_(interrupt_ctx_)) {
                error_ = "interrupted";
                return;
            }
            if (entry_[pc] != kNoEntry) {
                states_[entry_[pc]].join(s);
                s = states_[entry_[pc]];
            }
            update_locals(pc, started, ended);
            if (s.reached) {
                if (!visible_values_.within(s.values) || !visible_cells_.within(s.cells)) {
                    fail(pc, "a visible variable's register does not hold it");
                }
                step(pc, s);
            }
        }
    }

    void update_locals(std::size_t pc, std::size_t& started, std::size_t& ended) {
        for (; ended < by_end_.size() && unit_.locals[by_end_[ended]].end_pc == pc; ++ended) {
            const UnitLocal& l = unit_.locals[by_end_[ended]];
            (l.in_cell ? visible_cells_ : visible_values_).remove(l.reg);
        }
        for (; started < by_start_.size() && unit_.locals[by_start_[started]].start_pc == pc; ++started) {
            const UnitLocal& l = unit_.locals[by_start_[started]];
            if (visible_cells_.has(l.reg) || visible_values_.has(l.reg)) {
                fail(pc, "two variables in one register");
            }
            (l.in_cell ? visible_cells_ : visible_values_).add(l.reg);
        }
    }

    void check_reads(std::size_t pc, const RegisterEffects& e, const State& s, bool first_is_cell) {
        for (std::uint32_t k = 0; k < e.read_count; ++k) {
            for (std::uint32_t r = 0; r < e.reads[k].count; ++r) {
                const bool cell = first_is_cell && k == 0;
                if (!(cell ? s.cells : s.values).has(e.reads[k].first + r)) {
                    fail(pc, cell ? "register does not hold a cell" : "register does not hold a value");
                    return;
                }
            }
        }
    }

    void check_captures(std::size_t pc, const State& s) {
        const FunctionUnit& child = *unit_.children[ins::cd(unit_.code[pc])];
        for (const UnitUpvalue& u : child.upvalues) {
            if (u.from_local && !(u.by_value ? s.values : s.cells).has(u.index)) {
                fail(pc, "closure captures a register that does not hold what it expects");
            }
        }
    }

    /// The most frequent case: reads and writes values in the registers its operands name.
    bool step_simple(std::size_t pc, Instruction i, State& s) {
        const OpFacts& facts = op_facts(i);
        const Op op = ins::op(i);
        if (!facts.simple || op == Op::NEWCELL || op == Op::GETCELL || op == Op::SETCELL || op == Op::CLOSURE ||
            op == Op::LFALSESKIP) {
            return false;
        }
        if (((facts.reads & 1) != 0 && !s.values.has(ins::a(i))) ||
            ((facts.reads & 2) != 0 && !s.values.has(ins::b(i))) ||
            ((facts.reads & 4) != 0 && !s.values.has(ins::c(i)))) {
            fail(pc, "register does not hold a value");
        }
        if (facts.writes_a) {
            s.write(ins::a(i));
        }
        if (facts.jumps) {
            go(pc, target(pc, i), s);
        }
        s.reached = !facts.ends;
        return true;
    }

    /// Checks the instruction against what is known before it, and passes on what is known after it. `s` is for the
    /// next instruction.
    void step(std::size_t pc, State& s) {
        const Instruction i = unit_.code[pc];
        if (step_simple(pc, i, s)) {
            return;
        }
        const Op op = ins::op(i);
        const RegisterEffects e = register_effects(unit_, pc);
        check_reads(pc, e, s, op == Op::GETCELL || op == Op::SETCELL);
        const std::uint32_t a = ins::a(i);
        const bool is_loop = op == Op::FORLOOP;
        if (is_loop && !(s.loops.has(a) && s.loops.has(a + 1) && s.loops.has(a + 2))) {
            fail(pc, "FORLOOP on registers that its FORPREP has not checked");
        }
        if (e.clobbers != RegisterEffects::kNone) {
            s.clobber_from(e.clobbers);
        }
        s.write(e.writes);
        switch (op) {
            case Op::NEWCELL:
                s.values.remove(a);
                s.cells.add(a);
                break;
            case Op::CONCAT:
                for (std::uint32_t r = ins::b(i); r <= ins::c(i); ++r) {
                    if (r != a) {
                        s.values.remove(r);
                        s.loops.remove(r);
                    }
                }
                break;
            case Op::CLOSURE: check_captures(pc, s); break;
            case Op::FORLOOP: s.loops.add(a); break;
            case Op::LFALSESKIP:
                go(pc, pc + 2, s);
                s.reached = false;
                return;
            default: break;
        }
        if (op_facts(i).jumps) {
            State jumped = s;
            jumped.write(e.jump_writes);
            go(pc, target(pc, i), jumped);
        }
        if (op == Op::FORPREP) {
            for (std::uint32_t r = a; r < a + 3; ++r) {
                s.loops.add(r);
            }
        }
        s.write(e.fall_writes);
        if (op_facts(i).ends) {
            s.reached = false;
        }
    }

    const FunctionUnit& unit_;
    Interrupt interrupt_;
    void* interrupt_ctx_;
    boost::container::pmr::vector<std::uint32_t> entry_;  ///< of each jump target: index into states_
    boost::container::pmr::vector<State> states_;
    boost::container::pmr::vector<std::uint32_t> by_start_;
    boost::container::pmr::vector<std::uint32_t> by_end_;
    RegisterSet visible_values_;
    RegisterSet visible_cells_;
    std::string error_;
    bool again_ = false;
};

}  // namespace

std::optional<std::string> verify_flow(const FunctionUnit& unit, boost::container::pmr::memory_resource& memory,
                                       Interrupt interrupt, void* interrupt_ctx) {
    return FlowVerifier(unit, memory, interrupt, interrupt_ctx).run();
}

}  // namespace arenite::compiler
