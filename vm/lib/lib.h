// The standard library of Lua 5.1 (§5): what its files share, and what they need of the VM.
//
// Each open_* fills one or more library tables. The functions under "given by the VM" are implemented beside the
// interpreter, which knows frames, the compiler and the host; the libraries only call or register them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <arenite/native.h>
#include <arenite/value.h>
#include "heap/function_unit.h"

#include "heap/payload_view.h"
#include "vm/buffer_bytes.h"
#include "vm/fast_natives.h"
#include "vm/library_context.h"
#include "vm/work.h"

namespace arenite {
class RandomSequence;
}

namespace arenite::lib {

void open_base(LibraryBuilder& b);
void open_table(LibraryBuilder& b);
void open_math(LibraryBuilder& b);
/// What of os a sandbox may have: clock, date, difftime, time.
void open_os_time(LibraryBuilder& b);
/// The rest of os.
void open_os(LibraryBuilder& b);
void open_io(LibraryBuilder& b);
/// After all others: package.loaded names what it finds in the globals.
void open_package(LibraryBuilder& b);
/// Of package only what native modules need: `require` finds those, and the libraries in the globals.
void open_native_modules(LibraryBuilder& b);
void open_string(LibraryBuilder& b);
void open_coroutine(LibraryBuilder& b);
void open_debug(LibraryBuilder& b);
/// Our own library: the global table `arenite`.
void open_atomic(LibraryBuilder& b);
/// arenite.atomic, for profiles that have it elsewhere.
NativeResult atomic_fn(NativeContext& cx);

/// LUAI_MAXCSTACK of PUC's luaconf.h: how many values a C function may hold, arguments included; unpack and
/// string.byte fail beyond it.
inline constexpr std::int64_t kMaxNativeSlots = 8000;

/// lua_Integer to int, as luaL_checkint does it: the low 32 bits.
[[nodiscard]] constexpr std::int32_t to_int(std::int64_t i) {
    return static_cast<std::int32_t>(i);
}

/// luaL_checkint.
[[nodiscard]] inline bool check_int(NativeContext& cx, std::uint32_t i, std::int32_t& out) {
    std::int64_t wide = 0;
    if (!cx.check_integer(i, wide)) return false;
    out = to_int(wide);
    return true;
}

/// luaL_optint.
[[nodiscard]] inline bool opt_int(NativeContext& cx, std::uint32_t i, std::int32_t fallback, std::int32_t& out) {
    std::int64_t wide = 0;
    if (!cx.opt_integer(i, fallback, wide)) return false;
    out = to_int(wide);
    return true;
}

/// The first result of the call that was asked for, nil when there is none (a call with nresults = 1).
[[nodiscard]] inline Value first_result(const NativeContext& cx) {
    return cx.result_count() > 0 ? cx.result(0) : Value::nil();
}

/// table.sort, in a file of its own (table_sort.cpp).
NativeResult table_sort(NativeContext& cx);

/// Natives that belong to no table: `pairs` and `ipairs` return them. The VM makes one function object of each when it
/// is created, so that they compare equal at every call and the interpreter can recognise them by handle.
enum class Helper : std::uint32_t { PairsNext, IpairsNext, Count };
struct HelperFunction {
    std::string_view name;
    NativeFn fn;
};
extern const HelperFunction kHelpers[static_cast<std::size_t>(Helper::Count)];

// --- Given by the VM: functions of the base library (§5.1) that work on frames, chunks and the collector. ----------
NativeResult pcall_fn(NativeContext& cx);
NativeResult xpcall_fn(NativeContext& cx);
NativeResult error_fn(NativeContext& cx);
NativeResult load_fn(NativeContext& cx);
NativeResult loadstring_fn(NativeContext& cx);
NativeResult loadfile_fn(NativeContext& cx);
NativeResult dofile_fn(NativeContext& cx);
NativeResult getfenv_fn(NativeContext& cx);
NativeResult setfenv_fn(NativeContext& cx);
NativeResult collect_garbage(NativeContext& cx);

// --- Given by the VM: services. ------------------------------------------------------------------------------------
/// The function object of a helper.
[[nodiscard]] Value helper(const Machine& machine, Helper which);
/// Whether v is a native function made of `fn`.
[[nodiscard]] bool is_native(const Machine& machine, Value v, NativeFn fn);
/// Whether a hook is told of calls now, so that none may be left out.
[[nodiscard]] bool calls_are_traced(const Machine& machine);
/// The table of globals of the running thread.
[[nodiscard]] Value globals(Machine& machine);
/// The running thread, and the running coroutine (nil in the main thread).
[[nodiscard]] Value running_thread(const Machine& machine);
[[nodiscard]] Value running_coroutine(const Machine& machine);
/// What tostring says of a value that is no number, string, boolean or nil: "table: 0x...", an opaque identity.
[[nodiscard]] std::string describe(const Machine& machine, Value v);
/// luaL_where: "chunk:line: " of the function at a level (0: the running native, 1: its caller), or "".
[[nodiscard]] std::string position(const NativeContext& cx, int level);
/// Bytes in use, as collectgarbage("count") counts them.
[[nodiscard]] std::uint64_t bytes_in_use(const Machine& machine);
/// Hands bytes to the host's output sink (standard output of the command line). False: the error is recorded.
[[nodiscard]] bool write_output(NativeContext& cx, std::string_view bytes);
/// Ends the host call with an exit code; no script code runs after it.
NativeResult request_exit(NativeContext& cx, int code);
/// The VM's own random numbers.
[[nodiscard]] RandomSequence& random_sequence(Machine& machine);
/// The function that called the running native (level 1); nil when there is none.
[[nodiscard]] Value calling_function(const Machine& machine);
/// A whole string of the heap, or a literal, as the C library sees it: up to its first zero byte. Long strings have a
/// zero byte after them, and are not copied; so it lasts as long as the string.
class CString {
public:
    explicit CString(std::string_view s) : text_(s.data()) {
        if (s.size() > kShortStringMax) return;
        copy_[s.copy(copy_, s.size())] = 0;
        text_ = copy_;
    }
    CString(const CString&) = delete;
    CString& operator=(const CString&) = delete;
    [[nodiscard]] const char* get() const { return text_; }

private:
    char copy_[kShortStringMax + 1];
    const char* text_;
};
/// A new userdata of `bytes` zeroed bytes, without metatable. False: the error is recorded.
[[nodiscard]] bool new_userdata(NativeContext& cx, std::size_t bytes, Value& out);
/// The set of metatables that newproxy(true) made: a table that is its own metatable, with __mode = "kv" (made with the
/// VM, reachable from nowhere else).
[[nodiscard]] Handle<Table> proxy_metatables(Machine& machine);
}  // namespace arenite::lib
