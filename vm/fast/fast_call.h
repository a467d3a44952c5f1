// FastCall: the call of a native that runs without a frame, as the functions listed in vm/fast_natives.def see it.
#pragma once

#include <cstdint>

#include "vm/machine.h"

namespace arenite {

/// The call that an instruction asks for.
struct FastCall {
    Value* slot;  ///< of the function; the results go there
    Value* args;
    std::uint32_t count;
    std::uint32_t wanted;

    FastCall(const Thread& t, Instruction w)
        : slot(t.frame->base + ins::a(w)),
          args(slot + 1),
          count(ins::b(w) == kMulti ? static_cast<std::uint32_t>(t.top - args) : ins::b(w)),
          wanted(ins::c(w)) {}

    Next done(Thread& t, Value v) const {
        *slot = v;
        return finish(t, 1);
    }
    Next done(Thread& t) const { return finish(t, 0); }
    /// `n` results are there.
    Next finish(Thread& t, std::uint32_t n) const {
        if (wanted == kMulti) {
            t.top = slot + n;
        } else {
            for (std::uint32_t i = n; i < wanted; ++i) slot[i] = Value::nil();
        }
        return Next::Continue;
    }
    /// Results that were made beside the stack: as many as are wanted.
    Next hand_out(Thread& t, const Value* values, std::uint32_t n) const {
        const std::uint32_t take = n < wanted ? n : wanted;
        for (std::uint32_t i = 0; i < take; ++i) slot[i] = values[i];
        return finish(t, wanted == kMulti ? n : take);
    }
};

/// An integer argument as luaL_checkinteger reads a number in the range of int.
[[nodiscard]] inline bool small_integer(Value v, std::int64_t& out) {
    if (!v.is_number()) return false;
    const double d = v.as_number();
    if (!(d > -2147483648.0 && d < 2147483648.0)) return false;
    out = static_cast<std::int64_t>(d);
    return true;
}

/// Charges the call; `t` and `call` with at least `n` arguments, or the general way.
#define FAST_ENTRY(n)                              \
    if ((budget_ -= 4) < 0) return slow_budget(w); \
    Thread& t = *thread_;                          \
    const FastCall call(t, w);                     \
    if (call.count + 1 <= (n)) return call_after_charge(w)

}  // namespace arenite
