// The input and output library (Lua 5.1 §5.7; liolib.c of the reference). Files are userdata that name a stream of the
// Vm (io_streams.h).
//
// Every function has as its upvalue the library's own table: default input, default output, metatable of files.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "vm/lib/child_process.h"
#include "vm/lib/io_streams.h"
#include "vm/lib/io_transfer.h"
#include "vm/lib/lib.h"
#include "vm/machine.h"

namespace arenite::lib {
namespace {

/// Indices in the library's table.
enum LibrarySlot : std::int64_t { kInput = 1, kOutput = 2, kMetatable = 3 };
constexpr const char* kFileType = "FILE*";
/// State of a native whose file is closed, and whose run is to end.
constexpr std::uint32_t kClosed = 1;

Streams& streams(NativeContext& cx) {
    return library(cx).machine().extension<Streams>();
}

Handle<Table> library_table(const NativeContext& cx) {
    return cx.upvalue(0).as<Table>();
}

// --- Files ----------------------------------------------------------------------------------------------------------

/// A file of a stream, which it takes over; nil when memory is out.
Value make_file(Machine& machine, Value metatable, const Stream& stream) {
    StreamId id;
    if (!machine.extension<Streams>().add(stream, id)) return Value::nil();
    const std::span bytes(reinterpret_cast<const char*>(&id), sizeof id);
    Userdata* u = machine.heap().get(ObjectFactory::make_userdata(machine.heap(), sizeof id, machine.globals(), bytes));
    if (!u || machine.txn().set_metatable(*u, metatable) != TxnStatus::Ok) {
        machine.extension<Streams>().drop(id);
        return Value::nil();
    }
    machine.extension<Streams>().set_owner(id, Value{u->self});
    return Value{u->self};
}

/// newfile. False: the error is recorded.
bool new_file(NativeContext& cx, const Stream& stream, Value& out) {
    out = make_file(library(cx).machine(), cx.raw_get(library_table(cx), kMetatable), stream);
    if (!out.is_nil()) return true;
    (void)cx.out_of_memory();
    return false;
}

/// To be asked before a file is opened, by natives that have done nothing yet (N4). False: the error is recorded.
bool has_room(NativeContext& cx) {
    cx.restartable();
    if (!streams(cx).has_room()) {
        (void)cx.out_of_memory();
        return false;
    }
    cx.not_restartable();
    return true;
}

bool is_file(const NativeContext& cx, Value v) {
    return v.type() == LuaType::Userdata && cx.raw_equal(cx.metatable(v), cx.raw_get(library_table(cx), kMetatable));
}

/// Which stream a file names; a userdata of anything else names none.
StreamId stream_id(NativeContext& cx, Value v) {
    StreamId id;
    const Userdata* u = library(cx).machine().heap().get<Userdata>(v);
    if (u && u->size() == sizeof id) std::memcpy(&id, u->data(), sizeof id);
    return id;
}

/// luaL_checkudata for argument 0.
bool check_file(NativeContext& cx) {
    if (is_file(cx, cx.arg(0))) return true;
    (void)cx.type_error(0, kFileType);
    return false;
}

/// The open stream of v, which is a file. Null: the error is recorded.
const Stream* open_stream(NativeContext& cx, Value v) {
    const Stream* s = streams(cx).find(stream_id(cx, v));
    if (!s) (void)cx.error("attempt to use a closed file");
    return s;
}

/// tofile: the open stream that argument 0 is.
const Stream* check_stream(NativeContext& cx) {
    return check_file(cx) ? open_stream(cx, cx.arg(0)) : nullptr;
}

/// getiofile: the open stream of the default input or output.
const Stream* default_stream(NativeContext& cx, LibrarySlot which) {
    const Stream* s = streams(cx).find(stream_id(cx, cx.raw_get(library_table(cx), which)));
    if (!s) (void)cx.error("standard %s file is closed", which == kInput ? "input" : "output");
    return s;
}

/// pclose, for a stream that has been taken: the flush, and the wait for the program unless the host ends that.
NativeResult close_pipe(NativeContext& cx, const Stream& stream) {
    constexpr int kLook = 10;  // milliseconds between two checks of what the host wants
    (void)streams(cx).close(stream);
    for (;;) {
        const ChildProcess::Wait wait = ChildProcess::wait(stream.program, kLook);
        if (wait != ChildProcess::Wait::Running) return io_result(cx, wait == ChildProcess::Wait::Ended, errno);
        if (!cx.is_to_end()) continue;
        ChildProcess::abandon(stream.program);
        return cx.suspend(kClosed);
    }
}

/// aux_close, for a file that is open.
NativeResult close_file(NativeContext& cx, Value file) {
    const StreamId id = stream_id(cx, file);
    const Stream* s = streams(cx).find(id);
    if (s && s->kind == Stream::Kind::Standard) {
        Value message = Value::nil();
        if (!cx.new_string("cannot close standard file", message)) return cx.failed();
        return cx.done(Value::nil(), message);
    }
    const Stream stream = streams(cx).take(id);
    if (!stream.file) return cx.done_bool(true);
    if (stream.kind == Stream::Kind::Pipe) return close_pipe(cx, stream);
    const bool ok = streams(cx).close(stream);
    return io_result(cx, ok, errno);
}

/// What opening came to: the file, or nil, message and error number.
NativeResult opened(NativeContext& cx, const Stream& stream, const char* name) {
    const int error = errno;
    if (!stream.file) return io_result(cx, false, error, name);
    Value out = Value::nil();
    return new_file(cx, stream, out) ? cx.done(out) : cx.failed();
}

/// Opens a file whose name is argument 0, where failing is an error (fileerror).
bool open_or_raise(NativeContext& cx, const char* mode, Value& out) {
    std::string_view name;
    if (!cx.check_string(0, name)) return false;
    const CString path(name);
    if (!has_room(cx)) return false;
    std::FILE* file = std::fopen(path.get(), mode);
    if (file) return new_file(cx, {file, Stream::Kind::File}, out);
    (void)cx.arg_error(0, {path.get(), ": ", std::strerror(errno)});
    return false;
}

NativeResult flush(NativeContext& cx, const Stream& s) {
    const bool ok = std::fflush(s.file) == 0;
    return io_result(cx, ok, errno);
}

// --- Lines ----------------------------------------------------------------------------------------------------------

/// The iterator of lines; its upvalues are the file, and whether to close it at the end.
NativeResult readline_fn(NativeContext& cx) {
    enum : std::uint32_t { kReader, kSlots = kReader + Reader::kSlots };
    const Value file = cx.upvalue(0);
    const Stream* s = streams(cx).find(stream_id(cx, file));
    if (!s) return cx.error("file is already closed");
    if (cx.state() == 0 && !cx.reserve(kSlots)) return cx.failed();
    Reader reader(cx, s->file, kReader);
    Value line = Value::nil();
    const Read read = reader.line(line);
    if (read == Read::Failed) return cx.failed();
    if (read == Read::NoBudget) return cx.suspend(1);
    if (std::ferror(s->file) != 0) return cx.error("%s", std::strerror(reader.error()));
    if (read == Read::Item) return cx.done(line);
    if (!cx.upvalue(1).truthy()) return cx.done();
    const NativeResult closed = close_file(cx, file);
    return closed.kind == NativeResult::Done ? cx.done() : closed;
}

NativeResult lines_of(NativeContext& cx, Value file, bool close) {
    Value f = Value::nil();
    return cx.new_native(readline_fn, "lines", {file, Value::boolean(close)}, f) ? cx.done(f) : cx.failed();
}

// --- Functions of io ------------------------------------------------------------------------------------------------

/// io.close ([file])
NativeResult close_fn(NativeContext& cx) {
    if (cx.state() == kClosed) return cx.done_bool(true);
    if (cx.has_arg(0)) return check_stream(cx) ? close_file(cx, cx.arg(0)) : cx.failed();
    const Value output = cx.raw_get(library_table(cx), kOutput);
    return open_stream(cx, output) ? close_file(cx, output) : cx.failed();
}

/// io.flush ()
NativeResult flush_fn(NativeContext& cx) {
    const Stream* s = default_stream(cx, kOutput);
    return s ? flush(cx, *s) : cx.failed();
}

/// io.input and io.output ([file or name])
NativeResult default_file(NativeContext& cx, LibrarySlot which, const char* mode) {
    if (!cx.none_or_nil(0)) {
        Value file = cx.arg(0);
        if (file.is_string() || file.is_number()) {
            if (!open_or_raise(cx, mode, file)) return cx.failed();
        } else if (!check_stream(cx)) {
            return cx.failed();
        }
        if (!cx.raw_set(library_table(cx), which, file)) return cx.failed();
    }
    return cx.done(cx.raw_get(library_table(cx), which));
}
NativeResult input_fn(NativeContext& cx) {
    return default_file(cx, kInput, "r");
}
NativeResult output_fn(NativeContext& cx) {
    return default_file(cx, kOutput, "w");
}

/// io.lines ([filename])
NativeResult lines_fn(NativeContext& cx) {
    if (cx.none_or_nil(0)) {
        if (cx.has_arg(0)) return cx.type_error(0, kFileType);  // as in the reference
        const Value input = cx.raw_get(library_table(cx), kInput);
        return open_stream(cx, input) ? lines_of(cx, input, false) : cx.failed();
    }
    Value file = Value::nil();
    return open_or_raise(cx, "r", file) ? lines_of(cx, file, true) : cx.failed();
}

/// io.open (filename [, mode])
NativeResult open_fn(NativeContext& cx) {
    std::string_view name;
    std::string_view mode;
    if (!cx.check_string(0, name) || !cx.opt_string(1, "r", mode)) return cx.failed();
    const CString path(name);
    if (!has_room(cx)) return cx.failed();
    // Of glibc's extensions, a character set after a comma would need memory that nobody counts (IO4).
    constexpr std::size_t kModeMax = 7;
    const CString plain_mode(mode.substr(0, std::min(mode.find(','), kModeMax)));
    return opened(cx, {std::fopen(path.get(), plain_mode.get()), Stream::Kind::File}, path.get());
}

/// io.popen (prog [, mode])
NativeResult popen_fn(NativeContext& cx) {
    std::string_view command;
    std::string_view mode;
    if (!cx.check_string(0, command) || !cx.opt_string(1, "r", mode)) return cx.failed();
    const CString program(command);
    const CString kind(mode);
    if (!has_room(cx)) return cx.failed();
    (void)std::fflush(nullptr);
    Stream stream{nullptr, Stream::Kind::Pipe};
    stream.file = ChildProcess::start(program.get(), kind.get(), stream.program);
    return opened(cx, stream, program.get());
}

/// io.read (...)
NativeResult read_fn(NativeContext& cx) {
    const Stream* s = default_stream(cx, kInput);
    return s ? read_items(cx, *s, 0) : cx.failed();
}

/// io.tmpfile ()
NativeResult tmpfile_fn(NativeContext& cx) {
    if (!has_room(cx)) return cx.failed();
    return opened(cx, {std::tmpfile(), Stream::Kind::File}, nullptr);
}

/// io.type (obj)
NativeResult type_fn(NativeContext& cx) {
    if (!cx.check_any(0)) return cx.failed();
    Value out = Value::nil();
    if (!is_file(cx, cx.arg(0))) return cx.done(out);
    const bool open = streams(cx).find(stream_id(cx, cx.arg(0))) != nullptr;
    return cx.new_string(open ? "file" : "closed file", out) ? cx.done(out) : cx.failed();
}

/// io.write (...)
NativeResult write_fn(NativeContext& cx) {
    const Stream* s = default_stream(cx, kOutput);
    return s ? write_items(cx, *s, 0) : cx.failed();
}

// --- Methods of files -----------------------------------------------------------------------------------------------

/// file:close (). The reference looks for a default output here too, in a table that has none.
NativeResult file_close(NativeContext& cx) {
    if (!cx.has_arg(0)) return cx.arg_error(0, "FILE* expected, got nil");
    return close_fn(cx);
}

/// file:flush ()
NativeResult file_flush(NativeContext& cx) {
    const Stream* s = check_stream(cx);
    return s ? flush(cx, *s) : cx.failed();
}

/// file:lines ()
NativeResult file_lines(NativeContext& cx) {
    return check_stream(cx) ? lines_of(cx, cx.arg(0), false) : cx.failed();
}

/// file:read (...)
NativeResult file_read(NativeContext& cx) {
    const Stream* s = check_stream(cx);
    return s ? read_items(cx, *s, 1) : cx.failed();
}

/// file:seek ([whence] [, offset])
NativeResult file_seek(NativeContext& cx) {
    static const char* const kNames[] = {"set", "cur", "end", nullptr};
    static constexpr int kOrigins[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    const Stream* s = check_stream(cx);
    std::uint32_t origin = 0;
    std::int64_t offset = 0;
    if (!s || !cx.check_option(1, "cur", kNames, origin) || !cx.opt_integer(2, 0, offset)) return cx.failed();
    if (std::fseek(s->file, offset, kOrigins[origin]) != 0) return io_result(cx, false, errno);
    return cx.done_number(static_cast<double>(std::ftell(s->file)));
}

/// file:setvbuf (mode [, size])
NativeResult file_setvbuf(NativeContext& cx) {
    static const char* const kNames[] = {"no", "full", "line", nullptr};
    static constexpr int kModes[] = {_IONBF, _IOFBF, _IOLBF};
    const Stream* s = check_stream(cx);
    std::uint32_t mode = 0;
    std::int64_t size = 0;
    if (!s || !cx.check_option(1, nullptr, kNames, mode) || !cx.opt_integer(2, BUFSIZ, size)) return cx.failed();
    const bool ok = std::setvbuf(s->file, nullptr, kModes[mode], static_cast<std::size_t>(size)) == 0;
    return io_result(cx, ok, errno);
}

/// file:write (...)
NativeResult file_write(NativeContext& cx) {
    const Stream* s = check_stream(cx);
    return s ? write_items(cx, *s, 1) : cx.failed();
}

/// The file is collected, or the program ends.
NativeResult file_gc(NativeContext& cx) {
    if (cx.state() == kClosed) return cx.done();
    if (!check_file(cx)) return cx.failed();
    if (!streams(cx).find(stream_id(cx, cx.arg(0)))) return cx.done();
    const NativeResult closed = close_file(cx, cx.arg(0));
    return closed.kind == NativeResult::Done ? cx.done() : closed;
}

NativeResult file_tostring(NativeContext& cx) {
    if (!check_file(cx)) return cx.failed();
    std::string text = "file (closed)";
    if (streams(cx).find(stream_id(cx, cx.arg(0)))) {
        const std::string identity = describe(library(cx).machine(), cx.arg(0));  // "userdata: 0x..."
        text = "file (" + identity.substr(identity.find("0x")) + ")";
    }
    Value out = Value::nil();
    return cx.new_string(text, out) ? cx.done(out) : cx.failed();
}

struct Entry {
    const char* name;
    NativeFn fn;
};
constexpr Entry kFunctions[] = {{"close", close_fn}, {"flush", flush_fn}, {"input", input_fn},
                                {"lines", lines_fn}, {"open", open_fn},   {"output", output_fn},
                                {"popen", popen_fn}, {"read", read_fn},   {"tmpfile", tmpfile_fn},
                                {"type", type_fn},   {"write", write_fn}};
constexpr Entry kMethods[] = {{"close", file_close}, {"flush", file_flush}, {"lines", file_lines},
                              {"read", file_read},   {"seek", file_seek},   {"setvbuf", file_setvbuf},
                              {"write", file_write}, {"__gc", file_gc},     {"__tostring", file_tostring}};

}  // namespace

void open_io(LibraryBuilder& b) {
    Machine& machine = b.machine();
    b.library("io");
    const Handle<Table> own = machine.make_table(4, 0);
    const Handle<Table> methods = machine.make_table(0, 16);
    if (!own || !methods) return b.value("open", Value::nil());
    const Value metatable = Value::object(methods);
    const Value upvalues[] = {Value::object(own)};
    bool ok = machine.set_field(methods, "__index", metatable) &&
              machine.set_field(machine.heap().registry().as<Table>(), kFileType, metatable);
    for (const Entry& e : kMethods) {
        const Value f = machine.make_native(e.fn, e.name, upvalues);
        ok = ok && !f.is_nil() && machine.set_field(methods, e.name, f);
    }
    const auto keep = [&](LibrarySlot slot, Value v) {
        ok = ok && machine.txn().raw_set_integer(*machine.heap().get(own), slot, v) == TableStatus::Ok;
    };
    keep(kMetatable, metatable);
    const auto standard = [&](const char* name, std::FILE* file) {
        const Value v = make_file(machine, metatable, {file, Stream::Kind::Standard});
        b.value(name, v);
        return v;
    };
    for (const Entry& e : kFunctions) b.value(e.name, machine.make_native(e.fn, e.name, upvalues));
    keep(kInput, standard("stdin", stdin));
    keep(kOutput, standard("stdout", stdout));
    (void)standard("stderr", stderr);
    if (!ok) b.value("open", Value::nil());
}

}  // namespace arenite::lib
