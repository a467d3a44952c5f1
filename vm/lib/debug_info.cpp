// debug.getinfo (ldblib.c, and lua_getinfo in ldebug.c of PUC Lua 5.1).
#include <algorithm>

#include "compiler/compile.h"
#include "vm/levels.h"
#include "vm/lib/debug_info.h"
#include "vm/machine.h"

namespace arenite::lib {

namespace {

/// Fills the table that getinfo returns; a setter answers false when memory is out.
class InfoTable {
public:
    InfoTable(NativeContext& cx, Handle<Table> table) : cx_(cx), table_(table) {}
    [[nodiscard]] bool set(std::string_view field, Value v) { return cx_.raw_set(table_, field, v); }
    [[nodiscard]] bool set(std::string_view field, std::string_view text) {
        Value v;
        return cx_.new_string(text, v) && set(field, v);
    }
    [[nodiscard]] bool set(std::string_view field, std::int64_t n) {
        return set(field, Value::number(static_cast<double>(n)));
    }

private:
    NativeContext& cx_;
    Handle<Table> table_;
};

/// What getinfo is asked of.
struct Subject {
    Level level;                    ///< OutOfRange when a function was given
    Value function = Value::nil();  ///< nil for a tail call and the host
    const Prototype* prototype = nullptr;
    [[nodiscard]] bool tail() const { return level.kind == Level::TailCall; }
};

bool set_source(InfoTable& info, const Heap& heap, const Subject& s) {
    std::string_view source = s.tail() ? "=(tail call)" : "=[C]";
    std::int64_t first = -1;
    std::int64_t last = -1;
    std::string_view what = s.tail() ? "tail" : "C";
    if (s.prototype) {
        source = heap.string(s.prototype->source());
        source = source.substr(0, source.find('\0'));
        first = s.prototype->line_defined();
        last = s.prototype->last_line_defined();
        what = first == 0 ? "main" : "Lua";
    }
    return info.set("source", source) && info.set("short_src", compiler::chunk_id(source)) &&
           info.set("linedefined", first) && info.set("lastlinedefined", last) && info.set("what", what);
}

bool set_line(InfoTable& info, const Machine& machine, const Subject& s) {
    const bool lua = s.level.kind == Level::Active && s.prototype;
    return info.set("currentline", lua ? std::int64_t{machine.current_line(s.level.frame)} : -1);
}

bool set_upvalue_count(InfoTable& info, const Heap& heap, const Subject& s) {
    std::int64_t count = 0;
    if (const Closure* c = heap.get<Closure>(s.function)) count = c->upvalue_count();
    if (const NativeFunction* f = heap.get<NativeFunction>(s.function)) count = f->upvalue_count();
    return info.set("nups", count);
}

bool set_name(InfoTable& info, const Machine& machine, const Thread& t, const Subject& s) {
    if (s.tail()) return info.set("name", "") && info.set("namewhat", "");
    Machine::Name name;
    if (s.level.kind == Level::Active && s.level.frame > t.frames) {
        name = machine.function_name(t, s.level.frame);
    }
    if (!name.kind) return info.set("namewhat", "");
    return info.set("name", name.name) && info.set("namewhat", name.kind);
}

/// The set of lines that have code.
bool set_active_lines(NativeContext& cx, InfoTable& info, const Subject& s) {
    if (!s.prototype) return true;
    Handle<Table> lines;
    if (!cx.new_table(0, 0, lines)) return false;
    (void)cx.charge(s.prototype->code_size());
    for (std::uint32_t pc = 0; pc < s.prototype->code_size(); ++pc) {
        const std::int64_t line = s.prototype->line(pc);
        if (line > 0 && !cx.raw_set(lines, line, Value::boolean(true))) return false;
    }
    return info.set("activelines", Value::object(lines));
}

}  // namespace

// debug.getinfo([thread,] function or level [, what])
NativeResult db_getinfo(NativeContext& cx) {
    const Machine& machine = library(cx).machine();
    const Heap& heap = machine.heap();
    const ThreadArgument on(cx);
    std::string_view options;
    if (!cx.opt_string(on.shift + 1, "flnSu", options)) return cx.failed();
    options = options.substr(0, options.find('\0'));

    Subject s;
    std::int32_t level = 0;
    if (as_level(cx, on.shift, level)) {
        if (!library(cx).level_resumable(*on.thread, level, s.level)) return cx.failed();
        if (s.level.kind == Level::OutOfRange) return cx.done(Value::nil());
        if (s.level.kind == Level::Active) s.function = function_of(*s.level.frame);
    } else if (cx.unfinished()) {
        return cx.failed();
    } else if (cx.arg(on.shift).is_function()) {
        s.function = cx.arg(on.shift);
    } else {
        return cx.arg_error(on.shift, "function or level expected");
    }
    if (const Closure* c = heap.get<Closure>(s.function)) s.prototype = heap.get(c->prototype());
    // Of a lost tail call PUC does not check the options.
    if (!s.tail() && options.find_first_not_of("SlunLf") != std::string_view::npos) {
        return cx.arg_error(on.shift + 1, "invalid option");
    }

    Handle<Table> table;
    if (!cx.new_table(0, 2, table)) return cx.failed();
    InfoTable info(cx, table);
    const auto wants = [&](char option) { return options.find(option) != std::string_view::npos; };
    const bool ok = (!wants('S') || set_source(info, heap, s)) && (!wants('l') || set_line(info, machine, s)) &&
                    (!wants('u') || set_upvalue_count(info, heap, s)) &&
                    (!wants('n') || set_name(info, machine, *on.thread, s)) &&
                    (!wants('L') || set_active_lines(cx, info, s)) && (!wants('f') || info.set("func", s.function));
    if (!ok) return cx.failed();
    return cx.done(Value::object(table));
}

}  // namespace arenite::lib
