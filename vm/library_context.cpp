// LibraryContext: what only the engine's own natives do, and the interpreter with the context of a native.
#include "vm/library_context.h"

#include <cstring>
#include <new>

#include <arenite/native.h>
#include "vm/machine.h"

namespace arenite {

static_assert(sizeof(LibraryContext) == sizeof(NativeContext));

Heap& LibraryContext::heap() const {
    return machine_->heap_;
}

Transaction& LibraryContext::txn() const {
    return machine_->txn_;
}

bool LibraryContext::misuse(const char* what) {
    return record({"native function '", name(), "': ", what}, true);
}

bool LibraryContext::is_known(Value v) {
    return machine_->check(v) || misuse("a value that it hands out is stale or of another Vm");
}

NativeResult LibraryContext::checked(NativeResult r) {
    std::uint32_t count = 0;
    switch (r.kind) {
        case NativeResult::Done:
        case NativeResult::Yield: count = r.count; break;
        case NativeResult::Call:
        case NativeResult::TailCall:
        case NativeResult::PCall:
        case NativeResult::Sort:
        case NativeResult::Gsub:
        case NativeResult::Resume: count = r.count + 1; break;
        case NativeResult::Raise: return is_known(error_) ? r : NativeResult{NativeResult::Raise, 0};
        case NativeResult::Suspend:
        case NativeResult::Again: return r;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!is_known(out_[i])) return {NativeResult::Raise, 0};
    }
    return r;
}

NativeResult LibraryContext::caught_exception() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return out_of_memory();
    } catch (const Misuse& wrong) {
        (void)misuse(wrong.what);
        return {NativeResult::Raise, 0};
    }
}

// --- Requests -------------------------------------------------------------------------------------------------------

NativeResult LibraryContext::failed_in(std::uint32_t state) {
    if (unfinished_) return suspend(state);
    restartable_in(state);
    return failed();
}

NativeResult LibraryContext::again(std::uint32_t next_state) {
    if (__builtin_expect(next_state > kMaxState, 0)) throw_misuse("a state of more than 16 bits");
    state_ = next_state;
    return {NativeResult::Again, 0};
}

NativeResult LibraryContext::protected_call(bool with_message_handler) {
    if (nargs_ < (with_message_handler ? 2u : 1u)) throw_misuse("protected_call() without its arguments");
    if (!with_message_handler) {
        out_ = base_;
        flags_ = Frame::kProtected;
        return {NativeResult::PCall, nargs_ - 1};
    }
    // xpcall(f, handler): the message handler goes to base[0], the function after it.
    const Value f = base_[0];
    base_[0] = base_[1];
    base_[1] = f;
    out_ = base_ + 1;
    flags_ = Frame::kProtected | Frame::kHasMessageHandler;
    return {NativeResult::PCall, 0};
}

NativeResult LibraryContext::resume(Value thread, std::uint32_t first_arg, bool wrapped) {
    begin_results();
    if (!push(thread)) return failed();
    for (std::uint32_t i = first_arg; i < nargs_; ++i) {
        if (!push(base_[i])) return failed();
    }
    flags_ = wrapped ? 1 : 0;
    return {NativeResult::Resume, pushed_ - 1};
}

// --- Objects --------------------------------------------------------------------------------------------------------

bool LibraryContext::new_fast_native(NativeFn fn, std::string_view name, std::initializer_list<Value> upvalues,
                                     FastNative fast, Value& out) {
    out = machine_->make_native(fn, name.data(), {upvalues.begin(), upvalues.size()}, fast);
    if (!out.is_nil()) return true;
    error_ = machine_->memory_error_;
    return false;
}

bool LibraryContext::level_resumable(const Thread& t, std::int64_t level, Level& out) {
    unfinished_ = !machine_->level_resumable(t, level, out);
    return !unfinished_;
}

bool LibraryContext::raw_set_resumable(Handle<Table> t, Value key, Value v) {
    if (!may_hand_out(key) || !may_hand_out(v) || !settle_key(t, key)) return false;
    Table* table = machine_->heap_.get(t);
    return is_set(table ? machine_->txn_.raw_set_resumable(*table, key, v, machine_->budget_) : TableStatus::Stale);
}

