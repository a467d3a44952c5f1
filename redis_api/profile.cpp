#include "redis_api/profile.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "redis_api/atomic_scopes.h"
#include "redis_api/lib/bit.h"
#include "redis_api/lib/cjson.h"
#include "redis_api/lib/libraries.h"
#include "redis_api/scoped_transaction.h"
#include "txn/transaction.h"
#include "vm/lib/lib.h"

namespace arenite::redis {
namespace {

/// What is opened, in order: what comes later replaces what came before.
constexpr void (*kLibraries[])(LibraryBuilder&) = {
    lib::open_base, lib::open_table, lib::open_string, lib::open_math, lib::open_coroutine, open_redis_math,
    open_redis,     open_bit,        open_cjson,       open_cmsgpack,  open_struct,
};

/// The globals that stay (Redis script_lua.c, allow_lists; EVAL adds KEYS and ARGV).
constexpr std::string_view kAllowed[] = {
    // libraries
    "string",
    "cjson",
    "bit",
    "cmsgpack",
    "math",
    "table",
    "struct",
    // of Redis
    "redis",
    "__redis__err__handler",
    "KEYS",
    "ARGV",
    // built in
    "xpcall",
    "tostring",
    "setmetatable",
    "next",
    "assert",
    "tonumber",
    "rawequal",
    "collectgarbage",
    "getmetatable",
    "rawset",
    "pcall",
    "coroutine",
    "type",
    "_G",
    "select",
    "unpack",
    "gcinfo",
    "pairs",
    "rawget",
    "loadstring",
    "ipairs",
    "_VERSION",
    "load",
    "error",
};

/// __redis__err__handler of Redis eval.c, which adds to an error where it was raised: the function that raised it, or
/// its caller when that is a native one. Line 10 stores into the error, as in Redis: it shows when that fails.
constexpr std::string_view kErrorHandler = R"lua(
local position, type, tostring = ...
return function(err)
  local source, line, native = position(2)
  if native then
    source, line = position(3)
  end
  if type(err) ~= 'table' then err = {err='ERR ' .. tostring(err)} end
  if source then
    err['source'] = source
    err['line'] = line
  end
  return err
end
)lua";

class ProfileBuilder {
public:
    ProfileBuilder(Vm& vm, ScriptEnvironment& environment)
        : vm_(vm), environment_(environment), globals_(vm.heap().globals().as<Table>()) {}

    bool build() {
        for (auto* open : kLibraries) {
            if (!vm_.open_library(open)) return false;
        }
        (void)vm_.extension<AtomicScopes>();  // which hears of blocks from now on
        return make_roots() && vm_.set_field(globals_, "_G", vm_.heap().globals()) && prune() && override_base() &&
               make_error_handler() && protect_globals() && add_arguments() && protect(Value::object(globals_));
    }

private:
    bool make_roots() {
        environment_.roots = vm_.make_table(0, 2);
        const auto registry = vm_.heap().registry().as<Table>();
        if (!environment_.roots || !vm_.set_field(registry, "redis", Value::object(environment_.roots))) return false;

        struct Named {
            Value FieldNames::* name;
            std::string_view text;
        };
        constexpr Named kNames[] = {
            {&FieldNames::err, "err"},
            {&FieldNames::ok, "ok"},
            {&FieldNames::double_, "double"},
            {&FieldNames::big_number, "big_number"},
            {&FieldNames::verbatim_string, "verbatim_string"},
            {&FieldNames::map, "map"},
            {&FieldNames::set, "set"},
            {&FieldNames::string, "string"},
            {&FieldNames::format, "format"},
            {&FieldNames::ignore_error_stats_update, "ignore_error_stats_update"},
            {&FieldNames::source, "source"},
            {&FieldNames::line, "line"},
        };
        const Handle<Table> names = vm_.make_table(0, static_cast<std::uint32_t>(std::size(kNames)));
        if (!names || !vm_.set_field(environment_.roots, "names", Value::object(names))) return false;
        for (const Named& entry : kNames) {
            const Value name = vm_.make_string(entry.text);
            if (name.is_nil() || !vm_.set_field(names, entry.text, Value::boolean(true))) return false;
            environment_.names.*entry.name = name;
        }
        return true;
    }

