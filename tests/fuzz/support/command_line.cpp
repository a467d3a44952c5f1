#include "tests/fuzz/support/command_line.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>
#include <type_traits>

namespace arenite::fuzz {

namespace {
/// Reads the whole of `text` as a number that is not negative.
template <class Number>
bool read_number(std::string_view text, Number& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() && out >= 0;
}

bool read_value(const char* text, const CommandLine::Target& target) {
    return std::visit(
        [text](auto* to) {
            using To = std::remove_pointer_t<decltype(to)>;
            if constexpr (std::is_same_v<To, bool>)
                return false;
            else if constexpr (std::is_arithmetic_v<To>)
                return read_number(text, *to);
            else
                *to = text;
            return true;
        },
        target);
}
}  // namespace

bool CommandLine::parse(int argc, char** argv) const {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (int n = 0; number_ && read_number(argument, n) && n > 0) {
            *number_ = n;
            continue;
        }
        if (files_ && !argument.starts_with('-')) {
            files_->emplace_back(argument);
            continue;
        }
        const auto option =
            std::find_if(options_.begin(), options_.end(), [&](const Option& o) { return o.name == argument; });
        if (option == options_.end()) return false;
        if (bool* const* flag = std::get_if<bool*>(&option->target)) {
            **flag = true;
        } else if (++i == argc || !read_value(argv[i], option->target)) {
            return false;
        }
    }
    return true;
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

}  // namespace arenite::fuzz
