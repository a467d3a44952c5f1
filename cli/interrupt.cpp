#include "cli/interrupt.h"

#include <atomic>

namespace arenite::cli {
namespace {

std::atomic<Vm*> running{nullptr};
std::atomic<bool> came{false};
static_assert(std::atomic<Vm*>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void on_interrupt(int) {
    came.store(true);
    if (Vm* vm = running.load()) vm->interrupt();
}

}  // namespace

InterruptGuard::InterruptGuard(Vm* vm) : vm_(vm) {
    came.store(false);
    running.store(vm);
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &previous_);
    // A program started with SIGINT ignored (nohup, a shell's background job) goes on ignoring it.
    if (previous_.sa_handler == SIG_IGN) sigaction(SIGINT, &previous_, nullptr);
}

InterruptGuard::~InterruptGuard() {
    sigaction(SIGINT, &previous_, nullptr);
    running.store(nullptr);
    if (vm_) vm_->clear_interrupt();
}

bool InterruptGuard::interrupted() {
    return came.load();
}

}  // namespace arenite::cli
