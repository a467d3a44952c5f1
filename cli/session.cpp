#include "cli/session.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <arenite/task.h>
#include "cli/interrupt.h"
#include "cli/message_handler.h"
#include "cli/report.h"

namespace arenite::cli {
namespace {

constexpr std::string_view kNoMemory = "not enough memory";

}  // namespace

std::unique_ptr<Session> Session::create(const Limits& limits, std::string_view program) {
    VmOptions options;
    options.heap.hash_seed = limits.hash_seed;
    if (limits.memory) options.heap.memory_limit = *limits.memory;
    std::unique_ptr<Vm> vm = Vm::create(options);
    if (!vm || vm->begin() != TxnStatus::Ok) return nullptr;
    return std::unique_ptr<Session>(new Session(std::move(vm), limits, program));
}

bool Session::set_arguments(char* const* argv, int script) {
    int count = 0;
    while (argv[count] != nullptr) ++count;

    const Handle<Table> arg = vm_->make_table(static_cast<std::uint32_t>(count - script), 0);
    bool ok = static_cast<bool>(arg);
    for (int i = 0; ok && i < count; ++i) {
        const Value s = vm_->make_string(argv[i]);
        ok = s.is_string() && vm_->set_index(arg, i - script, s);
    }
    return ok && vm_->set_field(vm_->globals().as<Table>(), "arg", Value::object(arg));
}

Outcome Session::run(std::string_view source, const std::string& chunk_name, std::span<const std::string> arguments) {
    stopped_.clear();
    Value function = Value::nil();
    if (!vm_->load(source, chunk_name, function)) return fail(program_);
    return run_part(function, arguments);
}

Outcome Session::run(ChunkFile& chunk, std::span<const std::string> arguments) {
    stopped_.clear();
    Value function = Value::nil();
    const bool loaded = vm_->load(chunk.text, chunk.chunk_name, function);
    chunk.text = {};
    chunk.bytes.clear();
    return loaded ? run_part(function, arguments) : fail(program_);
}

// lua.c, dolibrary.
Outcome Session::require(const std::string& module) {
    return run_part(vm_->get_field(vm_->globals().as<Table>(), "require"), {&module, 1});
}

Outcome Session::run_part(Value function, std::span<const std::string> arguments) {
    std::vector<Value> values;
    for (const std::string& argument : arguments) values.push_back(vm_->make_string(argument));
    if (std::any_of(values.begin(), values.end(), [](Value v) { return v.is_nil(); })) {
        print_message(program_, kNoMemory);
        return Outcome::Failed;
    }
    const Outcome outcome = execute(function, values, true);
    return outcome == Outcome::Failed ? fail(program_) : outcome;
}

void Session::keep_reserve() {
    constexpr std::size_t kPart = 16;
    reserve_ = limits_.memory.value_or(0) / kPart;
}

void Session::open_reserve(bool open) {
    if (reserve_ == 0) return;
    const std::size_t limit = limits_.memory.value_or(0);
    // Where the memory is full already, a chunk needs a little to release some: frames, the journal.
    const std::size_t closed = std::max(limit - reserve_, vm_->memory_used() + reserve_ / 4);
    vm_->set_memory_limit(open ? limit : std::min(limit, closed));
}

Outcome Session::run_line(std::string_view source) {
    stopped_.clear();
    Value function = Value::nil();
    if (!vm_->load(source, "=stdin", function)) return fail({});
    const Outcome outcome = execute(function, {}, true);
    if (outcome == Outcome::Failed) return fail({});
    return outcome == Outcome::Finished && !vm_->results().empty() ? print_results() : outcome;
}

// lua.c, dotty.
Outcome Session::print_results() {
    const std::vector<Value> values(vm_->results().begin(), vm_->results().end());
    const Value print = vm_->get_field(vm_->globals().as<Table>(), "print");
    const Outcome outcome = execute(print, values, false);
    if (outcome == Outcome::Failed) {
        const Failure& failure = vm_->failure();
        print_message({}, "error calling 'print' (" + (failure.has_message ? failure.message : "(null)") + ")");
    }
    return outcome;
}

bool Session::is_incomplete(std::string_view source) {
    Value function = Value::nil();
    const bool loaded = vm_->load(source, "=stdin", function);
    constexpr std::string_view kEnd = "'<eof>'";
    const std::string& message = vm_->failure().message;
    return !loaded && vm_->failure().kind == Failure::Kind::Syntax && message.ends_with(kEnd) &&
           message.find(kEnd) == message.size() - kEnd.size();
}

std::string Session::global_text(std::string_view name, std::string_view fallback) {
    const Value v = vm_->get_field(vm_->globals().as<Table>(), name);
    return v.is_string() || v.is_number() ? vm_->to_display(v) : std::string(fallback);
}

void Session::close() {
    // As in lua, nothing but control-C ends a finalizer that never ends; unless there is a budget.
    (void)vm_->run_all_finalizers(limits_.budget.value_or(std::numeric_limits<std::uint64_t>::max()));
}

Outcome Session::execute(Value function, std::span<const Value> arguments, bool traced) {
    stopped_.clear();
    TaskOptions options{.on_failure = OnFailure::Keep, .join = true};
    options.work_limit = limits_.budget;
    if (traced) options.message_handler = vm_->make_native(add_traceback, "traceback");
    Task task(*vm_, function, arguments, options);
    const InterruptGuard guard(vm_.get());
    open_reserve(false);
    const RunStatus status = task.run();
    open_reserve(true);
    if (status == RunStatus::Finished) return Outcome::Finished;
    if (status == RunStatus::Exited) return Outcome::Exited;
    if (task.failure().kind == Failure::Kind::Killed) stopped_ = task.failure().message;
    if (task.failure().kind == Failure::Kind::WorkLimit) {
        stopped_ = "budget of " + std::to_string(*limits_.budget) + " units exceeded";
    }
    return Outcome::Failed;
}

Outcome Session::fail(std::string_view program) {
    std::string text;
    if (!stopped_.empty()) {
        print_message(program, vm_->traceback(stopped_, 0));
    } else if (failure_text(vm_->failure(), text)) {
        print_message(program, text);
    }
    vm_->full_collect();
    return Outcome::Failed;
}

}  // namespace arenite::cli
