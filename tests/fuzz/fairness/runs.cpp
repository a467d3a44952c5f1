#include "tests/fuzz/fairness/runs.h"

#include <time.h>

#include <memory>
#include <string_view>

#include <arenite/redis/engine.h>
#include <arenite/ref.h>
#include <arenite/task.h>
#include "vm/embed/host.h"

namespace arenite::fuzz {

namespace {

constexpr std::uint64_t kSeed = 0x1234'5678'9ABC'DEF1ull;  // the same steps in each run
constexpr std::uint64_t kSetupWork = 200'000'000;

double now() {
    timespec t{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

std::unique_ptr<Vm> make_vm(std::size_t memory) {
    VmOptions o;
    o.heap.memory_limit = memory;
    o.heap.hash_seed = kSeed;
    o.output = [](std::string_view) {};
    return Vm::create(o);
}

bool load(Vm& vm, const std::string& source, Ref<Closure>& keep, std::string& failure) {
    if (source.empty() || vm.begin() != TxnStatus::Ok) return false;
    Value f = Value::nil();
    if (!vm.load(source, "=script", f)) {
        failure = vm.failure().message;
        (void)vm.rollback();
        return false;
    }
    keep = Ref<Closure>(vm, f);
    (void)vm.commit();
    return true;
}

RunOutcome run_lua(const Measured& script, const MeterOptions& options, const EachStep& each) {
    RunOutcome outcome;
    const std::unique_ptr<Vm> vm = make_vm(script.memory);
    if (!vm) return outcome;
    if (Ref<Closure> setup; load(*vm, script.setup, setup, outcome.failure)) {
        Task before(*vm, setup.value(*vm), {}, {.on_failure = OnFailure::Keep, .work_limit = kSetupWork});
        (void)before.run();
    }
    Ref<Closure> function;
    if (!load(*vm, script.source, function, outcome.failure)) return outcome;
    Task task(*vm, function.value(*vm));
    while (task.status() == RunStatus::Suspended) {
        const double before = now();
        task.step(options.step);
        const double took = now() - before;
        const bool last = task.status() != RunStatus::Suspended;
        if (each(took, last) || last) continue;
        outcome.where = vm->traceback("", 0);
        return outcome;
    }
    outcome.over = true;
    if (task.status() == RunStatus::Failed) outcome.failure = task.failure().message;
    return outcome;
}

RunOutcome run_redis(const Measured& script, const MeterOptions& options, const EachStep& each) {
    RunOutcome outcome;
    double before = 0;
    bool measuring = false;
    bool enough = false;
    redis::Engine* made = nullptr;
    redis::EngineOptions o;
    o.memory_limit = script.memory;
    o.hash_seed = kSeed;
    o.step_limit = kSetupWork;
    o.slice = options.step;
    o.poll = [&] {
        if (!measuring) return false;
        const double took = now() - before;
        if (!each(took, false)) {
            outcome.where = made->vm().traceback("", 0);
            enough = true;
            return true;
        }
        before = now();
        return false;
    };
    const std::unique_ptr<redis::Engine> engine = redis::Engine::create(o);
    if (!engine) return outcome;
    made = engine.get();
    if (!script.setup.empty()) (void)engine->eval(script.setup);
    engine->set_step_limit(0);
    (void)engine->eval("return 1");
    measuring = true;
    before = now();
    const redis::Reply reply = engine->eval(script.source);
    if (enough) return outcome;
    (void)each(now() - before, true);
    outcome.over = true;
    if (reply.is_error()) outcome.failure = reply.text();
    return outcome;
}

}  // namespace

RunOutcome run_steps(const Measured& script, const MeterOptions& options, const EachStep& each) {
    return script.profile == Profile::Lua ? run_lua(script, options, each) : run_redis(script, options, each);
}

std::vector<std::string> strings_of(Profile profile, const std::string& source) {
    std::vector<std::string> strings;
    if (profile == Profile::Redis) {
        const std::unique_ptr<redis::Engine> engine = redis::Engine::create({});
        if (!engine) return strings;
        const redis::Reply reply = engine->eval("return {" + source + "}");
        for (const redis::Reply& item : reply.items()) strings.emplace_back(item.text());
        return strings;
    }
    const std::unique_ptr<Vm> vm = make_vm(static_cast<std::size_t>(-1));
    Value f = Value::nil();
    if (!vm || vm->begin() != TxnStatus::Ok || !vm->load("return " + source, "=names", f)) return strings;
    if (vm->call(f, {}) == RunStatus::Finished) {
        for (const Value v : vm->results()) strings.emplace_back(vm->heap().string(v));
    }
    (void)vm->rollback();
    return strings;
}

}  // namespace arenite::fuzz
