// Value: a Lua value in 8 bytes, NaN-boxed.
//
// Invariants
//  VA1. A word up to kBoxed (as unsigned) is a double; above it is a handle (arenite/handle.h), a light userdata or a
//      constant. Every NaN that enters from outside is made canonical, so no double is above kBoxed.
//  VA2. nil is all ones, false the word below, true the one below that: truth is one compare.
#pragma once

#include <bit>
#include <cstdint>

#include <arenite/handle.h>

namespace arenite {

#define ARENITE_KIND(Name, tag, type, shown, doc) class Name;
#include <arenite/object_kinds.def>

/// Object tags, as in object_kinds.def.
enum class Tag : unsigned {
    NumberNan = 0,
#define ARENITE_KIND(Name, tag, type, shown, doc) Name = tag,
#include <arenite/object_kinds.def>
    LightUserdata = 12,
    Constant = 15,
};
#define ARENITE_KIND(Name, tag, type, shown, doc) +1
inline constexpr unsigned kObjectKinds = 0
#include <arenite/object_kinds.def>
    ;

/// Lua's types in the numbering of lua.h (LUA_TNIL ...), which orders them in messages and metatable arrays.
enum class LuaType { Nil, Boolean, LightUserdata, Number, String, Table, Function, Userdata, Thread, Internal };
inline constexpr unsigned kLuaTypeCount = 9;

/// The metamethods, as metamethods.def lists them.
enum class Metamethod : std::uint8_t {
#define ARENITE_METAMETHOD(Name, name) Name,
#include <arenite/metamethods.def>
    Count
};
inline constexpr unsigned kMetamethodCount = static_cast<unsigned>(Metamethod::Count);

template <class T>
struct KindTag;
#define ARENITE_KIND(Name, tag_, type, shown, doc)         \
    template <>                                            \
    struct KindTag<Name> {                                 \
        static constexpr Tag tag = static_cast<Tag>(tag_); \
    };
#include <arenite/object_kinds.def>

struct Value {
    std::uint64_t bits;

    static constexpr std::uint64_t kNil = ~0ull;
    static constexpr std::uint64_t kFalse = ~0ull - 1;
    static constexpr std::uint64_t kTrue = ~0ull - 2;

    [[nodiscard]] static constexpr Value nil() { return {kNil}; }
    [[nodiscard]] static constexpr Value boolean(bool b) { return {b ? kTrue : kFalse}; }
    /// A number; `d` may be any double that arithmetic made (its NaNs are canonical), see canonical() for others.
    [[nodiscard]] static constexpr Value number(double d) { return {std::bit_cast<std::uint64_t>(d)}; }
    /// A number from outside the VM: NaN payloads are dropped, the sign is kept (VA1).
    [[nodiscard]] static constexpr Value canonical(double d) {
        const auto bits = std::bit_cast<std::uint64_t>(d);
        return {d == d ? bits : (bits >> 63 ? word::kBoxed : 0x7FF8'0000'0000'0000ull)};
    }
    template <class T>
    [[nodiscard]] static constexpr Value object(Handle<T> h) {
        return {h.bits};
    }
    [[nodiscard]] static constexpr Value light_userdata(std::uint64_t pointer47) {
        return {word::kBoxed | static_cast<std::uint64_t>(Tag::LightUserdata) << word::kTagShift |
                (pointer47 & word::kDeadMask)};
    }

    [[nodiscard]] constexpr bool is_number() const { return bits <= word::kBoxed; }
    [[nodiscard]] constexpr bool is_nil() const { return bits == kNil; }
    [[nodiscard]] constexpr bool is_boolean() const { return bits == kFalse || bits == kTrue; }
    [[nodiscard]] constexpr bool truthy() const { return bits < kFalse; }
    [[nodiscard]] constexpr double as_number() const { return std::bit_cast<double>(bits); }
    [[nodiscard]] constexpr bool has_tag(Tag t) const {
        return bits >> word::kTagShift == (word::kBoxed >> word::kTagShift | static_cast<unsigned>(t));
    }
    template <class T>
    [[nodiscard]] constexpr bool is() const {
        return has_tag(KindTag<T>::tag);
    }
    [[nodiscard]] constexpr bool is_string() const { return is<ShortString>() || is<LongString>(); }
    [[nodiscard]] constexpr bool is_function() const { return is<Closure>() || is<NativeFunction>(); }
    /// Whether the word names a heap object.
    [[nodiscard]] constexpr bool is_object() const {
        return bits > word::kBoxed && static_cast<unsigned>(word::tag(bits)) - 1 < kObjectKinds;
    }
    /// The handle in this word; meaningful only when is<T>().
    template <class T>
    [[nodiscard]] constexpr Handle<T> as() const {
        return {bits};
    }
    [[nodiscard]] constexpr Tag tag() const { return static_cast<Tag>(word::tag(bits)); }
    [[nodiscard]] constexpr std::uint32_t position() const { return word::position(bits); }

    [[nodiscard]] constexpr LuaType type() const {
        if (is_number()) return LuaType::Number;
        switch (tag()) {
#define ARENITE_KIND(Name, tag, type, shown, doc) \
    case Tag::Name: return LuaType::type;
#include <arenite/object_kinds.def>
            case Tag::LightUserdata: return LuaType::LightUserdata;
            case Tag::Constant:
                return bits == kNil ? LuaType::Nil : is_boolean() ? LuaType::Boolean : LuaType::Internal;
            case Tag::NumberNan: break;
        }
        return LuaType::Internal;
    }
    /// Same word: identity, and equality of everything but numbers and long strings.
    friend constexpr bool operator==(Value, Value) = default;
};
static_assert(sizeof(Value) == 8);

[[nodiscard]] const char* type_name(LuaType t) noexcept;

}  // namespace arenite
