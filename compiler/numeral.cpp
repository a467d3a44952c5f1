#include "compiler/numeral.h"

#include <array>
#include <cstdint>

#include "heap/number_text.h"

namespace arenite::compiler {

using lib::NumeralScan;

namespace {

constexpr std::array<double, 23> kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// Digits with at most one point: exact when the digits fit in 53 bits and the power of ten is exact (one rounding).
std::optional<double> parse_simple(std::string_view text) {
    if (text.empty() || text.size() > 16) {
        return std::nullopt;
    }
    std::uint64_t mantissa = 0;
    std::size_t point = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c >= '0' && c <= '9') {
            mantissa = mantissa * 10 + static_cast<unsigned>(c - '0');
        } else if (c == '.' && point == text.size() && text.size() > 1) {
            point = i;
        } else {
            return std::nullopt;
        }
    }
    if (mantissa > (std::uint64_t{1} << 53)) {
        return std::nullopt;
    }
    const std::size_t decimals = point == text.size() ? 0 : text.size() - point - 1;
    return static_cast<double>(mantissa) / kPowersOfTen[decimals];
}

}  // namespace

std::optional<double> parse_numeral(std::string_view text, Pauses& pauses) {
    if (const auto simple = parse_simple(text)) {
        return simple;
    }
    NumeralScan scan;
    double value = 0;
    for (;;) {
        switch (scan.run(text, Pauses::kBytes, value)) {
            case NumeralScan::Status::Number: return value;
            case NumeralScan::Status::NoNumber: return std::nullopt;
            case NumeralScan::Status::More: pauses.now(); break;
        }
    }
}

}  // namespace arenite::compiler
