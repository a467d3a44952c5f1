// What the files of the debug library share.
#pragma once

#include "heap/thread.h"
#include "vm/lib/lib.h"
#include "vm/machine.h"

namespace arenite::lib {

/// The thread that a function of the debug library speaks of (ldblib.c getthread): its first argument if that is one,
/// and then the others come one later.
struct ThreadArgument {
    Thread* thread = nullptr;
    std::uint32_t shift = 0;
    bool running = true;

    explicit ThreadArgument(const NativeContext& cx) {
        const Heap& heap = library(cx).machine().heap();
        const Value self = running_thread(library(cx).machine());
        thread = heap.get<Thread>(cx.arg(0));
        if (thread) {
            shift = 1;
            running = cx.arg(0) == self;
        } else {
            thread = heap.get<Thread>(self);
        }
    }
};

/// lua_isnumber and lua_tointeger, to int. False: it is no number.
[[nodiscard]] inline bool as_level(NativeContext& cx, std::uint32_t i, std::int32_t& level) {
    double d = 0;
    if (!cx.has_arg(i) || !cx.to_number(cx.arg(i), d)) return false;
    const bool fits = d >= -9223372036854775808.0 && d < 9223372036854775808.0;
    level = to_int(fits ? static_cast<std::int64_t>(d) : std::int64_t{1} << 63);
    return true;
}

// debug_info.cpp
NativeResult db_getinfo(NativeContext& cx);
// debug_locals.cpp
NativeResult db_getlocal(NativeContext& cx);
NativeResult db_setlocal(NativeContext& cx);
NativeResult db_getupvalue(NativeContext& cx);
NativeResult db_setupvalue(NativeContext& cx);

}  // namespace arenite::lib
