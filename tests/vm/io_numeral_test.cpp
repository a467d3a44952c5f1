// read("*n") takes from a stream what scanf of glibc takes: the same characters, and the same number.
#include "vm/lib/io_numeral.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

#include "heap/number_text.h"

namespace {

using namespace arenite::lib;

struct Taken {
    bool number = false;
    double value = 0;
    std::size_t bytes = 0;  ///< taken from the stream
    bool operator==(const Taken& other) const {
        const bool same = std::isnan(value)
                              ? std::isnan(other.value)
                              : std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(other.value);
        return number == other.number && same && bytes == other.bytes;
    }
};

std::ostream& operator<<(std::ostream& os, const Taken& t) {
    return os << (t.number ? "" : "no ") << "number " << t.value << ", " << t.bytes << " bytes";
}

Taken by_scanf(std::string text) {
    Taken t;
    std::FILE* stream = fmemopen(text.data(), text.size(), "r");
    t.number = std::fscanf(stream, "%lf", &t.value) == 1;
    t.bytes = static_cast<std::size_t>(std::ftell(stream));
    (void)std::fclose(stream);
    return t;
}

/// With the reader suspended after every character.
Taken by_reader(const std::string& text) {
    using Take = NumeralReader::Take;
    Taken t;
    std::uint32_t state = 0;
    std::string added;
    for (const char c : text) {
        NumeralReader reader(state);
        const Take take = reader.take(static_cast<unsigned char>(c));
        state = reader.state();
        if (take == Take::End) break;
        ++t.bytes;
        if (take == Take::Wrong) return t;
        if (take != Take::Skip) added += c;
        if (take == Take::Last) break;
    }
    const std::string_view numeral = NumeralReader(state).numeral(added);
    if (numeral.empty()) return t;
    t.number = from_text(numeral, t.value);
    EXPECT_TRUE(t.number) << text;
    return t;
}

TEST(IoNumeral, TakesWhatScanfTakes) {
    static const char* const kParts[] = {"0",
                                         "1",
                                         "9",
                                         "5",
                                         ".",
                                         "e",
                                         "E",
                                         "+",
                                         "-",
                                         "x",
                                         "X",
                                         "p",
                                         "P",
                                         "a",
                                         "f",
                                         "n",
                                         "i",
                                         "N",
                                         "t",
                                         "nan",
                                         "inf",
                                         "INF",
                                         "infinity",
                                         "0x",
                                         " ",
                                         "\n",
                                         "z",
                                         ",",
                                         "_",
                                         "(",
                                         "12345678901234567890"};
    std::mt19937 random(5);
    int numbers = 0;
    for (int i = 0; i < 300'000; ++i) {
        std::string text;
        for (std::uint32_t n = random() % 9 + 1; n > 0; --n) text += kParts[random() % std::size(kParts)];
        const Taken expected = by_scanf(text);
        ASSERT_EQ(by_reader(text), expected) << '"' << text << '"';
        numbers += expected.number ? 1 : 0;
    }
    EXPECT_GT(numbers, 50'000);
}

TEST(IoNumeral, TakesLongOnes) {
    for (const std::size_t n : {100, 1'000, 20'000}) {
        for (const std::string& text :
             {std::string(n, '7'), "." + std::string(n, '0') + "1", "1e" + std::string(n, '0') + "7 ",
              "0x" + std::string(n, 'f') + "p-" + std::string(n, '1'), std::string(n, ' ') + "-1e+",
              "-0x" + std::string(n, '0')}) {
            EXPECT_EQ(by_reader(text), by_scanf(text)) << text.substr(0, 20) << ", " << n;
        }
    }
}

}  // namespace
