#include "compiler/verifier.h"

#include <boost/container/pmr/global_resource.hpp>

#include <array>
#include <cmath>
#include <cstdint>

#include "compiler/func_state.h"
#include "compiler/register_effects.h"
#include "compiler/verifier_flow.h"

namespace arenite::compiler {
namespace {

/// What is to be checked of an opcode.
struct OpChecks {
    bool register_a = false;  ///< the operand is a register, or begins a range of them
    bool register_b = false;
    bool register_c = false;
    bool other_a = false;  ///< it is something else that is looked up
    bool other_b = false;
    bool other_c = false;
    bool only_operands = false;  ///< V4 to V8 say nothing of it but what its operands say
};

constexpr OpChecks make_op_checks(Op op) {
    const OpInfo& info = op_info(op);
    const auto is_register = [](char kind) { return kind == 'r' || kind == 'w' || kind == 'x' || kind == 'R'; };
    const auto is_other = [](char kind) {
        return kind == 'k' || kind == 'K' || kind == 's' || kind == 'm' || kind == 'u' || kind == 'P';
    };
    OpChecks checks{is_register(info.a), is_register(info.b), is_register(info.c),
                    is_other(info.a),    is_other(info.b),    is_other(info.c)};
    switch (op) {
        case Op::CALL:
        case Op::CALLM:
        case Op::TAILCALL:
        case Op::TFORCALL:
        case Op::LOADNIL:
        case Op::CONCAT:
        case Op::SETLIST:
        case Op::VARARG:
        case Op::ARGTABLE:
        case Op::RET0:
        case Op::RET1:
        case Op::RETN:
        case Op::RETV:
        case Op::FORPREP:
        case Op::FORLOOP:
        case Op::TFORPREP:
        case Op::TFORLOOP:
        case Op::GETUPVAL:
        case Op::GETUPCELL:
        case Op::SETUPCELL:
        case Op::CLOSURE: break;
        default: checks.only_operands = make_op_facts(op).simple; break;
    }
    return checks;
}

constexpr auto kOpChecks = [] {
    std::array<OpChecks, kOpcodeCount> all{};
    for (unsigned i = 0; i < kOpcodeCount; ++i) {
        all[i] = make_op_checks(static_cast<Op>(i));
    }
    return all;
}();

class CodeVerifier {
public:
    CodeVerifier(const FunctionUnit& unit, UnitVector<std::uint64_t>& targets, Pacer& pacer)
        : unit_(unit), pacer_(pacer), targets_(targets) {}

    std::optional<std::string> run() {
        look(32);
        check_header();
        check_constants();
        check_variables();
        if (ok()) {
            targets_.assign(unit_.code.size() / 64 + 1, 0);
            for (pc_ = 0; ok() && pc_ < unit_.code.size(); ++pc_) {
                check_operands();
                check_target();
                look_now_and_then();
            }
        }
        for (pc_ = 0; ok() && pc_ < unit_.code.size(); ++pc_) {
            look_now_and_then();
            if (kOpChecks[word() & 0xFF].only_operands) {
                continue;
            }
            check_top();
            check_loop();
            check_kind_of_function();
            check_upvalue_kind();
            check_registers();
        }
        if (ok() && !op_facts(unit_.code[unit_.code.size() - 1]).ends) {
            fail("control can run past the end");
        }
        return ok() ? std::nullopt : std::optional(error_);
    }

private:
    [[nodiscard]] bool ok() const { return error_.empty(); }
    void fail(const std::string& what) {
        if (ok()) {
            error_ = what;
        }
    }
    void require(bool condition, const char* what) {
        if (!condition) [[unlikely]] {
            fail_here(what);
        }
    }
    [[gnu::cold, gnu::noinline]] void fail_here(const char* what) {
        if (ok()) {
            error_ = "instruction " + std::to_string(pc_ + 1) + ": " + what;
        }
    }
    [[nodiscard]] Instruction word() const { return unit_.code[pc_]; }
    [[nodiscard]] std::int64_t target_of(std::size_t pc) const {
        return static_cast<std::int64_t>(pc) + 1 + ins::jump(unit_.code[pc]);
    }
    [[nodiscard]] bool is(std::size_t pc, Op op) const {
        return pc < unit_.code.size() && ins::op(unit_.code[pc]) == op;
    }

