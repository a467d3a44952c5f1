#include "compiler/verifier_flow.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "compiler/register_effects.h"

namespace arenite::compiler {
namespace {

/// A set of registers: 64 to a word, 1, 2 or 4 words. The registers of a function are in range (V2).
template <std::uint32_t kWords>
struct RegisterSet {
    static_assert(std::has_single_bit(kWords));
    static constexpr std::uint32_t kMask = kWords - 1;
    std::array<std::uint64_t, kWords> bits{};
    void add(std::uint32_t r) { bits[r >> 6 & kMask] |= std::uint64_t{1} << (r & 63); }
    void remove(std::uint32_t r) { bits[r >> 6 & kMask] &= ~(std::uint64_t{1} << (r & 63)); }
    [[nodiscard]] bool has(std::uint32_t r) const { return (bits[r >> 6 & kMask] >> (r & 63) & 1) != 0; }
    void remove_from(std::uint32_t r) {
        for (std::uint32_t w = 0; w < kWords; ++w) {
            if (r <= w * 64) {
                bits[w] = 0;
            } else if (r < (w + 1) * 64) {
                bits[w] &= (std::uint64_t{1} << (r & 63)) - 1;
            }
        }
    }
    void keep(const RegisterSet& other) {
        for (std::size_t w = 0; w < kWords; ++w) {
            bits[w] &= other.bits[w];
        }
    }
    [[nodiscard]] bool within(const RegisterSet& other) const {
        std::uint64_t outside = 0;
        for (std::size_t w = 0; w < kWords; ++w) {
            outside |= bits[w] & ~other.bits[w];
        }
        return outside == 0;
    }
    bool operator==(const RegisterSet&) const = default;
};

/// What is known of the registers before an instruction, whichever way led there.
template <std::uint32_t kWords>
struct StateOf {
    RegisterSet<kWords> values;  ///< hold a value
    RegisterSet<kWords> cells;   ///< hold a cell
    RegisterSet<kWords> loops;   ///< hold what a FORPREP has checked
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
    bool join(const StateOf& other) {
        if (!other.reached) {
            return false;
        }
        if (!reached) {
            *this = other;
            return true;
        }
        const StateOf before = *this;
        values.keep(other.values);
        cells.keep(other.cells);
        loops.keep(other.loops);
        return !(values == before.values && cells == before.cells && loops == before.loops);
    }
};

template <std::uint32_t kWords>
class FlowVerifier {
    using State = StateOf<kWords>;

public:
    FlowVerifier(const FunctionUnit& unit, FlowScratch& scratch, Pacer& pacer)
        : unit_(unit),
          pacer_(pacer),
          entry_(scratch.entry),
          words_(scratch.states),
          by_start_(scratch.by_start),
          by_end_(scratch.by_end) {
        entry_.clear();
        words_.clear();
        by_start_.clear();
        by_end_.clear();
    }

    std::optional<std::string> run() {
        find_targets();
        sort_locals();
        if (!error_.empty()) {
            return error_;
        }
        for (std::uint32_t r = 0; r < unit_.num_params; ++r) {
            state(0).values.add(r);
        }
        state(0).reached = true;
        // Sets only shrink; code from structured source settles in as many passes as its loops are deep.
        constexpr int kMaxPasses = 256;
        for (int i = 0; i < kMaxPasses; ++i) {
            again_ = false;
            pass();
            if (!error_.empty()) {
                return error_;
            }
            if (!again_) {
                give_back();
                return error_.empty() ? std::nullopt : std::optional(error_);
            }
        }
        return "control flow too tangled";
    }

private:
    static constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;

