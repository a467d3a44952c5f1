// Metamethods, in the order in which the heap knows their names.
#pragma once

#include <cstdint>

namespace arenite {

/// The metamethods (Lua 5.1 manual §2.8); vm/embed/vm.cpp has their names in this order.
enum class Metamethod : std::uint8_t {
    Index,
    NewIndex,
    Mode,
    Gc,
    Eq,  // the first eight are cached as "absent" bits in tables
    Len,
    Call,
    ToString,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Unm,
    Lt,
    Le,
    Concat,
    Metatable,
    Count
};
inline constexpr unsigned kMetamethodCount = static_cast<unsigned>(Metamethod::Count);

}  // namespace arenite
