#include "compiler/verifier.h"

#include <boost/container/pmr/global_resource.hpp>
#include <boost/container/pmr/vector.hpp>

#include <array>
#include <cmath>
#include <cstdint>

#include "compiler/func_state.h"
#include "compiler/register_effects.h"
#include "compiler/verifier_flow.h"

namespace arenite::compiler {
namespace {

class CodeVerifier {
public:
    CodeVerifier(const FunctionUnit& unit, boost::container::pmr::memory_resource& memory, Interrupt interrupt,
                 void* interrupt_ctx)
        : unit_(unit), interrupt_(interrupt), interrupt_ctx_(interrupt_ctx), targets_(&memory) {}

    std::optional<std::string> run() {
        check_header();
        check_constants();
        check_variables();
        if (ok()) {
            targets_.assign(unit_.code.size(), false);
            for (pc_ = 0; ok() && pc_ < unit_.code.size(); ++pc_) {
                check_operands();
                check_target();
                look();
            }
        }
        for (pc_ = 0; ok() && pc_ < unit_.code.size(); ++pc_) {
            check_top();
            check_loop();
            check_kind_of_function();
            check_upvalue_kind();
            check_registers();
            look();
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
        }
    }

    void check_constants() {
        for (const UnitConstant& k : unit_.constants) {
            if (k.kind > UnitConstant::Kind::String) fail("unknown kind of constant");
            if (k.kind == UnitConstant::Kind::Number && std::isnan(k.number)) fail("constant is not a number");
            if (k.kind == UnitConstant::Kind::String && k.string.size() > 0x7FFFFFFF) fail("constant too long");
        }
    }

    void check_variables() {
        for (const UnitLocal& l : unit_.locals) {
            if (l.reg >= unit_.max_stack || l.start_pc > l.end_pc || l.end_pc > unit_.code.size()) {
                fail("bad debug information of a variable");
            }
        }
    }

    void check_operands() {
        const unsigned code = static_cast<unsigned>(word() & 0xFF);
        if (code >= kOpcodeCount || op_facts(word()).internal) {
            fail_here("unknown opcode");
            return;
        }
        const OpInfo& info = kOpInfo[code];
        require((word() & op_facts(word()).zero_mask) == 0, "unused operand or hint is not zero");
        check_operand(info.a, ins::a(word()));
        check_operand(info.b, ins::b(word()));
        check_operand(info.c, ins::c(word()));
    }

    void check_operand(char kind, std::uint32_t value) {
        const std::uint32_t wide = ins::cd(word());
        switch (kind) {
            case 'r':
            case 'w':
            case 'x':
            case 'R': require(value < unit_.max_stack, "no such register"); break;
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

    /// V3.
    void check_target() {
        if (!ok()) {
            return;
        }
        const Op op = ins::op(word());
        if (op == Op::LFALSESKIP) {
            require(pc_ + 2 < unit_.code.size(), "skips out of the code");
            if (ok()) {
                targets_[pc_ + 2] = true;
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
            targets_[static_cast<std::size_t>(target)] = true;
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
            require(!targets_[pc_], "jump to an instruction that uses the top");
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
                require(pc_ > 0 && is(pc_ - 1, Op::TFORCALL) && ins::a(unit_.code[pc_ - 1]) == a && !targets_[pc_],
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

    void look() {
        constexpr std::size_t kInstructions = 1024;
        if (pc_ % kInstructions == kInstructions - 1 && interrupt_ != nullptr && interrupt_(interrupt_ctx_))
            fail("interrupted");
    }

    const FunctionUnit& unit_;
    Interrupt interrupt_;
    void* interrupt_ctx_;
    boost::container::pmr::vector<bool> targets_;
    std::size_t pc_ = 0;
    std::string error_;
};

}  // namespace

std::optional<std::string> verify(const FunctionUnit& unit) {
    return verify(unit, *boost::container::pmr::new_delete_resource());
}

std::optional<std::string> verify(const FunctionUnit& unit, boost::container::pmr::memory_resource& memory,
                                  Interrupt interrupt, void* interrupt_ctx) {
    struct Item {
        const FunctionUnit* unit;
        std::size_t depth;
    };
    boost::container::pmr::vector<Item> stack(&memory);
    stack.push_back({&unit, 1});
    while (!stack.empty()) {
        const Item item = stack.back();
        stack.pop_back();
        if (item.depth > kMaxFunctionDepth) {
            return "functions nested too deeply";
        }
        auto error = CodeVerifier(*item.unit, memory, interrupt, interrupt_ctx).run();
        if (!error) {
            error = verify_flow(*item.unit, memory, interrupt, interrupt_ctx);
        }
        if (error) {
            return "function at line " + std::to_string(item.unit->line_defined) + ": " + *error;
        }
        for (const FunctionUnit* child : item.unit->children) {
            stack.push_back({child, item.depth + 1});
        }
    }
    return std::nullopt;
}

}  // namespace arenite::compiler
