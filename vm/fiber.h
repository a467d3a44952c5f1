// Fiber: a second C++ stack, on which a function runs that can be suspended in its middle.
//
// For C++ work that nests, such as a recursive parser, and that scripts may make long: it runs in slices, but cannot
// keep its place anywhere but in its own frames.
//
// Invariants
//  F1. drop() takes the stack away from under a function that is suspended: nothing is unwound. So wherever it calls
//      suspend(), the function holds only what its owner releases by other means.
//  F2. No exception leaves the function, and none is being handled where it is suspended: it may go on on another
//      thread.
//  F3. The stack is charged as far as it may have been used: what start() was told, and what charge_stack() adds. Below
//      it is a page that cannot be touched.
#pragma once

#include <cstddef>

#include "arena/byte_budget.h"
#include "arena/system_memory.h"

namespace arenite {

class Fiber {
public:
    /// Whether there are fibers on this system. Where there are none, start() fails.
    static const bool kAvailable;

    explicit Fiber(ByteBudget& budget) : budget_(budget) {}
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;
    ~Fiber() { drop(); }

    /// Makes a stack for function(argument), which run() begins. False: no memory.
    [[nodiscard]] bool start(void (*function)(void*), void* argument, std::size_t stack_bytes);
    /// Whether a function is to be run.
    [[nodiscard]] bool active() const { return stack_ != nullptr; }
    /// Runs it until it suspends itself or ends; true at its end, when the stack is gone.
    [[nodiscard]] bool run();
    /// By the function: suspends itself. The next run() goes on after it.
    void suspend();
    /// By the function: it may use this much more of the stack. False: no memory, or none left.
    [[nodiscard]] bool charge_stack(std::size_t bytes);
    /// Ends it where it is (F1).
    void drop();
    [[nodiscard]] std::size_t charged() const { return charged_; }
    /// Bytes of the stack that the system has given so far.
    [[nodiscard]] std::size_t resident() const;

private:
    struct Contexts;
    friend struct FiberEntry;
    void give_back();

    ByteBudget& budget_;
    Reservation range_;
    char* stack_ = nullptr;         ///< its lowest byte; below it is the page that cannot be touched
    Contexts* contexts_ = nullptr;  ///< at its top
    void (*function_)(void*) = nullptr;
    void* argument_ = nullptr;
    std::size_t charged_ = 0;
    bool over_ = false;
    bool dropped_ = false;
};

}  // namespace arenite
