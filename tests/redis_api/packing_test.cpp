// cmsgpack and struct: the facts hold, with and without a server; they hold when a script is suspended wherever it can
// be, with collections in between; random values and random bytes give what redis-server gives.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "facts.h"
#include "live_redis.h"
#include "redis_api/sha1.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

std::unique_ptr<Engine> make_engine(std::size_t memory_limit = EngineOptions{}.memory_limit) {
    EngineOptions options;
    options.address_range = std::size_t{1} << 30;
    options.memory_limit = memory_limit;
    return Engine::create(std::move(options));
}

class Packing : public ::testing::TestWithParam<const char*> {};

TEST_P(Packing, Facts) {
    const auto engine = make_engine();
    const std::vector<Fact> facts = read_facts(GetParam());
    ASSERT_GT(facts.size(), 1000u);
    for (const Fact& fact : facts) {
        const Reply reply = engine->eval(script_of(fact.expression));
        EXPECT_EQ(reply.text(), fact.shown) << fact.expression;
    }
    EXPECT_EQ(engine->vm().verify(), std::nullopt);
}

TEST_P(Packing, FactsAreThoseOfTheServer) {
    LiveRedis* server = LiveRedis::get();
    if (!server) GTEST_SKIP() << "NOT TESTED: there is no redis-server 7 on this machine";
    for (const Fact& fact : read_facts(GetParam())) {
        const std::string theirs = server->command({"EVAL", script_of(fact.expression), "0"}, 2);
        EXPECT_EQ(to_resp(Reply::bulk(fact.shown), 2), theirs) << fact.expression;
    }
}

/// Runs a script by steps of one unit.
struct Stepper {
    bool exact = false;              ///< at every instruction
    std::uint64_t collect_each = 0;  ///< steps
    std::uint64_t most_steps = 0;    ///< gives up after them
    std::uint64_t fail_at = 0;       ///< the allocation that fails; 0: none
    std::uint64_t step = 1;

    /// The text that it returned, if it came to an end.
    std::optional<std::string> run(Vm& vm, const std::string& script) const {
        std::optional<std::string> text;
        EXPECT_EQ(vm.begin(), TxnStatus::Ok);
        Value function = Value::nil();
        EXPECT_TRUE(vm.load(script, "@user_script", function));
        EXPECT_TRUE(vm.start(function, {}));
        vm.set_exact(exact);
        std::uint64_t steps = 0;
        vm.heap().budget.fail_charge(fail_at);
        while (steps < most_steps && vm.step(step) == RunStatus::Suspended) {
            if (++steps % collect_each == 0) vm.full_collect();
        }
        vm.heap().budget.fail_charge(0);
        vm.set_exact(false);
        if (vm.status() == RunStatus::Finished) {
            text = std::string(vm.heap().string(vm.results()[0]));
        } else if (vm.status() == RunStatus::Suspended) {
            vm.kill("takes too long");
        } else if (fail_at == 0 || vm.failure().kind != Failure::Kind::Memory) {
            ADD_FAILURE() << vm.failure().message;
        }
        EXPECT_EQ(vm.rollback(), TxnStatus::Ok);
        return text;
    }
};

