// Vm::run(): load, root, run, and commit or roll back, in one call.
//
//     const auto result = vm->run("local n = ... return n * 2", {.args = {21}, .work_limit = 1'000'000});
//     if (!result) return log(result.failure().message);
//     use(*result.get<int>());
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <arenite/convert.h>
#include <arenite/object.h>
#include <arenite/result.h>
#include <arenite/task.h>

namespace arenite {

/// An argument of a run: whatever Convert knows.
class Argument {
public:
    template <class T>
        requires(!std::same_as<std::remove_cvref_t<T>, Argument>)
    Argument(T&& value)
        : convert_([held = std::decay_t<T>(std::forward<T>(value))](Vm& vm, Value& out) {
              return Convert<std::decay_t<T>>::to(vm, held, out);
          }) {}
    [[nodiscard]] bool to(Vm& vm, Value& out) const { return convert_(vm, out); }

private:
    std::function<bool(Vm&, Value&)> convert_;
};

struct RunOptions {
    /// What messages and tracebacks call the text: "=x" shows x, "@x" a file, anything else is a beginning of the text.
    std::string_view name = "=run";
    std::vector<Argument> args = {};
    /// See TaskOptions.
    std::optional<std::uint64_t> work_limit = {};
    std::optional<std::chrono::steady_clock::time_point> deadline = {};
    OnFailure on_failure = OnFailure::RollBack;
    /// Whether `text` may be a binary chunk (string.dump), which is verified.
    bool binary_allowed = false;
    /// Sees the error value before what the run did is rolled back, in the transaction.
    std::function<void(const lua::Object&)> on_error = {};
};

/// What a run has come to. Its results are held (OB1), so that it may be kept.
class RunResult {
public:
    /// Whether it has finished, or asked to end the program.
    [[nodiscard]] bool ok() const { return status_ != RunStatus::Failed; }
    explicit operator bool() const { return ok(); }
    [[nodiscard]] RunStatus status() const { return status_; }
    /// Of one that has Failed; also of one that has not compiled. The message is never empty.
    [[nodiscard]] const Failure& failure() const { return failure_; }
    /// Of one that has Exited.
    [[nodiscard]] int exit_code() const { return exit_code_; }

    [[nodiscard]] std::size_t count() const { return results_.size(); }
    /// Result i; nil beyond the last one.
    [[nodiscard]] lua::Object operator[](std::size_t i) const { return i < count() ? results_[i] : lua::Object(); }
    /// The same as a T. Of a run that has failed: its failure.
    template <class T>
    [[nodiscard]] Result<T> get(std::size_t i = 0) const {
        if (!ok()) return failure_;
        if (!vm_) return lua::detail::missing_vm();
        const lua::Object it = i < count() ? results_[i] : lua::Object(*vm_, Value::nil());
        return it.as<T>();
    }
    /// The first results as a tuple.
    template <class... Ts>
    [[nodiscard]] Result<std::tuple<Ts...>> as() const {
        if (!ok()) return failure_;
        if (!vm_) return lua::detail::missing_vm();
        std::vector<Value> values;
        for (const lua::Object& o : results_) {
            if (o.stale()) return lua::detail::failure("stale or foreign handle");
            values.push_back(o.value());
        }
        return lua::detail::Results<std::tuple<Ts...>>::of(*vm_, values);
    }

private:
    friend class Vm;
    Vm* vm_ = nullptr;
    RunStatus status_ = RunStatus::Failed;
    Failure failure_;
    int exit_code_ = 0;
    std::vector<lua::Object> results_;
};

namespace lua {

/// A place in a table, a global variable to begin with: it is looked up when it is used.
class Field {
public:
    Field(Vm& vm, Result<Object> table, Object key) : vm_(vm), table_(std::move(table)), key_(std::move(key)) {}

    template <class T = Object>
    [[nodiscard]] Result<T> get() const {
        Result<Table> table = holder();
        if (!table) return table.failure();
        return table->template get<T>(key_);
    }
    template <class T>
    Result<void> set(const T& v) const {
        Result<Table> table = holder();
        if (!table) return table.failure();
        return table->set(key_, v);
    }
    /// set(), of which nobody wants to know whether it could be done.
    template <class T>
        requires(!std::same_as<std::remove_cvref_t<T>, Field>)
    void operator=(const T& v) const {
        (void)set(v);
    }
    template <class K>
    [[nodiscard]] Field operator[](const K& key) const {
        Value k = Value::nil();
        if (!Convert<detail::Plain<K>>::to(vm_, key, k)) return {vm_, detail::out_of_memory(), {}};
        return {vm_, get<Object>(), Object(vm_, k)};
    }
    /// Calls what is there (Function::call()).
    template <class R = void, class... Args>
    Result<R> call(const Args&... args) const {
        Result<Function> function = get<Function>();
        if (!function) return function.failure();
        return function->template call<R>(args...);
    }

private:
    [[nodiscard]] Result<Table> holder() const {
        if (!table_) return table_.failure();
        return table_->as<Table>();
    }
    Vm& vm_;
    Result<Object> table_;
    Object key_;
};

}  // namespace lua

}  // namespace arenite
