#include "tests/fuzz/fairness/meter.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "vm/ref.h"
#include "vm/task.h"

namespace arenite::fuzz {

namespace {

double now() {
    timespec t{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

std::unique_ptr<Vm> make_vm(std::size_t memory) {
    VmOptions o;
    o.heap.memory_limit = memory;
    o.heap.hash_seed = 0x1234'5678'9ABC'DEF1ull;  // the same steps in each run
    o.output = [](std::string_view) {};
    return Vm::create(o);
}

/// One run of a script, step by step.
class Run {
public:
    Run(const Measured& script, const MeterOptions& options) : options_(options), vm_(make_vm(script.memory)) {
        if (!vm_) return;
        if (Ref<Closure> setup; load(script.setup, setup)) {
            Task before(*vm_, setup.value(*vm_), {}, {.on_failure = OnFailure::Keep, .work_limit = kSetupWork});
            (void)before.run();
        }
        if (load(script.source, function_)) task_ = std::make_unique<Task>(*vm_, function_.value(*vm_));
    }
    [[nodiscard]] bool going() const { return task_ && task_->status() == RunStatus::Suspended; }
    /// Does a step; its time in microseconds.
    double step() {
        const double before = now();
        task_->step(options_.step);
        return now() - before;
    }
    [[nodiscard]] std::string traceback() const { return going() ? vm_->traceback("", 0) : std::string("the end"); }
    [[nodiscard]] std::string failure() const {
        return !failure_.empty() || !task_ || task_->status() != RunStatus::Failed ? failure_
                                                                                   : task_->failure().message;
    }

private:
    static constexpr std::uint64_t kSetupWork = 200'000'000;
    [[nodiscard]] bool load(const std::string& source, Ref<Closure>& keep) {
        if (source.empty() || vm_->begin() != TxnStatus::Ok) return false;
        Value f = Value::nil();
        if (!vm_->load(source, "=script", f)) {
            failure_ = vm_->failure().message;
            (void)vm_->rollback();
            return false;
        }
        keep = Ref<Closure>(*vm_, f);
        (void)vm_->commit();
        return true;
    }

    const MeterOptions& options_;
    std::unique_ptr<Vm> vm_;
    Ref<Closure> function_;
    std::unique_ptr<Task> task_;
    std::string failure_;
};

}  // namespace

Longest measure(const Measured& measured, const MeterOptions& options) {
    Longest longest;
    std::vector<float> least;
    std::size_t until = static_cast<std::size_t>(-1);  // later steps have been found to be short enough
    bool over = false;
    // What is far too long is so every time.
    for (int run = 0; run < options.repetitions && (run < 2 || longest.microseconds < options.hopeless); ++run) {
        Run script(measured, options);
        const double start = now();
        std::size_t step = 0;
        double last = 0;
        while (script.going() && step < until && (run > 0 || now() - start < options.seconds * 1e6)) {
            const double took = script.step();
            last = took;
            if (run == 0) {
                least.push_back(static_cast<float>(took));
            } else {
                least[step] = std::min(least[step], static_cast<float>(took));
            }
            ++step;
        }
        if (run == 0) {
            over = !script.going();
            longest.failure = script.failure();
            longest.steps = step;
            if (over) longest.last = last;
        }
        // The step in which the run ends, ends the transaction as well.
        const std::size_t count = over && !least.empty() ? longest.steps - 1 : longest.steps;
        const auto end = least.begin() + static_cast<std::ptrdiff_t>(count);
        const auto most = std::max_element(least.begin(), end);
        longest.microseconds = most == end ? 0 : static_cast<double>(*most);
        longest.step = static_cast<std::size_t>(most - least.begin());
        if (longest.microseconds < options.suspicious) break;
        until = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (static_cast<double>(least[i]) >= options.suspicious) until = i + 1;
        }
    }
    if (longest.microseconds >= options.suspicious) {
        Run script(measured, options);
        for (std::size_t step = 0; script.going() && step <= longest.step; ++step) (void)script.step();
        longest.where = script.traceback();
    }
    return longest;
}

std::vector<std::string> library_functions() {
    static constexpr const char* kSource = R"(
local names, seen = {}, {}
local refused = {["os.exit"] = 1, ["os.execute"] = 1, ["os.remove"] = 1, ["os.rename"] = 1, ["os.tmpname"] = 1,
    ["os.setlocale"] = 1, ["io.popen"] = 1, ["io.read"] = 1, ["io.lines"] = 1, ["io.input"] = 1, ["io.output"] = 1,
    ["io.open"] = 1, ["io.tmpfile"] = 1, ["debug.debug"] = 1, ["dofile"] = 1, ["loadfile"] = 1, ["require"] = 1,
    ["package.loadlib"] = 1, ["io.close"] = 1, ["debug.sethook"] = 1}
for name, f in pairs(_G) do
    if type(f) == "function" and not refused[name] then names[#names + 1] = name end
    if type(f) == "table" and f ~= _G then
        for inner, g in pairs(f) do
            local full = name .. "." .. tostring(inner)
            if type(g) == "function" and not refused[full] then names[#names + 1] = full end
        end
    end
end
table.sort(names)
return unpack(names)
)";
    std::vector<std::string> names;
    const std::unique_ptr<Vm> vm = make_vm(static_cast<std::size_t>(-1));
    Value f = Value::nil();
    if (!vm || vm->begin() != TxnStatus::Ok || !vm->load(kSource, "=names", f)) return names;
    if (vm->call(f, {}) == RunStatus::Finished) {
        for (const Value v : vm->results()) names.emplace_back(vm->heap().string(v));
    }
    (void)vm->rollback();
    return names;
}

}  // namespace arenite::fuzz
