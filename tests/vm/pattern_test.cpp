// The pattern matcher (vm/text/lua_pattern.h) against lua5.1 and, paused at every step, against itself.
#include "vm/text/lua_pattern.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tests/vm/lua51.h"
#include "vm/text/string_classes.h"

namespace {

using namespace arenite::lib;

struct Case {
    std::string subject;
    std::string pattern;
    std::size_t init = 1;  // 1-based, as in Lua
};

std::string hex(std::string_view bytes) {
    std::string out;
    char digits[3];
    for (const char c : bytes) {
        std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
        out += digits;
    }
    return out;
}

/// A matcher that moves to other memory whenever it is paused.
class Runner {
public:
    Runner(const Case& c, std::int64_t slice) : case_(c), slice_(slice), text_(PatternText::with_anchor(c.pattern)) {}

    /// The results of string.find as the script below prints them.
    std::string find() {
        memory_.assign(Matcher::memory_size(text_.body.size()), '\x5A');
        Matcher(state_, memory_.data(), case_.subject, text_).begin(case_.init - 1);
        for (;;) {
            Matcher m(state_, memory_.data(), case_.subject, text_);
            std::int64_t steps = slice_;
            const MatchStatus status = m.run(steps);
            used_ += slice_ - steps;
            EXPECT_LE(m.memory_used(), memory_.size());
            switch (status) {
                case MatchStatus::Failed: return "N";
                case MatchStatus::Error: return std::string("E ") + message(m.error());
                case MatchStatus::Matched: return answer(m);
                case MatchStatus::Paused: break;
            }
            ++pauses_;
            std::vector<char> elsewhere(memory_.size(), '\xA5');
            std::copy_n(memory_.begin(), m.memory_used(), elsewhere.begin());
            memory_.swap(elsewhere);
        }
    }
    [[nodiscard]] int pauses() const { return pauses_; }
    [[nodiscard]] std::int64_t used() const { return used_; }

private:
    std::string answer(const Matcher& m) const {
        std::ostringstream out;
        out << m.match_start() + 1 << ' ' << m.match_end();
        for (std::uint32_t i = 0; i < m.level(); ++i) {
            const Capture c = m.capture(i);
            if (c.kind == Capture::Unfinished) return "E unfinished capture";
            if (c.kind == Capture::Position) {
                out << " @" << c.start + 1;
            } else {
                out << " =" << hex(std::string_view(case_.subject).substr(c.start, c.length));
            }
        }
        return out.str();
    }

