// Builds vm/fast/handlers.inc into the interpreter loop: on clang into one function per opcode that ends in a tail call
// with the machine's registers as arguments (musttail, preserve_none), elsewhere into a loop with computed gotos.
#include "vm/machine.h"
#include "vm/pending.h"
#include "vm/sort_state.h"

#if defined(__has_cpp_attribute) && defined(__clang__)
#if __has_attribute(preserve_none) && __has_cpp_attribute(clang::musttail) && !defined(ARENITE_COMPUTED_GOTO)
#define ARENITE_TAIL_CALLS 1
#endif
#endif

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace arenite {

namespace {

#define ARENITE_LIKELY(x) __builtin_expect(!!(x), 1)
#define ARENITE_UNLIKELY(x) __builtin_expect(!!(x), 0)

// Loops over a few values: what a compiler makes of them for many costs more than it saves.
#if defined(__clang__)
#define ARENITE_SHORT_LOOP _Pragma("clang loop vectorize(disable) unroll(disable)")
#else
#define ARENITE_SHORT_LOOP
#endif

/// The index of an integral key (any other number or value: something whose conversion back differs).
[[gnu::always_inline]] inline bool integer_key(Value v, std::uint32_t& index) {
#if defined(__SSE2__)
    const int i = _mm_cvttsd_si32(_mm_set_sd(v.as_number()));
#else
    const double d = v.as_number();
    const int i = d > -2147483648.0 && d < 2147483648.0 ? static_cast<int>(d) : 0;
#endif
    index = static_cast<std::uint32_t>(i);
    return static_cast<double>(i) == v.as_number();
}

/// The number of a slot that holds a small integer; of any other value something that is checked against the array.
[[gnu::always_inline]] inline std::uint32_t index_in(Value v) {
#if defined(__SSE2__)
    return static_cast<std::uint32_t>(_mm_cvttsd_si32(_mm_set_sd(v.as_number())));
#else
    const double d = v.as_number();
    return d > -2147483648.0 && d < 2147483648.0 ? static_cast<std::uint32_t>(static_cast<std::int32_t>(d)) : 0;
#endif
}

/// The integer part of a number; false when it does not fit, or is zero (which may be -0).
[[gnu::always_inline]] inline bool truncated(double d, std::int32_t& i) {
#if defined(__SSE2__)
    i = _mm_cvttsd_si32(_mm_set_sd(d));
#else
    i = d > -2147483648.0 && d < 2147483648.0 ? static_cast<std::int32_t>(d) : INT32_MIN;
#endif
    return i != INT32_MIN && i != 0;
}

[[gnu::always_inline]] inline double square_root(double d) {
#if defined(__SSE2__)
    return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_setzero_pd(), _mm_set_sd(d)));
#else
    return __builtin_sqrt(d);
#endif
}

/// Lua 5.1 §2.5.1, a - floor(a/b)*b, of integers that fit in 32 bits, a >= 0 and b > 0 (a = -0 gives 0). False for all
/// else, boxed values among them.
[[gnu::always_inline]] inline bool small_mod(double a, double b, double& result) {
#if defined(__SSE2__)
    const int x = _mm_cvttsd_si32(_mm_set_sd(a));
    const int y = _mm_cvttsd_si32(_mm_set_sd(b));
#else
    const int x = a >= 0 && a < 2147483648.0 ? static_cast<int>(a) : -1;
    const int y = b > 0 && b < 2147483648.0 ? static_cast<int>(b) : -1;
#endif
    if (ARENITE_UNLIKELY(static_cast<double>(x) != a || static_cast<double>(y) != b || x < 0 || y <= 0)) return false;
    result = static_cast<double>(static_cast<unsigned>(x) % static_cast<unsigned>(y));
    return true;
}

/// The same of any numbers whose quotient is not zero and has an integer part in 52 bits.
[[gnu::always_inline]] inline bool quotient_mod(double a, double b, double& result) {
    const double q = a / b;
    constexpr double kLimit = 4503599627370496.0;
    if (ARENITE_UNLIKELY(!(q > 0 ? q < kLimit : q < 0 && q > -kLimit))) return false;
    const auto whole = static_cast<double>(static_cast<std::int64_t>(q));
    result = a - (whole > q ? whole - 1 : whole) * b;
    return true;
}

constexpr unsigned kFewValues = 8;  ///< values that a switch between coroutines moves in the handlers

}  // namespace

