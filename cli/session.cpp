#include "cli/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/interrupt.h"
#include "cli/message_handler.h"
#include "cli/report.h"

namespace arenite::cli {
namespace {

constexpr std::string_view kNoMemory = "not enough memory";
/// Units of work in one step; control-C is looked at between steps at the latest.
constexpr std::uint64_t kStep = 1 << 24;

}  // namespace

std::unique_ptr<Session> Session::create(const Limits& limits, std::string_view program) {
    VmOptions options;
    if (limits.memory) options.heap.memory_limit = *limits.memory;
    std::unique_ptr<Vm> vm = Vm::create(options);
    if (!vm) return nullptr;
    return std::unique_ptr<Session>(new Session(std::move(vm), limits, program));
}

bool Session::set_arguments(char* const* argv, int script) {
    int count = 0;
    while (argv[count] != nullptr) ++count;

    if (vm_->begin() != TxnStatus::Ok) return false;
    const Handle<Table> arg = vm_->make_table(static_cast<std::uint32_t>(count - script), 0);
    bool ok = vm_->heap().get(arg) != nullptr;
    for (int i = 0; ok && i < count; ++i) {
        const Value s = vm_->make_string(argv[i]);
        ok = s.is_string() && vm_->txn().raw_set_integer(*vm_->heap().get(arg), i - script, s) == TableStatus::Ok;
    }
    ok = ok && vm_->set_field(vm_->globals().as<Table>(), "arg", Value::object(arg));
    if (ok) return vm_->commit() == TxnStatus::Ok;
    vm_->rollback();
    return false;
}

bool Session::begin(std::string_view program) {
    stopped_.clear();
    if (vm_->begin() == TxnStatus::Ok) return true;
    print_message(program, kNoMemory);
    return false;
}

Outcome Session::run(std::string_view source, const std::string& chunk_name, std::span<const std::string> arguments) {
    if (!begin(program_)) return Outcome::Failed;
    Value function = Value::nil();
    if (vm_->load(source, chunk_name, function)) return run_part(function, arguments);
    report(program_);
    abandon();
    return Outcome::Failed;
}

// lua.c, dolibrary.
Outcome Session::require(const std::string& module) {
    if (!begin(program_)) return Outcome::Failed;
    return run_part(vm_->get_field(vm_->globals().as<Table>(), "require"), {&module, 1});
}

Outcome Session::run_part(Value function, std::span<const std::string> arguments) {
    std::vector<Value> values;
    for (const std::string& argument : arguments) values.push_back(vm_->make_string(argument));
    Outcome outcome = Outcome::Failed;
    if (std::any_of(values.begin(), values.end(), [](Value v) { return v.is_nil(); })) {
        print_message(program_, kNoMemory);
    } else {
        outcome = execute(function, values, true);
        if (outcome == Outcome::Failed) report(program_);
    }
    if (outcome == Outcome::Failed) {
        abandon();
        return outcome;
    }
    return vm_->commit() == TxnStatus::Ok ? outcome : Outcome::Failed;
}

void Session::abandon() {
    // S3. lua.c collects after an error, and closes the state at the end. A run that was stopped from outside gets no
    // further chance to run code.
    if (stopped_.empty()) {
        vm_->full_collect();
        vm_->run_all_finalizers();
    }
    vm_->rollback();
}

Outcome Session::run_line(std::string_view source) {
    if (!begin({})) return Outcome::Failed;
    Outcome outcome = Outcome::Failed;
    Value function = Value::nil();
    if (vm_->load(source, "=stdin", function)) outcome = execute(function, {}, true);
    if (outcome == Outcome::Failed) {
        report({});
        if (stopped_.empty()) vm_->full_collect();
    } else if (outcome == Outcome::Finished && !vm_->results().empty()) {
        outcome = print_results();
    }
    return vm_->commit() == TxnStatus::Ok ? outcome : Outcome::Failed;
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
    if (vm_->begin() != TxnStatus::Ok) return false;
    Value function = Value::nil();
    const bool loaded = vm_->load(source, "=stdin", function);
    constexpr std::string_view kEnd = "'<eof>'";
    const std::string& message = vm_->failure().message;
    const bool incomplete = !loaded && vm_->failure().kind == Failure::Kind::Syntax && message.ends_with(kEnd) &&
                            message.find(kEnd) == message.size() - kEnd.size();
    vm_->rollback();
    return incomplete;
}

std::string Session::global_text(std::string_view name, std::string_view fallback) {
    if (vm_->begin() != TxnStatus::Ok) return std::string(fallback);
    const Value v = vm_->get_field(vm_->globals().as<Table>(), name);
    std::string text = v.is_string() || v.is_number() ? vm_->to_display(v) : std::string(fallback);
    vm_->rollback();
    return text;
}

void Session::close() {
    if (vm_->begin() != TxnStatus::Ok) return;
    vm_->run_all_finalizers();
    vm_->commit();
}

Outcome Session::execute(Value function, std::span<const Value> arguments, bool traced) {
    const InterruptGuard guard(vm_.get());
    const Value handler = traced ? vm_->make_native(add_traceback, "traceback") : Value::nil();
    if (!vm_->start(function, arguments, false, handler)) return Outcome::Failed;
    std::uint64_t left = limits_.budget.value_or(0);
    for (;;) {
        const std::uint64_t slice = limits_.budget ? std::min(left, kStep) : kStep;
        switch (vm_->step(slice)) {
            case RunStatus::Finished: return Outcome::Finished;
            case RunStatus::Exited: return Outcome::Exited;
            case RunStatus::Failed:
                if (vm_->failure().kind == Failure::Kind::Killed) stopped_ = vm_->failure().message;
                return Outcome::Failed;
            case RunStatus::Suspended:
            case RunStatus::Yielded: break;
        }
        if (!limits_.budget) continue;
        left -= slice;
        if (left == 0) {
            stopped_ = "budget of " + std::to_string(*limits_.budget) + " units exceeded";
            return Outcome::Failed;
        }
    }
}

void Session::report(std::string_view program) const {
    std::string text;
    if (!stopped_.empty()) {
        print_message(program, vm_->traceback(stopped_, 0));
    } else if (failure_text(vm_->failure(), text)) {
        print_message(program, text);
    }
}

}  // namespace arenite::cli
