#include "vm/embed/bound_objects.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <span>

#include <arenite/bind.h>

#include "vm/embed/host.h"

namespace arenite {

BoundObjects::BoundObjects(Vm& vm) : host_(vm.host()) {}

BoundObjects::~BoundObjects() {
    for (std::size_t i = 0; i < slots_.size(); ++i) release(i);
}

void BoundObjects::after_rollback(const Vm&) {
    if (serial_ != settled_) sweep();  // else there was no birth to undo
    settle();
}

void BoundObjects::after_collection(const Vm&) {
    if (host_.heap().collector().cycles() != cycles_) sweep();
    settle();
}

void BoundObjects::settle() {
    if (!host_.txn().active()) settled_ = serial_;
}

void BoundObjects::sweep() {
    cycles_ = host_.heap().collector().cycles();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].serial != 0 && !slots_[i].owner.is_nil() && !host_.heap().alive(slots_[i].owner)) release(i);
    }
    const std::size_t left = slots_.size() - free_.size();
    sweep_at_ = std::max<std::size_t>(64, 2 * left);
}

void BoundObjects::release(std::size_t slot) {
    if (slots_[slot].serial == 0) return;
    // The destructor may come back here (and add another object): the slot is free only after it.
    const Holding held = slots_[slot].held;
    slots_[slot] = {};
    held.destroy(held.holder);
    free_.push_back(slot);  // there is room
}

bool BoundObjects::add(const Holding& holding, Name& name) {
    if (free_.empty() && slots_.size() >= sweep_at_ && host_.heap().collector().cycles() != cycles_) sweep();
    try {
        if (free_.empty()) {
            free_.reserve(slots_.size() + 1);
            slots_.emplace_back();
            free_.push_back(slots_.size() - 1);
        }
    } catch (const std::bad_alloc&) {
        return false;
    }
    name = {kMagic, ++serial_, free_.back()};
    free_.pop_back();
    slots_[name.slot] = {holding, name.serial, Value::nil()};
    return true;
}

void BoundObjects::drop(const Name& name) {
    if (name.slot < slots_.size() && slots_[name.slot].serial == name.serial) release(name.slot);
}

void* BoundObjects::as_base(void* object, const void* kind, const void* base) const {
    while (object && kind != base) {
        const auto found = classes_.find(kind);
        if (found == classes_.end() || !found->second.upcast) return nullptr;
        object = found->second.upcast(object);
        kind = found->second.base;
    }
    return object;
}

bool BoundObjects::add_class(const void* kind, std::string_view name, const lua::detail::ClassTables& tables) {
    const char* const kept = keep_name(name);
    if (!kept) return false;
    try {
        classes_.insert_or_assign(kind, Class{kept, tables});
    } catch (const std::bad_alloc&) {
        return false;
    }
    return true;
}

const char* BoundObjects::keep_name(std::string_view name) {
    try {
        return names_.emplace(name).first->c_str();
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

namespace lua::detail {

Value make_bound(Vm& vm, const Holding& holding) {
    Host& host = vm.host();
    BoundObjects::Name name{};
    BoundObjects* all = nullptr;
    try {
        all = &vm.extension<BoundObjects>();
    } catch (const std::bad_alloc&) {
    }
    if (!all || !all->add(holding, name)) return holding.destroy(holding.holder), Value::nil();
    const std::span bytes(reinterpret_cast<const char*>(&name), sizeof name);
    const auto userdata = ObjectFactory::make_userdata(host.heap(), sizeof name, host.globals(), bytes);
    if (!userdata) return all->drop(name), Value::nil();
    if (const auto* const known = all->find_class(holding.kind); known && !known->tables.object.stale()) {
        Userdata& u = *host.heap().get(userdata);
        if (host.txn().set_metatable(u, known->tables.object.value()) != TxnStatus::Ok)
            return all->drop(name), Value::nil();
    }
    all->set_owner(name, Value::object(userdata));
    return Value::object(userdata);
}

void* bound(Vm& vm, Value userdata, const void* kind) {
    const Userdata* const u = userdata.is<Userdata>() ? vm.heap().get<Userdata>(userdata) : nullptr;
    if (!u || u->size() != sizeof(BoundObjects::Name)) return nullptr;
    BoundObjects::Name name;
    std::memcpy(&name, u->data(), sizeof name);
    return vm.extension<BoundObjects>().find(name, kind);
}

void set_base(Vm& vm, const void* kind, const void* base, void* (*upcast)(void*) noexcept) {
    auto* const known = vm.extension<BoundObjects>().find_class(kind);
    if (!known) return;
    known->base = base;
    known->upcast = upcast;
}

const char* class_name(Vm& vm, const void* kind) {
    const auto* const known = vm.extension<BoundObjects>().find_class(kind);
    return known ? known->name : "userdata";
}

const ClassTables* class_tables(Vm& vm, const void* kind) {
    const auto* const known = vm.extension<BoundObjects>().find_class(kind);
    return known && !known->tables.object.stale() ? &known->tables : nullptr;
}

Value make_bound_function(Vm& vm, NativeFn fn, std::string_view name, Value state) {
    const char* const kept = vm.extension<BoundObjects>().keep_name(name);
    if (!kept) return Value::nil();
    const std::size_t upvalues = state.is_nil() ? 0 : 1;
    return vm.make_native(fn, kept, {&state, upvalues});
}

}  // namespace lua::detail

}  // namespace arenite
