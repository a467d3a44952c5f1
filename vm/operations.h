// Operations with metamethods that natives share with the interpreter.
#pragma once

#include "heap/heap.h"

namespace arenite {

/// lvm.c MAXTAGLOOP: how long a chain of __index or __newindex may be.
inline constexpr int kMaxMetaLoop = 100;

/// What indexing leads to.
struct IndexAnswer {
    enum Kind : std::uint8_t { Found, NeedsCall, NotIndexable, ChainNotIndexable, Loop };
    Kind kind;
    Value value;   ///< the value, the metamethod to call, or what cannot be indexed
    Value object;  ///< NeedsCall: the metamethod's first argument
};

/// What each table of a chain after the first is charged.
inline constexpr std::int64_t kHopCost = 4;

/// luaV_gettable without its calls. A chain is charged to `budget`.
[[nodiscard]] IndexAnswer index_chain(const Heap& heap, Value object, Value key, std::int64_t& budget);

/// The __lt or __le metamethod that both operands share, or nil.
[[nodiscard]] Value order_metamethod(const Heap& heap, Value a, Value b, Metamethod m);

}  // namespace arenite
