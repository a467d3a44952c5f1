// Ref<T>: how a host holds an object over time. It roots the object, and validates at every use.
//
// Invariants
//  RE1. While a Ref lives, its object is a root of its Vm.
//  RE2. get() answers the object only if it is alive, of kind T, and the Vm is the Ref's own; otherwise an Errc. A Ref of an
//      object that was rolled back is stale, and so is every Ref of a Vm that is gone.
#pragma once

#include <memory>
#include <utility>
#include <variant>

#include "vm/vm.h"

namespace arenite {

enum class Errc : std::uint8_t {
    stale_handle,    ///< the object is gone
    foreign_handle,  ///< the handle belongs to another Vm
};

template <class T>
class Ref {
public:
    Ref() = default;
    /// Roots the object that `v` names in `vm`. The Ref is stale from the start if `v` names no live T, or if the memory
    /// limit leaves no room for it.
    Ref(Vm& vm, Value v) : roots_(vm.host_roots()) {
        if (vm.check(v) && vm.heap().template get<T>(v)) slot_ = roots_->add(v);
    }
    Ref(Ref&& other) noexcept : roots_(std::move(other.roots_)), slot_(std::exchange(other.slot_, HostRoots::kNone)) {}
    Ref& operator=(Ref&& other) noexcept {
        std::swap(roots_, other.roots_);
        std::swap(slot_, other.slot_);
        return *this;
    }
    Ref(const Ref&) = delete;
    Ref& operator=(const Ref&) = delete;
    ~Ref() {
        if (roots_ && slot_ != HostRoots::kNone) roots_->remove(slot_);
    }

    /// The object, good until the next call into the Vm.
    [[nodiscard]] std::variant<T*, Errc> get(Vm& vm) const {
        if (!roots_ || slot_ == HostRoots::kNone || !roots_->open()) return Errc::stale_handle;
        if (roots_ != vm.host_roots()) return Errc::foreign_handle;
        T* object = vm.heap().template get<T>(roots_->at(slot_));
        if (!object) return Errc::stale_handle;
        return object;
    }
    /// The value, nil when stale or foreign.
    [[nodiscard]] Value value(Vm& vm) const {
        const auto object = get(vm);
        return std::holds_alternative<T*>(object) ? roots_->at(slot_) : Value::nil();
    }

private:
    std::shared_ptr<HostRoots> roots_;
    std::size_t slot_ = HostRoots::kNone;
};

}  // namespace arenite