    void check_header() {
        if (unit_.code.empty() || unit_.code.size() > 0x7FFFFFFF) fail("no code, or too much");
        if (unit_.lines.size() != unit_.code.size()) fail("one line per instruction is needed");
        if (unit_.max_stack < 2 || unit_.max_stack >= kMaxRegisters) fail("bad number of registers");
        if (unit_.num_params > unit_.max_stack) fail("more parameters than registers");
        if (unit_.upvalues.size() > kMaxUpvalues) fail("too many upvalues");
        for (const FunctionUnit* child : unit_.children) {
            if (child == nullptr) fail("missing child");
            look(1);
        }
    }

    void check_constants() {
        for (const UnitConstant& k : unit_.constants) {
            if (k.kind > UnitConstant::Kind::String) fail("unknown kind of constant");
            if (k.kind == UnitConstant::Kind::Number && std::isnan(k.number)) fail("constant is not a number");
            if (k.kind == UnitConstant::Kind::String && k.string.size() > 0x7FFFFFFF) fail("constant too long");
            look(1);
        }
    }

    void check_variables() {
        for (const UnitLocal& l : unit_.locals) {
            if (l.reg >= unit_.max_stack || l.start_pc > l.end_pc || l.end_pc > unit_.code.size()) {
                fail("bad debug information of a variable");
            }
            look(1);
        }
    }

    void check_operands() {
        const unsigned code = static_cast<unsigned>(word() & 0xFF);
        if (code >= kOpcodeCount || op_facts(word()).internal) {
            fail_here("unknown opcode");
            return;
        }
        const OpInfo& info = kOpInfo[code];
        const OpChecks& checks = kOpChecks[code];
        require((word() & op_facts(word()).zero_mask) == 0, "unused operand or hint is not zero");
        require(!(checks.register_a && ins::a(word()) >= unit_.max_stack) &&
                    !(checks.register_b && ins::b(word()) >= unit_.max_stack) &&
                    !(checks.register_c && ins::c(word()) >= unit_.max_stack),
                "no such register");
        if (checks.other_a) check_operand(info.a, ins::a(word()));
        if (checks.other_b) check_operand(info.b, ins::b(word()));
        if (checks.other_c) check_operand(info.c, ins::c(word()));
    }

    void check_operand(char kind, std::uint32_t value) {
        const std::uint32_t wide = ins::cd(word());
        switch (kind) {
            case 'k': require(value < unit_.constants.size(), "no such constant"); break;
            case 'K': require(wide < unit_.constants.size(), "no such constant"); break;
            case 's':
                require(value < unit_.constants.size() && unit_.constants[value].kind == UnitConstant::Kind::String &&
                            unit_.constants[value].string.size() <= kShortStringMax,
                        "constant is not a short string");
                break;
            case 'm':
                require(value < unit_.constants.size() && unit_.constants[value].kind == UnitConstant::Kind::Number,
                        "constant is not a number");
                break;
            case 'u': require(value < unit_.upvalues.size(), "no such upvalue"); break;
            case 'P': require(wide < unit_.children.size(), "no such function"); break;
            default: break;  // i, n, j, I: below
        }
    }

    void add_target(std::size_t pc) { targets_[pc / 64] |= std::uint64_t{1} << pc % 64; }
    [[nodiscard]] bool is_target(std::size_t pc) const { return (targets_[pc / 64] >> pc % 64 & 1) != 0; }

