// Operations with metamethods that natives share with the interpreter.
#pragma once

#include "heap/heap.h"

namespace arenite {

class Vm;

/// lvm.c MAXTAGLOOP: how long a chain of __index or __newindex may be.
inline constexpr int kMaxMetaLoop = 100;

/// What indexing leads to.
struct IndexAnswer {
    enum Kind : std::uint8_t { Found, NeedsCall, NotIndexable, ChainNotIndexable, Loop };
    Kind kind;
    Value value;   ///< the value, the handler to call, or what cannot be indexed
    Value object;  ///< NeedsCall: the handler's first argument
};

/// luaV_gettable without its calls.
[[nodiscard]] IndexAnswer index_chain(const Vm& vm, const Heap& heap, Value object, Value key);

/// The __lt or __le handler that both operands share, or nil.
[[nodiscard]] Value order_handler(const Heap& heap, Value a, Value b, Metamethod m);

}  // namespace arenite
