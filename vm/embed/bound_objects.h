// BoundObjects: the C++ objects that userdata of a Vm own (arenite/bind.h, BN1).
//
// Invariants
//  BO1. A userdata names its object by slot and serial number; of a slot that has been given to another one since, or is
//       empty, there is no object.
//  BO2. An object is destroyed when its owner is not alive any more: found out when a transaction has ended and
//       something was collected or undone in it, after a whole collection, and when the slots are used up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/class.h>
#include <arenite/extension.h>
#include <arenite/value.h>

namespace arenite {

class Host;

class BoundObjects final : public VmExtension {
public:
    /// What the bytes of a userdata are.
    struct Name {
        std::uint64_t magic;
        std::uint64_t serial;
        std::size_t slot;
    };
    using Holding = lua::detail::Holding;
    struct Class {
        const char* name;
        lua::detail::ClassTables tables;
        const void* base = nullptr;
        void* (*upcast)(void*) noexcept = nullptr;
    };

    explicit BoundObjects(Vm& vm);
    ~BoundObjects() override;
    void after_rollback(const Vm& vm) override;
    void after_collection(const Vm& vm) override;

    /// Takes the holder over. False, with no effect: memory is out.
    [[nodiscard]] bool add(const Holding& holding, Name& name);
    void set_owner(const Name& name, Value owner) { slots_[name.slot].owner = owner; }
    /// Destroys it now.
    void drop(const Name& name);
    [[nodiscard]] void* find(const Name& name, const void* kind) const {
        if (name.magic != kMagic || name.slot >= slots_.size()) return nullptr;
        const Slot& s = slots_[name.slot];
        if (s.serial != name.serial) return nullptr;
        void* const object = s.held.object ? s.held.object(s.held.holder) : s.held.holder;
        return s.held.kind == kind || !object ? object : as_base(object, s.held.kind, kind);
    }
    /// Null: not known.
    [[nodiscard]] Class* find_class(const void* kind) {
        const auto found = classes_.find(kind);
        return found == classes_.end() ? nullptr : &found->second;
    }
    /// False: memory is out.
    [[nodiscard]] bool add_class(const void* kind, std::string_view name, const lua::detail::ClassTables& tables);
    /// The same bytes forever. Null: memory is out.
    [[nodiscard]] const char* keep_name(std::string_view name);

private:
    static constexpr std::uint64_t kMagic = 0x4172'656E'626F'756E;
    struct Slot {
        Holding held{};
        std::uint64_t serial = 0;  ///< 0: it is empty
        Value owner = Value::nil();
    };
    /// BO2
    void sweep();
    void release(std::size_t slot);
    /// Outside of transactions: no birth so far can be undone any more.
    void settle();
    [[nodiscard]] void* as_base(void* object, const void* kind, const void* base) const;

    Host& host_;
    std::vector<Slot> slots_;
    std::vector<std::size_t> free_;  ///< with room for every slot
    std::set<std::string, std::less<>> names_;
    std::map<const void*, Class> classes_;
    std::uint64_t serial_ = 0;
    std::uint64_t settled_ = 0;  ///< the last serial number whose birth is committed, or was undone
    std::uint64_t cycles_ = 0;   ///< of the collector, at the last sweep
    std::size_t sweep_at_ = 64;
};

}  // namespace arenite
