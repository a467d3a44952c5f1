// The libraries that Redis gives its scripts, against facts: facts/*.facts has scripts with the replies of redis-server
// 7.0.15 (Debian), one script a line and its reply, made visible, in the next. They are run in their order, since options
// of cjson live on from script to script. Where there is a server, the facts themselves are checked as well.
//
// Random JSON texts, whole and with bytes changed, are decoded and encoded again. Of what the server makes of them a digest
// is kept here, so that there is something to compare with when there is no server.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "live_redis.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

/// In front of scripts that use it: show(v) writes a value in a way that does not depend on the order of a table.
constexpr std::string_view kShow =
    "local function show(v) local t = type(v) if t == 'table' then local keys, named = {}, {} for k, x in pairs(v) do "
    "local name = type(k) == 'number' and ('%.17g'):format(k) or ('%q'):format(k) keys[#keys + 1] = name named[name] = "
    "x "
    "end table.sort(keys) for i, k in ipairs(keys) do keys[i] = k .. '=' .. show(named[k]) end return '{' .. "
    "table.concat(keys, ';') .. '}' elseif t == 'number' then return ('%.17g'):format(v) elseif t == 'string' then "
    "return '\"' .. v .. '\"' end return tostring(v) end ";

std::string with_show(const std::string& script) {
    return script.find("show(") == std::string::npos ? script : std::string(kShow) + script;
}

std::string visible(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '\r') {
            out += "\\r";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\\') {
            out += "\\\\";
        } else if (code < 32 || code > 126) {
            out += "\\x";
            out += kDigits[code >> 4];
            out += kDigits[code & 15];
        } else {
            out += c;
        }
    }
    return out;
}

/// The reply as facts have it: without the script's hash.
std::string told(const std::string& reply) {
    static const std::regex kWhere(" script: [0-9a-f]{40}, on @user_script:1\\.");
    return visible(std::regex_replace(reply, kWhere, " script: ?"));
}

struct Fact {
    std::string script;
    std::string reply;
};

std::string facts_folder() {
    return ARENITE_SOURCE_DIR "/tests/redis_api/facts";
}

std::vector<Fact> read_facts(const std::string& name) {
    std::ifstream stream(facts_folder() + "/" + name + ".facts");
    std::vector<Fact> facts;
    Fact fact;
    while (std::getline(stream, fact.script) && std::getline(stream, fact.reply)) {
        fact.reply.erase(0, 4);
        facts.push_back(fact);
    }
    return facts;
}

std::vector<std::string> fact_files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(facts_folder())) {
        if (entry.path().extension() == ".facts") names.push_back(entry.path().stem());
    }
    return names;
}

std::unique_ptr<Engine> make_engine() {
    EngineOptions options;
    options.address_range = std::size_t{1} << 30;
    return Engine::create(std::move(options));
}

class ScriptLibrary : public ::testing::TestWithParam<std::string> {};

TEST_P(ScriptLibrary, RepliesAsRedisDoes) {
    const auto engine = make_engine();
    ASSERT_NE(engine, nullptr);
    const auto facts = read_facts(GetParam());
    ASSERT_GT(facts.size(), 100u);
    for (const Fact& fact : facts) {
        EXPECT_EQ(told(to_resp(engine->eval(with_show(fact.script)), 2)), fact.reply) << fact.script;
    }
    EXPECT_EQ(engine->vm().verify(), std::nullopt);
}

TEST_P(ScriptLibrary, FactsAreTrue) {
    LiveRedis* server = LiveRedis::get();
    if (!server) GTEST_SKIP() << "NOT TESTED: there is no redis-server 7 on this machine";
    ASSERT_EQ(server->command({"FLUSHALL"}, 2), "+OK\r\n");
    for (const Fact& fact : read_facts(GetParam())) {
        EXPECT_EQ(told(server->command({"EVAL", with_show(fact.script), "0"}, 2)), fact.reply) << fact.script;
    }
}

/// The script as one whose result is a string, whatever it returns or raises.
std::string as_text(const Fact& fact) {
    return std::string(kShow) + "return show({pcall(function() " + fact.script + " end)})";
}

/// Runs a script from the beginning to the end, a unit of work at a time; its result, or its error.
std::string run_in_steps(Engine& engine, const std::string& script) {
    Vm& vm = engine.vm();
    Value function = Value::nil();
    EXPECT_EQ(vm.begin(), TxnStatus::Ok);
    std::string result = "not run";
    if (vm.load(script, "@user_script", function) && vm.start(function, {})) {
        vm.set_exact(true);
        while (vm.step(1) == RunStatus::Suspended) {
        }
        vm.set_exact(false);
        result =
            vm.status() == RunStatus::Finished ? std::string(vm.heap().string(vm.results()[0])) : vm.failure().message;
    }
    EXPECT_EQ(vm.rollback(), TxnStatus::Ok);
    return result;
}