    /// V3.
    void check_target() {
        if (!ok()) {
            return;
        }
        const Op op = ins::op(word());
        if (op == Op::LFALSESKIP) {
            require(pc_ + 2 < unit_.code.size(), "skips out of the code");
            if (ok()) {
                add_target(pc_ + 2);
            }
            return;
        }
        if (!op_facts(word()).jumps) {
            return;
        }
        const bool back = op == Op::JMPBACK || op == Op::FORLOOP || op == Op::TFORLOOP;
        require(back == (ins::jump(word()) < 0), "jumps in the wrong direction");
        const std::int64_t target = target_of(pc_);
        require(target >= 0 && target < static_cast<std::int64_t>(unit_.code.size()), "jumps out of the code");
        if (ok()) {
            add_target(static_cast<std::size_t>(target));
        }
    }

    /// V4, and the counts of calls.
    void check_top() {
        const Instruction i = word();
        const Op op = ins::op(i);
        if (sets_top(i)) {
            require(pc_ + 1 < unit_.code.size() && reads_top(unit_.code[pc_ + 1]), "nothing uses the top it sets");
        }
        if (reads_top(i)) {
            require(pc_ > 0 && sets_top(unit_.code[pc_ - 1]), "nothing sets the top it uses");
            require(!is_target(pc_), "jump to an instruction that uses the top");
            if (ok()) {
                const bool is_return = op == Op::RETN || op == Op::RETV;
                const unsigned first = ins::a(i) + (is_return ? 0 : 1);
                require(first <= ins::a(unit_.code[pc_ - 1]), "uses values from above the top's base");
            }
        }
        switch (op) {
            case Op::CALL: require(ins::b(i) != kMulti && ins::c(i) != kMulti, "CALL needs fixed counts"); break;
            case Op::CALLM: require(ins::b(i) == kMulti || ins::c(i) == kMulti, "CALLM with fixed counts"); break;
            case Op::TAILCALL: require(ins::c(i) == kMulti, "TAILCALL with fixed results"); break;
            case Op::TFORCALL: require(ins::c(i) != kMulti && ins::c(i) >= 1, "bad number of results"); break;
            case Op::LOADNIL: require(ins::b(i) >= ins::a(i), "empty range"); break;
            case Op::CONCAT: require(ins::c(i) > ins::b(i), "CONCAT needs two values"); break;
            case Op::SETLIST:
                require(ins::b(i) != 0 && ins::cd(i) >= 1 && ins::cd(i) <= 0x7FFFFFFF - kMulti, "bad index");
                break;
            default: break;
        }
    }

    /// V5.
    void check_loop() {
        const Instruction i = word();
        const unsigned a = ins::a(i);
        const auto target = static_cast<std::size_t>(target_of(pc_));
        switch (ins::op(i)) {
            case Op::FORPREP:
                require(target > pc_ + 1 && is(target - 1, Op::FORLOOP) && ins::a(unit_.code[target - 1]) == a &&
                            target_of(target - 1) == static_cast<std::int64_t>(pc_ + 1),
                        "FORPREP without its FORLOOP");
                break;
            case Op::FORLOOP:
                require(target > 0 && is(target - 1, Op::FORPREP) && ins::a(unit_.code[target - 1]) == a &&
                            target_of(target - 1) == static_cast<std::int64_t>(pc_ + 1),
                        "FORLOOP without its FORPREP");
                break;
            case Op::TFORPREP:
                require(is(target, Op::TFORCALL) && ins::a(unit_.code[target]) == a && is(target + 1, Op::TFORLOOP) &&
                            target_of(target + 1) == static_cast<std::int64_t>(pc_ + 1),
                        "TFORPREP without its loop");
                break;
            case Op::TFORCALL:
                require(is(pc_ + 1, Op::TFORLOOP) && ins::a(unit_.code[pc_ + 1]) == a, "TFORCALL without its TFORLOOP");
                break;
            case Op::TFORLOOP:
                require(pc_ > 0 && is(pc_ - 1, Op::TFORCALL) && ins::a(unit_.code[pc_ - 1]) == a && !is_target(pc_),
                        "TFORLOOP without its TFORCALL");
                require(target > 0 && is(target - 1, Op::TFORPREP) && ins::a(unit_.code[target - 1]) == a &&
                            target_of(target - 1) == static_cast<std::int64_t>(pc_) - 1,
                        "TFORLOOP without its TFORPREP");
                break;
            default: break;
        }
    }

