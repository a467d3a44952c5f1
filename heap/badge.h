// Badge<T>: a key that only T can make. A mutator that takes a Badge<Transaction> can be called by no one else; a
// bypass does not compile (tests/compile_fail).
#pragma once

namespace arenite {

template <class T>
class Badge {
    friend T;
    constexpr Badge() = default;
};

class Transaction;
/// That an object may be written to at once: txn/writable.h.
template <class T>
class Writable;

}  // namespace arenite