// What vm/fast/handlers.inc uses: A B C D are operands, R(i) registers, K(i) constants.
#define A (static_cast<unsigned>(w >> 8) & 0xFFu)
#define B (static_cast<unsigned>(w >> 16) & 0xFFFFu)
#define C (static_cast<unsigned>(w >> 32) & 0xFFFFu)
#define D (static_cast<unsigned>(w >> 48))
#define JUMP_OFFSET (static_cast<std::int64_t>(w) >> 32)
#define R(i) (base[i])
#define K(i) (k[i])

struct Machine::Handlers {
#if defined(ARENITE_TAIL_CALLS)

#define PARAMS                                                                                                   \
    Machine *machine, const Instruction *pc, Value *base, const Value *k, HeapBase heap, Closure *cl, Frame *ci, \
        std::int64_t budget, Instruction w
#define ARGS machine, pc, base, k, heap, cl, ci, budget
    typedef __attribute__((preserve_none)) void (*Handler)(PARAMS);

#define DISPATCH()                                                                                                     \
    do {                                                                                                               \
        const Instruction next_word = *pc;                                                                             \
        [[clang::musttail]] return reinterpret_cast<Handler>(const_cast<void*>(machine->dispatch_[next_word & 0xFF]))( \
            ARGS, next_word);                                                                                          \
    } while (0)
#define SLOW(fn) [[clang::musttail]] return slow<&Machine::fn>(ARGS, w)
#define RELOAD_AND_DISPATCH()                          \
    do {                                               \
        ci = machine->thread_->frame;                  \
        base = ci->base;                               \
        pc = ci->pc;                                   \
        cl = reinterpret_cast<Closure*>(ci->function); \
        k = cl->constants();                           \
        budget = machine->budget_;                     \
        DISPATCH();                                    \
    } while (0)

    /// `looks`: whether a check follows what was charged beyond the budget. Natives without a frame have theirs in
    /// front.
    template <Machine::Slow fn, bool looks = true>
    [[gnu::noinline]] __attribute__((preserve_none)) static void slow(PARAMS) {
        ci->pc = pc + 1;
        machine->thread_->frame = ci;
        machine->budget_ = budget;
        const Next next = (machine->*fn)(w);
        if (next == Next::Continue) {
            budget = machine->budget_;
            if (!looks || ARENITE_LIKELY(budget >= -Machine::kOverdraft)) {
                ++pc;
                DISPATCH();
            }
        }
        if (next == Next::Exit) return;
        if (looks && ARENITE_UNLIKELY(machine->budget_ < -Machine::kOverdraft)) {
            if (machine->look() == Next::Exit) return;
        }
        RELOAD_AND_DISPATCH();  // here, and not in reload(): what it would be given is not used
    }
    [[gnu::noinline]] __attribute__((preserve_none)) static void reload(PARAMS) {
        (void)w;
        RELOAD_AND_DISPATCH();
    }

#define TO_FAST(which) \
    [[clang::musttail]] return reinterpret_cast<Handler>(const_cast<void*>(machine->fast_[which]))(ARGS, w)
#define TO_PART(name) [[clang::musttail]] return part_##name(ARGS, w)
#define OP(name) __attribute__((preserve_none)) static void op_##name(PARAMS)
#define PART(name) [[gnu::noinline]] __attribute__((preserve_none)) static void part_##name(PARAMS)
#include "vm/fast/handlers.inc"
#undef PART
#undef OP
#define FAST(name) __attribute__((preserve_none)) static void fast_##name(PARAMS)
#include "vm/fast/fast_natives.inc"
#undef FAST

    static constexpr Handler kReal[] = {
#define ARENITE_OP(name, a, b, c, d, flags, cost, doc) op_##name,
#include "heap/opcodes.def"
#undef ARENITE_OP
    };

    static constexpr Handler kFast[] = {
#define ARENITE_FAST_INLINE(name) fast_##name
#define ARENITE_FAST_SLOW(name) slow<&Machine::fast_##name, false>
#define ARENITE_FAST_NATIVE(name, how) how(name),
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
#undef ARENITE_FAST_INLINE
#undef ARENITE_FAST_SLOW
    };

