// Savepoints of a host: a batch of calls in one transaction, of which those that fail are undone by themselves.
#include <cstdio>
#include <string>
#include <string_view>

#include <arenite/savepoint.h>
#include <arenite/vm.h>

int main() {
    const auto vm = arenite::Vm::create();
    if (!vm || vm->begin() != arenite::TxnStatus::Ok) return 1;

    const auto run = [&](std::string_view source) {
        arenite::Value function;
        return vm->load(source, "=step", function) && vm->call(function, {}) == arenite::RunStatus::Finished;
    };
    bool ok = run("stock = {apples = 10, pears = 0}");
    for (const char* fruit : {"apples", "pears", "apples"}) {
        arenite::Savepoint step(*vm);  // undone at the end of the block, unless kept
        std::string source = "stock.sold = '";
        source += fruit;
        source += "' stock[stock.sold] = stock[stock.sold] - 1 assert(stock[stock.sold] >= 0, 'sold out')";
        if (step.open() && run(source)) {
            step.keep();
        } else {
            std::printf("%s: %s\n", fruit, vm->failure().message.c_str());
        }
    }
    ok = ok && run("return stock.apples .. ' apples, ' .. stock.pears .. ' pears'");
    const auto answer = ok ? vm->to_display(vm->results()[0]) : vm->failure().message;
    std::puts(answer.c_str());
    vm->commit();
    return answer == "8 apples, 0 pears" ? 0 : 1;
}
