// Limits: memory, depth, length, interruption.
#include <gtest/gtest.h>

#include <chrono>
#include <new>

#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

/// Fails the allocation that would exceed a limit in number or in bytes; counts what is out.
class Limited : public boost::container::pmr::memory_resource {
public:
    std::size_t allocations_left = static_cast<std::size_t>(-1);
    std::size_t bytes_left = static_cast<std::size_t>(-1);
    std::size_t used = 0;

private:
    void* do_allocate(std::size_t bytes, std::size_t) override {
        if (allocations_left == 0 || bytes > bytes_left) {
            throw std::bad_alloc();
        }
        --allocations_left;
        bytes_left -= bytes;
        used += bytes;
        return ::operator new(bytes);
    }
    void do_deallocate(void* p, std::size_t, std::size_t) override { ::operator delete(p); }
    bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(Robustness, EveryFailingAllocationIsReported) {
    for (std::size_t n = 0;; ++n) {
        ASSERT_LT(n, 10000u);
        Limited limited;
        limited.allocations_left = n;
        boost::container::pmr::monotonic_buffer_resource memory(64, &limited);  // small blocks: many allocations
        const auto result = compile("function f(...) " + times("local a = {x = 'y', b} ", 10) + " end", "=t", &memory);
        if (result.index() == 0) {
            EXPECT_EQ(verify(*std::get<FunctionUnit*>(result)), std::nullopt);
            break;
        }
        EXPECT_TRUE(std::get<CompileError>(result).out_of_memory);
        EXPECT_EQ(std::get<CompileError>(result).message, "not enough memory");
    }
}

TEST(Robustness, MemoryIsCounted) {
    for (std::size_t limit = 1000; limit < 3'000'000; limit *= 3) {
        Limited limited;
        limited.bytes_left = limit;
        boost::container::pmr::monotonic_buffer_resource memory(&limited);
        const auto result = compile(times("local function f(a) return a.b.c + 1 end f = {1, 2, 3} ", 100) +
                                        " x = " + times("g(1) + ", 50000) + "1",
                                    "=t", &memory);
        ASSERT_EQ(result.index(), 1u) << limit;
        EXPECT_TRUE(std::get<CompileError>(result).out_of_memory);
    }
}

TEST(Robustness, CanBeInterrupted) {
    struct Counter {
        int left;
    };
    const std::string source = times("x = {1, 2, 3} ", 20000);
    int runs = 0;
    for (int polls = 0; polls < 1000; ++polls) {
        Counter counter{polls};
        boost::container::pmr::monotonic_buffer_resource memory;
        const auto result =
            compile(source, "=t", &memory, {[](void* c) { return static_cast<Counter*>(c)->left-- == 0; }, &counter});
        if (result.index() == 0) {
            break;
        }
        EXPECT_TRUE(std::get<CompileError>(result).interrupted);
        ++runs;
    }
    EXPECT_GT(runs, 20);
    EXPECT_LT(runs, 1000);
}

TEST(Robustness, LongSpinesAreNotRecursive) {
    for (const std::string& source : {
             "return 1" + times("+x", 100000),
             "return x" + times(" and x", 100000),
             "return x" + times(" or x", 100000),
             "return x" + times(" and y or z", 50000),
             "return x" + times(" == x", 100000),
             "return x" + times(" < x", 100000),
             "return a" + times(".b", 50000),
             "return a" + times("[b]", 50000),
             "return f" + times("()", 50000),
             "return f" + times("{}", 50000),
             "f" + times("''", 50000),
             "return o" + times(":m()", 50000),
             "a" + times(".b", 50000) + " = 1",
             "if x then " + times("elseif x then f() ", 50000) + "end",
             times("x = 1; ", 100000),
             times("do end ", 100000),
             times("local x = 1 ", 200),
             "return {" + times("1,", 100000) + "}",
             "return {" + times("x=1,", 100000) + "}",
             times("f(function() end) ", 20000),
             "local x = 1 " + times("x = x + (function() return x end)() ", 10000),
             times("--[[x]]", 100000) + times("\n", 100000),
             "return '" + times("\\065", 100000) + "'",
             times("while x do if x then break end end ", 20000),
         }) {
        Compiled c(source);
        EXPECT_TRUE(c.ok()) << source.substr(0, 60) << ": " << c.message();
        if (c.ok()) {
            EXPECT_EQ(verify(*c.unit()), std::nullopt) << source.substr(0, 60);
            EXPECT_FALSE(disassemble(*c.unit()).empty());
        }
    }
}

TEST(Robustness, DeepNestsAreRefusedAtTheLimit) {
    const auto nest = [](std::string_view open, std::string_view close, std::size_t n) {
        return Compiled(times(open, n) + times(close, n)).message();
    };
    EXPECT_EQ(nest("do ", "end ", 199), "ok");
    EXPECT_EQ(nest("do ", "end ", 200), "t:1: chunk has too many syntax levels");
    EXPECT_EQ(nest("do ", "end ", 100000), "t:1: chunk has too many syntax levels");
    EXPECT_EQ(nest("function f() ", "end ", 199), "ok");
    EXPECT_EQ(Compiled("x = " + times("(", 100000)).message(), "t:1: chunk has too many syntax levels");
    EXPECT_EQ(Compiled("do end", "=t", {1}).message(), "t:1: chunk has too many syntax levels");
}

/// Not a test of speed, but the number is worth reading.
TEST(Robustness, CompilesMegabytes) {
    std::string source = "local M = {}\n";
    for (int i = 0; source.size() < 5'000'000; ++i) {
        const std::string n = std::to_string(i);
        source += "-- Computes the value of item " + n + ".\nfunction M.item" + n +
                  "(state, index, ...)\n  local total, name = state.total or 0, \"item_" + n +
                  "\"\n  for k, v in pairs(state.items) do\n    if type(v) == \"number\" and v > " + n +
                  ".5 then total = total + v * 2 elseif k ~= name then M.log(name .. \": \" .. tostring(v), ...) end\n"
                  "  end\n  return { total = total, name = name, index = index + 1, 1, 2, 3 }\nend\n";
    }
    source += "return M\n";
    const auto start = std::chrono::steady_clock::now();
    Compiled c(source);
    const auto compiled = std::chrono::steady_clock::now();
    ASSERT_TRUE(c.ok()) << c.message();
    EXPECT_EQ(verify(*c.unit()), std::nullopt);
    const auto verified = std::chrono::steady_clock::now();
    const auto speed = [&](auto from, auto to) {
        return static_cast<double>(source.size()) / 1e6 / std::chrono::duration<double>(to - from).count();
    };
    std::printf("compile %.0f MB/s, verify %.0f MB/s\n", speed(start, compiled), speed(compiled, verified));
}

TEST(Robustness, AllConformanceScriptsCompileAndVerify) {
    const auto scripts = conformance_scripts();
    if (scripts.empty()) {
        GTEST_SKIP() << "no tests/conformance";
    }
    for (const auto& [name, source] : scripts) {
        Compiled c(source, "@" + name);
        EXPECT_TRUE(c.ok()) << c.message();
        if (c.ok()) {
            EXPECT_EQ(verify(*c.unit()), std::nullopt) << name;
        }
    }
}

}  // namespace
}  // namespace arenite::compiler::test
