// Result<T>: a T, or why there is none. What the typed API (arenite/object.h, arenite/run.h) answers.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>

#include <arenite/failure.h>

namespace arenite {

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : value_(std::move(value)) {}
    Result(Failure failure) : failure_(std::move(failure)) {}

    [[nodiscard]] bool ok() const { return value_.has_value(); }
    explicit operator bool() const { return ok(); }
    /// The T of one that is ok(); of another one: the program ends.
    [[nodiscard]] T& operator*() { return there(), *value_; }
    [[nodiscard]] const T& operator*() const { return there(), *value_; }
    [[nodiscard]] T* operator->() { return &**this; }
    [[nodiscard]] const T* operator->() const { return &**this; }
    [[nodiscard]] T value_or(T otherwise) const { return ok() ? *value_ : std::move(otherwise); }
    /// Of one that is not ok(): the message is never empty.
    [[nodiscard]] const Failure& failure() const { return failure_; }
    [[nodiscard]] const std::string& message() const { return failure_.message; }

private:
    void there() const {
        if (!value_) std::abort();
    }
    std::optional<T> value_;
    Failure failure_;
};

template <>
class Result<void> {
public:
    Result() = default;
    Result(Failure failure) : failure_(std::move(failure)), ok_(false) {}

    [[nodiscard]] bool ok() const { return ok_; }
    explicit operator bool() const { return ok_; }
    [[nodiscard]] const Failure& failure() const { return failure_; }
    [[nodiscard]] const std::string& message() const { return failure_.message; }

private:
    Failure failure_;
    bool ok_ = true;
};

}  // namespace arenite
