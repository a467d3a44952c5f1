// The snippets that bench_opcodes measures: each compiles to the opcode that it is for, and runs.
#include <gtest/gtest.h>

#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <variant>

#include <arenite/vm.h>
#include "benchmarks/micro/opcode_snippets.h"
#include "compiler/compile.h"
#include "heap/function_unit.h"

namespace arenite {
namespace {

std::size_t occurrences(const FunctionUnit& unit, Op op) {
    std::size_t found = 0;
    for (const Instruction w : unit.code) found += ins::op(w) == op;
    for (const FunctionUnit* child : unit.children) found += occurrences(*child, op);
    return found;
}

/// In a function of its own, called by the copies of the body.
bool is_in_the_callee(Op op) {
    return op == Op::TAILCALL || op == Op::RET0 || op == Op::RET1 || op == Op::RETN || op == Op::RETV ||
           op == Op::VARARG || op == Op::ARGTABLE;
}

TEST(OpcodeSnippets, EachCopyHoldsItsOpcode) {
    for (const bench::Snippet& s : bench::kSnippets) {
        const OpInfo& info = op_info(s.op);
        if (info.has('I')) continue;  // never in stored bytecode
        boost::container::pmr::monotonic_buffer_resource memory;
        const auto count = [&](unsigned copies) -> std::size_t {
            const auto compiled = compiler::compile(bench::chunk_of(s, copies), "=snippet", &memory);
            auto* const* unit = std::get_if<FunctionUnit*>(&compiled);
            EXPECT_TRUE(unit != nullptr) << info.name;
            return unit ? occurrences(**unit, s.op) : 0;
        };
        if (is_in_the_callee(s.op)) {
            EXPECT_GE(count(3), 1u) << info.name;
        } else {
            EXPECT_GE(count(7), count(3) + 4) << info.name << ": " << s.body;
        }
    }
}

TEST(OpcodeSnippets, EachRuns) {
    for (const bench::Snippet& s : bench::kSnippets) {
        const auto vm = Vm::create();
        vm->begin();
        Value function;
        ASSERT_TRUE(vm->load(bench::chunk_of(s, 2), "=snippet", function)) << vm->failure().message;
        ASSERT_EQ(vm->call(function, {}), RunStatus::Finished) << vm->failure().message;
        const Value loop = vm->results()[0];
        const Value turns = Value::number(3);
        EXPECT_EQ(vm->call(loop, {&turns, 1}), RunStatus::Finished)
            << op_info(s.op).name << ": " << vm->failure().message;
    }
}

}  // namespace
}  // namespace arenite
