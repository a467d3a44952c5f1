// Heap dump: every live object as JSON, for embedders' tools.
//
// {"format": "arenite-heap-1",
//  "roots":   [{"name": "globals", "id": "fffa..."}, ...],
//  "objects": [{"id": "fffa...", "type": "table", "bytes": 168, "refs": [{"name": "x", "id": "fffa..."}, ...]}, ...],
//  "totals":  {"objects": 2, "object_bytes": 200, "string_table_bytes": 1024, "used": 1224, "idle": 2872, "overhead": 640}}
//
// An id is the object's handle in hexadecimal (as a number it would not fit into a double). Strings have a "value" with
// their first bytes. Bytes are those charged for slot and payload blocks. Outside of transactions and right after a full
// collection object_bytes + string_table_bytes = used; otherwise `used` also has backups and garbage's blocks. Bytes of
// strings are shown as the characters U+0000 to U+00FF, for they are in no known encoding.
//
// The writer is ours: it needs four kinds of JSON values and no tree in memory, and such strings a library's writer would
// have to be given in another encoding first.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "heap/heap.h"

namespace arenite {

struct DumpRoot {
    std::string_view name;
    Value value;
};
/// Takes the text piece by piece. May not change the heap.
using DumpSink = std::function<void(std::string_view)>;

/// Writes the heap's own roots, `roots`, and every live object (reachable or not) to `sink`. Flushes the page heap's caches.
void dump_heap(Heap& heap, std::span<const DumpRoot> roots, const DumpSink& sink);

}  // namespace arenite