    /// What the whole dispatch table holds when a hook or exact mode is on (vm/hooks.h). Natives then have no fast
    /// path.
    [[gnu::noinline]] __attribute__((preserve_none)) static void traced(PARAMS) {
        ci->pc = pc + 1;
        machine->thread_->frame = ci;
        machine->budget_ = budget;
        const Next next = machine->before_instruction(w);
        if (next == Next::Continue) {
            budget = machine->budget_;
            [[clang::musttail]] return kReal[w & 0xFF](ARGS, w);
        }
        if (next == Next::Exit) return;
        [[clang::musttail]] return reload(ARGS, w);
    }

#else  // computed goto

#define DISPATCH()                                             \
    do {                                                       \
        w = *pc;                                               \
        goto* const_cast<void*>(machine->dispatch_[w & 0xFF]); \
    } while (0)
#define SLOW(fn)                                                                            \
    do {                                                                                    \
        ci->pc = pc + 1;                                                                    \
        machine->thread_->frame = ci;                                                       \
        machine->budget_ = budget;                                                          \
        switch (machine->fn(w)) {                                                           \
            case Next::Continue:                                                            \
                budget = machine->budget_;                                                  \
                if (ARENITE_UNLIKELY(budget < -Machine::kOverdraft)) goto l_look;           \
                ++pc;                                                                       \
                DISPATCH();                                                                 \
            case Next::Exit: return;                                                        \
            case Next::Reload:                                                              \
                if (ARENITE_UNLIKELY(machine->budget_ < -Machine::kOverdraft)) goto l_look; \
                goto l_reload;                                                              \
        }                                                                                   \
        __builtin_unreachable();                                                            \
    } while (0)

    [[gnu::noinline]] static void loop(Machine* machine, bool fill) {
        static const void* const kReal[] = {
#define ARENITE_OP(name, a, b, c, d, flags, cost, doc) &&l_##name,
#include "heap/opcodes.def"
#undef ARENITE_OP
        };
        static const void* const kFast[] = {
#define ARENITE_FAST_NATIVE(name, how) &&f_##name,
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
        };
        if (fill) {
            for (unsigned i = 0; i < kOpcodeCount; ++i)
                machine->dispatch_[i] = machine->traced_ ? &&l_traced : kReal[i];
            for (unsigned i = 0; i < kFastNatives; ++i) machine->fast_[i] = kFast[machine->traced_ ? 0 : i];
            return;
        }
        Frame* ci;
        Value* base;
        const Instruction* pc;
        Closure* cl;
        const Value* k;
        std::int64_t budget;
        Instruction w;
        const HeapBase heap = machine->heap_.base();
        goto l_reload;
    l_look:  // after a slow path that was charged more than there was
        if (machine->look() == Next::Exit) return;
    l_reload:
        ci = machine->thread_->frame;
        base = ci->base;
        pc = ci->pc;
        cl = reinterpret_cast<Closure*>(ci->function);
        k = cl->constants();
        budget = machine->budget_;
        DISPATCH();
    l_traced:  // what the whole dispatch table holds when a hook or exact mode is on (vm/hooks.h)
        ci->pc = pc + 1;
        machine->thread_->frame = ci;
        machine->budget_ = budget;
        switch (machine->before_instruction(w)) {
            case Next::Continue: budget = machine->budget_; goto* const_cast<void*>(kReal[w & 0xFF]);
            case Next::Exit: return;
            case Next::Reload: goto l_reload;
        }
        __builtin_unreachable();
#define TO_FAST(which) goto* const_cast<void*>(machine->fast_[which])
#define TO_PART(name) goto p_##name
#define OP(name) l_##name:
#define PART(name) p_##name:
#include "vm/fast/handlers.inc"
#undef PART
#undef OP
#define FAST(name) f_##name:
#include "vm/fast/fast_natives.inc"
#undef FAST
#define ARENITE_FAST_INLINE(name)
#define ARENITE_FAST_SLOW(name) f_##name : SLOW(fast_##name);
#define ARENITE_FAST_NATIVE(name, how) how(name)
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
#undef ARENITE_FAST_INLINE
#undef ARENITE_FAST_SLOW
    }
#endif
};

void Machine::fill_dispatch() {
#if defined(ARENITE_TAIL_CALLS)
    for (unsigned i = 0; i < kOpcodeCount; ++i) {
        dispatch_[i] = reinterpret_cast<const void*>(traced_ ? &Handlers::traced : Handlers::kReal[i]);
    }
    for (unsigned i = 0; i < kFastNatives; ++i) {
        fast_[i] = reinterpret_cast<const void*>(Handlers::kFast[traced_ ? 0 : i]);
    }
#else
    Handlers::loop(this, true);
#endif
}

void Machine::run() {
#if defined(ARENITE_TAIL_CALLS)
    Frame* ci = thread_->frame;
    auto* cl = reinterpret_cast<Closure*>(ci->function);
    Handlers::reload(this, ci->pc, ci->base, cl->constants(), heap_.base(), cl, ci, budget_, 0);
#else
    Handlers::loop(this, false);
#endif
}

}  // namespace arenite
