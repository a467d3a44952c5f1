// HostRoots: the values that a host holds in a Vm by Ref (vm/include/arenite/ref.h). Shared, so that a Ref may outlive its Vm; the lists
// are charged to the Vm's memory limit and go with it.
#pragma once

#include <cstddef>
#include <optional>

#include <arenite/value.h>
#include "arena/counted_vector.h"

namespace arenite {

class HostRoots {
public:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    explicit HostRoots(ByteBudget& budget) { lists_.emplace(budget); }

    /// The slot that holds `v` now; kNone when memory is out.
    [[nodiscard]] std::size_t add(Value v) {
        if (!lists_) return kNone;
        if (lists_->free.empty()) {
            const std::size_t slot = lists_->values.size();
            // Room to free every slot is made first, so that remove() needs none.
            if (!lists_->free.reserve(slot + 1) || !lists_->values.push_back(v)) return kNone;
            return slot;
        }
        const std::size_t slot = lists_->free.back();
        lists_->free.pop_back();
        lists_->values[slot] = v;
        return slot;
    }
    void remove(std::size_t slot) {
        if (!lists_) return;
        lists_->values[slot] = Value::nil();
        (void)lists_->free.push_back(slot);  // there is room
    }
    /// Of an open one.
    [[nodiscard]] Value at(std::size_t slot) const { return lists_->values[slot]; }
    [[nodiscard]] const CountedVector<Value>& values() const { return lists_->values; }
    /// Bytes charged as overhead.
    [[nodiscard]] std::size_t bytes() const { return lists_->values.bytes() + lists_->free.bytes(); }
    /// Whether the Vm still exists.
    [[nodiscard]] bool open() const { return lists_.has_value(); }
    void close() { lists_.reset(); }

private:
    struct Lists {
        explicit Lists(ByteBudget& budget) : values(budget), free(budget) {}
        CountedVector<Value> values;
        CountedVector<std::size_t> free;
    };
    std::optional<Lists> lists_;
};

}  // namespace arenite