TEST_P(ScriptLibrary, SameWhenSuspendedAtEachStep) {
    const auto engine = make_engine();
    ASSERT_NE(engine, nullptr);
    // Growth of tables and work with long strings is done in slices from small sizes on.
    engine->vm().heap().slice_sizes = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    for (const Fact& fact : read_facts(GetParam())) {
        if (fact.script.find("redis.call") != std::string::npos) continue;  // needs a run of the engine
        if (fact.script.find("redis.pcall") != std::string::npos) continue;
        const std::string script = as_text(fact);
        const Reply whole = engine->eval(script);
        ASSERT_EQ(whole.kind(), ReplyKind::Bulk) << whole.text();
        EXPECT_EQ(run_in_steps(*engine, script), whole.text()) << fact.script;
    }
    EXPECT_EQ(engine->vm().verify(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Facts, ScriptLibrary, ::testing::ValuesIn(fact_files()),
                         [](const auto& test) { return test.param; });

/// An allocation that fails is made again after a collection, in the middle of the work: whichever it is, the result is the
/// same. What is counted begins when the run has been prepared.
class ScriptLibraryMemory : public ::testing::TestWithParam<const char*> {};

TEST_P(ScriptLibraryMemory, TheNthAllocationIsMadeAgain) {
    const auto engine = make_engine();
    ASSERT_NE(engine, nullptr);
    Vm& vm = engine->vm();
    vm.heap().slice_sizes = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    vm.heap().pacing().single_slot_claims = true;
    auto& budget = vm.heap().budget;
    std::uint64_t used = 0;
    const auto run = [&](std::uint64_t n) {
        Value function = Value::nil();
        EXPECT_EQ(vm.begin(), TxnStatus::Ok);
        EXPECT_TRUE(vm.load(std::string(kShow) + GetParam(), "@user_script", function) && vm.start(function, {}));
        budget.fail_charge(n);
        while (vm.step(2000) == RunStatus::Suspended) {
        }
        used = n - budget.charges_until_fault();
        budget.fail_charge(0);
        const std::string result =
            vm.status() == RunStatus::Finished ? std::string(vm.heap().string(vm.results()[0])) : vm.failure().message;
        EXPECT_EQ(vm.rollback(), TxnStatus::Ok);
        return result;
    };
    const std::string whole = run(std::uint64_t{1} << 40);
    const std::uint64_t total = used;
    ASSERT_GT(total, 10u);
    for (std::uint64_t n = 1; n <= total; n += total / 300 + 1) {
        ASSERT_EQ(run(n), whole) << "allocation " << n << " of " << total;
    }
    EXPECT_EQ(vm.verify(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(
    Scripts, ScriptLibraryMemory,
    ::testing::Values(
        "local t, n = cjson.decode('{\"a\":' .. ('['):rep(200) .. (']'):rep(200) .. '}').a, 0 "
        "while t do t, n = t[1], n + 1 end return tostring(n)",
        "local t = {} for i = 1, 60 do t = {t, 'x', {k = i / 3}} end return redis.sha1hex(cjson.encode(t))",
        "return redis.sha1hex(cjson.encode({('ab/\\1'):rep(30000), ('x'):rep(500), 'y'}))",
        "return redis.sha1hex(cjson.decode('\"' .. ('\\\\u20ac '):rep(9000) .. '\"'))",
        "return tostring(cjson.decode('0.' .. ('3'):rep(20000)))",
        "return redis.sha1hex(show(cjson.decode('[' .. ('1,\"text\",[],'):rep(150) .. '{}]')))",
        "return tostring(bit.bor(('0'):rep(20000) .. '7', (' '):rep(20000) .. '8', 16))",
        "return redis.sha1hex(show(cjson.new().decode('[' .. ('{\"\\\\u0041\":null},'):rep(50) .. '1]')))"));

/// Random JSON texts.
class TextGenerator {
public:
    explicit TextGenerator(std::uint32_t seed) : random_(seed) {}

    std::string text() {
        std::string out;
        value(out, 0);
        return out;
    }
    /// With up to four bytes changed, taken out or put in.
    std::string mutated() {
        using namespace std::string_view_literals;
        constexpr std::string_view kBytes = "\0\x01 \t\n\"\\/{}[]:,+-.0123456789eExXnulltruefalseNaInfdD\x7f\x80\xff"sv;
        std::string out = text();
        for (std::uint32_t n = 1 + below(4); n > 0; --n) {
            const char c = kBytes[below(static_cast<std::uint32_t>(kBytes.size()))];
            const std::size_t at = below(static_cast<std::uint32_t>(out.size()) + 1);
            switch (below(3)) {
                case 0: out.insert(at, 1, c); break;
                case 1: out.erase(at, 1 + below(3)); break;
                default:
                    if (at < out.size()) out[at] = c;
            }
        }
        return out;
    }

private:
    std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
    void blanks(std::string& out) {
        for (std::uint32_t n = below(8) == 0 ? below(4) : 0; n > 0; --n) out += " \t\r\n"[below(4)];
    }
    void string(std::string& out) {
        constexpr const char* kPieces[] = {"a",        "b",       "key",     "\\n",     "\\\"",    "\\/",
                                           "\\u0041",  "\\u00e9", "\\u20ac", "\\u0000", "\\u001f", "\\ud834\\udd1e",
                                           "\xc3\xa9", "/",       "\x7f",    "\\t",     "12",      " ",
                                           "\x01"};
        out += '"';
        for (std::uint32_t n = below(6); n > 0; --n) out += kPieces[below(std::size(kPieces))];
        out += '"';
    }
    void number(std::string& out) {
        constexpr const char* kWhole[] = {"0", "1", "-1", "17", "-0", "123456789", "99999999999999999", "007", "0x1F"};
        constexpr const char* kRest[] = {"", "", "", ".5", ".25e3", "e5", "E-7", ".", "e400", ".0001"};
        out += kWhole[below(std::size(kWhole))];
        out += kRest[below(std::size(kRest))];
    }
    void value(std::string& out, int depth) {
        constexpr const char* kWords[] = {"true", "false", "null", "null", "nan", "-inf", "Infinity"};
        blanks(out);
        switch (below(depth > 4 ? 4 : 8)) {
            case 0: out += kWords[below(std::size(kWords))]; break;
            case 1: number(out); break;
            case 2:
            case 3: string(out); break;
            case 4:
            case 5: list(out, depth, '[', ']'); break;
            default: list(out, depth, '{', '}');
        }
        blanks(out);
    }
    void list(std::string& out, int depth, char open, char close) {
        out += open;
        for (std::uint32_t n = below(5); n > 0; --n) {
            if (open == '{') {
                string(out);
                blanks(out);
                out += ':';
            }
            value(out, depth + 1);
            if (n > 1) out += ',';
        }
        out += close;
    }

    std::mt19937 random_;
};

/// What becomes of each of the texts in ARGV. The bytes of an encoded object are sorted, since their order is a table's.
constexpr std::string_view kRoundTrips = R"lua(
    local out = {}
    for i, text in ipairs(ARGV) do
        local ok, value = pcall(cjson.decode, text)
        if not ok then
            out[i] = value
        else
            local encoded, json = pcall(cjson.encode, value)
            out[i] = show(value)
            if encoded then
                local again = show(cjson.decode(json))
                if again ~= out[i] then out[i] = out[i] .. ' again ' .. again end
                json = {json:byte(1, -1)}
                table.sort(json)
                json = redis.sha1hex(table.concat(json, ' '))
            end
            out[i] = out[i] .. ' as ' .. json
        end
    end
    return out)lua";

std::uint64_t digest_of(std::string_view bytes, std::uint64_t digest) {
    for (const char c : bytes) digest = (digest ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return digest;
}

void compare_round_trips(std::uint32_t seed, const std::string& options, std::uint64_t their_digest) {
    constexpr int kBatches = 100;
    constexpr int kTexts = 100;
    LiveRedis* server = LiveRedis::get();
    const auto engine = make_engine();
    ASSERT_NE(engine, nullptr);
    TextGenerator generator(seed);
    const std::string script = options + std::string(kShow) + std::string(kRoundTrips);
    std::uint64_t ours_digest = 14695981039346656037u;
    std::uint64_t theirs_digest = ours_digest;
    for (int batch = 0; batch < kBatches; ++batch) {
        std::vector<std::string> words{"EVAL", script, "0"};
        for (int i = 0; i < kTexts; ++i) words.push_back(i % 4 == 0 ? generator.text() : generator.mutated());
        const std::vector<std::string_view> texts(words.begin() + 3, words.end());
        const std::string ours = to_resp(engine->eval(script, {}, texts), 2);
        ours_digest = digest_of(ours, ours_digest);
        if (!server) continue;
        const std::string theirs = server->command(words, 2);
        theirs_digest = digest_of(theirs, theirs_digest);
        if (ours == theirs) continue;
        for (const std::string_view text : texts) {
            const std::string_view one[] = {text};
            const std::string mine = to_resp(engine->eval(script, {}, one), 2);
            EXPECT_EQ(visible(mine), visible(server->command({"EVAL", script, "0", std::string(text)}, 2)))
                << visible(text);
        }
    }
    EXPECT_EQ(ours_digest, their_digest);
    if (server) {
        EXPECT_EQ(theirs_digest, their_digest) << "what is written down here is not what the server says";
    }
}

// The digests are those of the replies of redis-server 7.0.15.
TEST(ScriptLibraryRandom, RoundTripsOfJsonTexts) {
    compare_round_trips(7015, "", 13421352106793152688u);
}

TEST(ScriptLibraryRandom, RoundTripsWithOptions) {
    compare_round_trips(
        2100,
        "local cjson = cjson.new() cjson.decode_invalid_numbers(false) cjson.encode_number_precision(6) "
        "cjson.decode_max_depth(3) ",
        15194874411906766906u);
}

TEST(ScriptLibraryRandom, RoundTripsOfInvalidNumbers) {
    compare_round_trips(1976, "local cjson = cjson.new() cjson.encode_invalid_numbers(true) cjson.encode_max_depth(2) ",
                        14625385839325332961u);
}

}  // namespace
}  // namespace arenite::redis::testing
