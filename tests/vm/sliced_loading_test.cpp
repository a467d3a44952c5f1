// Chunks are loaded, and functions dumped, in slices (vm/sliced_work.h): each can be suspended, killed and undone
// between two of them, memory may end in any, and what comes out is what it is in one piece.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/vm.h>
#include "arena/sanitizers.h"
#include "vm/embed/host.h"
#include "vm/fiber.h"
#include "vm/sliced_work.h"

namespace arenite {
namespace {

std::string times(std::string_view s, std::size_t n) {
    std::string out;
    for (std::size_t i = 0; i < n; ++i) out += s;
    return out;
}

struct Source {
    const char* name;
    std::string text;
};
void PrintTo(const Source& s, std::ostream* out) {
    *out << s.name;
}

/// What is long in each way that a text can be, but small enough to be stopped everywhere.
std::vector<Source> sources() {
    std::string numbers = "return {";
    std::string names;
    for (int i = 0; i < 400; ++i) {
        numbers += std::to_string(i * 7 + 0.5) + ", ";
        names += "local function name" + std::to_string(i) + "(a, ...) return a .. 'text" + std::to_string(i) +
                 "', ... end G" + std::to_string(i) + " = name" + std::to_string(i) + "\n";
        if (i % 100 == 99) names += "do end\n";
        if (i == 150) break;
    }
    std::string cells = "local total = 0\n";
    for (int i = 0; i < 50; ++i) {
        cells += "do local x" + std::to_string(i) + " = " + std::to_string(i) + " F = function() x" +
                 std::to_string(i) + " = total total = total + 1 return x" + std::to_string(i) + " end end\n";
    }
    return {
        {"empty", ""},
        {"statements", times("x = x + 1 y = {1, 2, z = x} f(x, y)\n", 60)},
        {"numbers", numbers + "}"},
        {"functions", names},
        {"cells", cells},
        {"loops", times("for i = 1, 10 do while x do repeat local y = i until y if x then break end end end\n", 30)},
        {"chain", "return x" + times(" and y or z", 300) + times(" .. x", 300)},
        {"suffixes", "return f" + times("(x).y[z]:m{}", 100)},
        {"nested", "return " + times("{", 150) + times("}", 150)},
        {"nested_functions", times("return function(...) local a = ... ", 60) + times(" end", 60)},
        {"deep_expression", "return " + times("(1 + ", 180) + "x" + times(")", 180)},
        {"locals", times("do local a, b, c = 1 end ", 150)},
        {"long_string", "return '" + std::string(200'000, 's') + "', [[" + times("line\r\n", 30'000) + "]]"},
        {"escapes", "return '" + times("\\065\\n", 20'000) + "'"},
        {"comment", "--[==[" + times("text ", 40'000) + "]==] return 1 --" + std::string(100'000, '-')},
        {"long_name", "return " + std::string(100'000, 'n')},
        {"numeral", "return 0." + std::string(100'000, '7') + "e3, 0x" + std::string(50'000, 'f')},
        {"level", "return [" + std::string(40'000, '=') + "[x]" + std::string(40'000, '=') + "]"},
        {"syntax_error", times("local x = {1, 2, f(y)} ", 50) + " = 1"},
        {"unfinished", times("f{x = 1} ", 50) + "return '"},
        {"too_deep", "return " + std::string(300, '(')},
        {"malformed", "return 1" + std::string(70'000, '2') + "x"},
        {"binary", "\x1bLua"},
    };
}

constexpr const char* kLoadString = "local f, e = loadstring(SOURCE, '=chunk') return f and string.dump(f) or e";
constexpr const char* kLoad =
    "local at = 1 local f, e = load(function() local piece = SOURCE:sub(at, at + 9999) at = at + 10000 return piece "
    "end, "
    "'=chunk') return f and string.dump(f) or e";
constexpr const char* kLoadFile = "local f, e = loadfile(PATH) return f and string.dump(f) or e";
constexpr const char* kReload =
    "local f, e = loadstring(SOURCE, '=chunk') if not f then return e end "
    "local text = string.dump(f) return string.dump(assert(loadstring(text)))";

class SlicedLoading : public testing::TestWithParam<Source> {
protected:
    SlicedLoading() : vm(Vm::create()) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        const Value text = vm->make_string(GetParam().text);
        EXPECT_TRUE(vm->set_field(vm->globals().as<Table>(), "SOURCE", text));
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        set_slices(512);
    }
    /// finer: how many times smaller slices are; 0: all in one piece.
    void set_slices(std::uint32_t finer) {
        vm->heap().slice_sizes.finer_looks = finer == 0 ? 1 : finer;
        vm->heap().slice_sizes.compiled_at_once = finer == 0 ? std::size_t{1} << 30 : 0;
    }
    void start(std::string_view script) {
        Value f = Value::nil();
        ASSERT_TRUE(vm->load(script, "=script", f)) << vm->failure().message;
        ASSERT_TRUE(vm->start(f, {}));
    }
    [[nodiscard]] std::string result() {
        EXPECT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message;
        if (vm->status() != RunStatus::Finished || vm->results().empty()) return "no result";
        return std::string(vm->heap().string(vm->results()[0]));
    }
    [[nodiscard]] std::string at_one_go(std::string_view script) {
        set_slices(0);
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        start(script);
        while (vm->status() == RunStatus::Suspended) vm->step(std::uint64_t{1} << 40);
        std::string text = result();
        EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        set_slices(512);
        return text;
    }
    /// Steps of one unit, with something in between.
    template <class Between>
    [[nodiscard]] std::string in_steps(std::string_view script, Between between) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        start(script);
        vm->set_exact(true);
        for (std::uint64_t n = 0; vm->status() == RunStatus::Suspended; ++n) {
            vm->step(1);
            between(n);
            if (testing::Test::HasFailure()) break;
        }
        vm->set_exact(false);
        std::string text = result();
        EXPECT_EQ(vm->rollback(), TxnStatus::Ok);
        return text;
    }
    [[nodiscard]] std::uint64_t suspensions() const {
        return vm->machine().work_under_way() ? vm->machine().work_under_way()->suspensions() : 0;
    }
    std::unique_ptr<Vm> vm;
};

TEST_P(SlicedLoading, GivesWhatItGivesAtOneGo) {
    for (const char* script : {kLoadString, kLoad, kReload}) {
        const std::string expected = at_one_go(script);
        const std::uint64_t before = suspensions();
        const std::string text = in_steps(script, [&](std::uint64_t n) {
            if (n % 997 == 0) {
                ASSERT_EQ(vm->verify(), std::nullopt) << n;
            }
        });
        EXPECT_TRUE(text == expected) << text.substr(0, 200) << "\n" << expected.substr(0, 200);
        EXPECT_GE(suspensions() - before, GetParam().text.size() < 10 ? 0u : 4u) << script;
    }
}

TEST_P(SlicedLoading, CollectionsMayHappenInBetween) {
    const std::string expected = at_one_go(kReload);
    set_slices(8);
    const std::string text = in_steps(kReload, [&](std::uint64_t n) {
        if (n % 3 == 0) {
            vm->full_collect();
        } else {
            (void)vm->heap().collector().step(50);
        }
        if (n % 50 == 0) {
            ASSERT_EQ(vm->verify(), std::nullopt) << n;
        }
    });
    EXPECT_TRUE(text == expected) << text.substr(0, 200);
}

TEST_P(SlicedLoading, ASavepointOfTheHostBeginsItAnew) {
    const std::string expected = at_one_go(kLoadString);
    set_slices(16);
    const std::string text = in_steps(kLoadString, [&](std::uint64_t n) {
        if (n < 40 && n % 7 == 3 && vm->status() == RunStatus::Suspended) {
            std::size_t number = 0;
            ASSERT_EQ(vm->txn().savepoint(number), TxnStatus::Ok);
            ASSERT_EQ(vm->txn().release(number), TxnStatus::Ok);
            ASSERT_FALSE(vm->machine().work_under_way() && vm->machine().work_under_way()->active());
        }
    });
    EXPECT_TRUE(text == expected) << text.substr(0, 200);
}

TEST_P(SlicedLoading, KilledAnywhereLeavesNothing) {
    vm->full_collect();
    const std::uint64_t state = vm->state_hash();
    const std::size_t used = vm->heap().budget.used();
    set_slices(64);
    for (std::uint64_t n = 1;; n += 1 + n / 6) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        start(kReload);
        vm->set_exact(true);
        for (std::uint64_t i = 0; i < n; ++i) vm->step(1);
        vm->set_exact(false);
        const bool over = vm->status() != RunStatus::Suspended;
        if (n % 2) vm->kill("enough");
        ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
        ASSERT_EQ(vm->verify(), std::nullopt) << n;
        ASSERT_EQ(vm->state_hash(), state) << n;
        ASSERT_EQ(vm->heap().budget.used(), used) << n;
        if (over) break;
    }
}

TEST_P(SlicedLoading, TheNthAllocationFails) {
    set_slices(64);
    vm->full_collect();
    const std::string expected = at_one_go(kReload);
    set_slices(64);
    const std::uint64_t state = vm->state_hash();
    const std::size_t used = vm->heap().budget.used();
    for (std::uint64_t n = 1;; n += 1 + n / 8) {
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        start(kReload);
        vm->heap().budget.fail_charge(n);
        while (vm->status() == RunStatus::Suspended) vm->step(64);
        const bool over = vm->heap().budget.fault_armed();
        vm->heap().budget.fail_charge(0);
        if (vm->status() == RunStatus::Finished) {
            ASSERT_TRUE(result() == expected) << n;  // after one failure there is a collection, and then memory
        } else {
            ASSERT_EQ(vm->failure().message, "not enough memory") << n;
        }
        ASSERT_EQ(vm->rollback(), TxnStatus::Ok);
        ASSERT_EQ(vm->verify(), std::nullopt) << n;
        ASSERT_EQ(vm->state_hash(), state) << n;
        ASSERT_EQ(vm->heap().budget.used(), used) << n;
        if (over) break;
    }
}

TEST_P(SlicedLoading, FilesAreReadInSlices) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() /
        ("arenite_sliced_" + std::to_string(getpid()) + "_" + std::string(GetParam().name));
    std::ofstream(path, std::ios::binary) << "#!first line\n" << GetParam().text;
    ASSERT_EQ(vm->begin(), TxnStatus::Ok);
    ASSERT_TRUE(vm->set_field(vm->globals().as<Table>(), "PATH", vm->make_string(path.string())));
    ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    const std::string expected = at_one_go(kLoadFile);
    const std::string text = in_steps(kLoadFile, [](std::uint64_t) {});
    EXPECT_TRUE(text == expected) << text.substr(0, 200) << "\n" << expected.substr(0, 200);
    std::filesystem::remove(path);
}

INSTANTIATE_TEST_SUITE_P(Sources, SlicedLoading, testing::ValuesIn(sources()),
                         [](const auto& info) { return std::string(info.param.name); });

// F3: what of the stack has been touched is charged, however deep a text nests.
TEST(FiberStack, WhatIsTouchedIsCharged) {
    const std::string texts[] = {
        "return " + times("{", 196) + times("}", 196),
        "return " + times("(1 + ", 98) + "x" + times(")", 98),
        "return " + times("-", 196) + "x",
        "return " + times("f(", 196) + times(")", 196),
        "return " + times("a[", 196) + "1" + times("]", 196),
        times("do ", 196) + times("end ", 196),
        times("if x then ", 196) + times("end ", 196),
        times("while x do ", 190) + times("end ", 190),
        times("for i in x do repeat ", 40) + times("until x end ", 40),
        times("x = function() ", 97) + times("end ", 97),
        "return " + times("function() return {x = {y = -(", 20) + "1" + times(")}} end ", 20),
    };
    for (const std::string& text : texts) {
        const auto vm = Vm::create();
        vm->heap().slice_sizes.finer_looks = 512;
        vm->heap().slice_sizes.compiled_at_once = 0;
        ASSERT_EQ(vm->begin(), TxnStatus::Ok);
        ASSERT_TRUE(vm->set_field(vm->globals().as<Table>(), "SOURCE", vm->make_string(text)));
        Value f = Value::nil();
        ASSERT_TRUE(
            vm->load("return #string.dump(assert(loadstring(string.dump(assert(loadstring(SOURCE))))))", "=t", f));
        ASSERT_TRUE(vm->start(f, {}));
        std::size_t most = 0;
        for (std::uint64_t n = 0; vm->status() == RunStatus::Suspended; ++n) {
            vm->step(1);
            const SlicedWork* work = vm->machine().work_under_way();
            if (n % 16 != 0 || !work || !work->active()) continue;  // what is touched stays
            most = std::max(most, work->fiber().resident());
            if (!kAddressSanitizer) {
                ASSERT_LE(work->fiber().resident(), work->fiber().charged() + 8192) << text.substr(0, 40);
            }
        }
        EXPECT_EQ(vm->status(), RunStatus::Finished) << vm->failure().message << text.substr(0, 40);
        EXPECT_GT(most, 0u);
        ASSERT_EQ(vm->commit(), TxnStatus::Ok);
    }
}

}  // namespace
}  // namespace arenite
