// Fuzzes the embedding API: random sequences of host calls on two machines. Transactions, savepoints, loads, runs, steps,
// resumes, kills, tasks, Refs, tables and strings, collections in the middle, each other's and dead handles, and use after
// the end. What a call answers is compared with what its description promises; the heaps are verified throughout.
#include <array>
#include <string>
#include <vector>

#include "fuzz_vm.h"

namespace {

using namespace arenite;
using namespace arenite::fuzz;

constexpr const char* kTexts[] = {
    "g = (g or 0) + 1 return g, ...",
    "local t = {} for i = 1, 60 do t[i] = {i} end shared = t return #t",
    "error({...})",
    "return coroutine.yield(...)",
    "local a = 0 while true do a = a + 1 end",
    "return host('table', 1, 2, 3), host('string', 12), host('next', {a = 1, 2, 3})",
    "return host('call', function(...) return host('suspend', ...) end, ...)",
    "return pcall(host, 'raise', {1}), pcall(host, 'error'), host('catch', error, 'caught')",
    "return host('catch', function() g = nil coroutine.yield(1) error('late') end)",
    "local co = coroutine.wrap(function(...) return host('yield', ...) end) return co(1), co(2)",
    "return host('tail', host, 'buffer', 'abc')",
    "return arenite.atomic(function(...) shared = {...} coroutine.wrap(function() host('suspend') end)() error('undo') "
    "end, 1)",
    "return arenite.atomic(function(...) g = 1 for i = 1, 200 do shared = {shared} end return host('table', ...) end)",
    "local u = newproxy(true) getmetatable(u).__gc = function() g = 'finalized' end u = nil collectgarbage() return g",
    "weak = setmetatable({}, {__mode = 'kv'}) weak[{}] = {} weak[1] = {} collectgarbage() return next(weak)",
    "return host('meta', {}, {__index = function(t, k) return host('call', tostring, k) end}).field",
    "co = co or coroutine.create(function(a) while true do a = coroutine.yield(a) g = a end end) return "
    "coroutine.resume(co, ...)",
    "local s = string.rep('x', 3000) return (s:gsub('.', function(c) return host('suspend', c) end)):len()",
    "local t = {} for i = 1, 50 do t[i] = (i * 37) % 50 end table.sort(t, function(a, b) return host('call', rawequal, "
    "a, a) and a < b end) return t[1]",
    "return function(...) return g, ... end",
    "return (",
    "local t = {} for i = 1, 1e9 do t[i] = {} end",
    "local function f() return 1 + f() end return f()",
};

/// One native that does what its first argument names, through every kind of request.
NativeResult host(NativeContext& cx) {
    std::string_view what;
    if (!cx.check_string(0, what)) return cx.failed();
    if (what == "table") {
        Handle<Table> t;
        if (!cx.new_table(2, 2, t)) return cx.failed();
        for (std::uint32_t i = 1; i < cx.arg_count(); ++i) {
            if (!cx.raw_set(t, std::int64_t{i}, cx.arg(i)) || !cx.raw_set(t, "last", cx.arg(i))) return cx.failed();
        }
        return cx.done(Value::object(t));
    }
    if (what == "string") {
        Value text = Value::nil();
        double number = 0;
        Value arg = cx.arg(1);
        if (!arg.is_number() && !arg.is_string()) return cx.type_error(1, "number");
        if (!cx.to_string(arg, text)) return cx.failed();
        if (cx.to_number(text, number)) return cx.done(text, Value::canonical(number));
        return cx.done(text);
    }
    if (what == "next") {
        Handle<Table> t;
        if (!cx.check_table(1, t)) return cx.failed();
        Value key = Value::nil();
        Value value = Value::nil();
        bool more = true;
        double count = 0;
        for (;;) {
            if (!cx.next(t, key, value, more)) return cx.failed();
            if (!more) break;
            ++count;
        }
        return cx.done_number(count);
    }
    if (what == "suspend") {
        if (cx.state() == 0) {
            if (!cx.reserve(1)) return cx.failed();
            cx.set_local_number(0, 0);
        }
        const double n = cx.local_number(0) + 1;
        cx.set_local_number(0, n);
        if (n < 5) return cx.suspend(1);
        return cx.done_args_from(1);
    }
    if (what == "call" || what == "catch") {
        if (cx.state() == 0) {
            if (!cx.begin_call(cx.arg(1))) return cx.failed();
            for (std::uint32_t i = 2; i < cx.arg_count(); ++i) {
                if (!cx.push(cx.arg(i))) return cx.failed();
            }
            return what == "call" ? cx.call_pushed(1) : cx.call_pushed_catching(1);
        }
        if (cx.caught()) return cx.done(Value::boolean(false), cx.result(0));
        cx.begin_results();
        for (std::uint32_t i = 0; i < cx.result_count(); ++i) {
            if (!cx.push(cx.result(i))) return cx.failed();
        }
        return cx.done_pushed();
    }
    if (what == "tail") {
        if (!cx.begin_call(cx.arg(1))) return cx.failed();
        for (std::uint32_t i = 2; i < cx.arg_count(); ++i) {
            if (!cx.push(cx.arg(i))) return cx.failed();
        }
        return cx.tail_call_pushed();
    }
    if (what == "yield") return cx.yield_args();
    if (what == "raise") return cx.raise(cx.arg(1));
    if (what == "error") return cx.error("host error %d", 7);
    if (what == "meta") {
        if (!cx.set_metatable(cx.arg(1), cx.arg(2))) return cx.failed();
        return cx.done(cx.arg(1));
    }
    if (what == "buffer") {
        Value buffer = Value::nil();
        Value text = Value::nil();
        if (!cx.new_buffer(buffer)) return cx.failed();
        for (int i = 0; i < 20; ++i) {
            if (!cx.append(buffer, "some bytes") || !cx.append_fill(buffer, 30, '.')) return cx.failed();
        }
        if (!cx.finish(buffer, text)) return cx.failed();
        return cx.done(text);
    }
    return cx.arg_error(0, "no such operation");
}

class Side {
public:
    Side() {
        VmOptions options = small_options(std::size_t{4} << 20);
        vm = Vm::create(options);
        check(vm != nullptr, "no Vm");
        check(vm->begin() == TxnStatus::Ok, "begin");
        check(vm->set_field(vm->globals().as<Table>(), "host", vm->make_native(host, "host")), "host");
        check(vm->commit() == TxnStatus::Ok, "commit");
    }