bool LibraryContext::reserve_array_resumable(Handle<Table> t, std::uint32_t size) {
    Table* table = machine_->heap_.get(t);
    return is_set(table ? machine_->txn_.reserve_array_resumable(*table, size, machine_->budget_) : TableStatus::Stale);
}

bool LibraryContext::move_resumable(Handle<Table> t) {
    Table* table = machine_->heap_.get(t);
    return is_set(table ? machine_->txn_.move_resumable(*table, machine_->budget_) : TableStatus::Stale);
}

bool LibraryContext::is_set(TableStatus status) {
    switch (status) {
        case TableStatus::Ok: return true;
        case TableStatus::Unfinished: unfinished_ = true; return false;
        case TableStatus::NilKey: return record({"table index is nil"}, false);
        case TableStatus::NanKey: return record({"table index is NaN"}, false);
        case TableStatus::ReadOnly: return record({"Attempt to modify a readonly table"}, false);
        case TableStatus::Stale: return record({"stale or corrupt reference"}, false);
        default: error_ = machine_->memory_error_; return false;
    }
}

bool LibraryContext::length_resumable(Handle<Table> t, std::uint32_t& out) {
    const Table* table = machine_->heap_.get(t);
    out = 0;
    unfinished_ = table && !machine_->border_resumable(*table, out);
    return !unfinished_;
}

bool LibraryContext::next_resumable(Handle<Table> t, Value& key, Value& value, bool& out_more) {
    if (!settle_key(t, key)) return false;
    const Table* table = machine_->heap_.get(t);
    const Value control = key;
    const std::int64_t index = table ? table->iteration_index(machine_->heap_, control) : -1;
    if (index < 0) return record({"invalid key to 'next'"}, false);
    unfinished_ = !machine_->search_resumable(*table, control, static_cast<std::uint64_t>(index), key, value);
    out_more = !unfinished_ && !key.is_nil();
    return !unfinished_;
}

bool LibraryContext::settle_key(Handle<Table> t, Value& key) {
    unfinished_ = key.is<LongString>() && !machine_->settle_key(Value::object(t), key, Machine::Lookup::Raw);
    return !unfinished_;
}

bool LibraryContext::raw_equal_resumable(Value a, Value b, bool& out) {
    unfinished_ = !machine_->equal_resumable(a, b, out);
    return !unfinished_;
}

void fast_function(LibraryBuilder& builder, std::string_view name, NativeFn fn, FastNative fast) {
    builder.value(name, builder.machine().make_native(fn, name.data(), {}, fast));
}

// --- Buffers --------------------------------------------------------------------------------------------------------

bool LibraryContext::is_ok(TxnStatus status) {
    if (status == TxnStatus::Ok) return true;
    error_ = machine_->memory_error_;
    return false;
}

std::string_view LibraryContext::buffer_bytes(Value buffer) const {
    const Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? b->view() : std::string_view{};
}

char* LibraryContext::writable_bytes(Value buffer) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    char* data = nullptr;
    if (b && machine_->txn_.writable_data(*b, data) != TxnStatus::Ok) {
        error_ = machine_->memory_error_;
        return nullptr;
    }
    return data;
}

bool LibraryContext::copy_bytes(Value to, std::size_t at, Value from, std::size_t begin, std::size_t count) {
    char* const out = writable_bytes(to);
    const Buffer* const in = machine_->heap_.get<Buffer>(from);  // which that has not moved: it is another one
    if (out == nullptr || !in) return false;
    ARENITE_REQUIRE(to.bits != from.bits && begin + count <= in->view().size() && at + count <= buffer_size(to),
                    kPayloadMoved);
    if (count != 0) std::memcpy(out + at, in->data() + begin, count);
    return true;
}

std::size_t LibraryContext::buffer_room(Value buffer) const {
    const Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? b->capacity() - b->view().size() : 0;
}

void LibraryContext::buffer_free(Value buffer) {
    if (Buffer* b = machine_->heap_.get<Buffer>(buffer)) machine_->txn_.free_data(*b);
}

bool LibraryContext::buffer_assign_unset(Value buffer, std::size_t size) {
    Buffer* b = machine_->heap_.get<Buffer>(buffer);
    return b ? is_ok(machine_->txn_.assign_unset(*b, size)) : record({"stale or corrupt reference"}, false);
}

}  // namespace arenite
