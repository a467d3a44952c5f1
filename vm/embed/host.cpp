#include "vm/embed/host.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "heap/content_hash.h"
#include "heap/heap_dump.h"
#include "heap/number_text.h"
#include "txn/verifier.h"
#include "vm/lib/lib.h"
#include "vm/pending.h"
#include "vm/running.h"
#include "vm/sliced_work.h"

namespace arenite {

namespace {
constexpr const char* kMetamethodNames[kMetamethodCount] = {
#define ARENITE_METAMETHOD(Name, name) name,
#include <arenite/metamethods.def>
};

constexpr std::string_view kNotEnoughMemory = "not enough memory";

class Builder final : public LibraryBuilder {
public:
    explicit Builder(Host& host) : host_(host), table_(host.heap().globals().as<Table>()) {}
    void library(std::string_view name) override {
        if (name.empty()) {
            table_ = host_.heap().globals().as<Table>();
            return;
        }
        const auto globals = host_.heap().globals().as<Table>();
        const Value old = host_.get_field(globals, name);
        if (old.is<Table>()) {
            table_ = old.as<Table>();
            return;
        }
        table_ = host_.make_table(0, 4);
        ok = ok && table_ && host_.set_field(globals, name, Value::object(table_));
    }
    void function(std::string_view name, NativeFn fn) override { value(name, host_.make_native(fn, name.data())); }
    void number(std::string_view name, double value) override {
        ok = ok && host_.set_field(table_, name, Value::canonical(value));
    }
    void string(std::string_view name, std::string_view value) override {
        const Value s = host_.make_string(value);
        ok = ok && !s.is_nil() && host_.set_field(table_, name, s);
    }
    void alias(std::string_view alias, std::string_view name) override {
        ok = ok && host_.set_field(table_, alias, host_.get_field(table_, name));
    }
    void value(std::string_view name, Value v) override { ok = ok && !v.is_nil() && host_.set_field(table_, name, v); }
    Vm& vm() override { return host_.facade(); }
    Machine& machine() override { return host_; }
    bool ok = true;

private:
    Host& host_;
    Handle<Table> table_;
};
}  // namespace

Host::Host(Vm& facade, const VmOptions& options) : Machine(options) {
    facade_ = &facade;
    token_->host = this;
    heap_.collector().add_root_source(this);
}

Host::~Host() {
    if (running_) {
        std::fputs("arenite: a Vm was destroyed by what it runs\n", stderr);
        std::abort();  // there is nothing left to return to
    }
    token_->host = nullptr;
    host_roots_->close();
    heap_.collector().remove_root_source(this);
}

std::unique_ptr<Host> Host::create(Vm& facade, const VmOptions& options) {
    try {
        std::unique_ptr<Host> host(new Host(facade, options));
        if (host->heap_.ok() && host->initialize()) return host;
    } catch (const std::bad_alloc&) {
    }
    return nullptr;
}

bool Host::initialize() {
    fill_dispatch();
    start_native_ = &start_untraced;
#if defined(ARENITE_STRESS)
    heap_.pacing().single_slot_claims = true;
    heap_.pacing().gc_threshold = 0;
#endif
    if (txn_.begin() != TxnStatus::Ok) return false;
    for (unsigned i = 0; i < kMetamethodCount; ++i) {
        const Value name = make_string(kMetamethodNames[i]);
        if (name.is_nil() || txn_.set_name(static_cast<Metamethod>(i), name) != TxnStatus::Ok) return false;
    }
    memory_error_ = make_string("not enough memory");
    const Handle<Table> globals = make_table(0, 32);
    const Handle<Table> registry = make_table(0, 4);
    proxy_metatables_ = make_table(0, 1);
    if (memory_error_.is_nil() || !globals || !registry || !proxy_metatables_) return false;
    if (txn_.set_globals(Value::object(globals)) != TxnStatus::Ok) return false;
    if (txn_.set_registry(Value::object(registry)) != TxnStatus::Ok) return false;
    const Value proxies = Value::object(proxy_metatables_);
    for (unsigned i = 0; i < kLuaTypeCount; ++i) {
        type_names_[i] = make_string(type_name(static_cast<LuaType>(i)));
        if (type_names_[i].is_nil()) return false;
    }
    if (!kept_thread_.make(heap_)) return false;
    select_count_ = make_string("#");
    empty_string_ = make_string("");
    if (select_count_.is_nil() || empty_string_.is_nil()) return false;
    if (txn_.set_private_weak(proxy_metatables_) != TxnStatus::Ok) return false;
    const Value kv = make_string("kv");
    if (kv.is_nil() || !set_field(proxy_metatables_, "__mode", kv)) return false;
    if (txn_.set_metatable(*heap_.get(proxy_metatables_), proxies) != TableStatus::Ok) return false;
    for (const lib::HelperFunction& h : lib::kHelpers) {
        helpers_.push_back(make_native(h.fn, h.name.data()));
        if (helpers_.back().is_nil()) return false;
    }
    pairs_next_ = helpers_[static_cast<unsigned>(lib::Helper::PairsNext)];
    ipairs_next_ = helpers_[static_cast<unsigned>(lib::Helper::IpairsNext)];
    bool ok = true;
    if (options_.profile != Profile::Bare) {
        ok = open_library(lib::open_base) && open_library(lib::open_string) && open_library(lib::open_table) &&
             open_library(lib::open_math) && open_library(lib::open_coroutine) && open_library(lib::open_os_time) &&
             open_library(lib::open_atomic) && set_field(globals, "_G", heap_.globals());
        if (options_.profile == Profile::Full) {
            ok = ok && open_library(lib::open_os) && open_library(lib::open_io) && open_library(lib::open_debug) &&
                 open_library(lib::open_package);
        } else {
            ok = ok && set_field(globals, "dofile", Value::nil()) && set_field(globals, "loadfile", Value::nil()) &&
                 open_library(lib::open_native_modules);
        }
    }
    builtin_next_ = get_field(globals, "next");
    builtin_tostring_ = get_field(globals, "tostring");
    return ok && commit(CommitMode::Keep) == TxnStatus::Ok;
}

bool Host::open_library(void (*open)(LibraryBuilder&)) {
    Builder builder(*this);
    open(builder);
    // Strings have the string library as __index (lstrlib.c createmetatable).
    const auto globals = heap_.globals().as<Table>();
    const Value strings = get_field(globals, "string");
    if (builder.ok && strings.is<Table>() && heap_.type_metatable(LuaType::String).is_nil()) {
        const Handle<Table> mt = make_table(0, 1);
        builder.ok = mt && set_field(mt, "__index", strings) &&
                     txn_.set_type_metatable(LuaType::String, Value::object(mt)) == TxnStatus::Ok;
    }
    return builder.ok;
}

TxnStatus Host::begin() {
    if (running_) return TxnStatus::Busy;
    const TxnStatus s = txn_.begin();
    if (s == TxnStatus::Ok) random_at_begin_ = random_sequence_;
    return s;
}

TxnStatus Host::commit(CommitMode mode) {
    if (running_) return TxnStatus::Busy;
    if (txn_.active()) kill("the transaction was committed");  // what is Suspended has nothing to go on in
    const bool dropped = mode == CommitMode::ReleaseUnescaped;
    if (dropped) {
        lose_run();
        for (const Value v : host_roots_->values()) {
            if (v.is_object() && heap_.alive(v) && !heap_.pages().is_older(v.position())) mode = CommitMode::Keep;
        }
    }
    const TxnStatus s = txn_.commit(mode);
    if (dropped) tell_of_rollback();
    tell_of_collection();
    const bool due = heap_.pacing().allocated >= heap_.pacing().gc_threshold;
    if (s == TxnStatus::Ok && (due || heap_.budget.used() > retained_threshold_)) {
        full_collect();
        note_retained();
    }
    return s;
}

void Host::note_retained() {
    constexpr std::size_t kSlack = std::size_t{1} << 20;
    const std::size_t used = heap_.budget.used();
    const std::size_t room = heap_.budget.limit() > used ? heap_.budget.limit() - used : 0;
    retained_threshold_ = used + std::min(used + kSlack, room / 2);
}

TxnStatus Host::rollback() {
    if (running_) return TxnStatus::Busy;
    lose_run();
    const TxnStatus s = txn_.rollback();
    if (s == TxnStatus::Ok) random_sequence_ = random_at_begin_;
    tell_of_rollback();
    return s;
}

TxnStatus Host::rollback_to(std::size_t number) {
    if (running_) return TxnStatus::Busy;
    kill("a savepoint was undone");
    const bool undoes_start =
        kept_thread_.is(main_thread_) && txn_.active() && number < txn_.depth() && run_epoch_ >= txn_.epoch_of(number);
    txn_.set_runs_end(true);
    const TxnStatus s = undo_to(number);
    txn_.set_runs_end(false);
    if ((undoes_start && s == TxnStatus::Ok) || !heap_.get<Thread>(main_thread_)) lose_run();
    if (!heap_.alive(error_value_)) error_value_ = Value::nil();
    if (!heap_.alive(message_handler_)) message_handler_ = Value::nil();
    results_ = {};
    return s;
}

bool Host::save_run() {
    if (txn_.undoing()) return true;  // a block is being undone: only that goes on
    if (!thread_ || thread_->epoch >= heap_.pages().scope_epoch()) return true;
    if (txn_.copies(*thread_)) return true;  // a block is being opened: only that goes on
    for (Thread* t = thread_; t; t = heap_.get<Thread>(t->resumer)) {
        if (txn_.checkpoint_thread(*t) != TxnStatus::Ok) return false;
    }
    set_thread(thread_);
    return true;
}

void Host::lose_run() {
    cancel_long_work();
    forget_undone();
    raise_ = {};
    if (has_run()) {
        fail_with(Failure::Kind::Killed, "the transaction of the run has ended");
        status_ = RunStatus::Failed;
    }
    leave_thread();
    thread_ = nullptr;
    if (kept_thread_.is(main_thread_)) (void)kept_thread_.restart(heap_, Value::nil());
    main_thread_ = Value::nil();
    error_value_ = Value::nil();
    message_handler_ = Value::nil();
    results_ = {};
}

// --- Values ---------------------------------------------------------------------------------------------------------

bool Host::register_module(std::string_view name, NativeFn open) {
    const Value modules = get_field(heap_.registry().as<Table>(), "_PRELOAD");
    const Value native = make_native(open, "open");
    return modules.is<Table>() && !native.is_nil() && set_field(modules.as<Table>(), name, native);
}

std::string Host::stack_traceback(std::string_view message, int level) const {
    const Thread* t = thread_;
    if (!t) return std::string(message);
    return traceback(*t, message, level);
}

bool Host::set_index(Handle<Table> t, std::int64_t key, Value v) {
    Table* const table = check(Value::object(t)) && check(v) ? heap_.get(t) : nullptr;
    return table && txn_.raw_set_integer(*table, key, v) == TableStatus::Ok;
}

Value Host::get_index(Handle<Table> t, std::int64_t key) const {
    const Table* const table = check(Value::object(t)) ? heap_.get(t) : nullptr;
    return table ? table->get(heap_, Value::number(static_cast<double>(key))) : Value::nil();
}

bool Host::hold_memory(std::size_t bytes) {
    if (!heap_.budget.charge_overhead(bytes)) return false;
    held_bytes_ += bytes;
    return true;
}

void Host::release_memory(std::size_t bytes) {
    bytes = std::min(bytes, held_bytes_);
    held_bytes_ -= bytes;
    heap_.budget.release_overhead(bytes);
}

// --- Host calls -----------------------------------------------------------------------------------------------------

bool Host::start(Value function, std::span<const Value> args, bool yieldable, Value message_handler) {
    if (!prepare(function, args, yieldable, message_handler)) return false;
    run_part([&] { (void)Machine::call(thread_->stack + 1, static_cast<std::uint32_t>(args.size())); });
    return true;
}

bool Host::prepare(Value function, std::span<const Value> args, bool yieldable, Value message_handler) {
    if (refuses_within_run()) return false;
    if (claimed_ && has_run() && run_can_go_on()) {
        fail_with(Failure::Kind::Runtime, "a task of this Vm is not over");
        return false;
    }
    if (has_run()) kill("another run was started");
    heap_.pacing().fresh_pages = 0;  // of what the host has made
    clear_failure();
    ++run_number_;
    run_transaction_ = txn_.number();
    claimed_ = false;
    message_handler_ = Value::nil();
    traceback_.clear();
    results_ = {};
    killed_ = false;
    kill_kind_ = Failure::Kind::Killed;
    exit_requested_ = false;
    in_message_handler_ = false;
    raise_ = {};
    yieldable_ = yieldable;
    atomic_depth_ = 0;
    const auto fail = [&](Failure::Kind kind, std::string_view text) {
        fail_with(kind, text);
        status_ = RunStatus::Failed;
        return false;
    };
    bool known = check(function) && check(message_handler);
    for (const Value v : args) {
        if (v.is_object()) known = known && check(v);
    }
    if (!known) return fail(Failure::Kind::Runtime, "stale or foreign handle");
    if (!txn_.active()) return fail(Failure::Kind::Runtime, "no transaction is active");
    if (thread_ && kept_thread_.is(Value{thread_->self})) thread_ = nullptr;  // MT3
    Thread* const t = thread_to_start_on(args.size());
    if (!t) {
        error_value_ = memory_error_;
        return fail(Failure::Kind::Memory, kNotEnoughMemory);
    }
    main_thread_ = Value{t->self};
    run_epoch_ = heap_.pages().epoch();
    just_started_ = true;
    t->status = ThreadStatus::Running;
    t->started = true;
    t->frames[0].pc = pending::kHostEnd + 1;
    t->stack[1] = function;
    Value* top = t->stack + 2;
    for (const Value v : args) *top++ = v;
    t->top = top;
    if (!finalizing_) restore_main_hook(*t);
    set_thread(t);
    error_value_ = Value::nil();
    message_handler_ = message_handler;
    status_ = RunStatus::Suspended;
    budget_ = 0;
    loop_budget_ = -1;
    return true;
}

Thread* Host::thread_to_start_on(std::size_t arguments) {
    constexpr std::size_t kRoom = 32;
    if (arguments + kRoom <= MainThread::kSlots) return &kept_thread_.restart(heap_, heap_.globals());
    const auto slots = static_cast<std::uint32_t>(arguments + kRoom);
    return heap_.get(ObjectFactory::make_thread(heap_, slots, MainThread::kFrames));
}

template <class Part>
void Host::run_part(Part&& part) {
    const auto guarded = [&] {
        const Running running(*this);
        part();
    };
    try {
        guarded();
    } catch (const std::bad_alloc&) {
        end_by_exception(Failure::Kind::Memory, kNotEnoughMemory);
    } catch (...) {
        end_by_exception(Failure::Kind::Runtime, "an exception ended the run");
        throw;
    }
    after_run();
}

void Host::end_by_exception(Failure::Kind kind, std::string_view text) noexcept {
    // Before the machine called what has thrown, it had saved its frames.
    status_ = RunStatus::Suspended;
    kill(text, kind);
}

bool Host::refuses_within_run() noexcept {
    if (running_) fail_with(Failure::Kind::Runtime, "the Vm is running");
    return running_;
}

void Host::set_exact(bool on) {
    if (running_) return;
    exact_ = on;
    select_dispatch();
}

RunStatus Host::step(std::uint64_t budget) {
    if (refuses_within_run()) return RunStatus::Failed;
    if (status_ != RunStatus::Suspended) return status_;
    if (!run_can_go_on()) {
        lose_run();
        return status_;
    }
    if (!save_run()) {
        kill(kNotEnoughMemory, Failure::Kind::Memory);
        return status_;
    }
    if (undoes_block_) set_thread(thread_);  // the host may have had it finished
    step_budget_ = budget;
    run_part([&] {
        // What was cut short in the middle of an instruction, or between two, comes first.
        Next next = Next::Reload;
        if (heap_.collector().waits() || txn_.gives_back()) {
            next = look_now(0, false);
        } else if (std::exchange(just_started_, false)) {
            begin_first_slice();
        }
        if (next != Next::Exit && raise_.active) next = go_on_raising();
        if (next != Next::Exit && pass_.count != 0) next = go_on_passing();
        if (next != Next::Exit) run();
    });
    return status_;
}

void Host::after_run() {
    if (status_ != RunStatus::Suspended) {
        cancel_long_work();
        forget_undone();
    }
    if (status_ == RunStatus::Failed && exit_requested_) status_ = RunStatus::Exited;
    if (status_ == RunStatus::Failed) {
        const Failure::Kind kind = killed_                                   ? kill_kind_
                                   : error_value_.bits == memory_error_.bits ? Failure::Kind::Memory
                                                                             : Failure::Kind::Runtime;
        record_failure(kind, error_value_);
    }
}

bool Host::resume(std::span<const Value> values) {
    if (refuses_within_run() || status_ != RunStatus::Yielded) return false;
    if (!run_can_go_on()) {
        lose_run();
        return false;
    }
    bool known = true;
    for (Value v : values) known = known && check(v);
    if (!known) {
        fail_with(Failure::Kind::Runtime, "stale or foreign handle");
        return false;
    }
    status_ = RunStatus::Suspended;
    results_ = {};
    if (!save_run()) {
        kill(kNotEnoughMemory, Failure::Kind::Memory);
        return false;
    }
    run_part([&] { (void)resume_main(values); });
    return status_ == RunStatus::Suspended;
}

void Host::kill(std::string_view reason, Failure::Kind kind) {
    if (running_) return interrupt();
    if (!has_run()) return;
    if (!run_can_go_on()) return lose_run();
    results_ = {};
    (void)Machine::kill(reason, kind);
    after_run();
}

RunStatus Host::call(Value function, std::span<const Value> args) {
    constexpr std::uint64_t kStep = std::uint64_t{1} << 40;
    if (!prepare(function, args, false, Value::nil())) return RunStatus::Failed;
    just_started_ = false;
    step_budget_ = kStep;
    run_part([&] {
        if (Machine::call(thread_->stack + 1, static_cast<std::uint32_t>(args.size())) == Next::Exit) return;
        begin_first_slice();
        run();
    });
    while (status_ == RunStatus::Suspended) step(kStep);
    return status_;
}

void Host::record_failure(Failure::Kind kind, Value error) {
    failure_.kind = kind;
    failure_.type = error.type();
    failure_.has_message = error.is_string() || error.is_number();
    // The frames stay to be inspected (traceback, positions), so their functions must stay alive. After a memory error
    // all of it is given up at once.
    if (Thread* t = heap_.get<Thread>(main_thread_)) {
        if (kind == Failure::Kind::Memory) {
            t->frame = t->frames;
            t->top = t->stack + 1;
        } else if (t->frame->kind() == FrameKind::Lua || t->frame->kind() == FrameKind::Pending) {
            t->top = std::max(t->top, frame_top(t->frame));
        }
        leave_thread();
        thread_ = t;
    }
    if (kind == Failure::Kind::Memory && heap_.collector().may_gain(Collector::Cause::Caught)) {
        heap_.collector().collect(Collector::Cause::Caught);
    }
    keep_failure_texts(error);
}

void Host::keep_failure_texts(Value error) {
    constexpr std::size_t kShown = 1024;
    const std::size_t size = traceback_.size() + (error.is_string() ? heap_.string(error).size() : 0);
    if (!charge_failure(size)) {
        full_collect();
        if (!charge_failure(size)) return fail_with(Failure::Kind::Memory, kNotEnoughMemory);
    }
    try {
        failure_.traceback = std::move(traceback_);
        if (!failure_.has_message) return;
        if (error.is_string()) {
            failure_.message.assign(heap_.string(error));
        } else {
            failure_.message.assign(to_display(error));
        }
        const bool all = failure_.message.size() <= kShown;
        failure_.traceback.insert(0, failure_.message.substr(0, kShown) + (all ? "\n" : "...\n"));
    } catch (const std::bad_alloc&) {
        fail_with(Failure::Kind::Memory, kNotEnoughMemory);
    }
}

bool Host::run_all_finalizers(std::uint64_t work_limit) {
    if (refuses_within_run() || (claimed_ && has_run() && run_can_go_on())) return false;
    struct Finalizing {
        bool& flag;
        explicit Finalizing(bool& f) : flag(f) { flag = true; }
        ~Finalizing() { flag = false; }
    };
    txn_.queue_all_finalizers();
    const Finalizing finalizing(finalizing_);
    bool all = true;
    while (all && heap_.collector().has_finalizers()) {
        const Value object = txn_.take_finalizer();
        if (object.is_nil()) break;
        const Value metamethod = heap_.metamethod(object, Metamethod::Gc);
        if (!metamethod.is_function() || !start(metamethod, {&object, 1}, false, Value::nil())) continue;
        while (status_ == RunStatus::Suspended && work_limit > 0) {
            const std::uint64_t budget = std::min<std::uint64_t>(work_limit, 1u << 20);
            step(budget);
            const std::uint64_t left = step_budget_ + static_cast<std::uint64_t>(std::max<std::int64_t>(budget_, 0));
            work_limit -= std::max<std::uint64_t>(1, budget - std::min(budget, left));
        }
        if (status_ == RunStatus::Suspended) kill("finalizers used up their work limit", Failure::Kind::WorkLimit);
        all = status_ != RunStatus::Exited && !(status_ == RunStatus::Failed && killed_);
    }
    return all;
}

void Host::full_collect() {
    if (running_) return;
    heap_.collector().collect();
    tell_of_collection();
}

void Host::tell_of_collection() {
    if (extensions_.empty()) return;
    const Running running(*this);
    for (const auto& [tag, state] : extensions_) state->after_collection(*facade_);
}

template <class F>
void Host::for_each_retained_root(F&& f) const {
    f("memory error", memory_error_);
    f("next", builtin_next_);
    f("tostring", builtin_tostring_);
    f("#", select_count_);
    f("", empty_string_);
    f("proxy metatables", Value::object(proxy_metatables_));
    for (const Value v : type_names_) f("type name", v);
    for (const Value v : helpers_) f("helper", v);
    for (const Value v : host_roots_->values()) {
        if (heap_.alive(v)) f("host", v);  // RE2: a Ref may name what was rolled back
    }
}

template <class F>
void Host::for_each_root(F&& f) const {
    for_each_retained_root(f);
    f("main thread", main_thread_);
    f("error", error_value_);
    f("message handler", message_handler_);
    if (thread_) f("current thread", Value{thread_->self});
}

std::vector<Value> Host::retained_roots() const {
    std::vector<Value> all;
    for_each_retained_root([&](const char*, Value v) { all.push_back(v); });
    return all;
}

void Host::mark_roots(Collector& collector, bool atomic) {
    notes_switches_ = true;  // C5; the first switch after marking is over finds that out
    // A host may have ended the transaction past the Vm.
    const bool undone = txn_.number() != run_transaction_ || txn_.state() == TxnState::RolledBack;
    if (undone && kept_thread_.is(main_thread_)) lose_run();
    kept_thread_.mark(collector, !atomic && txn_.active());
    for_each_root([&](const char*, Value v) { collector.mark_value(v); });
    mark_undone(collector);
    if (!thread_ || !atomic) return;
    // A host may collect while a run is suspended between two instructions: then top says nothing of the registers.
    const Frame* f = thread_->frame;
    const Value* end = thread_->top;
    if (f->kind() == FrameKind::Lua || f->kind() == FrameKind::Pending) end = std::max<const Value*>(end, frame_top(f));
    collector.scan_running(*thread_, end);
}

std::optional<std::string> Host::verify() {
    std::vector<Value> all;
    for_each_root([&](const char*, Value v) { all.push_back(v); });
    HeapCheck check;
    std::vector<HeapCheck::Backup> backups;
    kept_thread_.add_blocks(backups);
    all.push_back(kept_thread_.value());
    check.roots = all;
    check.backups = backups;
    check.other_bytes = (sliced_work_ ? sliced_work_->bytes() : 0) + undone_bytes();
    check.other_overhead = host_roots_->bytes() + failure_bytes_ + held_bytes_ + atomic_threads_.bytes();
    for (const auto& [tag, state] : extensions_) *check.other_overhead += state->overhead_bytes();
    return verify_heap(heap_, &txn_, check);
}

void Host::dump_heap(const std::function<void(std::string_view)>& sink) {
    std::vector<DumpRoot> all;
    for_each_root([&](const char* name, Value v) { all.push_back({name, v}); });
    arenite::dump_heap(heap_, all, sink);
}

std::uint64_t Host::content_hash() const {
    const std::vector<Value> all = retained_roots();
    return arenite::content_hash(heap_, all);
}

std::uint64_t Host::state_hash() const {
    const std::vector<Value> all = retained_roots();
    return arenite::state_hash(heap_, all);
}

}  // namespace arenite
