#include "cli/limits.h"

#include <charconv>
#include <limits>
#include <system_error>

namespace arenite::cli {
namespace {

/// The shift that a suffix of a size stands for; 0: it is none.
unsigned shift_of(char suffix) {
    switch (suffix) {
        case 'k':
        case 'K': return 10;
        case 'm':
        case 'M': return 20;
        case 'g':
        case 'G': return 30;
        default: return 0;
    }
}

bool parse(std::string_view text, unsigned shift, const char* form, std::uint64_t& out, std::string& error) {
    const std::string_view digits = text.substr(0, text.size() - (shift != 0 ? 1 : 0));
    std::uint64_t n = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (status == std::errc::invalid_argument || end != digits.data() + digits.size()) {
        error = "'" + std::string(text) + "' is not " + form;
        return false;
    }
    if (status == std::errc::result_out_of_range || n > std::numeric_limits<std::uint64_t>::max() >> shift) {
        error = "'" + std::string(text) + "' is too large";
        return false;
    }
    if (n == 0) {
        error = "'" + std::string(text) + "' is not above zero";
        return false;
    }
    out = n << shift;
    return true;
}

}  // namespace

bool parse_size(std::string_view text, std::uint64_t& size, std::string& error) {
    const unsigned shift = text.empty() ? 0 : shift_of(text.back());
    return parse(text, shift, "a number of bytes (digits, then k, m or g for a power of 1024)", size, error);
}

bool parse_count(std::string_view text, std::uint64_t& count, std::string& error) {
    return parse(text, 0, "a whole number", count, error);
}

namespace {

/// The value of option `name` at argv[next], after '=' or in the next argument.
Taken take_value(std::string_view name, char* const* argv, int& next, std::string_view& text, std::string& error) {
    const std::string_view argument = argv[next];
    const std::size_t equals = argument.find('=');
    if (argument.substr(0, equals) != name) return Taken::No;
    if (equals != std::string_view::npos) {
        text = argument.substr(equals + 1);
    } else if (argv[next + 1] != nullptr) {
        text = argv[++next];
    } else {
        error = std::string(name) + ": the number is missing";
        return Taken::Wrong;
    }
    ++next;
    return Taken::Yes;
}

template <class Parse, class Number>
Taken take_number(std::string_view name, char* const* argv, int& next, Parse parse_number, Number& number,
                  std::string& error) {
    std::string_view text;
    const Taken taken = take_value(name, argv, next, text, error);
    if (taken != Taken::Yes) return taken;
    std::uint64_t n = 0;
    std::string reason;
    if (!parse_number(text, n, reason)) {
        error = std::string(name) + ": " + reason;
        return Taken::Wrong;
    }
    number = static_cast<std::size_t>(n);
    return Taken::Yes;
}

}  // namespace

Taken take_size(std::string_view name, char* const* argv, int& next, std::size_t& size, std::string& error) {
    return take_number(name, argv, next, parse_size, size, error);
}

Taken take_limit(char* const* argv, int& next, Limits& limits, std::string& error) {
    Taken taken = take_number("--memory", argv, next, parse_size, limits.memory, error);
    if (taken == Taken::No) taken = take_number("--budget", argv, next, parse_count, limits.budget, error);
    if (taken == Taken::No) taken = take_number("--hash-seed", argv, next, parse_count, limits.hash_seed, error);
    return taken;
}

}  // namespace arenite::cli