/// What a fact's expression gives does not depend on where it was suspended.
TEST_P(Packing, FactsInTheSmallestSteps) {
    const auto engine = make_engine();
    engine->vm().heap().slice_sizes = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    std::size_t done = 0;
    std::size_t n = 0;
    for (const Fact& fact : read_facts(GetParam())) {
        const Stepper stepper{.exact = ++n % 3 == 0, .collect_each = 97, .most_steps = 40'000};
        const auto text = stepper.run(engine->vm(), script_of(fact.expression));
        if (!text) continue;
        EXPECT_EQ(*text, fact.shown) << fact.expression;
        ++done;
    }
    EXPECT_GT(done, n * 4 / 5);
    EXPECT_EQ(engine->vm().verify(), std::nullopt);
}

/// Numerals, searches and strings of more than one slice.
TEST(PackingSteps, LongArguments) {
    const auto engine = make_engine();
    struct LongCase {
        const char* script;
        const char* text;
    };
    for (const LongCase& c : {
             LongCase{"return struct.pack('b', (' '):rep(40000) .. '65')", "A"},
             LongCase{"return (struct.unpack('sc0', (' '):rep(40000) .. '3\\0abcdef'))", "abc"},
             LongCase{"return tostring(#struct.unpack('s', ('x'):rep(200000) .. '\\0'))", "200000"},
             LongCase{"return tostring(#cmsgpack.pack(('x'):rep(200000), {('y'):rep(70000)}))", "270011"},
             LongCase{"return tostring(#cmsgpack.unpack(cmsgpack.pack(('x'):rep(200000))))", "200000"},
             LongCase{"return tostring(#struct.pack('c150000s', ('x'):rep(200000), ('y'):rep(70000)))", "220001"},
             LongCase{"return struct.pack('i' .. ('0'):rep(20000) .. '1 c' .. ('0'):rep(20000), 65, 'B')", "AB"},
             LongCase{"return tostring(struct.size(('b'):rep(5000) .. 'c' .. ('0'):rep(9000) .. '7'))", "5007"},
         }) {
        for (const bool exact : {false, true}) {
            const Stepper stepper{.exact = exact, .collect_each = 10'007, .most_steps = 2'000'000};
            EXPECT_EQ(stepper.run(engine->vm(), c.script), c.text) << c.script;
        }
    }
}

/// What earlier calls have left is collected when memory is out, also in the middle of a call
/// (vm/include/arenite/native.h, N4).
TEST(PackingMemory, IsCollectedWhenItIsOut) {
    const auto engine = make_engine(std::size_t{6} << 20);
    const Reply reply = engine->eval(R"lua(
        local t = {}
        for i = 1, 3000 do t[i] = {i, 'v' .. i, {k = i}} end
        local sum, message = 0
        for i = 1, 60 do
            message = cmsgpack.pack(t, ('x'):rep(300000))
            local u, x = cmsgpack.unpack(message)
            local s, l = struct.unpack('sc5', struct.pack('sc0', x, 'after'))
            sum = sum + #u + u[3000][3].k + #s + #l
        end
        return sum)lua");
    EXPECT_EQ(to_resp(reply, 2), ":" + std::to_string(60 * (3000 + 3000 + 300'000 + 5)) + "\r\n");
}

/// Entries of a weak table go while it is packed, but not from between a head and what it promises.
TEST(PackingMemory, WeakTables) {
    const auto engine = make_engine();
    engine->vm().heap().slice_sizes = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    const Stepper stepper{.exact = true, .collect_each = 13, .most_steps = 1'000'000, .step = 400};
    const auto text = stepper.run(engine->vm(), R"lua(
        local held, weak = {}, setmetatable({}, {__mode = 'v'})
        for i = 1, 3000 do
            local v = {i}
            weak['k' .. i] = v
            if i % 2 == 0 then held[i] = v end
        end
        local n = 0
        for k, v in pairs(cmsgpack.unpack(cmsgpack.pack(weak))) do
            assert(k == 'k' .. v[1])
            n = n + 1
        end
        return n >= 1500 and n < 3000 and 'well-formed' or tostring(n))lua");
    EXPECT_EQ(text, "well-formed");
}

TEST(PackingMemory, ClaimsAllocateNothing) {
    const auto engine = make_engine(std::size_t{2} << 20);
    for (const char* head : {"\\221", "\\223", "\\219"}) {
        for (const char* rest : {"", "\\1\\2\\3"}) {
            const std::string script = std::string("return select(2, pcall(function() return cmsgpack.unpack('") +
                                       head + "\\255\\255\\255\\255" + rest + "') end))";
            const Reply reply = engine->eval(script);
            EXPECT_EQ(reply.text(), "user_script:1: Missing bytes in input.") << script;
        }
    }
}

TEST(PackingMemory, EndsWithAnError) {
    const auto engine = make_engine(std::size_t{8} << 20);
    for (const char* script : {
             "local s = ('x'):rep(3000000) return #cmsgpack.pack(s, s, s)",
             "local s = ('x'):rep(3000000) return #struct.pack('sss', s, s, s)",
             "local s = cmsgpack.pack(('x'):rep(3000000)) return {cmsgpack.unpack(s .. s)}",
             "return cmsgpack.unpack('\\221\\0\\4\\0\\0' .. ('\\144'):rep(262144))",
         }) {
        const Reply reply = engine->eval(script);
        EXPECT_TRUE(reply.is_error()) << script;
        EXPECT_NE(reply.text().find("not enough memory"), std::string::npos) << reply.text();
        EXPECT_EQ(engine->vm().verify(), std::nullopt);
        EXPECT_LE(engine->vm().heap().budget.used(), std::size_t{8} << 20);
    }
}

/// An allocation that fails, anywhere in a call that is suspended all the time: either nothing comes of it, since what
/// can be collected is collected and the call goes on, or the script ends for want of memory.
TEST_P(Packing, FactsWithFailingAllocations) {
    const auto engine = make_engine();
    Vm& vm = engine->vm();
    vm.heap().slice_sizes = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    vm.heap().pacing().single_slot_claims = true;
    const std::vector<Fact> facts = read_facts(GetParam());
    std::size_t survived = 0;
    for (std::size_t i = 0; i < facts.size(); i += 23) {
        for (std::uint64_t n = 1; n < 400; n += 1 + n / 4) {
            const Stepper stepper{
                .exact = n % 2 == 0, .collect_each = 1'009, .most_steps = 2'000, .fail_at = n, .step = 20};
            const auto text = stepper.run(vm, script_of(facts[i].expression));
            if (!text || text->find("not enough memory") != std::string::npos) continue;
            EXPECT_EQ(*text, facts[i].shown) << facts[i].expression << ", allocation " << n;
            ++survived;
        }
    }
    EXPECT_GT(survived, 0u);
    EXPECT_EQ(vm.verify(), std::nullopt);
}

/// The same for the natives alone, with values that need many allocations: none fails but for the one that is out.
TEST(PackingMemory, GoesOnAfterACollection) {
    const auto engine = make_engine();
    Vm& vm = engine->vm();
    vm.heap().slice_sizes = {.slots = 16, .slice_slots = 8, .bytes = 64, .slice_bytes = 16};
    vm.heap().pacing().single_slot_claims = true;
    const std::string script = show_functions() + R"lua(
        local t = {('s'):rep(40000)}
        for i = 2, 100 do t[i] = {i, {k = {('v'):rep(i)}}} end
        local deep = 'end'
        for i = 1, 14 do deep = {deep, i} end
        local message = pack(t, deep, ('m'):rep(30000))
        local u, d = unpack_all(('e'):rep(20) .. message)
        local fields = {}
        for i = 1, 60 do fields[2 * i - 1], fields[2 * i] = i, ('f'):rep(i) end
        local format = ('Bc0'):rep(60) .. 's'
        fields[121] = ('z'):rep(20000)
        local bytes = struct.pack(format, unpack(fields))
        return show(u) .. show(d) .. list(limit(message, 2)) .. list(struct.unpack(format, bytes)))lua";
    const Stepper whole{.collect_each = 1'000'000, .most_steps = 1'000'000, .step = 100'000};
    const auto expected = whole.run(vm, script);
    ASSERT_TRUE(expected);
    std::size_t survived = 0;
    for (std::uint64_t n = 1; n < 3000; n += 1 + n / 20) {
        const Stepper stepper{.collect_each = 5'003, .most_steps = 1'000'000, .fail_at = n, .step = 7};
        const auto text = stepper.run(vm, script);
        if (!text) continue;
        EXPECT_EQ(*text, *expected) << n;
        ++survived;
    }
    EXPECT_GT(survived, 10u);
    EXPECT_EQ(vm.verify(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Libraries, Packing, ::testing::Values("cmsgpack", "struct"));

}  // namespace
}  // namespace arenite::redis::testing
