#include <arenite/class.h>

#include <initializer_list>
#include <string>

#include "vm/embed/bound_objects.h"
#include "vm/embed/host.h"

namespace arenite::lua::detail {

namespace {
/// name(...) of a class: functions.new(...).
NativeResult construct(NativeContext& cx) {
    const Value make = cx.raw_get(cx.upvalue(0).as<arenite::Table>(), "new");
    if (!make.is_function()) return cx.error("this class has no constructor");
    if (!cx.begin_call(make)) return cx.failed();
    for (std::uint32_t i = 1; i < cx.arg_count(); ++i) {
        if (!cx.push(cx.arg(i))) return cx.failed();
    }
    return cx.tail_call_pushed();
}

/// A native with upvalues into a table. False: memory is out.
bool put_native(Vm& vm, const Table& table, std::string_view field, NativeFn fn, const char* name,
                std::initializer_list<Value> upvalues) {
    const Value native = vm.make_native(fn, name, {upvalues.begin(), upvalues.size()});
    return !native.is_nil() && table.raw_set(field, native).ok();
}
}  // namespace

NativeResult index_object(NativeContext& cx) {
    const Value key = cx.arg(1);
    const Value method = cx.raw_get(cx.upvalue(0).as<arenite::Table>(), key);
    if (!method.is_nil()) return cx.done(method);
    const Value getter = cx.raw_get(cx.upvalue(1).as<arenite::Table>(), key);
    return getter.is_function() ? cx.tail_call(getter, {cx.arg(0)}) : cx.done(Value::nil());
}

NativeResult set_object_field(NativeContext& cx) {
    const Value key = cx.arg(1);
    const Value setter = key.is_nil() ? key : cx.raw_get(cx.upvalue(0).as<arenite::Table>(), key);
    if (setter.is_function()) return cx.tail_call(setter, {cx.arg(0), cx.arg(2)});
    Value name = Value::nil();
    if (!key.is_string() && !key.is_number()) {
        return cx.error_parts({"a ", cx.string(cx.upvalue(1)), " has no fields of type ", type_name(key.type())});
    }
    if (!cx.to_string(key, name)) return cx.failed();
    return cx.error_parts({"field '", cx.string(name), "' of a ", cx.string(cx.upvalue(1)), " cannot be set"});
}

Result<ClassTables> make_class(Vm& vm, const void* kind, std::string_view name) {
    if (const ClassTables* const known = class_tables(vm, kind)) return *known;
    if (name.empty()) return failure("the base class is not known to this Vm");
    ClassTables made;
    for (Table* t : {&made.object, &made.methods, &made.getters, &made.setters, &made.functions, &made.call}) {
        *t = Table::make(vm);
        if (t->stale()) return out_of_memory();
    }
    const Table globals(vm, vm.globals());
    const Value shown = vm.make_string(name);
    const bool ok =
        !shown.is_nil() && made.object.raw_set("__index", made.methods).ok() &&
        put_native(vm, made.object, "__newindex", &set_object_field, "__newindex", {made.setters.value(), shown}) &&
        made.object.raw_set("__metatable", shown).ok() &&
        put_native(vm, made.call, "__call", &construct, "__call", {made.functions.value()}) &&
        made.functions.set_metatable(made.call).ok() && globals.raw_set(name, made.functions).ok();
    if (!ok || !vm.extension<BoundObjects>().add_class(kind, name, made)) return out_of_memory();
    return made;
}

Result<void> look_at_properties(Vm& vm, const ClassTables& tables) {
    const auto index = tables.object.raw_get<Object>("__index");
    if (index && index->value().is_function()) return {};
    if (put_native(vm, tables.object, "__index", &index_object, "__index",
                   {tables.methods.value(), tables.getters.value()})) {
        return {};
    }
    return out_of_memory();
}

Result<void> inherit(const Table& to, const Table& from) {
    for (const auto& [key, value] : from) {
        const auto own = to.raw_get<Object>(key);
        if (!own) return own.failure();
        if (!own->is_nil()) continue;
        if (Result<void> done = to.raw_set(key, value); !done) return done;
    }
    return {};
}

}  // namespace arenite::lua::detail
