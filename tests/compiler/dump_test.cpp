#include "compiler/dump.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

constexpr std::string_view kProgram = R"lua(
    local a, b = 1.5, "two\0three"
    local function f(x, ...) x = x + a return function() return x, b, nil, true, -0, 1/0 end, ... end
    for i = 1, 3 do for k in pairs(f) do a = k end end
    return f
)lua";

TEST(Dump, RoundTripKeepsEverything) {
    auto texts = conformance_scripts();
    texts.emplace_back("program", kProgram);
    texts.emplace_back("empty", "");
    for (const auto& [name, source] : texts) {
        Compiled c(source, "@" + name);
        ASSERT_TRUE(c.ok()) << c.message();
        const std::string bytes = dump(*c.unit(), false);
        const auto again = undump(bytes, "=t", c.memory());
        ASSERT_EQ(again.index(), 0u) << name << ": " << std::get<CompileError>(again).message;
        EXPECT_EQ(disassemble(*std::get<FunctionUnit*>(again)), disassemble(*c.unit()));
        EXPECT_EQ(dump(*std::get<FunctionUnit*>(again), false), bytes);
    }
}

TEST(Dump, StrippedHasNoDebugInformation) {
    Compiled c(kProgram);
    const std::string bytes = dump(*c.unit(), true);
    EXPECT_LT(bytes.size(), dump(*c.unit(), false).size());
    const auto again = undump(bytes, "=t", c.memory());
    ASSERT_EQ(again.index(), 0u);
    const FunctionUnit& u = *std::get<FunctionUnit*>(again);
    EXPECT_EQ(code_of(u), code_of(*c.unit()));
    EXPECT_TRUE(u.locals.empty());
    EXPECT_EQ(u.lines.size(), u.code.size());
    EXPECT_EQ(u.lines[0], 0u);
    EXPECT_EQ(u.children[0]->upvalues[0].name, "");
}

TEST(Dump, HintsAreNotWritten) {
    Compiled c("return x");
    const std::string bytes = dump(*c.unit(), false);
    c.unit()->code[0] |= Instruction{77} << 48;
    EXPECT_EQ(dump(*c.unit(), false), bytes);
}

TEST(Dump, EveryTruncationIsRefused) {
    Compiled c(kProgram);
    const std::string bytes = dump(*c.unit(), false);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        boost::container::pmr::monotonic_buffer_resource memory;
        const auto result = undump(std::string_view(bytes).substr(0, n), "=t", &memory);
        ASSERT_EQ(result.index(), 1u) << n;
        EXPECT_TRUE(std::get<CompileError>(result).message.ends_with(" in precompiled chunk"));
        EXPECT_FALSE(std::get<CompileError>(result).incomplete);
        const auto beginning = undump(std::string_view(bytes).substr(0, n), "=t", &memory, SourcePart::Beginning);
        ASSERT_EQ(beginning.index(), 1u) << n;
        EXPECT_TRUE(std::get<CompileError>(beginning).incomplete) << n;
    }
    EXPECT_EQ(undump(bytes + "x", "=t", c.memory()).index(), 0u);  // what follows the chunk is not read
    EXPECT_EQ(std::get<CompileError>(undump("\x1bLua", "=t", c.memory())).message,
              "t: unexpected end in precompiled chunk");
}

/// Flipped bytes: refused, or a unit that passes the verifier; never a crash and never an outsized allocation.
TEST(Dump, SurvivesMutations) {
    Compiled c(kProgram);
    const std::string bytes = dump(*c.unit(), false);
    std::mt19937 random(11);
    const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    int accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string mutant = bytes;
        for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
            mutant[below(mutant.size())] = static_cast<char>(below(256));
        }
        boost::container::pmr::monotonic_buffer_resource memory;
        const auto result = undump(mutant, "=t", &memory);
        if (result.index() == 0) {
            ++accepted;
            EXPECT_EQ(verify(*std::get<FunctionUnit*>(result)), std::nullopt);
        }
    }
    EXPECT_GT(accepted, 0);
}

TEST(Dump, DeepNestingIsRefused) {
    // Functions inside functions, each with one instruction, up to the limit and beyond.
    const auto nest = [](std::size_t depth) {
        boost::container::pmr::monotonic_buffer_resource memory;
        FunctionUnit* inner = nullptr;
        for (std::size_t i = 0; i < depth; ++i) {
            auto* u = ::new (memory.allocate(sizeof(FunctionUnit))) FunctionUnit(&memory);
            u->code.push_back(ins::abcd(Op::RET0));
            u->lines.push_back(1);
            if (inner != nullptr) {
                u->children.push_back(inner);
            }
            inner = u;
        }
        return undump(dump(*inner, false), "=t", &memory).index();
    };
    EXPECT_EQ(nest(kMaxDumpDepth), 0u);
    EXPECT_EQ(nest(kMaxDumpDepth + 1), 1u);
}

}  // namespace
}  // namespace arenite::compiler::test