    static constexpr std::uint32_t kStateWords = sizeof(State) / sizeof(std::uint64_t);
    [[nodiscard]] State& state(std::uint32_t i) { return *reinterpret_cast<State*>(&words_[i * kStateWords]); }
    void add_entry(std::size_t pc) {
        if (entry_[pc] == kNoEntry) {
            entry_[pc] = static_cast<std::uint32_t>(words_.size() / kStateWords);
            for (std::uint32_t w = 0; w < kStateWords; ++w) {
                words_.push_back(0);
            }
        }
    }
    /// For each instruction, of which `per_unit` count as one.
    void look_now_and_then(std::size_t pc, std::size_t per_unit) {
        constexpr std::size_t kInstructions = 64;
        if (pc % kInstructions == kInstructions - 1) {
            look(kInstructions / per_unit);
        }
    }
    /// What is large, in slices; the rest is for the next function.
    void give_back() {
        const auto free = [this](auto& vector) {
            if (vector.bytes() >= GrowingResource::kLarge) {
                vector.free_in_slices([this] { look(1024); });
            }
        };
        free(entry_);
        free(words_);
        free(by_start_);
        free(by_end_);
    }
    /// Not once something is wrong, as in CodeVerifier.
    void look(std::size_t work) {
        if (error_.empty() && pacer_.after(work)) {
            error_ = "interrupted";
        }
    }
    [[nodiscard]] static std::size_t target(std::size_t pc, Instruction i) {
        return static_cast<std::size_t>(static_cast<std::int64_t>(pc) + 1 + ins::jump(i));
    }
    void find_targets() {
        entry_.reserve(unit_.code.size());
        for (std::size_t pc = 0; pc < unit_.code.size() && error_.empty(); ++pc) {
            entry_.push_back(kNoEntry);
            look_now_and_then(pc, 8);
        }
        if (!error_.empty()) {
            return;
        }
        add_entry(0);
        for (std::size_t pc = 0; pc < unit_.code.size() && error_.empty(); ++pc) {
            look_now_and_then(pc, 1);
            const Instruction i = unit_.code[pc];
            if (op_facts(i).jumps) {
                add_entry(target(pc, i));
            } else if (ins::op(i) == Op::LFALSESKIP) {
                add_entry(pc + 2);
            }
        }
    }
    void sort_locals() {
        const auto& locals = unit_.locals;
        bool sorted = true;  // as the compiler leaves them
        for (std::uint32_t l = 0; l < locals.size(); ++l) {
            look(1);
            if (locals[l].start_pc < locals[l].end_pc) {
                sorted = sorted && (by_start_.empty() || locals[by_start_.back()].start_pc <= locals[l].start_pc);
                by_start_.push_back(l);
                by_end_.push_back(l);
            }
        }
        const auto sort = [&](auto& list, auto key) {
            std::sort(list.begin(), list.end(), [&](std::uint32_t x, std::uint32_t y) {
                look(1);
                return key(locals[x]) < key(locals[y]);
            });
        };
        if (!sorted) {
            sort(by_start_, [](const UnitLocal& l) { return l.start_pc; });
        }
        sort(by_end_, [](const UnitLocal& l) { return l.end_pc; });
    }

    void fail(std::size_t pc, const char* what) {
        if (error_.empty()) {
            error_ = "instruction " + std::to_string(pc + 1) + ": " + what;
        }
    }

    void go(std::size_t from, std::size_t to, const State& s) {
        if (state(entry_[to]).join(s) && to <= from) {
            again_ = true;
        }
    }

    void pass() {
        State s;
        visible_values_ = {};
        visible_cells_ = {};
        std::size_t started = 0;
        std::size_t ended = 0;
        for (std::size_t pc = 0; pc < unit_.code.size() && error_.empty(); ++pc) {
            look_now_and_then(pc, 1);
            if (entry_[pc] != kNoEntry) {
                state(entry_[pc]).join(s);
                s = state(entry_[pc]);
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
            look(1);
            const UnitLocal& l = unit_.locals[by_end_[ended]];
            (l.in_cell ? visible_cells_ : visible_values_).remove(l.reg);
        }
        for (; started < by_start_.size() && unit_.locals[by_start_[started]].start_pc == pc; ++started) {
            look(1);
            const UnitLocal& l = unit_.locals[by_start_[started]];
            if (visible_cells_.has(l.reg) || visible_values_.has(l.reg)) {
                fail(pc, "two variables in one register");
            }
            (l.in_cell ? visible_cells_ : visible_values_).add(l.reg);
        }
    }

    [[nodiscard]] static std::size_t work_of(const RegisterEffects& e) {
        return (e.reads[0].count + e.reads[1].count + e.reads[2].count + e.writes.count + e.fall_writes.count) / 2;
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
        look(8 + work_of(e));
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
            case Op::CLOSURE:
                check_captures(pc, s);
                look(8);
                break;
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
    Pacer& pacer_;
    UnitVector<std::uint32_t>& entry_;  ///< of each jump target: index of its state
    UnitVector<std::uint64_t>& words_;  ///< the states
    UnitVector<std::uint32_t>& by_start_;
    UnitVector<std::uint32_t>& by_end_;
    RegisterSet<kWords> visible_values_;
    RegisterSet<kWords> visible_cells_;
    std::string error_;
    bool again_ = false;
};

}  // namespace

std::optional<std::string> verify_flow(const FunctionUnit& unit, FlowScratch& scratch, Pacer& pacer) {
    if (unit.max_stack <= 64) {
        return FlowVerifier<1>(unit, scratch, pacer).run();
    }
    return unit.max_stack <= 128 ? FlowVerifier<2>(unit, scratch, pacer).run()
                                 : FlowVerifier<4>(unit, scratch, pacer).run();
}

}  // namespace arenite::compiler
