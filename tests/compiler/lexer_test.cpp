#include "compiler/lexer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <optional>

#include "heap/number_text.h"
#include "tests/compiler/compiler_test.h"

namespace arenite::compiler::test {
namespace {

using namespace std::string_literals;

/// "kind[:value]@line" of every token.
std::string tokens(std::string_view source) {
    boost::container::pmr::monotonic_buffer_resource memory;
    Context cx(source, "=t", &memory, {});
    Lexer lexer(cx);
    std::string out;
    try {
        for (lexer.next(); lexer.t.kind != kTokEos; lexer.next()) {
            out += out.empty() ? "" : " ";
            if (lexer.t.kind == kTokName || lexer.t.kind == kTokString) {
                out += (lexer.t.kind == kTokName ? "n:" : "s:") + std::string(lexer.t.atom->text());
            } else if (lexer.t.kind == kTokNumber) {
                char text[32];
                std::snprintf(text, sizeof text, "%.17g", lexer.t.number);
                out += text;
            } else {
                out += Lexer::token_name(lexer.t.kind);
            }
            out += "@" + std::to_string(lexer.line);
        }
    } catch (const Abort& abort) {
        return abort.message;
    }
    return out;
}

TEST(Lexer, Tokens) {
    EXPECT_EQ(tokens(""), "");
    EXPECT_EQ(tokens("a _b1 and"), "n:a@1 n:_b1@1 and@1");
    EXPECT_EQ(tokens("+-*/%^#==~=<=>=<>=(){}[];:,. .. ..."),
              "+@1 -@1 *@1 /@1 %@1 ^@1 #@1 ==@1 ~=@1 <=@1 >=@1 <@1 >=@1 (@1 )@1 {@1 }@1 [@1 ]@1 ;@1 :@1 ,@1 .@1 ..@1 "
              "...@1");
    EXPECT_EQ(tokens("a\nb\r\nc\n\rd\re\n\nf"), "n:a@1 n:b@2 n:c@3 n:d@4 n:e@5 n:f@7");
    EXPECT_EQ(tokens("a--x\nb--[[\n\n]]c--[==[]]]==]d--"), "n:a@1 n:b@2 n:c@4 n:d@4");
    EXPECT_EQ(tokens("--[=x\na"), "n:a@2");
}

TEST(Lexer, ReservedWordsAreAllKnown) {
    for (int i = 0; i < kReservedWords; ++i) {
        const std::string word(kTokenText[static_cast<std::size_t>(i)]);
        EXPECT_EQ(tokens(word), word + "@1");
        EXPECT_EQ(tokens(word + "x"), "n:" + word + "x@1");
    }
}

TEST(Lexer, Strings) {
    EXPECT_EQ(tokens(R"('a"b' "c'd" '')"), "s:a\"b@1 s:c'd@1 s:@1");
    EXPECT_EQ(tokens(R"('\a\b\f\n\r\t\v\\\"\'\q\65\0651')"), "s:\a\b\f\n\r\t\v\\\"'qAA1@1");
    EXPECT_EQ(tokens("'a\\\nb\\\r\nc' x"), "s:a\nb\nc@3 n:x@3");
    EXPECT_EQ(tokens("'\\0a\\000'"), "s:\0a\0@1"s);
    EXPECT_EQ(tokens("[[\na]] [==[]]]==] [=[\r\n\r\nb\rc\n\rd]=]"), "s:a@2 s:]]@2 s:\nb\nc\nd@6");
    EXPECT_EQ(tokens("[[\n\n]]"), "s:\n@3");
}

TEST(Lexer, Numerals) {
    EXPECT_EQ(tokens("0 3 3.0 3.1416 314.16e-2 0.31416E1 .5 5. 0xff 0XA 1e2 1E+2 0x1p4"),
              "0@1 3@1 3@1 3.1415999999999999@1 3.1415999999999999@1 3.1415999999999999@1 0.5@1 5@1 255@1 10@1 100@1 "
              "100@1 16@1");
    EXPECT_EQ(tokens("3\0+4"s), "3@1");  // strchr finds the end of its set
    EXPECT_EQ(tokens("1..2"), "t:1: malformed number near '1..2'");
}

TEST(Numeral, IsRoundedOnce) {
    const auto numeral = [](std::string_view text) {
        double value = 0;
        return lib::from_text(text, value) ? std::optional(value) : std::nullopt;
    };
    // Against the compiler's own reading of the same texts.
    EXPECT_EQ(numeral("0.1"), 0.1);
    EXPECT_EQ(numeral("123456789.123456"), 123456789.123456);
    EXPECT_EQ(numeral("9007199254740993"), 9007199254740993.0);
    EXPECT_EQ(numeral("0.3333333333333333333333"), 0.3333333333333333333333);
    EXPECT_EQ(numeral("1e308"), 1e308);
    EXPECT_EQ(numeral("1e999"), std::numeric_limits<double>::infinity());
    EXPECT_EQ(numeral("4.9e-324"), 4.9e-324);
    EXPECT_EQ(numeral("1e-999"), 0.0);
    EXPECT_EQ(numeral(times("9", 400)), std::numeric_limits<double>::infinity());
    EXPECT_EQ(numeral("."), std::nullopt);
    EXPECT_EQ(numeral("0x"), std::nullopt);
    EXPECT_EQ(numeral("1x5"), std::nullopt);
    EXPECT_EQ(numeral(""), std::nullopt);
}

TEST(Atoms, OnePerContent) {
    boost::container::pmr::monotonic_buffer_resource memory;
    Pauses pauses({});
    AtomTable atoms(&memory, pauses);
    std::vector<Atom*> all;
    for (int i = 0; i < 20000; ++i) {
        all.push_back(atoms.intern("name" + std::to_string(i)));
    }
    for (int i = 0; i < 20000; ++i) {
        EXPECT_EQ(all[static_cast<std::size_t>(i)], atoms.intern("name" + std::to_string(i)));
        EXPECT_EQ(all[static_cast<std::size_t>(i)]->text(), "name" + std::to_string(i));
    }
    EXPECT_EQ(atoms.intern("")->length, 0u);
    EXPECT_NE(atoms.intern("a\0b"s), atoms.intern("a\0c"s));
    EXPECT_NE(atoms.intern("while")->reserved, 0);
}

}  // namespace
}  // namespace arenite::compiler::test
