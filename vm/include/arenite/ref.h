// Ref<T>: how a host holds an object over time. It roots the object, and validates at every use.
//
// Invariants
//  RE1. While a Ref lives, its object is a root of its Vm.
//  RE2. get() answers the object only if it is alive, of kind T, and the Vm is the Ref's own; otherwise an Errc. A Ref of an
//      object that was rolled back is stale, and so is every Ref of a Vm that is gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <variant>

#include <arenite/value.h>
#include <arenite/vm.h>

namespace arenite {

class HostRoots;

enum class Errc : std::uint8_t {
    stale_handle,    ///< the object is gone
    foreign_handle,  ///< the handle belongs to another Vm
};

/// What Refs of all kinds do.
class AnyRef {
protected:
    AnyRef() = default;
    AnyRef(Vm& vm, Value v, Tag kind);
    AnyRef(AnyRef&& other) noexcept : roots_(std::move(other.roots_)), slot_(std::exchange(other.slot_, kNone)) {}
    AnyRef& operator=(AnyRef&& other) noexcept;
    ~AnyRef();
    [[nodiscard]] std::variant<void*, Errc> object(Vm& vm, Tag kind) const;
    [[nodiscard]] Value value_of(Vm& vm, Tag kind) const;

private:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    std::shared_ptr<HostRoots> roots_;
    std::size_t slot_ = kNone;
};

template <class T>
class Ref : private AnyRef {
public:
    Ref() = default;
    /// Roots the object that `v` names in `vm`. The Ref is stale from the start if `v` names no live T, or if the memory
    /// limit leaves no room for it.
    Ref(Vm& vm, Value v) : AnyRef(vm, v, KindTag<T>::tag) {}
    /// The object, good until the next call into the Vm.
    [[nodiscard]] std::variant<T*, Errc> get(Vm& vm) const {
        const std::variant<void*, Errc> found = object(vm, KindTag<T>::tag);
        if (const Errc* const why = std::get_if<Errc>(&found)) return *why;
        return static_cast<T*>(*std::get_if<void*>(&found));
    }
    /// The value, nil when stale or foreign.
    [[nodiscard]] Value value(Vm& vm) const { return value_of(vm, KindTag<T>::tag); }
};

}  // namespace arenite
