#include <arenite/object.h>

#include <cstdio>
#include <cstring>
#include <utility>

#include <arenite/vm.h>

#include "vm/embed/host.h"

namespace arenite::lua {

namespace {
enum class Operation : std::uint8_t { Index, SetIndex, ToString, Equal, Less, Concat };

/// Functions of Lua for what may call metamethods; loaded at the first use.
class Operations final : public VmExtension {
public:
    Object functions[6];
};

constexpr const char* kSources[] = {
    "local t, k = ... return t[k]",    // Index
    "local t, k, v = ... t[k] = v",    // SetIndex
    "local f, v = ... return f(v)",    // ToString: its metamethod
    "local a, b = ... return a == b",  // Equal
    "local a, b = ... return a < b",   // Less
    "local a, b = ... return a .. b",  // Concat
};

Result<Object> operate(Vm& vm, Operation operation, std::initializer_list<Value> args) {
    detail::Scope scope(vm);
    const auto i = static_cast<std::size_t>(operation);
    Object& function = vm.extension<Operations>().functions[i];
    if (function.is_nil()) {  // not loaded yet, or in a transaction that was rolled back
        Value f = Value::nil();
        if (!vm.load(kSources[i], "=host", f)) return vm.failure();
        function = Object(vm, f);
        if (function.stale()) return detail::out_of_memory();
    }
    if (const auto why = detail::call(vm, function.value(), {args.begin(), args.size()})) return std::move(*why);
    scope.keep();
    Object result(vm, vm.results().empty() ? Value::nil() : vm.results()[0]);
    if (result.stale()) return detail::out_of_memory();
    return result;
}

Failure stale_handle() {
    return detail::failure("stale or foreign handle");
}

Result<void> answer(TableStatus status) {
    switch (status) {
        case TableStatus::Ok: return {};
        case TableStatus::NilKey: return detail::failure("table index is nil");
        case TableStatus::NanKey: return detail::failure("table index is NaN");
        case TableStatus::ReadOnly: return detail::failure("Attempt to modify a readonly table");
        default: return detail::out_of_memory();
    }
}

/// The Vm of two operands; null: of neither, or they are of different ones.
Vm* common_vm(const Object& a, const Object& b) {
    Vm* const of_a = a.vm();
    Vm* const of_b = b.vm();
    if (of_a && of_b && of_a != of_b) return nullptr;
    return of_a ? of_a : of_b;
}

Failure no_common_vm() {
    return detail::failure("the operands are of no Vm, or of different ones");
}
}  // namespace

// --- Object -----------------------------------------------------------------------------------------------------------

Object::Object(Vm& vm, Value v) : roots_(vm.host().host_roots()), vm_(&vm) {
    if (!v.is_object()) {
        plain_ = v;
    } else if (vm.check(v)) {
        slot_ = roots_->add(v);
        plain_ = v;
    } else {
        plain_ = v;  // so that it is stale
    }
}

Object::Object(Vm& vm, Value v, LuaType type) : Object(vm, v) {
    if (this->type() == type) return;
    if (slot_ != kNone) roots_->remove(slot_);
    slot_ = kNone;
    plain_ = Value{word::kBoxed | static_cast<std::uint64_t>(Tag::Table) << word::kTagShift};  // names nothing
}

Object::Object(const Object& other) : roots_(other.roots_), vm_(other.vm_), plain_(other.plain_) {
    if (other.slot_ != kNone && roots_->open()) slot_ = roots_->add(roots_->at(other.slot_));
}

Object::Object(Object&& other) noexcept
    : roots_(std::move(other.roots_)),
      slot_(std::exchange(other.slot_, kNone)),
      vm_(std::exchange(other.vm_, nullptr)),
      plain_(std::exchange(other.plain_, Value::nil())) {}

Object& Object::operator=(Object other) noexcept {
    std::swap(roots_, other.roots_);
    std::swap(slot_, other.slot_);
    std::swap(vm_, other.vm_);
    std::swap(plain_, other.plain_);
    return *this;
}

Object::~Object() {
    if (slot_ != kNone) roots_->remove(slot_);
}

Vm* Object::vm() const {
    return roots_ && roots_->open() ? vm_ : nullptr;
}

Value Object::value() const {
    return stale() ? Value::nil() : plain_;
}

bool Object::stale() const {
    if (!plain_.is_object()) return roots_ && !roots_->open();
    return slot_ == kNone || !vm() || !std::as_const(*vm_).heap().alive(plain_);
}

Result<std::string> Object::to_string() const {
    if (stale()) return stale_handle();
    const Value v = value();
    Vm* const of = vm();
    if (!of) return std::string(v.is_nil() ? "nil" : "");
    const Value metamethod = of->heap().metamethod(v, Metamethod::ToString);
    if (metamethod.is_nil()) return of->to_display(v);
    Result<Object> text = operate(*of, Operation::ToString, {metamethod, v});
    if (!text) return text.failure();
    if (!text->value().is_string()) return detail::failure("'tostring' must return a string to 'print'");
    return std::string(of->string(text->value()));
}

Result<bool> Object::equals(const Object& other) const {
    if (stale() || other.stale()) return stale_handle();
    const Value a = value();
    const Value b = other.value();
    if (!a.is_object() && !b.is_object())
        return a.is_number() && b.is_number() ? a.as_number() == b.as_number() : a == b;
    Vm* const of = common_vm(*this, other);
    if (!of) return no_common_vm();
    if (a == b) return true;
    Result<Object> equal = operate(*of, Operation::Equal, {a, b});
    if (!equal) return equal.failure();
    return equal->value().truthy();
}

Result<bool> Object::less_than(const Object& other) const {
    if (stale() || other.stale()) return stale_handle();
    Vm* const of = common_vm(*this, other);
    if (!of) return no_common_vm();
    Result<Object> less = operate(*of, Operation::Less, {value(), other.value()});
    if (!less) return less.failure();
    return less->value().truthy();
}

Result<Object> Object::concat(const Object& other) const {
    if (stale() || other.stale()) return stale_handle();
    Vm* const of = common_vm(*this, other);
    if (!of) return no_common_vm();
    return operate(*of, Operation::Concat, {value(), other.value()});
}

// --- Table ------------------------------------------------------------------------------------------------------------

Table Table::make(Vm& vm, std::uint32_t array, std::uint32_t hash) {
    const Handle<arenite::Table> made = vm.make_table(array, hash);
    return made ? Table(vm, Value::object(made)) : Table(vm, Value::nil());
}

Result<Object> Table::get_value(Value key, bool raw) const {
    if (stale()) return stale_handle();
    Vm& of = *vm();
    if (!of.check(key)) return stale_handle();
    const arenite::Table& t = *of.heap().get<arenite::Table>(value());
    const Value found = t.get(of.heap(), key);
    if (!raw && found.is_nil() && !t.metatable().is_nil()) {
        return operate(of, Operation::Index, {value(), key});
    }
    Object object(of, found);
    if (object.stale()) return detail::out_of_memory();
    return object;
}

Result<void> Table::set_value(Value key, Value v, bool raw) const {
    if (stale()) return stale_handle();
    Vm& of = *vm();
    if (!of.check(key) || !of.check(v)) return stale_handle();
    arenite::Table& t = *of.heap().get<arenite::Table>(value());
    if (raw || t.metatable().is_nil()) return answer(of.txn().raw_set(t, key, v));
    Result<Object> done = operate(of, Operation::SetIndex, {value(), key, v});
    if (!done) return done.failure();
    return {};
}

std::uint32_t Table::length() const {
    if (stale()) return 0;
    const Heap& heap = vm()->heap();
    return heap.get<arenite::Table>(value())->border(heap);
}

Object Table::metatable() const {
    if (stale()) return {};
    return {*vm(), vm()->heap().get<arenite::Table>(value())->metatable()};
}

Result<void> Table::set_metatable(const Object& table_or_nil) const {
    if (stale() || table_or_nil.stale()) return stale_handle();
    const Value metatable = table_or_nil.value();
    if (!metatable.is_nil() && !metatable.is<arenite::Table>()) return detail::wrong_type("nil or table", metatable);
    Vm& of = *vm();
    if (!of.check(metatable)) return stale_handle();
    detail::Scope scope(of);
    Result<void> done = answer(of.txn().set_metatable(*of.heap().get<arenite::Table>(value()), metatable));
    if (done) scope.keep();
    return done;
}

Result<void> Table::freeze(bool on) const {
    if (stale()) return stale_handle();
    Vm& of = *vm();
    detail::Scope scope(of);
    Result<void> done = answer(of.txn().set_read_only(*of.heap().get<arenite::Table>(value()), on));
    if (done) scope.keep();
    return done;
}

void Table::Iterator::advance() {
    over_ = true;
    if (table_->stale()) return;
    Vm& of = *table_->vm();
    const arenite::Table& t = *of.heap().get<arenite::Table>(table_->value());
    const std::int64_t after = t.iteration_index(of.heap(), entry_.first.value());
    if (after < 0) return;  // it is no key any more: the table has been rehashed
    auto index = static_cast<std::uint64_t>(after);
    Value key = Value::nil();
    Value value = Value::nil();
    if (!t.next_entry(index, key, value)) return;
    entry_ = {Object(of, key), Object(of, value)};
    over_ = false;
}

// --- detail -----------------------------------------------------------------------------------------------------------

namespace detail {

Scope::Scope(Vm& vm) : vm_(vm), own_(vm.begin() == TxnStatus::Ok) {}
Scope::~Scope() {
    if (!own_) return;
    if (keeps_) {
        vm_.commit();
    } else {
        vm_.rollback();
    }
}

Failure failure(std::string_view message, Failure::Kind kind) {
    Failure why;
    why.set(kind, message);
    return why;
}

Failure wrong_type(const char* expected, Value got) {
    std::string text(expected);
    text += " expected, got ";
    text += type_name(got.type());
    if (got.is_number() && std::strcmp(expected, "integer") == 0) {
        char number[32];
        std::snprintf(number, sizeof number, "%.14g", got.as_number());
        text += " ";
        text += number;
    }
    return failure(text);
}

Failure missing_vm() {
    return failure("the Vm is gone, or there has been none");
}

Failure out_of_memory() {
    return failure("not enough memory", Failure::Kind::Memory);
}

void complete_message(Failure& why) {
    if (why.has_message) return;
    why.message = "(error object is a ";
    why.message += type_name(why.type);
    why.message += " value)";
}

std::unique_ptr<Failure> call(Vm& vm, Value f, std::span<const Value> args) {
    const RunStatus status = vm.call(f, args);
    if (status == RunStatus::Finished) return nullptr;
    auto why = std::make_unique<Failure>(vm.failure());
    if (status == RunStatus::Exited) why->set(Failure::Kind::Killed, "the script has asked to end the program");
    complete_message(*why);
    return why;
}

}  // namespace detail

}  // namespace arenite::lua
