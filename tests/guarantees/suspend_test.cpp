// Suspended at every instruction: a script that is stopped after each unit of work, with collections and walks over the
// heap in between, prints what it prints when it runs through, and leaves the same state. So the collector may run at
// each of these points, too.
#include <gtest/gtest.h>

#include <string>

#include "corpus.h"

namespace arenite::guarantees {
namespace {

struct Outcome {
    std::string printed;
    std::string state;
    bool operator==(const Outcome&) const = default;
};

struct Manner {
    std::uint64_t step = 1'000'000;
    std::uint64_t collect_each = 0;
    std::uint64_t verify_each = 0;
    bool exact = false;  ///< stop at every instruction, not only where the budget is checked
};

Outcome outcome(const Script& script, const Manner& manner) {
    World world;
    Vm& vm = world.vm();
    EXPECT_EQ(vm.begin(), TxnStatus::Ok);
    std::uint64_t steps = 0;
    (void)world.take_output();
    if (world.start(script.text, "@" + script.name + ".lua")) {
        vm.set_exact(manner.exact);
        while (vm.step(manner.step) == RunStatus::Suspended) {
            ++steps;
            if (manner.collect_each != 0 && steps % manner.collect_each == 0) vm.full_collect();
            if (manner.verify_each != 0 && steps % manner.verify_each == 0) {
                const auto problem = vm.verify();
                EXPECT_EQ(problem, std::nullopt) << script.name << ", step " << steps;
                if (problem) break;
            }
        }
    }
    vm.set_exact(false);
    EXPECT_EQ(vm.status(), RunStatus::Finished) << script.name << ": " << vm.failure().message;
    Outcome result;
    result.printed = world.take_output();
    EXPECT_EQ(vm.commit(), TxnStatus::Ok);
    EXPECT_EQ(vm.verify(), std::nullopt) << script.name;
    vm.full_collect();
    EXPECT_EQ(vm.verify(), std::nullopt) << script.name;
    result.state = world.run(read_file("digest.lua"), "=digest", false);
    count_tried("suspensions", steps);
    return result;
}

class Suspended : public EachScript {};

TEST_P(Suspended, AtEveryInstruction) {
    const Outcome whole = outcome(GetParam(), {});
    EXPECT_NE(whole.printed, "");
    for (const bool exact : {true, false}) {
        const Outcome stepped = outcome(GetParam(), {.step = 1, .verify_each = 997, .exact = exact});
        EXPECT_EQ(stepped.printed, whole.printed) << exact;
        EXPECT_EQ(stepped.state, whole.state) << exact;
    }
}

TEST_P(Suspended, AtEveryInstructionWithCollections) {
    const Outcome whole = outcome(GetParam(), {});
    // When a weak entry or a finalizer goes is the collector's affair.
    if (GetParam().name == "weak_tables" || GetParam().name.starts_with("finalizers")) return;
    for (const Manner& manner : {Manner{.step = 1, .collect_each = 41, .verify_each = 1009, .exact = true},
                                 Manner{.step = 13, .collect_each = 1, .verify_each = 101}}) {
        const Outcome stepped = outcome(GetParam(), manner);
        EXPECT_EQ(stepped.printed, whole.printed);
        EXPECT_EQ(stepped.state, whole.state);
    }
}

INSTANTIATE_TEST_SUITE_P(Corpus, Suspended, testing::ValuesIn(corpus()), script_name);

}  // namespace
}  // namespace arenite::guarantees
