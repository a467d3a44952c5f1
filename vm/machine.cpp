#include "vm/machine.h"

#include <algorithm>
#include <cstdio>
#include <new>

#include "heap/number_text.h"
#include "vm/running.h"
#include "vm/sliced_work.h"

namespace arenite {

void Failure::set(Kind why, std::string_view text) noexcept {
    kind = why;
    has_message = true;
    type = LuaType::String;
    traceback.clear();
    try {
        message.assign(text);
    } catch (const std::bad_alloc&) {
        kind = Kind::Memory;
        message.assign("out of memory");  // so short that a string needs no memory for it
    }
}

Machine::Machine(const VmOptions& options) : heap_(options.heap), txn_(heap_), options_(options) {
    failure_.message.reserve(kReservedText);
}

Machine::~Machine() {
    txn_.set_work(nullptr);
}

TxnStatus Machine::undo_to(std::size_t number) {
    const TxnStatus s = txn_.rollback_to(number);
    tell_of_rollback();
    return s;
}

void Machine::tell_of_rollback() {
    const Running running(*this);
    for (const auto& [tag, state] : extensions_) state->after_rollback(*facade_);
}

VmExtension* Machine::find_extension(const void* tag) const {
    for (const auto& [known, extension] : extensions_) {
        if (known == tag) return extension.get();
    }
    return nullptr;
}

VmExtension& Machine::add_extension(const void* tag, std::unique_ptr<VmExtension> extension) {
    return *extensions_.emplace_back(tag, std::move(extension)).second;
}

void Machine::request_exit(int code) {
    exit_code_ = code;
    exit_requested_ = true;
    killed_ = true;
}

// --- Values ---------------------------------------------------------------------------------------------------------

Value Machine::globals() const {
    // A host may have ended the transaction past the Vm (Transaction::rollback): then thread_ is a slot that was freed.
    const bool coroutine = thread_ && Value{thread_->self}.is<Thread>() && thread_->self != main_thread_.bits;
    return coroutine ? thread_->globals() : heap_.globals();
}

Value Machine::make_native(NativeFn fn, const char* name, std::span<const Value> upvalues, FastNative fast) {
    for (const Value v : upvalues) {
        if (!check(v)) return Value::nil();
    }
    const Handle<NativeFunction> f =
        ObjectFactory::make_native(heap_, fn, name, heap_.globals(), upvalues, static_cast<std::uint32_t>(fast));
    return f ? Value::object(f) : Value::nil();
}

bool Machine::set_field(Handle<Table> t, std::string_view name, Value v) {
    if (!check(Value::object(t)) || !check(v)) return false;
    Table* table = heap_.get(t);
    const Value key = make_string(name);
    return table && !key.is_nil() && txn_.raw_set(*table, key, v) == TableStatus::Ok;
}

Value Machine::get_field(Handle<Table> t, std::string_view name) {
    const Table* table = check(Value::object(t)) ? heap_.get(t) : nullptr;
    const Value key = heap_.strings().lookup(heap_, name);
    return table && !key.is_nil() ? table->get(heap_, key) : Value::nil();
}

std::string Machine::to_display(Value v) const {
    if (v.is_string()) return std::string(heap_.string(v));
    if (v.is_number()) {
        char buffer[lib::kNumberTextMax];
        return {buffer, lib::to_text(v.as_number(), buffer)};
    }
    switch (v.type()) {
        case LuaType::Nil: return "nil";
        case LuaType::Boolean: return v.truthy() ? "true" : "false";
        case LuaType::LightUserdata:
            if (v == Value::light_userdata(0)) return "userdata: (nil)";  // printf's %p
            break;
        default: break;
    }
    char buffer[48];
    std::snprintf(buffer, sizeof buffer, "%s: 0x%012llx", type_name(v.type()),
                  static_cast<unsigned long long>(heap_.identity(v)));
    return buffer;
}

// --- Failures and limits ----------------------------------------------------------------------------------------------

bool Machine::over_time() const {
    return interrupted() || (deadline_ && std::chrono::steady_clock::now() >= *deadline_);
}

bool Machine::charge_failure(std::size_t bytes) {
    constexpr std::size_t kFree = 4096;  // of what every Vm may take
    if (bytes <= kFree) return true;
    if (!heap_.budget.charge_overhead(bytes)) return false;
    failure_bytes_ += bytes;
    return true;
}

void Machine::forget_failure() {
    constexpr std::size_t kKept = 1024;
    heap_.budget.release_overhead(std::exchange(failure_bytes_, 0));
    std::string message = std::move(failure_.message);
    failure_ = {};
    message.clear();
    try {
        if (message.capacity() > kKept) message = {};
        message.reserve(kReservedText);
    } catch (const std::bad_alloc&) {
    }
    failure_.message = std::move(message);
}

}  // namespace arenite
