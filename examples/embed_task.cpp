// A Task with all that ends one: its deadline, its work limit, a kill, and an interrupt from a signal handler. Whatever
// ends it, its changes are undone and the machine goes on.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string_view>

#include <arenite/ref.h>
#include <arenite/task.h>

namespace {

using namespace std::chrono_literals;
using arenite::Failure;
using arenite::RunStatus;
using arenite::Task;

Task* running = nullptr;  // what the signal handler ends

extern "C" void on_signal(int) {
    if (running) running->interrupt();  // a store into a lock-free flag: safe here
}

bool ended(const char* what, const Task& task, Failure::Kind kind) {
    std::printf("%s: %s\n", what, task.failure().message.c_str());
    return task.status() == RunStatus::Failed && task.failure().kind == kind;
}

}  // namespace

int main() {
    const auto vm = arenite::Vm::create();
    arenite::Value endless;
    if (!vm || vm->begin() != arenite::TxnStatus::Ok) return 1;
    if (!vm->load("count = 0 while true do count = count + 1 pcall(error) end", "=endless", endless)) return 1;
    const arenite::Ref<arenite::Closure> kept(*vm, endless);  // it outlives transactions
    vm->commit();
    const std::uint64_t before = vm->state_hash();
    bool ok = true;
    {
        Task task(*vm, endless, {}, {.deadline = std::chrono::steady_clock::now() + 20ms});
        task.run();
        ok = ended("deadline", task, Failure::Kind::Deadline) && ok;
    }
    {
        Task task(*vm, endless, {}, {.work_limit = 1'000'000});  // instructions, about
        int served = 0;
        while (task.step(100'000) == RunStatus::Suspended) ++served;  // others have their turn here
        ok = ended("work limit", task, Failure::Kind::WorkLimit) && served == 9 && ok;
    }
    {
        Task task(*vm, endless);
        task.step(1000);
        task.kill("the client has gone");
        ok = ended("kill", task, Failure::Kind::Killed) && ok;
    }
    {
        Task task(*vm, endless);
        running = &task;
        std::signal(SIGALRM, on_signal);
        std::raise(SIGALRM);
        task.run();
        running = nullptr;
        ok = ended("signal", task, Failure::Kind::Killed) && ok;
    }
    ok = ok && vm->state_hash() == before;  // RollBack is the policy unless OnFailure::Keep is asked for
    return ok ? 0 : 1;
}
