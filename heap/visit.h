// Visiting: each kind of object says once what it is made of; whoever has to know that is a visitor.
//
// A kind T of object_kinds.def has
//
//   static constexpr Reach kReach                                   what its parts are at most
//   std::size_t slot_bytes() const                                  bytes of its slot
//   template <class Self, class V> static void visit(Self& o, V& v) says the parts of `o`, by calling for each of them
//
//     v.key(wkey)                        the write key (O2)
//     v.epoch(epoch)                     the scope epoch of its birth, or of the last time it was saved
//     v.block(what, block, bytes)        a payload block that it owns (O3); bytes 0: none
//     v.value(what, value or handle)     a reference
//     v.values(what, values, count)
//     v.list(what, count, at)            the references at(i), values or handles, for i < count
//     v.registers(what, values, count)   such that dead ones among them may be stale (C6)
//     v.entries(table)                   the slots and nodes of a table, which it may hold weakly, and have many of
//     v.frames(thread), v.code(prototype)
//     v.text(bytes), v.number(n)         other data that Lua can observe
//
// Visitors are the tracer (collector.cpp), the heap verifier, the heap dump, the content hash, and, in txn/, the restart of
// epochs and what lists the blocks of saved objects. Blocks are said before what is in them.
//
// Invariants
//  K1. A kind that does not say its parts does not compile (ObjectKind below), nor does a visitor that has no function for
//      a sort of part that a kind has.
//  K2. kReach does not say too little: the tracer visits kinds of less than Objects with visitors that lack the functions
//      for more.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "arena/address_space.h"
#include "heap/objects.h"
#include "heap/table.h"
#include "heap/thread.h"

namespace arenite {

/// A visitor of kinds without blocks and references: passes over the rest.
struct LeafVisitor {
    void key(std::uint64_t) {}
    void epoch(std::uint32_t) {}
    void text(std::string_view) {}
    void number(std::uint64_t) {}
};
/// Passes over all parts: for visitors that are after one sort of them.
struct IdleVisitor : LeafVisitor {
    void block(const char*, const void*, std::size_t) {}
    template <class T>
    void value(const char*, const T&) {}
    void values(const char*, const Value*, std::size_t) {}
    template <class At>
    void list(const char*, std::size_t, const At&) {}
    void registers(const char*, const Value*, std::size_t) {}
    void entries(const Table&) {}
    void frames(const Thread&) {}
    void code(const Prototype&) {}
};

/// What a kind of object has to say of itself (K1).
template <class T>
concept ObjectKind = requires(T& o, const T& c, IdleVisitor& v) {
    { T::kReach } -> std::convertible_to<Reach>;
    { c.slot_bytes() } -> std::same_as<std::size_t>;
    { c.self } -> std::convertible_to<std::uint64_t>;
    T::visit(o, v);
    T::visit(c, v);
};
#define ARENITE_KIND(Name, tag, type, shown, doc) static_assert(ObjectKind<Name>, #Name " does not say its parts");
#include <arenite/object_kinds.def>

/// The kinds that reach no less than `reach`, as bits by tag.
[[nodiscard]] constexpr std::uint32_t kinds_that_reach(Reach reach) {
    std::uint32_t kinds = 0;
#define ARENITE_KIND(Name, tag, type, shown, doc) kinds |= Name::kReach >= reach ? 1u << tag : 0u;
#include <arenite/object_kinds.def>
    return kinds;
}

/// Calls f(T&) for the object that `self`, a live handle, names, and answers what it answers; R() if it is none.
template <class R, class F>
[[gnu::always_inline]] inline R with_kind(HeapBase base, std::uint64_t self, F&& f) {
    switch (Value{self}.tag()) {
#define ARENITE_KIND(Name, tag, type, shown, doc) \
    case Tag::Name: return f(*deref<Name>(base, self));
#include <arenite/object_kinds.def>
        case Tag::LightUserdata:
        case Tag::Constant:
        case Tag::NumberNan: break;
    }
    return R();
}

/// Says the parts of `o` to `v`.
template <class T, class V>
[[gnu::always_inline]] inline void visit_parts(T& o, V& v) {
    std::remove_const_t<T>::visit(o, v);
}

/// What the heap dump calls a kind.
[[nodiscard]] constexpr const char* kind_name(Tag tag) {
    switch (tag) {
#define ARENITE_KIND(Name, tag, type, shown, doc) \
    case Tag::Name: return shown;
#include <arenite/object_kinds.def>
        case Tag::LightUserdata:
        case Tag::Constant:
        case Tag::NumberNan: break;
    }
    return "?";
}

}  // namespace arenite