    const Case& case_;
    std::int64_t slice_;
    PatternText text_;
    MatcherState state_{};
    std::vector<char> memory_;
    int pauses_ = 0;
    std::int64_t used_ = 0;
};

std::string find(const Case& c) {
    return Runner(c, 1'000'000).find();
}
std::string find(std::string subject, std::string pattern) {
    return find(Case{std::move(subject), std::move(pattern)});
}

// --- The oracle. --------------------------------------------------------------------------------------------------------

std::string lua_literal(std::string_view bytes) {
    std::string out = "\"";
    char digits[5];
    for (const char c : bytes) {
        std::snprintf(digits, sizeof digits, "\\%03d", static_cast<unsigned char>(c));
        out += digits;
    }
    return out + '"';
}

std::vector<std::string> ask_oracle(const std::vector<Case>& cases) {
    std::ostringstream script;
    script << R"(local function show(ok, a, b, ...)
    if not ok then print("E " .. a) return end
    if a == nil then print("N") return end
    local t = {a, b}
    for i = 1, select("#", ...) do
        local v = select(i, ...)
        if type(v) == "number" then t[#t + 1] = "@" .. v
        else t[#t + 1] = "=" .. v:gsub("[%z\1-\255]", function(c) return ("%02x"):format(c:byte()) end) end
    end
    print(table.concat(t, " "))
end
local function T(...) show(pcall(string.find, ...)) end
)";
    for (const Case& c : cases) {
        script << "T(" << lua_literal(c.subject) << ',' << lua_literal(c.pattern) << ',' << c.init << ")\n";
    }
    return arenite::test::lines_of_lua51(script.str());
}

// --- Random cases. --------------------------------------------------------------------------------------------------------

class Generator {
public:
    Case make() {
        Case c;
        const int length = pick(15);
        for (int i = 0; i < length; ++i) c.subject += one_of(std::string_view("aaaabbbcc  12()-x]\0\xE9", 19));
        c.init = static_cast<std::size_t>(pick(4) == 0 ? pick(length + 2) + 1 : 1);
        if (c.init > c.subject.size() + 1) c.init = c.subject.size() + 1;
        if (pick(5) == 0) c.pattern += '^';
        const int items = pick(7);
        for (int i = 0; i < items; ++i) add_item(c.pattern);
        if (pick(6) == 0) c.pattern += '$';
        // Without specials, find does not use the matcher.
        if (c.pattern.find_first_of("^$*+?.([%-") >= c.pattern.find('\0')) c.pattern.insert(0, ".-");
        return c;
    }

private:
    int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
    char one_of(std::string_view s) { return s[static_cast<std::size_t>(pick(static_cast<int>(s.size())))]; }

    void add_item(std::string& p) {
        switch (pick(16)) {
            case 0: p += '('; return;
            case 1:
            case 2: p += ')'; return;
            case 3: p += "()"; return;
            case 4: {
                p += "%b";
                p += one_of("(ab1");
                p += one_of(")bab");
                return;
            }
            case 5:
                p += "%f";
                add_set(p);
                return;
            case 6:
                p += '%';
                p += one_of("1234092");
                return;
            case 7:
                p += '(';
                add_item(p);
                p += ')';
                return;
            case 8:
                if (pick(4) == 0) p += one_of(std::string_view("%[^$*+?-\0]", 10));
                break;
            default: break;
        }
        switch (pick(6)) {
            case 0: p += '.'; break;
            case 1:
            case 2: p += one_of("abc 1-]$^"); break;
            case 3:
                p += '%';
                p += one_of("acdlpsuwxzACDLPSUWXZ.%-(q]");
                break;
            case 4: add_set(p); break;
            default: p += one_of("aabb1"); break;
        }
        if (pick(2) == 0) p += one_of("*+-?");
    }

    void add_set(std::string& p) {
        p += '[';
        if (pick(3) == 0) p += '^';
        const int n = pick(4) + 1;
        for (int i = 0; i < n; ++i) {
            switch (pick(6)) {
                case 0:
                    p += '%';
                    p += one_of("adswzxADSWZ]%-^[");
                    break;
                case 1:
                    p += one_of("a1b%");
                    p += '-';
                    p += one_of("cz92b%]");
                    break;
                case 2: p += one_of("-]^%[$"); break;
                default: p += one_of("abc1 ()"); break;
            }
        }
        if (pick(12) != 0) p += ']';
    }

    std::mt19937 random_{20240607};
};

// --- Tests. -----------------------------------------------------------------------------------------------------------------

TEST(CharacterClasses, AreThoseOfTheCLocale) {
    EXPECT_TRUE(has_byte(kClassSets[static_cast<std::size_t>(kClassIndex['a'])].data(), 'q'));
    EXPECT_FALSE(has_byte(kClassSets[static_cast<std::size_t>(kClassIndex['a'])].data(), 0xE9));
    EXPECT_TRUE(has_byte(kClassSets[static_cast<std::size_t>(kClassIndex['W'])].data(), '_'));
    EXPECT_TRUE(has_byte(kClassSets[static_cast<std::size_t>(kClassIndex['z'])].data(), 0));
    EXPECT_EQ(kClassIndex['b'], -1);
    EXPECT_EQ(kClassIndex['.'], -1);
}

TEST(Pattern, Items) {
    EXPECT_EQ(find("hello world", "o w"), "5 7");
    EXPECT_EQ(find("hello world", "(o)( *)"), "5 6 =6f =20");
    EXPECT_EQ(find("key = value", "^(%w+)%s*=%s*(%w+)$"), "1 11 =6b6579 =76616c7565");
    EXPECT_EQ(find("THE (quick) fox", "%((%a+)%)"), "5 11 =717569636b");
    EXPECT_EQ(find("f(a(b)c)d", "%b()"), "2 8");
    EXPECT_EQ(find("THE (quick) fox", "%f[%a]%a+%f[%A]"), "1 3");
    EXPECT_EQ(find("\"it's\"", "([\"'])(.-)%1"), "1 6 =22 =69742773");
    EXPECT_EQ(find("abc", "()b()"), "2 2 @2 @3");
    EXPECT_EQ(find("aaab", ".-b"), "1 4");
    EXPECT_EQ(find("aaa", "^a-$"), "1 3");
    EXPECT_EQ(find("", ""), "1 0");
}

TEST(Pattern, ErrorsComeWhenTheyAreReached) {  // LM3
    EXPECT_EQ(find("abc", "x["), "N");
    EXPECT_EQ(find("abx", "x["), "E malformed pattern (missing ']')");
    EXPECT_EQ(find("a", "%"), "E malformed pattern (ends with '%')");
    EXPECT_EQ(find("a", "%f"), "E missing '[' after '%f' in pattern");
    EXPECT_EQ(find("a", "%b("), "E unbalanced pattern");
    EXPECT_EQ(find("a", "a)"), "E invalid pattern capture");
    EXPECT_EQ(find("a", "%1"), "E invalid capture index");
    EXPECT_EQ(find("a", "(%1)"), "E invalid capture index");
    EXPECT_EQ(find("a", "(a"), "E unfinished capture");
    std::string many;
    for (int i = 0; i < 33; ++i) many += "()";
    EXPECT_EQ(find("a", many), "E too many captures");
}

TEST(Pattern, ANulEndsThePattern) {  // LM5
    EXPECT_EQ(find("a", std::string("a\0[", 3)), "1 1");
    EXPECT_EQ(find(std::string("a\0b", 3), "a%zb"), "1 3");
    EXPECT_EQ(find(std::string("a\0b", 3), "[^a]b"), "2 3");
}

TEST(Pattern, DeepNestingOfTheReferenceNeedsNoStackHere) {
    // lua5.1 fails here, one C call per optional item.
    std::string pattern;
    for (int i = 0; i < 300'000; ++i) pattern += "a?";
    EXPECT_EQ(find(std::string(1000, 'a'), pattern), "1 1000");
}

TEST(Pattern, SingleCharacterLoopsUseOneChoice) {
    const Case c{std::string(1'000'000, 'a'), ".-.*.-.*$"};
    EXPECT_EQ(find(c), "1 1000000");
    EXPECT_LT(Matcher::memory_size(c.pattern.size()), 1000u);
}

TEST(Pattern, StepsAreCharged) {  // LM4
    const Case cubic{std::string(300, 'a'), "a*a*a*b"};
    Runner one(cubic, 1000);
    EXPECT_EQ(one.find(), "N");
    EXPECT_GT(one.pauses(), 300);
    const Case scan{std::string(8'000'000, 'a'), "[b-z]"};
    Runner two(scan, 1000);
    EXPECT_EQ(two.find(), "N");
    EXPECT_GT(two.used(), 100'000);
    EXPECT_LT(two.used(), 8'000'000);
}

TEST(Pattern, PausedAtEveryStepItFindsTheSame) {  // LM1
    Generator generator;
    for (int i = 0; i < 20'000; ++i) {
        const Case c = generator.make();
        const std::string expected = find(c);
        ASSERT_EQ(Runner(c, 1).find(), expected)
            << lua_literal(c.subject) << ' ' << lua_literal(c.pattern) << ' ' << c.init;
        ASSERT_EQ(Runner(c, 3).find(), expected)
            << lua_literal(c.subject) << ' ' << lua_literal(c.pattern) << ' ' << c.init;
    }
}

TEST(Pattern, LongSubjectsPausedInsideLoops) {
    const std::string a(1000, 'a');
    for (const Case& c : {Case{"<" + a + ">", "<(a+)>"}, Case{"<" + a + ">", "<(%a*)>"}, Case{"<" + a + ">", "<(.-)>"},
                          Case{"<" + a + ">", "<(%a-)>"}, Case{"((" + a + ")" + a + ")", "%b()"},
                          Case{a + "-" + a, "(a+)-%1$"}, Case{a + "x" + a, ".*x"}, Case{a + "xy", "[b-z]y"},
                          Case{a + "xyz", "(xyz)"}, Case{a, "a*[^a]"}, Case{a, "((a*)*)"}}) {
        Runner paused(c, 1);
        EXPECT_EQ(paused.find(), find(c)) << c.pattern;
        EXPECT_GT(paused.pauses(), 20) << c.pattern;
    }
}

TEST(Pattern, RandomCasesAgreeWithTheReference) {
    if (!arenite::test::have_lua51()) GTEST_SKIP() << "lua5.1 is not installed";
    Generator generator;
    std::vector<Case> cases;
    for (int i = 0; i < 20'000; ++i) cases.push_back(generator.make());
    const std::vector<std::string> expected = ask_oracle(cases);
    ASSERT_EQ(expected.size(), cases.size());
    int matched = 0;
    int failed = 0;
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const Case& c = cases[i];
        ASSERT_EQ(find(c), expected[i]) << lua_literal(c.subject) << ' ' << lua_literal(c.pattern) << ' ' << c.init;
        (expected[i][0] == 'N' ? failed : matched) += expected[i][0] != 'E';
    }
    EXPECT_GT(matched, 3000);  // the generator is worth something
    EXPECT_GT(failed, 2000);
}

}  // namespace
