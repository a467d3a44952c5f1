#include "redis_api/script_flags.h"

namespace arenite::redis {
namespace {

/// isspace of the C locale.
constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Value of a hexadecimal digit; -1 when c is none.
constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Reads the words of a line; the end of the line reads as NUL.
class WordReader {
public:
    explicit WordReader(std::string_view line) : line_(line) {}

    /// Moves to the next word; false at the end of the line.
    bool more() {
        while (is_space(at(0))) ++position_;
        return at(0) != '\0';
    }

    /// Reads a word; false when its quotes do not match.
    bool read(std::string& word) {
        for (;;) {
            const char c = at(0);
            if (c == '\0') return true;
            ++position_;
            if (c == ' ' || c == '\n' || c == '\r' || c == '\t') return true;
            if (c == '"' || c == '\'') return c == '"' ? read_double_quoted(word) : read_single_quoted(word);
            word += c;
        }
    }

private:
    char at(std::size_t ahead) const { return position_ + ahead < line_.size() ? line_[position_ + ahead] : '\0'; }

    /// Leaves a closing quote, which ends the word.
    bool close() {
        ++position_;
        return at(0) == '\0' || is_space(at(0));
    }

    bool read_double_quoted(std::string& word) {
        for (;;) {
            const char c = at(0);
            if (c == '\0') return false;
            if (c == '"') return close();
            if (c != '\\' || at(1) == '\0') {
                word += c;
                ++position_;
            } else if (at(1) == 'x' && hex_value(at(2)) >= 0 && hex_value(at(3)) >= 0) {
                word += static_cast<char>(hex_value(at(2)) * 16 + hex_value(at(3)));
                position_ += 4;
            } else {
                word += unescaped(at(1));
                position_ += 2;
            }
        }
    }

    bool read_single_quoted(std::string& word) {
        for (;;) {
            const char c = at(0);
            if (c == '\0') return false;
            if (c == '\'') return close();
            const bool escaped = c == '\\' && at(1) == '\'';
            word += escaped ? '\'' : c;
            position_ += escaped ? 2 : 1;
        }
    }

    static char unescaped(char c) {
        switch (c) {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'b': return '\b';
            case 'a': return '\a';
            default: return c;
        }
    }

    std::string_view line_;
    std::size_t position_ = 0;
};

bool set_flag(ScriptFlags& flags, std::string_view name) {
    struct Known {
        std::string_view name;
        bool ScriptFlags::* flag;
    };
    static constexpr Known kKnown[] = {
        {"no-writes", &ScriptFlags::no_writes},
        {"allow-oom", &ScriptFlags::allow_oom},
        {"allow-stale", &ScriptFlags::allow_stale},
        {"no-cluster", &ScriptFlags::no_cluster},
        {"allow-cross-slot-keys", &ScriptFlags::allow_cross_slot_keys},
    };
    for (const Known& known : kKnown) {
        if (known.name != name) continue;
        flags.*known.flag = true;
        return true;
    }
    return false;
}

/// Reads "no-writes,allow-oom"; an empty list has no flags. False: `bad` is none of them.
bool set_flags(ScriptFlags& flags, std::string_view list, std::string_view& bad) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        bad = list.substr(0, comma);
        if (!set_flag(flags, bad)) return false;
        if (comma == std::string_view::npos) return true;
        list.remove_prefix(comma + 1);
        if (list.empty()) {  // a comma at the end: an empty name follows
            bad = {};
            return false;
        }
    }
    return true;
}

}  // namespace

std::optional<std::vector<std::string>> split_arguments(std::string_view line) {
    std::vector<std::string> words;
    WordReader reader(line.substr(0, line.find('\0')));
    while (reader.more()) {
        std::string word;
        if (!reader.read(word)) return std::nullopt;
        words.push_back(std::move(word));
    }
    return words;
}

std::optional<Shebang> parse_shebang(std::string_view script, std::string& error) {
    Shebang shebang;
    if (!script.starts_with("#!")) return shebang;
    // Redis looks for the newline with strchr, so a NUL ends the search.
    const std::size_t end = script.substr(0, script.find('\0')).find('\n');
    if (end == std::string_view::npos) {
        error = "Invalid script shebang";
        return std::nullopt;
    }
    const auto words = split_arguments(script.substr(0, end));
    if (!words || words->empty()) {
        error = "Invalid engine in script shebang";
        return std::nullopt;
    }
    if (words->front() != "#!lua") {
        error = "Unexpected engine in script shebang: " + words->front();
        return std::nullopt;
    }
    shebang.flags.compatible = false;
    shebang.length = end;
    for (std::size_t i = 1; i < words->size(); ++i) {
        const std::string_view word = (*words)[i];
        constexpr std::string_view kFlags = "flags=";
        if (!word.starts_with(kFlags)) {
            error = "Unknown lua shebang option: " + std::string(word);
            return std::nullopt;
        }
        std::string_view bad;
        if (!set_flags(shebang.flags, word.substr(kFlags.size()), bad)) {
            error = "Unexpected flag in script shebang: " + std::string(bad);
            return std::nullopt;
        }
    }
    return shebang;
}

}  // namespace arenite::redis
