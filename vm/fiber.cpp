#include "vm/fiber.h"

#include <cstdint>
#include <new>

#include "arena/sanitizers.h"

// Of the C libraries we know, glibc has contexts on every system; musl has none.
#if defined(__GLIBC__)
#define ARENITE_FIBERS 1
#include <ucontext.h>
#endif
#if defined(ARENITE_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(ARENITE_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace arenite {

#if defined(ARENITE_FIBERS)

namespace {
// The deepest that the parser, the code generator and the verifier go, and as much again. Sanitizers make frames
// larger.
#if defined(ARENITE_ASAN) || defined(ARENITE_TSAN)
constexpr std::size_t kStackBytes = std::size_t{8} << 20;
#else
constexpr std::size_t kStackBytes = std::size_t{512} << 10;
#endif
}  // namespace

const bool Fiber::kAvailable = true;

struct Fiber::Contexts {
    ucontext_t own;
    ucontext_t caller;
#if defined(ARENITE_ASAN)
    void* own_frames = nullptr;  ///< AddressSanitizer's, of the side that is not running
    void* caller_frames = nullptr;
    const void* caller_stack = nullptr;
    std::size_t caller_bytes = 0;
#endif
#if defined(ARENITE_TSAN)
    void* own_fiber = nullptr;
    void* caller_fiber = nullptr;
#endif
};

struct FiberEntry {
    /// The first function on the stack; makecontext passes ints only.
    static void enter(unsigned high, unsigned low) {
        auto* self = reinterpret_cast<Fiber*>(static_cast<std::uintptr_t>(high) << 32 | low);
        arrived(*self);
        self->function_(self->argument_);
        self->over_ = true;
        leave(*self, true);
    }
    /// On the fiber, after a switch to it.
    static void arrived([[maybe_unused]] Fiber& f) {
#if defined(ARENITE_ASAN)
        Fiber::Contexts& c = *f.contexts_;
        __sanitizer_finish_switch_fiber(c.own_frames, &c.caller_stack, &c.caller_bytes);
#endif
    }
    /// From the fiber to whoever runs it.
    static void leave(Fiber& f, [[maybe_unused]] bool for_good) {
        Fiber::Contexts& c = *f.contexts_;
#if defined(ARENITE_ASAN)
        __sanitizer_start_switch_fiber(for_good ? nullptr : &c.own_frames, c.caller_stack, c.caller_bytes);
#endif
#if defined(ARENITE_TSAN)
        __tsan_switch_to_fiber(c.caller_fiber, 0);
#endif
        swapcontext(&c.own, &c.caller);
    }
    /// To the fiber, and back.
    static void visit(Fiber& f) {
        Fiber::Contexts& c = *f.contexts_;
#if defined(ARENITE_ASAN)
        __sanitizer_start_switch_fiber(&c.caller_frames, f.stack_, kStackBytes);
#endif
#if defined(ARENITE_TSAN)
        c.caller_fiber = __tsan_get_current_fiber();
        __tsan_switch_to_fiber(c.own_fiber, 0);
#endif
        swapcontext(&c.caller, &c.own);
#if defined(ARENITE_ASAN)
        __sanitizer_finish_switch_fiber(c.caller_frames, nullptr, nullptr);
#endif
    }
};

bool Fiber::start(void (*function)(void*), void* argument, std::size_t stack_bytes) {
    drop();
    if (!charge_stack(stack_bytes + sizeof(Contexts))) return false;
    const std::size_t guard = system_page_bytes();
    range_ = reserve_memory(guard + kStackBytes);
    if (!range_.start) {
        budget_.release(charged_);
        charged_ = 0;
        return false;
    }
    forbid_memory(range_.start, guard);
    stack_ = range_.start + guard;
    constexpr std::size_t kTop = kStackBytes - (sizeof(Contexts) + 63) / 64 * 64;
    contexts_ = ::new (static_cast<void*>(stack_ + kTop)) Contexts;
    function_ = function;
    argument_ = argument;
    over_ = dropped_ = false;
    (void)getcontext(&contexts_->own);
    contexts_->own.uc_stack = {};
    contexts_->own.uc_stack.ss_sp = stack_;
    contexts_->own.uc_stack.ss_size = kTop;
    contexts_->own.uc_link = nullptr;
    const auto self = reinterpret_cast<std::uintptr_t>(this);
    // NOLINTNEXTLINE(bugprone-casting-through-void): makecontext wants it so
    auto* const enter = reinterpret_cast<void (*)()>(reinterpret_cast<void*>(&FiberEntry::enter));
    makecontext(&contexts_->own, enter, 2, static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
#if defined(ARENITE_TSAN)
    contexts_->own_fiber = __tsan_create_fiber(0);
#endif
    return true;
}

bool Fiber::run() {
    FiberEntry::visit(*this);
    if (!over_) return false;
    give_back();
    return true;
}

void Fiber::suspend() {
    FiberEntry::leave(*this, false);
    FiberEntry::arrived(*this);
    if (dropped_) FiberEntry::leave(*this, true);  // does not come back
}

bool Fiber::charge_stack(std::size_t bytes) {
    if (charged_ + bytes > kStackBytes || !budget_.charge(bytes)) return false;
    charged_ += bytes;
    return true;
}

void Fiber::drop() {
    if (!stack_) return;
    dropped_ = true;
#if defined(ARENITE_ASAN)
    // Its frames that AddressSanitizer keeps elsewhere are freed by a last switch from it.
    if (contexts_->own_frames != nullptr || contexts_->caller_stack != nullptr) FiberEntry::visit(*this);
#endif
    give_back();
}

void Fiber::give_back() {
#if defined(ARENITE_TSAN)
    __tsan_destroy_fiber(contexts_->own_fiber);
#endif
#if defined(ARENITE_ASAN)
    ASAN_UNPOISON_MEMORY_REGION(stack_, kStackBytes);
#endif
    unreserve_memory(range_);
    stack_ = nullptr;
    contexts_ = nullptr;
    budget_.release(charged_);
    charged_ = 0;
}

std::size_t Fiber::resident() const {
    return stack_ ? resident_memory({stack_, kStackBytes}) : 0;
}

#else

const bool Fiber::kAvailable = false;
struct Fiber::Contexts {};
bool Fiber::start(void (*)(void*), void*, std::size_t) {
    return false;
}
bool Fiber::run() {
    return true;
}
void Fiber::suspend() {}
bool Fiber::charge_stack(std::size_t) {
    return false;
}
void Fiber::drop() {}
void Fiber::give_back() {}
std::size_t Fiber::resident() const {
    return 0;
}

#endif

}  // namespace arenite
