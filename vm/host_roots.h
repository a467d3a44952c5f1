// HostRoots: the values that a host holds in a Vm by Ref (vm/ref.h). Shared, so that a Ref may outlive its Vm.
#pragma once

#include <cstddef>
#include <vector>

#include "heap/value.h"

namespace arenite {

class HostRoots {
public:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    [[nodiscard]] std::size_t add(Value v) {
        if (free_.empty()) {
            values_.push_back(v);
            return values_.size() - 1;
        }
        const std::size_t slot = free_.back();
        free_.pop_back();
        values_[slot] = v;
        return slot;
    }
    void remove(std::size_t slot) {
        values_[slot] = Value::nil();
        free_.push_back(slot);
    }
    [[nodiscard]] Value at(std::size_t slot) const { return values_[slot]; }
    [[nodiscard]] const std::vector<Value>& values() const { return values_; }
    /// Whether the Vm still exists.
    [[nodiscard]] bool open() const { return open_; }
    void close() { open_ = false; }

private:
    std::vector<Value> values_;
    std::vector<std::size_t> free_;
    bool open_ = true;
};

}  // namespace arenite
