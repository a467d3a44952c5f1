// Numbers to text and back (heap/number_text.h) and the conversions of string.format (vm/text/lua_format.h), against
// the C library that the reference uses, and against lua5.1 itself.
#include "heap/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tests/vm/lua51.h"
#include "vm/text/lua_format.h"

namespace {

using namespace arenite::lib;
using arenite::test::have_lua51;
using arenite::test::lines_of_lua51;

std::string text_of(double d) {
    char out[kNumberTextMax];
    return {out, to_text(d, out)};
}

std::string printed(double d) {
    char out[64];
    return {out, static_cast<std::size_t>(std::snprintf(out, sizeof out, "%.14g", d))};
}

/// luaO_str2d of Lua 5.1.5.
bool reference_from_text(const std::string& text, double& out) {
    const char* s = text.c_str();
    char* end = nullptr;
    out = std::strtod(s, &end);
    if (end == s) return false;
    if (*end == 'x' || *end == 'X') out = static_cast<double>(std::strtoul(s, &end, 16));
    while (*end != '\0' && std::strchr(" \t\n\v\f\r", *end) != nullptr) ++end;
    return *end == '\0';
}

/// "no", or the number to the last bit; all NaNs of one sign are one.
std::string shown(bool ok, double d) {
    if (!ok) return "no";
    if (std::isnan(d)) return std::signbit(d) ? "-nan" : "nan";
    char out[64];
    std::snprintf(out, sizeof out, "%a", d);
    return out;
}

void expect_same_reading(const std::string& text) {
    double ours = 0;
    double theirs = 0;
    const bool ok = from_text(text, ours);
    const bool reference_ok = reference_from_text(text, theirs);
    ASSERT_EQ(shown(ok, ours), shown(reference_ok, theirs)) << "\"" << text.substr(0, 200) << "\" of " << text.size();
}

TEST(NumberToText, SpecialValues) {
    EXPECT_EQ(text_of(0.0), "0");
    EXPECT_EQ(text_of(-0.0), "-0");
    EXPECT_EQ(text_of(HUGE_VAL), "inf");
    EXPECT_EQ(text_of(-HUGE_VAL), "-inf");
    EXPECT_EQ(text_of(std::copysign(std::nan(""), 1)), "nan");
    EXPECT_EQ(text_of(std::copysign(std::nan(""), -1)), "-nan");
    EXPECT_EQ(text_of(99999999999999), "99999999999999");
    EXPECT_EQ(text_of(1e14), "1e+14");
    EXPECT_EQ(text_of(123456789012345), "1.2345678901234e+14");
    EXPECT_EQ(text_of(3.14), "3.14");
    EXPECT_EQ(text_of(0.1 + 0.2), "0.3");
    EXPECT_EQ(text_of(-1.7976931348623157e308), "-1.7976931348623e+308");
    EXPECT_EQ(text_of(5e-324), "4.9406564584125e-324");
}

TEST(NumberToText, AgreesWithPrintf) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 400'000; ++i) {
        const std::uint64_t bits = random();
        double d = 0;
        switch (i % 8) {
            case 0: d = std::bit_cast<double>(bits); break;
            case 1: d = static_cast<double>(static_cast<std::int64_t>(bits) >> (bits & 63)); break;
            case 2: d = static_cast<double>(static_cast<std::int32_t>(bits)) / 1000; break;
            case 3: d = static_cast<double>(static_cast<std::int64_t>(bits) >> (bits & 31)) / 1e6; break;
            case 4: d = static_cast<double>(bits % 10'000'000) * 1e-9; break;
            case 5: d = std::nextafter(static_cast<double>(bits % 100'000) / 100, bits & 1 ? 0 : 1e9); break;
            case 6: d = std::ldexp(static_cast<double>(bits >> 11), static_cast<int>(bits % 160) - 110); break;
            default: d = 1e14 + (static_cast<double>(bits % 2000) - 1000) / 8; break;
        }
        if (std::isnan(d)) continue;
        ASSERT_EQ(text_of(d), printed(d));
    }
}

TEST(TextToNumber, Forms) {
    for (const char* text : {"",
                             " ",
                             "10",
                             " 10 ",
                             "\t-10\n",
                             "+5",
                             "- 5",
                             "--5",
                             "0x10",
                             "-0xA",
                             "0X1f",
                             "0x",
                             "0xg",
                             "0x.8",
                             "0x.",
                             "0x1p4",
                             "0x1p",
                             "0x1p+",
                             "0x1P-3 ",
                             "0x1.8p1",
                             "1e5",
                             "1E+5",
                             "1e",
                             "1e+",
                             "1e5.5",
                             ".5",
                             "5.",
                             ".",
                             "-.5e-3",
                             "1x5",
                             "inf",
                             "-inf",
                             "INF",
                             "infinity",
                             "infinit",
                             "nan",
                             "-nan",
                             "NaN",
                             "nan()",
                             "nan(1_a)",
                             "nan(",
                             "nan(-)",
                             "nanx",
                             "infx",
                             "1e308",
                             "1e309",
                             "-1e309",
                             "1e-323",
                             "1e-324",
                             "2.4703282292062327e-324",
                             "2.4703282292062328e-324",
                             "1e99999999999",
                             "1e-99999999999",
                             "0e99999999999",
                             "1..2",
                             "1.2.3",
                             "1,5",
                             "1_0",
                             "0b1",
                             "000",
                             "00012",
                             "-0",
                             "9007199254740993",
                             "123456789012345",
                             "1234567890123456",
                             "12345678901234567890",
                             "0.1",
                             "123.456",
                             "0xffffffffffffffff",
                             "0x1ffffffffffffffff",
                             "0x10000000000000081",
                             "1 2",
                             "1\v",
                             "\f1",
                             "1\x01"}) {
        expect_same_reading(text);
    }
}

TEST(TextToNumber, ANulEndsTheText) {
    double d = 0;
    EXPECT_TRUE(from_text(std::string_view("10\0abc", 6), d));  // as tonumber("10\0abc") of lua5.1
    EXPECT_EQ(d, 10);
    EXPECT_FALSE(from_text(std::string_view("\0"
                                            "10",
                                            3),
                           d));
}

TEST(TextToNumber, NeedsNoTerminator) {
    const std::string digits(40, '7');
    double d = 0;
    EXPECT_TRUE(from_text(std::string_view(digits).substr(0, 3), d));
    EXPECT_EQ(d, 777);
    EXPECT_TRUE(from_text(std::string_view("0x123").substr(0, 4), d));
    EXPECT_EQ(d, 0x12);
}

TEST(TextToNumber, LongNumerals) {
    const std::string zeros(5000, '0');
    const std::string nines(5000, '9');
    for (const std::string& text : {nines,
                                    "0." + zeros + "1",
                                    "0." + zeros + "1e5000",
                                    "1" + zeros,
                                    "1" + zeros + "e-5000",
                                    "1." + zeros + "1",
                                    zeros + "12",
                                    "0x" + zeros + "1",
                                    "0x1" + zeros,
                                    "0x1" + zeros + "p-20000",
                                    "0x1." + zeros + "1",
                                    "0x." + zeros + "1p20000",
                                    "9007199254740993" + std::string(900, '0') + "1e-901",
                                    "9007199254740993." + zeros,
                                    "9007199254740993." + zeros + "1",
                                    "0x1.00000000000008" + zeros,
                                    "0x1.00000000000008" + zeros + "1",
                                    "1e" + zeros + "5",
                                    "nan(" + nines + ")",
                                    std::string(3000, ' ') + "7" + std::string(3000, '\n'),
                                    nines + "x"}) {
        expect_same_reading(text);
    }
}

TEST(TextToNumber, AgreesWithStrtod) {
    std::mt19937_64 random(2);
    const std::string_view alphabet = "0011259.eEpPxX+- aAfFinINtTyY()";
    for (int i = 0; i < 300'000; ++i) {
        std::string text;
        for (std::size_t n = random() % 9; n > 0; --n) text += alphabet[random() % (i % 2 == 0 ? 14 : alphabet.size())];
        expect_same_reading(text);
        if (HasFatalFailure()) return;
    }
    char text[64];
    for (int i = 0; i < 200'000; ++i) {
        const auto d = std::bit_cast<double>(random());
        constexpr const char* formats[] = {"%.17g", "%.15g", "%.3f", "%a", "%.20e", "%.0f", " %g "};
        const char* format = formats[i % 7];
        if ((format[2] == '3' || format[2] == '0') && std::fabs(d) > 1e30) continue;
        std::snprintf(text, sizeof text, format, d);
        expect_same_reading(text);
        if (HasFatalFailure()) return;
    }
}

TEST(TextToNumber, AgreesWithTheReference) {
    if (!have_lua51()) GTEST_SKIP() << "lua5.1 is not installed";
    std::mt19937_64 random(3);
    const std::string_view alphabet = "0123459.eExX+- afinpA";
    std::vector<std::string> texts;
    std::string script = "local function T(s) local d = tonumber(s) print(d and ('%.17g'):format(d) or 'no') end\n";
    for (int i = 0; i < 8000; ++i) {
        std::string text;
        for (std::size_t n = random() % 7; n > 0; --n) text += alphabet[random() % alphabet.size()];
        script += "T'" + text + "'\n";
        texts.push_back(std::move(text));
    }
    const std::vector<std::string> expected = lines_of_lua51(script);
    ASSERT_EQ(expected.size(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        double d = 0;
        char ours[64] = "no";
        if (from_text(texts[i], d)) std::snprintf(ours, sizeof ours, "%.17g", d);
        ASSERT_EQ(expected[i], ours) << "\"" << texts[i] << "\"";
    }
}

TEST(TextAndNumbers, DoNotDependOnTheLocale) {
    const char* comma = nullptr;
    for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"}) {
        if (comma == nullptr) comma = std::setlocale(LC_NUMERIC, name);
    }
    if (comma == nullptr) GTEST_SKIP() << "no locale with a decimal comma is installed";
    double d = 0;
    const bool point = from_text("1.5e3", d);
    const bool comma_too = from_text("1,5", d);
    const std::string text = text_of(1.0 / 3);
    std::setlocale(LC_NUMERIC, "C");
    EXPECT_TRUE(point);
    EXPECT_FALSE(comma_too);
    EXPECT_EQ(text, "0.33333333333333");
}

// --- string.format. -------------------------------------------------------------------------------------------------------

/// The item that printf makes; `length` is the length modifier of the reference.
template <class T>
std::string printed_item(std::string spec, const char* length, T value) {
    char out[2 * kFormatItemMax];
    spec.insert(spec.size() - 1, length);
    std::snprintf(out, sizeof out, spec.c_str(), value);
    return out;
}

std::string our_item(const std::string& spec_text, double d, std::string_view s) {
    FormatSpec spec;
    std::size_t at = 1;
    EXPECT_EQ(scan_format(spec_text, at, spec), nullptr) << spec_text;
    EXPECT_EQ(at, spec_text.size());
    char out[kFormatItemMax];
    switch (spec.conversion) {
        case 'd': return {out, format_integer(spec, d, out)};
        case 'o':
        case 'u':
        case 'x':
        case 'X': return {out, format_unsigned(spec, d, out)};
        case 'c': return {out, format_char(spec, d, out)};
        case 's': return {out, format_string(spec, s, out)};
        default: return {out, format_float(spec, d, out)};
    }
}

TEST(Format, AgreesWithPrintf) {
    std::mt19937_64 random(4);
    const auto pick = [&](std::size_t n) { return random() % n; };
    for (int i = 0; i < 300'000; ++i) {
        std::string spec = "%";
        for (std::size_t n = pick(4); n > 0; --n) spec += "-+ #0"[pick(5)];
        if (pick(2) == 0) spec += std::to_string(pick(pick(10) == 0 ? 100 : 30));
        if (pick(2) == 0) spec += '.';
        if (spec.back() == '.' && pick(5) != 0) spec += std::to_string(pick(pick(10) == 0 ? 100 : 25));
        spec += "douxXeEfgGcs"[pick(12)];
        double d = 0;
        switch (pick(8)) {
            case 0: d = std::bit_cast<double>(random()); break;
            case 1: d = static_cast<double>(pick(20)) / 2; break;
            case 2: d = std::ldexp(1.0, static_cast<int>(pick(80))) * (pick(2) == 0 ? -1 : 1); break;
            case 3: d = static_cast<double>(static_cast<std::int64_t>(random()) >> pick(64)) / 1000; break;
            case 4: d = pick(2) == 0 ? HUGE_VAL : -HUGE_VAL; break;
            case 5:
                d = std::pow(10.0, static_cast<double>(pick(40)) - 20) * static_cast<double>(pick(100)) * 0.9999;
                break;
            case 6: d = pick(2) == 0 ? 0.0 : -0.0; break;
            default: d = static_cast<double>(pick(256)); break;
        }
        const std::string s(pick(60), static_cast<char>('a' + pick(26)));
        std::string expected;
        switch (spec.back()) {
            case 'd':
                if (!(std::fabs(d) < 9e18)) continue;  // undefined in C
                expected = printed_item(spec, "l", static_cast<long>(d));
                break;
            case 'o':
            case 'u':
            case 'x':
            case 'X':
                if (!(std::fabs(d) < 9e18)) continue;
                expected = printed_item(spec, "l", static_cast<unsigned long>(static_cast<long>(d)));
                break;
            case 'c':
                if (!(d >= 0 && d < 256)) continue;
                expected = printed_item(spec, "", static_cast<int>(d));
                break;
            case 's': expected = printed_item(spec, "", s.c_str()); break;
            default: expected = printed_item(spec, "", d); break;
        }
        ASSERT_EQ(our_item(spec, d, s), expected) << spec << " of " << printed(d) << " or \"" << s << '"';
    }
}

TEST(Format, IntegersOutOfRangeAsOnX86) {
    constexpr double two63 = 9223372036854775808.0;
    for (const double d : {two63, 2 * two63, -2 * two63, HUGE_VAL, std::nan("")}) {
        EXPECT_EQ(our_item("%d", d, ""), "-9223372036854775808");
    }
    EXPECT_EQ(our_item("%u", two63, ""), "9223372036854775808");
    EXPECT_EQ(our_item("%u", 2 * two63, ""), "0");
    EXPECT_EQ(our_item("%u", -2 * two63, ""), "9223372036854775808");
    EXPECT_EQ(our_item("%x", -1, ""), "ffffffffffffffff");
    EXPECT_EQ(our_item("%c", 4294967296.0 + 65, ""), "");
    EXPECT_EQ(our_item("%5c", 0, ""), "    ");
    EXPECT_EQ(our_item("%-5c", 0, ""), "");
}

TEST(Format, Errors) {
    const auto problem = [](std::string_view format) -> std::string {
        FormatSpec spec;
        std::size_t at = 1;
        const char* message = scan_format(format, at, spec);
        return message == nullptr ? "" : message;
    };
    EXPECT_EQ(problem("%-----d"), "");
    EXPECT_EQ(problem("%------d"), "invalid format (repeated flags)");
    EXPECT_EQ(problem("%99.99d"), "");
    EXPECT_EQ(problem("%100d"), "invalid format (width or precision too long)");
    EXPECT_EQ(problem("%1.100d"), "invalid format (width or precision too long)");
    EXPECT_EQ(problem("%"), "");  // the caller refuses the conversion '\0'
}

}  // namespace
