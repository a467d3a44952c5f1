// MethodCache: what names are inherited through a metatable, remembered over lookups.
//
// An entry says: looking `key` up along the chain of __index tables that begins at the metatable `metatable` gives `value`,
// which is nil if no table of the chain has it.
// A hit replaces the walk; it touches no object, so there is nothing to validate but the caller's own reference, and what
// it yields is a Value like any other, validated where it is used.
//
// Invariants
//  MC1. All tables that the lookup has gone through (metatables and __index tables) were watched when the entry was made:
//       Table::watched is set and wkey is zero. The first write to such a table takes the transaction's slow path (O2),
//       which forgets all entries (Transaction::note_write). So an entry holds as long as it is there.
//  MC2. Rolling back, and the collector's clearing of weak entries, which write without that path, forget all entries.
//  MC3. Entries keep nothing alive. Handles are never used twice, so an entry whose metatable is gone cannot be found.
#pragma once

#include <cstdint>

#include <arenite/value.h>

namespace arenite {

class Heap;

class MethodCache {
public:
    static constexpr std::uint32_t kEntries = 128;
    struct Entry {
        std::uint64_t metatable;
        std::uint64_t key;
        Value value;
        std::uint64_t unused;  // 32 bytes: an entry is found without a multiplication
    };

    /// Where the entry of a metatable and a short string is, if it is there.
    [[nodiscard, gnu::always_inline]] const Entry& at(std::uint64_t metatable, std::uint64_t key) const {
        return entries_[index(metatable, key)];
    }
    /// What `key` gives along the chain that begins at a metatable: found or nil, and remembered if that is possible (MC1).
    /// Null when it takes the general way.
    [[nodiscard]] const Value* inherited(const Heap& heap, Value metatable, Value key);
    void forget() {
        if (!used_) return;
        used_ = false;
        for (Entry& e : entries_) e.metatable = 0;
    }

private:
    static constexpr unsigned kMaxChain = 8;  ///< length of a chain of __index tables that is remembered

    void put(std::uint64_t metatable, std::uint64_t key, Value value) {
        entries_[index(metatable, key)] = {metatable, key, value, 0};
        used_ = true;
    }
    [[nodiscard, gnu::always_inline]] static std::uint32_t index(std::uint64_t metatable, std::uint64_t key) {
        // Positions count 8-byte units: tables lie 8 of them apart, short strings 4 or more.
        return (static_cast<std::uint32_t>(metatable) / 8 * 5 + static_cast<std::uint32_t>(key) / 4) % kEntries;
    }

    Entry entries_[kEntries] = {};  ///< of zeros, which name no table
    bool used_ = false;
};

}  // namespace arenite
