#include <arenite/ref.h>

#include "vm/embed/host.h"

namespace arenite {

namespace {
/// The object that `v` names, if it is alive and of that kind.
void* live_object(const Heap& heap, Value v, Tag kind) {
    return v.has_tag(kind) && heap.alive(v) ? deref<ObjectHeader>(heap.base(), v.bits) : nullptr;
}
}  // namespace

AnyRef::AnyRef(Vm& vm, Value v, Tag kind) : roots_(vm.host().host_roots()) {
    static_assert(kNone == HostRoots::kNone);
    if (vm.check(v) && v.has_tag(kind)) slot_ = roots_->add(v);
}

AnyRef& AnyRef::operator=(AnyRef&& other) noexcept {
    std::swap(roots_, other.roots_);
    std::swap(slot_, other.slot_);
    return *this;
}

AnyRef::~AnyRef() {
    if (roots_ && slot_ != kNone) roots_->remove(slot_);
}

std::variant<void*, Errc> AnyRef::object(Vm& vm, Tag kind) const {
    if (!roots_ || slot_ == kNone || !roots_->open()) return Errc::stale_handle;
    if (roots_ != vm.host().host_roots()) return Errc::foreign_handle;
    void* const found = live_object(vm.heap(), roots_->at(slot_), kind);
    if (!found) return Errc::stale_handle;
    return found;
}

Value AnyRef::value_of(Vm& vm, Tag kind) const {
    return std::holds_alternative<void*>(object(vm, kind)) ? roots_->at(slot_) : Value::nil();
}

}  // namespace arenite
