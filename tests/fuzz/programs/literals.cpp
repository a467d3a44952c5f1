// Literals: numbers and strings in every notation, subjects and patterns of the string library.
#include "tests/fuzz/programs/generator.h"

#include <cstdio>

namespace arenite::fuzz {

std::string Generator::small_integer() {
    return std::to_string(random_.between(0, 6));
}

std::string Generator::number_literal() {
    switch (random_.below(12)) {
        case 0: return random_.pick({"0.5", "1.5", ".25", "3.", "0.1", "2.5", "1e-3", "123456.789", "0.1e1", "7E0"});
        case 1: return random_.pick({"0x10", "0xff", "0XA", "0x7fffffff", "0xFFFFFFFF"});
        case 2:
            return random_.pick({"1e15", "1e16", "1e100", "2147483647", "2147483648", "4294967296", "1e308", "1e14"});
        case 3: return random_.pick({"9007199254740993", "123456789012", "1e-5", "5e-324", "100", "255", "256"});
        default: return std::to_string(random_.between(0, 20));
    }
}

std::string Generator::word() {
    return random_.pick({"alpha", "beta", "x", "key", "value", "Hello", "lua", "a1", "b2", "", "foo bar", "TEST"});
}

/// A quoted literal of these bytes, in one of the notations.
std::string Generator::quote(std::string_view bytes) {
    const bool plain =
        bytes.find_first_of("\"'\\\n\r]") == std::string_view::npos && bytes.find('\0') == std::string_view::npos;
    if (plain && random_.chance(8)) {
        return random_.pick({"[[", "[[\n"}) + std::string(bytes) + "]]";
    }
    if (plain && random_.chance(5)) return "[==[" + std::string(bytes) + "]==]";
    const char mark = random_.chance(70) ? '"' : '\'';
    std::string text(1, mark);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == mark || c == '\\') {
            text += '\\';
            text += c;
        } else if (c == '\n') {
            text += random_.chance(50) ? "\\n" : "\\\n";
        } else if (byte < 32 || random_.chance(2)) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\%03u", byte);
            text += escape;
        } else {
            text += c;
        }
    }
    return text + mark;
}

std::string Generator::string_literal() {
    switch (random_.below(10)) {
        case 0: return quote(random_.pick({"10", "0x1F", " 7 ", "1e2", "-3", "3.5", "0", "", "12abc", "1 2", "\t5\n"}));
        case 1:
            return random_.pick({R"("tab\tline\n")", R"('\a\b\f\r\v')", R"("\0zero")", R"("\65\066\x")", R"('it\'s')"});
        case 2: return quote(random_.pick({"a\nb", "q\"q", "it's", "\\", "caf\xc3\xa9", "\xff\x80", "%d %s", "[x]"}));
        default: return quote(word());
    }
}

std::string Generator::subject() {
    std::string bytes;
    for (int i = random_.between(1, 4); i > 0; --i) {
        bytes += random_.pick(
            {"hello world", "key = value", "a.b.c", "(x(y)z)", "  trim  ", "123,456;789", "THE (quick) fox",
             "f(a,b)",      "2024-01-02",  "aaa",   "abab",    "x^y$",     "%d",          "[[t]]",
             "\tq\n",       "\xe9t\xe9",   "0xFF",  "_id9",    "--",       "aXbXc"});
    }
    return quote(bytes);
}

