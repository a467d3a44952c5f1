// The typed API: values in and out, functions and a class of C++, and a script that fails and leaves nothing behind.
#include <cstdio>
#include <string>

#include <arenite/arenite.hpp>

namespace {

struct Account {
    explicit Account(double start) : balance(start) {}
    Account& deposit(double amount) { return balance += amount, *this; }
    arenite::Result<void> withdraw(double amount) {
        if (amount > balance) return arenite::lua::detail::failure("not enough money");
        balance -= amount;
        return {};
    }
    double balance;
};

}  // namespace

int main() {
    using arenite::lua::Class;
    const auto vm = arenite::Vm::create();
    if (!vm) return 1;
    const auto made =
        Class<Account>(*vm, "Account")
            .constructor<double>()
            .method("deposit", &Account::deposit)
            .method("withdraw", &Account::withdraw)
            .property("balance", [](const Account& a) { return a.balance; })
            .meta("__add", [](const Account& a, const Account& b) { return Account(a.balance + b.balance); })
            .result();
    if (!made || !vm->set_function("log", [](const std::string& text) { std::puts(text.c_str()); })) return 1;

    const auto first =
        vm->run("account = Account(10):deposit(5) log('balance ' .. account.balance) return account.balance");
    if (!first) return std::puts(first.failure().message.c_str()), 1;
    const auto second = vm->run("moved = true account:withdraw(100)");
    std::puts(second.failure().message.c_str());
    const bool undone = (*vm)["moved"].get()->is_nil();

    (*vm)["config"].set(std::map<std::string, double>{{"limit", 3}});
    const auto sum = vm->run("local n = 0 for i = 1, config.limit do n = n + i end return n").get<int>();
    return first.get<double>().value_or(0) == 15 && undone && sum.value_or(0) == 6 ? 0 : 1;
}
