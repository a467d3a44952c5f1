// Modules (Lua 5.1 §5.3; loadlib.c of the reference). There are no dynamic libraries: a native module is a function in
// package.preload (Vm::register_module), and what is found along package.cpath is refused.
//
// The functions have as upvalues the package table (0) and the table of loaded modules (1), whatever scripts do to the
// globals that name them.
#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "vm/lib/lib.h"
#include "vm/lib/load_chunk.h"
#include "vm/machine.h"

namespace arenite::lib {
namespace {

constexpr const char* kPath =
    "./?.lua;/usr/local/share/lua/5.1/?.lua;/usr/local/share/lua/5.1/?/init.lua;/usr/local/lib/lua/5.1/?.lua;"
    "/usr/local/lib/lua/5.1/?/init.lua;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua";
constexpr const char* kNativePath =
    "./?.so;/usr/local/lib/lua/5.1/?.so;/usr/lib/x86_64-linux-gnu/lua/5.1/?.so;/usr/lib/lua/5.1/?.so;"
    "/usr/local/lib/lua/5.1/loadall.so";
constexpr const char* kConfig = "/\n;\n?\n!\n-";
constexpr const char* kNoDynamicLibraries = "dynamic libraries not enabled; check your Lua installation";

/// In the table of loaded modules while a module is being loaded, and after it failed.
constexpr Value kLoading = Value::light_userdata(1);

Handle<Table> package(const NativeContext& cx) {
    return cx.upvalue(0).as<Table>();
}
Handle<Table> loaded(const NativeContext& cx) {
    return cx.upvalue(1).as<Table>();
}

/// The module name, argument 0, as a C string in the argument's place (keys are made of it).
bool check_name(NativeContext& cx, std::string_view& name) {
    if (!cx.check_string(0, name)) return false;
    const std::size_t zero = name.find('\0');
    if (zero == std::string_view::npos) return true;
    Value text = Value::nil();
    if (!cx.new_string(name.substr(0, zero), text)) return false;
    cx.set_arg(0, text);
    name = cx.string(text);
    return true;
}

// --- Searching ------------------------------------------------------------------------------------------------------

enum class Search : std::uint8_t { Found, Missing, NoBudget, Failed };
/// Slots of a searcher: where in the path it is, the places it has tried (a Buffer), where in it the last of them
/// begins, and the module's name as a part of files' names.
enum : std::uint32_t { kAt, kTried, kFile, kName, kSearchSlots };
/// Those of loader_Lua, with what load_file() keeps and why it has refused a file.
constexpr std::uint32_t kLoaderSlots = kSearchSlots + FileLoad::kSlots + 1;
/// States of a searcher.
enum : std::uint32_t { kBegin, kGoOn, kSearchStates };

/// `module` with "/" for each dot.
bool file_part(NativeContext& cx, std::string_view module, Value& out) {
    Value buffer = Value::nil();
    if (!cx.new_buffer(buffer) || !library(cx).buffer_assign_unset(buffer, module.size())) return false;
    if (const BufferBytes bytes(cx, buffer); bytes) {
        std::replace_copy(module.begin(), module.end(), bytes.data(), '.', '/');
    } else {
        return false;
    }
    return cx.finish(buffer, out);
}

/// The file that was tried last.
std::string found_file(const NativeContext& cx) {
    const auto begin = static_cast<std::size_t>(cx.local_number(kFile));
    return std::string(
        library(cx).buffer_bytes(cx.local(kTried)).substr(begin, PATH_MAX + 1));  // longer ones cannot be opened
}

/// findfile: the first readable file of the templates in package[field]. Resumable, and restartable after each piece of
/// a name that it has put together; Missing leaves its text in kTried.
Search find_file(NativeContext& cx, std::string_view module, const char* field, std::string& file) {
    constexpr std::uint64_t kOpenCost = 100;
    constexpr std::string_view kNoFile = "\n\tno file '";
    std::size_t at = 0;
    if (cx.state() == 0) {
        cx.restartable();
        Value tried = Value::nil();
        Value name = Value::nil();
        if (!cx.reserve(kLoaderSlots) || !cx.new_buffer(tried) || !file_part(cx, module, name)) return Search::Failed;
        cx.set_local(kTried, tried);
        cx.set_local(kName, name);
        cx.set_local_number(kFile, 0);
        cx.set_local_number(kAt, 0);
    } else {
        at = static_cast<std::size_t>(cx.local_number(kAt));
    }
    cx.restartable_in(kGoOn);
    Value templates = cx.raw_get(package(cx), std::string_view(field));
    if (!templates.is_string() && !templates.is_number()) {
        (void)cx.error("'package.%s' must be a string", field);
        return Search::Failed;
    }
    if (templates.is_number() && !cx.to_string(templates, templates)) return Search::Failed;
    const Value tried = cx.local(kTried);
    const std::string_view name = cx.string(cx.local(kName));
    std::string_view path = cx.string(templates);
    path = path.substr(0, path.find('\0'));
    // What has been written is done: another invocation goes on from here.
    const auto write = [&](std::string_view bytes, std::size_t next) {
        if (!cx.append(tried, bytes)) return false;
        cx.set_local_number(kAt, static_cast<double>(at = next));
        return true;
    };
    for (;;) {
        // A place begins when the last one is done with: kFile is 0 in between.
        if (cx.local_number(kFile) == 0) {
            at = std::min(path.find_first_not_of(';', at), path.size());
            if (at == path.size()) return Search::Missing;
            if (!write(kNoFile, at)) return Search::Failed;
            cx.set_local_number(kFile, static_cast<double>(library(cx).buffer_bytes(tried).size()));
        }
        const std::size_t end = std::min(path.find(';', at), path.size());
        while (at < end) {
            const bool mark = path[at] == '?';
            const std::size_t next = mark ? at + 1 : std::min(path.find('?', at), end);
            const std::string_view piece = mark ? name : path.substr(at, next - at);
            if (!write(piece, next)) return Search::Failed;
            if (!cx.charge(1 + piece.size() / 16)) return Search::NoBudget;
        }
        file = found_file(cx);
        if (std::FILE* f = std::fopen(file.c_str(), "r")) {
            (void)std::fclose(f);
            return Search::Found;
        }
        if (!write("'", end)) return Search::Failed;
        cx.set_local_number(kFile, 0);
        if (!cx.charge(kOpenCost)) return Search::NoBudget;
    }
}

/// What a searcher does when it has not found a file.
NativeResult not_found(NativeContext& cx, Search search) {
    Value text = Value::nil();
    switch (search) {
        case Search::NoBudget: return cx.suspend(kGoOn);
        case Search::Missing: return cx.finish(cx.local(kTried), text) ? cx.done(text) : cx.failed();
        default: return cx.failed();
    }
}

NativeResult load_error(NativeContext& cx, std::string_view file, std::string_view why) {
    const std::string_view name = cx.string(cx.arg(0));
    return cx.error_parts({"error loading module '", name, "' from file '", file, "':\n\t", why});
}

/// loader_preload
NativeResult preload_loader(NativeContext& cx) {
    cx.restartable();
    std::string_view name;
    if (!check_name(cx, name)) return cx.failed();
    Value found = Value::nil();
    if (cx.state() == 0) {
        const Value preload = cx.raw_get(package(cx), "preload");
        if (!preload.is<Table>()) return cx.error("'package.preload' must be a table");
        const OperationAnswer a = cx.index(preload, cx.arg(0));
        if (a.kind == OperationAnswer::Failed) return cx.failed();
        if (a.kind == OperationAnswer::NeedsCall) return cx.call(1, a.value, {a.first, cx.arg(0)});
        found = a.value;
    } else {
        found = first_result(cx);
    }
    if (!found.is_nil()) return cx.done(found);
    return cx.join("\n\tno field package.preload['", {name, "']"}, found) ? cx.done(found) : cx.failed();
}

/// loader_Lua
NativeResult lua_loader(NativeContext& cx) {
    constexpr FileLoad kPlace{.state = kSearchStates, .slot = kSearchSlots};
    constexpr std::uint32_t kRefused = kPlace.state + FileLoad::kStates;
    constexpr std::uint32_t kWhy = kPlace.slot + FileLoad::kSlots;
    static_assert(kWhy + 1 == kLoaderSlots);
    std::string_view name;
    std::string file;
    if (!check_name(cx, name)) return cx.failed();
    if (cx.state() < kSearchStates) {
        const Search search = find_file(cx, name, "path", file);
        if (search != Search::Found) return not_found(cx, search);
    } else {
        file = found_file(cx);
    }
    if (cx.state() == kRefused) {
        cx.restartable();
        return load_error(cx, file, cx.string(cx.local(kWhy)));
    }
    Value function;
    Value why;
    if (const auto next = load_file(cx, file.c_str(), kPlace, function, why)) return *next;
    if (!function.is_nil()) return cx.done(function);
    cx.set_local(kWhy, why);  // the error may take slices, in a state of its own
    return library(cx).again(kRefused);
}

/// loader_C
NativeResult native_loader(NativeContext& cx) {
    std::string_view name;
    std::string file;
    if (!check_name(cx, name)) return cx.failed();
    const Search search = find_file(cx, name, "cpath", file);
    return search == Search::Found ? load_error(cx, file, kNoDynamicLibraries) : not_found(cx, search);
}

/// loader_Croot: the library of the name's first part may have the module.
NativeResult native_root_loader(NativeContext& cx) {
    std::string_view name;
    std::string file;
    if (!check_name(cx, name)) return cx.failed();
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return cx.done();
    const Search search = find_file(cx, name.substr(0, dot), "cpath", file);
    return search == Search::Found ? load_error(cx, file, kNoDynamicLibraries) : not_found(cx, search);
}

/// package.loadlib (libname, funcname)
NativeResult loadlib_fn(NativeContext& cx) {
    std::string_view library;
    std::string_view function;
    Value why = Value::nil();
    Value where = Value::nil();
    if (!cx.check_string(0, library) || !cx.check_string(1, function)) return cx.failed();
    if (!cx.new_string(kNoDynamicLibraries, why) || !cx.new_string("absent", where)) return cx.failed();
    return cx.done(Value::nil(), why, where);
}

// --- require --------------------------------------------------------------------------------------------------------

/// require (modname)
NativeResult require_fn(NativeContext& cx) {
    enum : std::uint32_t { kLoader, kMessages, kLoaders, kSlots };
    enum : std::uint32_t { kStart, kKnown, kAsked, kNext, kRan };
    cx.restartable();
    std::string_view name;
    if (!check_name(cx, name)) return cx.failed();
    const Value key = cx.arg(0);
    Value known = Value::nil();
    switch (cx.state()) {
        case kStart: {
            if (!cx.reserve(kSlots)) return cx.failed();
            const OperationAnswer a = cx.index(cx.upvalue(1), key);
            if (a.kind == OperationAnswer::Failed) return cx.failed();
            if (a.kind == OperationAnswer::NeedsCall) return cx.call(kKnown, a.value, {a.first, key});
            known = a.value;
            break;
        }
        case kKnown: known = first_result(cx); break;
        case kAsked: {
            const Value answer = first_result(cx);
            if (answer.is_function()) {
                if (!cx.raw_set(loaded(cx), key, kLoading)) return cx.failed();
                return cx.call(kRan, answer, {key});
            }
            Value text = answer;
            if (answer.is_number() && !cx.to_string(answer, text)) return cx.failed();
            if (text.is_string() && !cx.append(cx.local(kMessages), cx.string(text))) return cx.failed();
            cx.restartable_in(kNext);
            break;
        }
        case kNext: break;
        default: {
            const Value result = first_result(cx);
            if (!result.is_nil() && !cx.raw_set(loaded(cx), key, result)) return cx.failed();
            Value module = cx.raw_get(loaded(cx), key);
            if (module == kLoading) {  // the module did not set a value
                module = Value::boolean(true);
                if (!cx.raw_set(loaded(cx), key, module)) return cx.failed();
            }
            return cx.done(module);
        }
    }
    if (cx.state() == kStart || cx.state() == kKnown) {
        if (known == kLoading) return cx.error_parts({"loop or previous error loading module '", name, "'"});
        if (known.truthy()) return cx.done(known);
        const Value loaders = cx.raw_get(package(cx), "loaders");
        if (!loaders.is<Table>()) return cx.error("'package.loaders' must be a table");
        Value messages = Value::nil();
        if (!cx.new_buffer(messages)) return cx.failed();
        cx.set_local(kLoaders, loaders);
        cx.set_local(kMessages, messages);
        cx.set_local_number(kLoader, 0);
    }
    const double next = cx.local_number(kLoader) + 1;
    const Value loader = cx.raw_get(cx.local(kLoaders).as<Table>(), static_cast<std::int64_t>(next));
    if (loader.is_nil()) {
        const std::string_view tried = library(cx).buffer_bytes(cx.local(kMessages));
        (void)cx.error_parts({"module '", name, "' not found:", tried.substr(0, tried.find('\0'))});
        return library(cx).failed_in(kNext);
    }
    cx.not_restartable();
    cx.set_local_number(kLoader, next);
    return cx.call(kAsked, loader, {key});
}

// --- module ---------------------------------------------------------------------------------------------------------

/// luaL_findtable in the globals. Nil without an error recorded (`conflict`): part of the name is no table.
bool find_table(NativeContext& cx, std::string_view name, Value& out, bool& conflict) {
    out = globals(library(cx).machine());
    (void)cx.charge(name.size());
    for (;;) {
        const std::size_t end = std::min(name.find('.'), name.size());
        const Handle<Table> outer = out.as<Table>();
        Value key = Value::nil();
        if (!cx.new_string(name.substr(0, end), key)) return false;
        out = cx.raw_get(outer, key);
        if (out.is_nil()) {
            Handle<Table> made;
            if (!cx.new_table(0, 1, made)) return false;
            out = Value::object(made);
            if (!cx.raw_set(outer, key, out)) return false;
        } else if (!out.is<Table>()) {
            conflict = true;
            return true;
        }
        if (end == name.size()) return true;
        name.remove_prefix(end + 1);
    }
}

/// modinit
bool name_module(NativeContext& cx, Handle<Table> module, Value key) {
    const std::string_view name = cx.string(key);
    const std::size_t dot = name.rfind('.');
    Value package_name = Value::nil();
    return cx.raw_set(module, "_M", Value::object(module)) && cx.raw_set(module, "_NAME", key) &&
           cx.new_string(name.substr(0, dot == std::string_view::npos ? 0 : dot + 1), package_name) &&
           cx.raw_set(module, "_PACKAGE", package_name);
}

/// module (name [, ...])
NativeResult module_fn(NativeContext& cx) {
    enum : std::uint32_t { kModule, kOption, kSlots };
    enum : std::uint32_t { kStart, kNamed, kOptions };
    std::string_view name;
    cx.restartable();
    if (!check_name(cx, name)) return cx.failed();
    if (cx.state() != kOptions) {
        Value named = Value::nil();
        if (cx.state() == kStart) {
            if (!cx.reserve(kSlots)) return cx.failed();
            Value module = cx.raw_get(loaded(cx), cx.arg(0));
            if (!module.is<Table>()) {
                bool conflict = false;
                if (!find_table(cx, name, module, conflict)) return cx.failed();
                if (conflict) return cx.error_parts({"name conflict for module '", name, "'"});
                if (!cx.raw_set(loaded(cx), cx.arg(0), module)) return cx.failed();
            }
            cx.set_local(kModule, module);
            cx.set_local_number(kOption, 0);
            Value key = Value::nil();
            if (!cx.new_string("_NAME", key)) return cx.failed();
            const OperationAnswer a = cx.index(module, key);
            if (a.kind == OperationAnswer::Failed) return cx.failed();
            if (a.kind == OperationAnswer::NeedsCall) return cx.call(kNamed, a.value, {a.first, key});
            named = a.value;
        } else {
            named = first_result(cx);
        }
        if (named.is_nil() && !name_module(cx, cx.local(kModule).as<Table>(), cx.arg(0))) return cx.failed();
        Closure* caller = library(cx).machine().heap().get<Closure>(calling_function(library(cx).machine()));
        if (!caller) return cx.error("'module' not called from a Lua function");
        if (library(cx).machine().txn().set_environment(*caller, cx.local(kModule)) != TxnStatus::Ok)
            return cx.out_of_memory();
    }
    const std::uint32_t option = static_cast<std::uint32_t>(cx.local_number(kOption)) + 1;
    if (option >= cx.arg_count()) return cx.done();
    cx.not_restartable();
    cx.set_local_number(kOption, option);
    return cx.call(kOptions, cx.arg(option), {cx.local(kModule)});
}

/// package.seeall (module)
NativeResult seeall_fn(NativeContext& cx) {
    cx.restartable();
    Handle<Table> module;
    if (!cx.check_table(0, module)) return cx.failed();
    Value metatable = cx.metatable(cx.arg(0));
    if (metatable.is_nil()) {
        Handle<Table> made;
        if (!cx.new_table(0, 1, made)) return cx.failed();
        metatable = Value::object(made);
        if (!cx.set_metatable(cx.arg(0), metatable)) return cx.failed();
    }
    if (!cx.raw_set(metatable.as<Table>(), "__index", globals(library(cx).machine()))) return cx.failed();
    return cx.done();
}

/// setpath: what the environment says, in which ";;" stands for the path by default.
std::string path_from(const char* variable, const char* by_default) {
    const char* given = std::getenv(variable);
    if (!given) return by_default;
    std::string path;
    for (std::string_view rest = given;;) {
        const std::size_t at = rest.find(";;");
        path += rest.substr(0, at);
        if (at == std::string_view::npos) return path;
        path.append(";").append(by_default).append(";");
        rest.remove_prefix(at + 2);
    }
}

}  // namespace

namespace {
/// What `require` needs, in `package`: loaded, preload, and the given searchers as loaders. Returns `require`; nil when
/// memory is out.
Value open_require(LibraryBuilder& b, Value package_table, Value modules,
                   std::initializer_list<std::pair<NativeFn, const char*>> searchers) {
    Machine& machine = b.machine();
    const auto globals = machine.globals().as<Table>();
    const Handle<Table> registry = machine.heap().registry().as<Table>();
    const Handle<Table> preload = machine.make_table(0, 1);
    const Handle<Table> loaders = machine.make_table(4, 0);
    if (!package_table.is<Table>() || !modules.is<Table>() || !preload || !loaders) return Value::nil();
    const auto package_handle = package_table.as<Table>();
    bool ok = machine.set_field(registry, "_LOADED", modules) &&
              machine.set_field(registry, "_PRELOAD", Value::object(preload)) &&
              machine.set_field(package_handle, "loaded", modules) &&
              machine.set_field(package_handle, "preload", Value::object(preload)) &&
              machine.set_field(package_handle, "loaders", Value::object(loaders));
    const Value upvalues[] = {package_table, modules};
    std::int64_t i = 0;
    for (const auto& [fn, name] : searchers) {
        const Value f = machine.make_native(fn, name, upvalues);
        ok =
            ok && !f.is_nil() && machine.txn().raw_set_integer(*machine.heap().get(loaders), ++i, f) == TableStatus::Ok;
    }
    for (const char* name : {"_G", "package", "coroutine", "table", "io", "os", "string", "math", "debug"}) {
        const Value library = machine.get_field(globals, name);
        if (library.is<Table>()) ok = ok && machine.set_field(modules.as<Table>(), name, library);
    }
    return ok ? machine.make_native(require_fn, "require", upvalues) : Value::nil();
}
}  // namespace

void open_package(LibraryBuilder& b) {
    Machine& machine = b.machine();
    const Value modules = Value::object(machine.make_table(0, 16));
    b.library("package");
    const Value self = machine.get_field(machine.globals().as<Table>(), "package");
    const Value upvalues[] = {self, modules};
    b.function("loadlib", loadlib_fn);
    b.function("seeall", seeall_fn);
    b.string("path", path_from("LUA_PATH", kPath));
    b.string("cpath", path_from("LUA_CPATH", kNativePath));
    b.string("config", kConfig);
    const Value require = open_require(b, self, modules,
                                       {{preload_loader, "loader_preload"},
                                        {lua_loader, "loader_Lua"},
                                        {native_loader, "loader_C"},
                                        {native_root_loader, "loader_Croot"}});
    b.library("");
    b.value("require", require);
    b.value("module", machine.make_native(module_fn, "module", upvalues));
}

void open_native_modules(LibraryBuilder& b) {
    Machine& machine = b.machine();
    b.library("");
    b.value("require", open_require(b, Value::object(machine.make_table(0, 3)),
                                    Value::object(machine.make_table(0, 16)), {{preload_loader, "loader_preload"}}));
}

}  // namespace arenite::lib