    /// Removes globals that are not on the list (PR1).
    bool prune() {
        const Heap& heap = vm_.heap();
        std::vector<Value> unwanted;
        std::uint64_t index = 0;
        Value key = Value::nil();
        Value value = Value::nil();
        while (heap.get(globals_)->next_entry(index, key, value)) {
            if (std::ranges::find(kAllowed, heap.string(key)) == std::end(kAllowed)) unwanted.push_back(key);
        }
        return std::ranges::all_of(unwanted, [&](Value name) {
            return vm_.txn().raw_set(*vm_.heap().get(globals_), name, Value::nil()) == TableStatus::Ok;
        });
    }

    bool override_base() {
        environment_.xpcall = vm_.get_field(globals_, "xpcall");
        const Value pcall = vm_.get_field(globals_, "pcall");
        return set_native(globals_, "pcall", redis_pcall, {pcall}) &&
               set_native(globals_, "load", redis_load, {pcall}) &&
               set_native(globals_, "loadstring", redis_loadstring, {});
    }

    bool make_error_handler() {
        Value chunk = Value::nil();
        const Value position = vm_.make_native(function_position, "position");
        if (position.is_nil() || !vm_.load(kErrorHandler, "@err_handler_def", chunk, false)) return false;
        const Value arguments[] = {position, vm_.get_field(globals_, "type"), vm_.get_field(globals_, "tostring")};
        if (vm_.call(chunk, arguments) != RunStatus::Finished || vm_.results().empty()) return false;
        environment_.error_handler = vm_.results()[0];
        return vm_.set_field(globals_, "__redis__err__handler", environment_.error_handler);
    }

    bool protect_globals() {
        const Handle<Table> metatable = vm_.make_table(0, 1);
        return metatable && set_native(metatable, "__index", nonexistent_global, {}) &&
               vm_.txn().set_metatable(*vm_.heap().get(globals_), Value::object(metatable)) == TableStatus::Ok;
    }

    bool add_arguments() {
        environment_.keys = vm_.make_table(0, 0);
        environment_.argv = vm_.make_table(0, 0);
        return environment_.keys && environment_.argv &&
               vm_.set_field(globals_, "KEYS", Value::object(environment_.keys)) &&
               vm_.set_field(globals_, "ARGV", Value::object(environment_.argv));
    }

    /// Makes every table reachable from `root` or from a value's metatable read-only, but KEYS and ARGV (PR2; Redis
    /// script_lua.c, luaSetTableProtectionRecursively and luaSetTableProtectionForBasicTypes).
    bool protect(Value root) {
        const Heap& heap = vm_.heap();
        std::vector<Value> found{root};
        found.insert(found.end(), heap.type_metatables().begin(), heap.type_metatables().end());
        while (!found.empty()) {
            const Value next = found.back();
            found.pop_back();
            Table* table = heap.get<Table>(next);
            if (!table || table->read_only()) continue;
            if (next == Value::object(environment_.keys) || next == Value::object(environment_.argv)) continue;
            if (vm_.txn().set_read_only(*table, true) != TableStatus::Ok) return false;
            found.push_back(table->metatable());
            std::uint64_t index = 0;
            Value key = Value::nil();
            Value value = Value::nil();
            while (table->next_entry(index, key, value)) found.push_back(value);
        }
        return true;
    }

    bool set_native(Handle<Table> table, const char* name, NativeFn fn, std::initializer_list<Value> upvalues) {
        const Value native = vm_.make_native(fn, name, {upvalues.begin(), upvalues.size()});
        return !native.is_nil() && vm_.set_field(table, name, native);
    }

    Vm& vm_;
    ScriptEnvironment& environment_;
    const Handle<Table> globals_;
};

}  // namespace

bool open_redis_profile(Vm& vm, ScriptEnvironment& environment) {
    vm.host_data = &environment;
    ScopedTransaction transaction(vm);
    if (!transaction.open() || !ProfileBuilder(vm, environment).build()) return false;
    transaction.commit();
    return true;
}

}  // namespace arenite::redis
