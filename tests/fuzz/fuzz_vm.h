// What the fuzz targets that run whole machines share: an input reader, and a Vm that is checked after each use.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arenite/ref.h>
#include <arenite/task.h>
#include "heap/collector.h"
#include "heap/content_hash.h"
#include "vm/embed/host.h"

namespace arenite::fuzz {

[[noreturn]] inline void fail(std::string_view what, std::string_view detail = {}) {
    std::fprintf(stderr, "fuzz: %.*s%s%.*s\n", static_cast<int>(what.size()), what.data(), detail.empty() ? "" : ": ",
                 static_cast<int>(detail.size()), detail.data());
    std::abort();
}

inline void check(bool ok, std::string_view what, std::string_view detail = {}) {
    if (!ok) fail(what, detail);
}

/// Reads an input from its front; zeros when it is used up.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    [[nodiscard]] bool empty() const { return size_ == 0; }
    std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    std::uint32_t word16() {
        const std::uint32_t high = byte();
        return high << 8 | byte();
    }
    std::size_t below(std::size_t bound) {
        if (bound <= 1) return 0;
        return (bound > 256 ? word16() : byte()) % bound;
    }
    std::string_view take(std::size_t n) {
        n = std::min(n, size_);
        const std::string_view taken(reinterpret_cast<const char*>(data_), n);
        data_ += n;
        size_ -= n;
        return taken;
    }
    std::string_view rest() { return take(size_); }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

/// Everything that a rollback has to bring back (what Refs hold is not part of it).
struct HeapState {
    std::uint64_t hash;
    std::size_t bytes;
    bool operator==(const HeapState&) const = default;
};
inline HeapState state_of(const Vm& vm) {
    return {content_hash(vm.heap()), vm.heap().pages().exact_used()};
}

inline void same(const HeapState& now, const HeapState& before) {
    check(now.hash == before.hash, "rollback left other contents");
    check(now.bytes == before.bytes, "rollback left other bytes",
          std::to_string(now.bytes) + " instead of " + std::to_string(before.bytes));
}

inline void verify(Vm& vm, const char* when) {
    if (const auto problem = vm.verify()) fail(when, *problem);
}

inline VmOptions small_options(std::size_t memory_limit = std::size_t{16} << 20) {
    VmOptions options;
    options.heap.hash_seed = 1;  // what is found is found again
    options.profile = Profile::Sandbox;
    options.heap.memory_limit = memory_limit;
    options.heap.generation_mask = 0x2A5B;  // the same in each run
    options.max_stack_slots = 20'000;
    options.max_frames = 4'000;
    options.output = [](std::string_view) {};
    return options;
}

/// Runs what was started, `step` units at a time, and kills it when `limit` units did not suffice.
inline RunStatus run_bounded(Vm& vm, std::uint64_t step, std::uint64_t limit) {
    for (std::uint64_t used = 0; vm.status() == RunStatus::Suspended && used < limit; used += step) vm.step(step);
    if (vm.status() == RunStatus::Suspended || vm.status() == RunStatus::Yielded) vm.kill("too long");
    check(vm.status() != RunStatus::Suspended && vm.status() != RunStatus::Yielded, "a killed run goes on");
    return vm.status();
}

/// A Vm on which one input after the other runs; each has to leave it as it was.
class FuzzedVm {
public:
    explicit FuzzedVm(const VmOptions& options) : vm_(Vm::create(options)) { check(vm_ != nullptr, "no Vm"); }
    [[nodiscard]] Vm& vm() { return *vm_; }
    /// A function that stays, made of a text.
    Value keep(std::string_view source, std::span<const Value> arguments = {}) {
        check(vm_->begin() == TxnStatus::Ok, "begin");
        Value f = Value::nil();
        check(vm_->load(source, "=kept", f), "a text of the fuzz target does not compile", vm_->failure().message);
        check(vm_->call(f, arguments) == RunStatus::Finished, "a text of the fuzz target fails",
              vm_->failure().message);
        const Value result = vm_->results().empty() ? Value::nil() : vm_->results()[0];
        kept_.emplace_back(*vm_, result);
        check(vm_->commit() == TxnStatus::Ok, "commit");
        return result;
    }
    void begin() {
        before_ = state_of(*vm_);
        check(vm_->begin() == TxnStatus::Ok, "begin");
    }
    /// Rolls back and compares with the begin.
    void rollback() {
        check(vm_->rollback() == TxnStatus::Ok, "rollback");
        if (rollbacks_++ % verify_each == 0) verify(*vm_, "after rollback");
        same(state_of(*vm_), before_);
    }

    /// Of how many rollbacks one is followed by a walk over the whole heap.
    unsigned verify_each = 1;

private:
    std::unique_ptr<Vm> vm_;
    std::vector<Ref<Closure>> kept_;
    unsigned rollbacks_ = 0;
    HeapState before_{};
};

}  // namespace arenite::fuzz
