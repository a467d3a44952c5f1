// Of a function with a large tree code is made in parts (Parser::flush): variables whose fate is not known by then become
// cells, now or later. What the program does is the same, wherever the parts end.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/vm.h>
#include "vm/embed/host.h"

namespace arenite {
namespace {

struct Printed {
    std::string text;
    std::string failure;
};

/// What a program prints, code being made whenever the tree of a function takes more than this.
Printed run(std::string_view source, std::string_view name, std::size_t tree_bytes) {
    Printed printed;
    const auto vm = Vm::create({.output = [&](std::string_view bytes) { printed.text += bytes; }});
    vm->heap().slice_sizes.tree_bytes = tree_bytes;
    EXPECT_EQ(vm->begin(), TxnStatus::Ok);
    Value f = Value::nil();
    if (!vm->load(source, name, f) || vm->call(f, {}) != RunStatus::Finished) {
        printed.failure = vm->failure().message;
    }
    EXPECT_EQ(vm->commit(), TxnStatus::Ok);
    EXPECT_EQ(vm->verify(), std::nullopt);
    return printed;
}

constexpr std::size_t kWhole = std::size_t{1} << 30;

TEST(FunctionsInParts, VariablesBecomeCellsAtAnyTime) {
    constexpr std::string_view kSource = R"(
local a, b, c, d = 1, 2, 3, 4
a = a + 10
local function never() return b end
c = c + 10
local get_c = function() return c end
c = c + 10
print(a, b, c, d, never(), get_c())
b = b + 10
print(never(), get_c())
local set_a = function(v) a = v end
set_a(7)
print(a)
d = d + 1
for i = 1, 3 do
    local e = i
    local f = function() e = e + d return e end
    d = d + f()
end
print(d)
local function recursive(n) return n == 0 and 0 or n + recursive(n - 1) end
print(recursive(10))
local same = recursive
recursive = function() return -1 end
print(same(3), recursive(3))
do local a = 'inner' print(a) local g = function() a = a .. '!' return a end print(g(), g(), a) end
local function parameters(x, y, ...)
    x = x + 1
    local sum = function() return x + y end
    y = y + 1
    local t = {...}
    x = x + 1
    return sum(), #t, ...
end
print(parameters(1, 2, 3, 4))
local function old_style(...)
    local n = arg and arg.n
    local m = 1
    return n, arg and arg[1]
end
print(old_style('x', 'y'))
local function both_styles(...)
    local n = arg
    local m = 1
    return n, ...
end
print(both_styles('x', 'y'))
local x1, x2, x3
x1 = function() x2 = 5 return x3 end
x3 = 9
print(x1(), x2, x3)
local shadow = 1
local first = function() return shadow end
local shadow = shadow + 1
local second = function() shadow = shadow + 1 return shadow end
print(first(), second(), second(), shadow)
local names = {}
for i = 1, 200 do local name, value = debug.getlocal(1, i) if not name then break end names[#names + 1] = name end
print(table.concat(names, ' '))
print(pcall(function() return shadow.field.other end))
print(select(2, pcall(function() local t = nil; t.x = 1 end)))
)";
    const Printed whole = run(kSource, "=parts", kWhole);
    EXPECT_EQ(whole.failure, "");
    for (std::size_t bytes = 0; bytes < 6000; bytes += 40) {
        const Printed parts = run(kSource, "=parts", bytes);
        ASSERT_EQ(parts.failure, "") << bytes;
        ASSERT_EQ(parts.text, whole.text) << bytes;
    }
}

TEST(FunctionsInParts, RandomClosures) {
    std::uint32_t state = 12345;
    const auto random = [&](std::uint32_t n) { return (state = state * 1664525 + 1013904223) / 65536 % n; };
    for (int program = 0; program < 300; ++program) {
        std::string source = "local out = {}\n";
        std::vector<std::string> names;
        for (int i = 0; i < 40; ++i) {
            const auto pick = [&] {
                return names.empty() ? std::string("1") : names[random(static_cast<std::uint32_t>(names.size()))];
            };
            switch (random(6)) {
                case 0:
                    source += "local v" + std::to_string(i) + " = " + pick() + " + 1\n";
                    names.push_back("v" + std::to_string(i));
                    break;
                case 1:
                    if (!names.empty()) source += pick() + " = " + pick() + " + " + std::to_string(i) + "\n";
                    break;
                case 2: source += "out[#out + 1] = function() return " + pick() + " end\n"; break;
                case 3:
                    if (!names.empty()) {
                        const std::string name = pick();
                        source +=
                            "out[#out + 1] = function() " + name + " = " + name + " + 100 return " + pick() + " end\n";
                    }
                    break;
                case 4:
                    source += "do local w = " + pick() + " out[#out + 1] = function() w = w + 1 return w + " + pick() +
                              " end end\n";
                    break;
                default: source += "for i = 1, #out do print(out[i]()) end\n"; break;
            }
        }
        source += "for i = 1, #out do print(out[i]()) end\n";
        const Printed whole = run(source, "=random", kWhole);
        ASSERT_EQ(whole.failure, "") << source;
        for (const std::size_t bytes : {0, 300, 700, 1500}) {
            ASSERT_EQ(run(source, "=random", bytes).text, whole.text) << source;
        }
    }
}

class Conformance : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Conformance, PrintsTheSameInParts) {
    std::ifstream in(GetParam(), std::ios::binary);
    const std::string source((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::string name = "@" + GetParam().filename().string();
    const Printed whole = run(source, name, kWhole);
    const Printed parts = run(source, name, 0);
    EXPECT_EQ(parts.failure, whole.failure);
    EXPECT_TRUE(parts.text == whole.text);
}

std::vector<std::filesystem::path> scripts() {
    std::vector<std::filesystem::path> all;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(ARENITE_SOURCE_DIR) / "tests" / "conformance")) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".lua") continue;
        all.push_back(entry.path());
    }
    std::sort(all.begin(), all.end());
    return all;
}

INSTANTIATE_TEST_SUITE_P(FunctionsInParts, Conformance, testing::ValuesIn(scripts()), [](const auto& info) {
    std::string name = info.param.stem().string();
    for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
});

}  // namespace
}  // namespace arenite