std::string Generator::pattern_item(int& captures) {
    std::string item;
    switch (random_.below(12)) {
        case 0: item = "."; break;
        case 1: item = random_.pick({"%a", "%d", "%s", "%w", "%l", "%u", "%p", "%x", "%c", "%z"}); break;
        case 2: item = random_.pick({"%A", "%D", "%S", "%W", "%L", "%U", "%P", "%X", "%C"}); break;
        case 3:
            item =
                random_.pick({"[abc]", "[^abc]", "[a-z]", "[%a_]", "[^%s]", "[%w%.]", "[]]", "[^]]", "[a-]", "[x-a]"});
            break;
        case 4:
            item = random_.pick({"[%a-z]", "[0-9a-fA-F]", "[%]]", "[.]", "[^%d,]", "[-a]", "[%-x]", "[^^]", "[%s%p]"});
            break;
        case 5: item = random_.pick({"%.", "%%", "%(", "%)", "%[", "%-", "%^", "%$", "%,"}); break;
        case 6: return random_.pick({"%b()", "%b[]", "%bxy", "%baa"});
        case 7: return random_.pick({"%f[%a]", "%f[%d]", "%f[^%w]", "%f[%s]", "%f[%z]"});
        case 8:
            if (captures > 0 && random_.chance(50)) return "%" + std::to_string(random_.between(1, captures));
            if (captures < 6) {
                ++captures;
                if (random_.chance(20)) return "()";
                std::string inner;
                for (int i = random_.between(1, 2); i > 0; --i) inner += pattern_item(captures);
                return "(" + inner + ")";
            }
            item = "x";
            break;
        default: item = random_.pick({"a", "b", "e", "l", "o", "x", " ", "=", ",", "1", "A"}); break;
    }
    if (random_.chance(45)) item += random_.pick({"*", "+", "-", "?"});
    return item;
}

std::string Generator::pattern() {
    if (random_.chance(4)) {
        return random_.pick({"'%'",    "'[a'", "'(a'", "'a)'",    "'%b'", "'%bx'", "'%f'",
                             "'%fa'",  "'[%'", "'%1'", "'(a)%2'", "'[]'", "'[^]'", "'((a)%1)'",
                             "'(%1)'", "'%9'", "''",   "'^'",     "'$'",  "'^$'",  "'()'"});
    }
    std::string bytes;
    int captures = 0;
    if (random_.chance(15)) bytes += "^";
    for (int i = random_.between(1, 4); i > 0; --i) bytes += pattern_item(captures);
    if (random_.chance(12)) bytes += "$";
    return quote(bytes);
}

/// string.format with directives and fitting arguments, now and then one that does not fit.
std::string Generator::format_call(int depth) {
    std::string text;
    std::string list;
    for (int i = random_.between(1, 3); i > 0; --i) {
        text += random_.pick({"", " ", "<", "x=", "%%", ","});
        std::string flags = random_.pick({"", "", "", "-", "+", " ", "#", "0", "-+", "0+"});
        if (random_.chance(40)) flags += std::to_string(random_.between(1, 12));
        const std::string precision = random_.chance(30) ? "." + random_.pick({"", "0", "1", "3", "10"}) : "";
        const int kind = random_.below(8);
        std::string argument;
        if (kind == 0) {
            text += "%" + flags + precision + "s";
            argument = expression(Type::String, depth);
        } else if (kind == 1) {
            text += "%q";
            argument = expression(Type::String, depth);
        } else if (kind == 2) {
            text += "%" + random_.pick({"", "-", "3", "-4"}) + "c";
            argument = std::to_string(random_.between(1, 255));
        } else if (kind <= 4) {
            // Conversions of numbers out of an integer's range are the platform's, so they stay in it.
            text += "%" + flags + precision + random_.pick({"d", "i", "x", "X", "o", "u"});
            argument = "(" + expression(Type::Number, depth) + ") % 100000";
            if (random_.chance(60)) argument = std::to_string(random_.between(0, 70000));
        } else {
            text += "%" + flags + precision + random_.pick({"f", "g", "e", "G", "E", "g"});
            argument = expression(Type::Number, depth);
        }
        if (random_.chance(2)) argument = any(1);
        list += ", " + argument;
    }
    if (random_.chance(2)) text += random_.pick({"%", "%y", "%d", "%123d", "%.123f", "%-----d", "%s"});
    return "string.format(" + quote(text) + list + ")";
}

}  // namespace arenite::fuzz
