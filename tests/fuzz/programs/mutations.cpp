// Programs that do not compile: a few valid lines with tokens dropped, doubled, swapped or put in.
#include <cctype>

#include "tests/fuzz/programs/generator.h"

namespace arenite::fuzz {

namespace {

/// Splits roughly at Lua's tokens; blanks stay with the token before them, so that joining gives the text back.
std::vector<std::string> tokens_of(const std::string& text) {
    std::vector<std::string> tokens;
    std::size_t i = 0;
    const auto word = [&](std::size_t at) {
        return std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_';
    };
    const auto blank = [&](std::size_t at) { return std::isspace(static_cast<unsigned char>(text[at])) != 0; };
    while (i < text.size()) {
        const std::size_t start = i;
        if (word(i)) {
            while (i < text.size() && word(i)) ++i;
        } else if (text[i] == '"' || text[i] == '\'') {
            const char mark = text[i++];
            while (i < text.size() && text[i] != mark) i += text[i] == '\\' ? 2 : 1;
            ++i;
        } else {
            static constexpr std::string_view kLong[] = {"...", "..", "==", "~=", "<=", ">=", "[[", "]]"};
            std::size_t length = 1;
            for (const std::string_view op : kLong) {
                if (text.compare(i, op.size(), op) == 0) {
                    length = op.size();
                    break;
                }
            }
            i += length;
        }
        while (i < text.size() && blank(i)) ++i;
        if (i > text.size()) i = text.size();
        tokens.push_back(text.substr(start, i - start));
    }
    return tokens;
}

}  // namespace

std::string Generator::broken_program() {
    const std::string valid = program(random_.between(1, 4));
    std::vector<std::string> tokens = tokens_of(valid);
    for (int i = random_.between(1, 3); i > 0 && !tokens.empty(); --i) {
        const auto at = tokens.begin() + random_.below(static_cast<int>(tokens.size()));
        switch (random_.below(7)) {
            case 0:
            case 1: tokens.erase(at); break;
            case 2: tokens.insert(at, std::string(*at)); break;
            case 3: std::iter_swap(at, tokens.begin() + random_.below(static_cast<int>(tokens.size()))); break;
            case 4:
            case 5:
                tokens.insert(
                    at,
                    " " +
                        random_.pick({"end",      "then",    "do",      "local",  "function",    "return",    "break",
                                      "nil",      "(",       ")",       "{",      "}",           "[",         "]",
                                      "=",        "==",      "..",      "...",    ",",           ";",         ":",
                                      ".",        "and",     "not",     "elseif", "else",        "until",     "repeat",
                                      "for",      "in",      "1",       "'s'",    "name",        "goto x",    "+",
                                      "-",        "#",       "%",       "^",      "while",       "if",        "~",
                                      "!",        "@",       "$",       "&",      "3x",          "0x",        "1e",
                                      "1..2",     "\\",      "'open",   "\"open", "[[open",      "--[[open",  "[=open",
                                      "[==[ ]=]", "'\\300'", "'\\\n'",  "\x01",   "\xc3\xa9",    "::x::",     "a.b:c",
                                      "f{}",      "(f)()",   "'a' 'b'", "--",     "break break", "return 1 x"}) +
                        " ");
                break;
            default: tokens.resize(static_cast<std::size_t>(at - tokens.begin())); break;
        }
    }
    std::string text;
    for (const std::string& token : tokens) text += token;
    return text;
}

}  // namespace arenite::fuzz
