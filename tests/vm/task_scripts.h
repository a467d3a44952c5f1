// A Vm whose scripts run as tasks, each in a transaction of its own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite::test {

class TaskScripts : public testing::Test {
protected:
    void SetUp() override {
        VmOptions options;
        options.heap.hash_seed = 1;
        options.heap.memory_limit = 64 << 20;
        vm = Vm::create(options);
        ASSERT_TRUE(vm);
    }
    /// The results of a chunk, joined with spaces, and its changes are committed; or "failed: " and the message. The heap is
    /// verified after it.
    std::string run(std::string_view source, std::uint64_t budget = 1'000'000'000) {
        EXPECT_EQ(vm->begin(), TxnStatus::Ok);
        Value f = Value::nil();
        EXPECT_TRUE(vm->load(source, "=t", f)) << vm->failure().message;
        const Ref<Closure> function(*vm, f);
        EXPECT_EQ(vm->commit(), TxnStatus::Ok);
        Task task(*vm, f);
        while (task.step(budget) == RunStatus::Suspended) {
        }
        EXPECT_EQ(vm->verify(), std::nullopt) << source;
        if (task.status() == RunStatus::Failed) return "failed: " + task.failure().message;
        std::string all;
        for (Value v : task.values()) all += (all.empty() ? "" : " ") + vm->to_display(v);
        return all;
    }
    std::unique_ptr<Vm> vm;
};

}  // namespace arenite::test
