// The machine links without Redis: a script runs.
#include <arenite/vm.h>

int main() {
    arenite::VmOptions options;
    options.heap.address_range = std::size_t{1} << 28;
    const auto vm = arenite::Vm::create(options);
    if (!vm || vm->begin() != arenite::TxnStatus::Ok) return 1;
    arenite::Value function = arenite::Value::nil();
    if (!vm->load("return 20 + 22", "=link", function)) return 1;
    if (vm->call(function, {}) != arenite::RunStatus::Finished) return 1;
    const bool right = vm->results().size() == 1 && vm->results()[0] == arenite::Value::number(42);
    return vm->rollback() == arenite::TxnStatus::Ok && right ? 0 : 1;
}
