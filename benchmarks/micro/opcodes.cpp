// Nanoseconds of each opcode of heap/opcodes.def: a loop with kCopies copies of its snippet, less the empty loop. The
// label says what else a snippet runs. Times are CPU time of the thread.
#include <benchmark/benchmark.h>

#include <time.h>

#include <algorithm>
#include <memory>
#include <string>

#include <arenite/vm.h>
#include "benchmarks/micro/opcode_snippets.h"

namespace {

using namespace arenite;

constexpr unsigned kCopies = 16;
constexpr double kTurns = 2000;

double now_ns() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

/// A VM with one transaction open and the function of a chunk.
class Loop {
public:
    explicit Loop(const std::string& chunk) : vm_(Vm::create()) {
        vm_->begin();
        Value function;
        if (!vm_->load(chunk, "=bench", function) || vm_->call(function, {}) != RunStatus::Finished) return;
        function_ = vm_->results()[0];
        ok_ = true;
    }
    /// CPU nanoseconds of function(turns); negative when it fails.
    double run(double turns) {
        const Value argument = Value::number(turns);
        const double start = now_ns();
        if (!ok_ || vm_->call(function_, {&argument, 1}) != RunStatus::Finished) return -1;
        return now_ns() - start;
    }
    [[nodiscard]] const std::string& message() const { return vm_->failure().message; }

private:
    std::unique_ptr<Vm> vm_;
    Value function_ = Value::nil();
    bool ok_ = false;
};

/// One turn of a loop without a body.
double empty_turn_ns() {
    static const double ns = [] {
        Loop loop("return function(n) for i = 1, n do end end");
        double best = loop.run(kTurns * kCopies);
        for (int i = 0; i < 50; ++i) best = std::min(best, loop.run(kTurns * kCopies));
        return best / (kTurns * kCopies);
    }();
    return ns;
}

void opcode(benchmark::State& state, const bench::Snippet* snippet) {
    const bool host = snippet->op == Op::K_HOSTEND;  // one per call, not per turn
    Loop loop(bench::chunk_of(*snippet, kCopies));
    const double empty = host ? 0 : empty_turn_ns() * kTurns;
    double total = 0;
    for (auto _ : state) {
        const double ns = loop.run(host ? 0 : kTurns);
        if (ns < 0) {
            state.SkipWithError(loop.message().c_str());
            return;
        }
        state.SetIterationTime(ns * 1e-9);
        total += std::max(0.0, ns - empty);
    }
    const double units = host ? 1 : kTurns * kCopies;
    state.counters["ns"] = total / (static_cast<double>(state.iterations()) * units);
    if (!snippet->with.empty()) state.SetLabel("with " + std::string(snippet->with));
}

const bool registered = [] {
    for (const bench::Snippet& s : bench::kSnippets) {
        const std::string name = "opcode/" + std::string(op_info(s.op).name);
        benchmark::RegisterBenchmark(name.c_str(), opcode, &s)->UseManualTime()->MinTime(0.05);
    }
    return true;
}();

}  // namespace
