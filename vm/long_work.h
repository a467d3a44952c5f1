// What long instructions have done so far that owns no memory: comparisons of long strings and searches for the next entry
// of a table. An instruction that is not finished is dispatched again (Interpreter::again) and goes on with it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "heap/table.h"

namespace arenite {

/// Two strings, of which the first `done` bytes are the same. Strings do not change, so that stays true.
struct LongComparison {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::size_t done = 0;
};

/// A search for the entry behind `key`, which has come to `index`.
struct LongSearch {
    std::uint64_t table = 0;
    Value key = Value::nil();
    const Value* array = nullptr;  ///< the parts that the index speaks of
    const Node* nodes = nullptr;
    std::uint64_t index = 0;
};

}  // namespace arenite