    /// Remembers a value and holds it as a Ref does: of what a host does not hold, only its slot may be left.
    void note(Value v) {
        HostRoots& roots = *vm->host().host_roots();
        if (pool.size() < 64) {
            pool.push_back(v);
            held_.push_back(roots.add(v));
            return;
        }
        const std::size_t i = next_++ % pool.size();
        pool[i] = v;
        roots.remove(held_[i]);
        held_[i] = roots.add(v);
    }
    Value pick(Input& in) { return pool.empty() ? Value::nil() : pool[in.below(pool.size())]; }
    void note_results() {
        for (Value v : vm->results()) note(v);
    }

    /// Whether a run hangs on to the stack of the transaction.
    [[nodiscard]] bool running() const {
        return vm->status() == RunStatus::Suspended || vm->status() == RunStatus::Yielded;
    }

    /// Whether the end of the transaction should bring back `before`.
    [[nodiscard]] bool comparable() const { return active || (task && !task_keeps); }

    std::unique_ptr<Vm> vm;
    std::unique_ptr<Task> task;
    std::vector<Value> pool;  ///< dead, alive and each other's
    std::vector<Ref<Table>> refs;
    HeapState before{};               ///< at the begin of the transaction
    bool task_keeps = false;          ///< OnFailure::Keep
    bool active = false;              ///< our own transaction, not a task's
    std::size_t depth_at_start = 0;   ///< savepoints open when the run began
    std::vector<std::size_t> points;  ///< numbers of savepoints that we opened

private:
    std::vector<std::size_t> held_;
    std::size_t next_ = 0;
};

void begin(Side& s) {
    const bool busy = s.active || (s.task && !s.task->over());
    const HeapState before = state_of(*s.vm);
    const TxnStatus answer = s.vm->begin();
    check(answer == (busy ? TxnStatus::NotActive : TxnStatus::Ok), "begin answers otherwise");
    if (answer != TxnStatus::Ok) return;
    s.active = true;
    s.before = before;
    s.points.clear();
}

void end(Side& s, bool keep) {
    if (s.task && !s.task->over()) return;  // the task's transaction
    if (keep) {
        if (s.running()) s.vm->kill("the host commits");
        const TxnStatus answer = s.vm->commit();
        check(answer == (s.active ? TxnStatus::Ok : TxnStatus::NotActive), "commit answers otherwise");
    } else {
        const TxnStatus answer = s.vm->rollback();
        check(answer == (s.active ? TxnStatus::Ok : TxnStatus::NotActive), "rollback answers otherwise");
        if (s.active && s.comparable()) same(state_of(*s.vm), s.before);
    }
    s.active = false;
    s.points.clear();
    verify(*s.vm, "after the end of a transaction");
}

void load(Side& s, Input& in) {
    const std::string_view text = kTexts[in.below(std::size(kTexts))];
    Value f = Value::nil();
    if (!s.active) return;  // creation is for transactions
    if (s.vm->load(text, "=api", f)) {
        s.note(f);
    } else {
        check(!s.vm->failure().message.empty(), "load failed without a message");
    }
}

void start(Side& s, Input& in, const Side& other) {
    if (s.task && !s.task->over()) return;
    const Value f = in.byte() % 16 == 0 && !other.pool.empty() ? other.pool[0] : s.pick(in);
    std::array<Value, 3> arguments;
    for (Value& v : arguments) v = s.pick(in);
    const std::size_t count = in.below(arguments.size() + 1);
    bool known = s.vm->check(f);
    for (std::size_t i = 0; i < count; ++i) known = known && s.vm->check(arguments[i]);
    const bool started = s.vm->start(f, {arguments.data(), count}, in.byte() % 2 == 0);
    check(!started || (known && s.active), "a run started with a dead or foreign handle, or without a transaction");
    s.depth_at_start = s.points.size();
}

void run(Side& s, Input& in) {
    if (s.task && !s.task->over()) {
        s.task->step(1 + in.below(300));
        if (s.task->over()) verify(*s.vm, "after a task");
        return;
    }
    const RunStatus before = s.vm->status();
    const RunStatus after = s.vm->step(1 + in.below(300));
    check(before == RunStatus::Suspended || before == after, "a step went on where nothing was suspended");
    if (after == RunStatus::Finished && s.active) s.note_results();
}

void resume(Side& s, Input& in) {
    const Value v = s.pick(in);
    if (s.task && !s.task->over()) {
        const bool could = s.task->status() == RunStatus::Yielded && s.vm->check(v);
        check(!s.task->resume({&v, 1}) || could, "a task was resumed that should not");
        return;
    }
    const bool could = s.vm->status() == RunStatus::Yielded && s.vm->check(v);
    check(!s.vm->resume({&v, 1}) || could, "a run was resumed that should not");
}

void kill(Side& s) {
    if (s.task && !s.task->over()) {
        s.task->kill("api");
        check(s.task->status() == RunStatus::Failed, "a killed task is not over");
        check(!s.comparable() || state_of(*s.vm) == s.before, "a killed task left something");
        verify(*s.vm, "after a killed task");
        return;
    }
    const bool was = s.running();
    s.vm->kill("api");
    check(!s.running(), "a killed run goes on");
    if (was) check(s.vm->failure().kind == Failure::Kind::Killed, "a killed run says otherwise");
}

void make_task(Side& s, Input& in) {
    const HeapState before = state_of(*s.vm);
    const bool busy = s.active || (s.task && !s.task->over());
    const Value f = s.pick(in);
    TaskOptions options;
    const std::uint8_t bits = in.byte();
    options.yieldable = (bits & 1) != 0;
    if ((bits & 2) != 0) options.work_limit = 1 + in.below(2000);
    if ((bits & 4) != 0) options.on_failure = OnFailure::Keep;
    auto task = std::make_unique<Task>(*s.vm, f, std::span<const Value>{}, options);
    if (busy || !s.vm->check(f)) check(task->status() == RunStatus::Failed || !busy, "a second task runs");
    if (busy) return;
    s.before = before;
    s.task = std::move(task);
    s.task_keeps = options.on_failure == OnFailure::Keep;
}

void savepoint(Side& s) {
    if (s.points.size() >= 12) return;
    std::size_t number = 0;
    const TxnStatus answer = s.vm->txn().savepoint(number);
    if (!s.active && !(s.task && !s.task->over()))
        check(answer == TxnStatus::NotActive, "a savepoint of no transaction");
    if (answer == TxnStatus::Ok && s.active) s.points.push_back(number);
}

void end_savepoint(Side& s, Input& in, bool keep) {
    if (s.points.empty()) {
        check(s.vm->txn().release(in.byte() + 1u) != TxnStatus::Ok || !s.active || s.vm->txn().depth() > 0,
              "released what is not there");
        return;
    }
    const std::size_t i = in.below(s.points.size());
    if (!keep && s.running()) s.vm->kill("its stack is undone");
    const TxnStatus answer = keep ? s.vm->txn().release(s.points[i]) : s.vm->rollback_to(s.points[i]);
    check(answer == TxnStatus::Ok || answer == TxnStatus::BadSavepoint || answer == TxnStatus::NotActive,
          "a savepoint ends oddly");
    s.points.resize(i);
}

void make_object(Side& s, Input& in) {
    if (!s.active) return;
    switch (in.below(4)) {
        case 0: s.note(Value::object(s.vm->make_table(in.byte() % 8, in.byte() % 8))); break;
        case 1: s.note(s.vm->make_string(std::string(in.byte(), 's'))); break;
        case 2: s.note(s.vm->make_native(host, "host")); break;
        default: s.note(s.vm->globals());
    }
}

void set_field(Side& s, Input& in) {
    const Value t = s.pick(in);
    const Value v = s.pick(in);
    if (!s.vm->check(v)) return;  // what a host stores, it has to check
    static constexpr std::string_view kNames[] = {"g", "shared", "weak", "co", "a", "b"};
    const std::string_view name = kNames[in.below(std::size(kNames))];
    const bool inside = s.active || (s.task && !s.task->over());
    if (!inside) return;
    const bool table = s.vm->check(t) && t.is<Table>();
    const bool stored = s.vm->set_field(t.as<Table>(), name, v);
    check(!stored || table, "a field was stored in what is no live table");
    if (stored) check(s.vm->get_field(t.as<Table>(), name).bits == v.bits, "a stored field reads otherwise");
}

void use_refs(Side& s, Side& other, Input& in) {
    switch (in.below(4)) {
        case 0:
            if (s.refs.size() < 16) s.refs.emplace_back(*s.vm, s.pick(in));
            break;
        case 1:
            if (!s.refs.empty()) s.refs.erase(s.refs.begin() + static_cast<std::ptrdiff_t>(in.below(s.refs.size())));
            break;
        default:
            if (s.refs.empty()) break;
            const Ref<Table>& ref = s.refs[in.below(s.refs.size())];
            const auto object = ref.get(*s.vm);
            if (const auto* table = std::get_if<Table*>(&object)) {
                check((*table)->self == ref.value(*s.vm).bits, "a Ref names another object");
                check(s.vm->check(ref.value(*s.vm)), "a Ref names a dead object");
            }
            const auto elsewhere = ref.get(*other.vm);
            check(std::holds_alternative<Errc>(elsewhere), "a Ref works in another Vm");
    }
}

void probe(Side& s, Side& other, Input& in) {
    // Words of all kinds: dead, foreign, forged. None may be taken for something that it does not name.
    const Value mine = s.pick(in);
    const Value theirs = other.pick(in);
    const Value forged{mine.bits ^ (1ull << (in.byte() % 64))};
    for (const Value v : {mine, theirs, forged}) {
        if (!s.vm->check(v)) {
            check(v.is_object(), "a number is refused");
            check(std::holds_alternative<Errc>(Ref<Table>(*s.vm, v).get(*s.vm)), "a Ref of a refused word");
        } else if (v.is_object() && !v.is_string()) {
            check(!s.vm->to_display(v).empty(), "no text of a live value");
        }
    }
}

void close(Side& s) {
    s.task.reset();
    if (s.active) end(s, false);
    s.vm->full_collect();
    verify(*s.vm, "at the end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input in(data, size);
    Side sides[2];
    for (int operations = 0; operations < 200 && !in.empty(); ++operations) {
        const std::uint8_t op = in.byte();
        Side& s = sides[op >> 7];
        Side& other = sides[1 - (op >> 7)];
        switch (op % 20) {
            case 0: begin(s); break;
            case 1: end(s, true); break;
            case 2: end(s, false); break;
            case 3:
            case 4: load(s, in); break;
            case 5:
            case 6: start(s, in, other); break;
            case 7:
            case 8:
            case 9: run(s, in); break;
            case 10: resume(s, in); break;
            case 11: kill(s); break;
            case 12: make_task(s, in); break;
            case 13: savepoint(s); break;
            case 14: end_savepoint(s, in, in.byte() % 2 == 0); break;
            case 15: make_object(s, in); break;
            case 16: set_field(s, in); break;
            case 17: use_refs(s, other, in); break;
            case 18: probe(s, other, in); break;
            default:
                if (in.byte() % 2 == 0) {
                    s.vm->full_collect();
                } else {
                    (void)s.vm->heap().collector().step(1u + in.byte());
                }
                verify(*s.vm, "after a collection");
        }
    }
    for (Side& s : sides) close(s);
    const Ref<Table> survivor(*sides[0].vm, sides[0].vm->heap().globals());
    check(std::holds_alternative<Table*>(survivor.get(*sides[0].vm)), "no Ref of the globals");
    sides[0].task.reset();
    sides[0].refs.clear();
    sides[0].vm = Vm::create(small_options());
    check(std::holds_alternative<Errc>(survivor.get(*sides[0].vm)), "a Ref outlives its Vm");
    return 0;
}