    /// V8.
    void check_kind_of_function() {
        switch (ins::op(word())) {
            case Op::RETV:
            case Op::VARARG:
            case Op::ARGTABLE: require(unit_.is_vararg, "only for vararg functions"); break;
            case Op::RET0:
            case Op::RET1:
            case Op::RETN: require(!unit_.is_vararg, "not for vararg functions"); break;
            default: break;
        }
    }

    /// V7, as far as upvalues go.
    void check_upvalue_kind() {
        const Instruction i = word();
        switch (ins::op(i)) {
            case Op::GETUPVAL: require(unit_.upvalues[ins::b(i)].by_value, "upvalue is a cell"); break;
            case Op::GETUPCELL:
            case Op::SETUPCELL: require(!unit_.upvalues[ins::b(i)].by_value, "upvalue is not a cell"); break;
            case Op::CLOSURE:
                for (const UnitUpvalue& u : unit_.children[ins::cd(i)]->upvalues) {
                    require(u.from_local
                                ? u.index < unit_.max_stack
                                : u.index < unit_.upvalues.size() && unit_.upvalues[u.index].by_value == u.by_value,
                            "closure captures what is not there");
                    look(1);
                }
                break;
            default: break;
        }
    }

    void check_registers() {
        if (!ok() || op_facts(word()).simple) {
            return;
        }
        const RegisterEffects e = register_effects(unit_, pc_);
        require(e.highest == RegisterEffects::kNone || e.highest < unit_.max_stack, "no such registers");
    }

    /// For each instruction.
    void look_now_and_then() {
        constexpr std::size_t kInstructions = 64;
        if (pc_ % kInstructions == kInstructions - 1) look(kInstructions);
    }
    /// Not once something is wrong: who is asked may suspend us forever, and what is wrong is a text of the host's.
    void look(std::size_t work) {
        if (ok() && pacer_.after(work)) fail("interrupted");
    }

    const FunctionUnit& unit_;
    Pacer& pacer_;
    UnitVector<std::uint64_t>& targets_;  ///< a bit for each instruction that is jumped to
    std::size_t pc_ = 0;
    std::string error_;
};

}  // namespace

std::optional<std::string> verify(const FunctionUnit& unit) {
    return verify(unit, *boost::container::pmr::new_delete_resource());
}

std::optional<std::string> verify(const FunctionUnit& unit, boost::container::pmr::memory_resource& memory, Look look) {
    Pacer pacer(look);
    struct Item {
        const FunctionUnit* unit;
        std::size_t depth;
    };
    UnitVector<std::uint64_t> targets(&memory);
    FlowScratch flow(&memory);
    UnitVector<Item> stack(&memory);
    stack.push_back({&unit, 1});
    while (!stack.empty()) {
        const Item item = stack.back();
        stack.pop_back();
        if (item.depth > kMaxFunctionDepth) {
            return "functions nested too deeply";
        }
        auto error = CodeVerifier(*item.unit, targets, pacer).run();
        if (!error) {
            error = verify_flow(*item.unit, flow, pacer);
        }
        if (error) {
            return "function at line " + std::to_string(item.unit->line_defined) + ": " + *error;
        }
        for (const FunctionUnit* child : item.unit->children) {
            stack.push_back({child, item.depth + 1});
            if (pacer.after(1)) {
                return "interrupted";
            }
        }
    }
    return std::nullopt;
}

}  // namespace arenite::compiler
