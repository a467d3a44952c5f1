// Atoms: every distinct name or string of a text, once.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstdint>
#include <string_view>

#include "compiler/pauses.h"
#include "compiler/scratch.h"

namespace arenite::compiler {

struct Var;

/// A name or string. The bytes live in the unit's memory, the rest is scratch.
struct Atom {
    const char* data;
    std::uint32_t length;
    std::int32_t reserved;  ///< token of a reserved word, else 0
    Var* binding;           ///< innermost visible local variable of this name
    std::uint32_t k_owner;  ///< serial number of the function whose constant table holds it ...
    std::uint32_t k_index;  ///< ... and where
    [[nodiscard]] std::string_view text() const { return {data, length}; }
};

/// Open addressing over (hash, atom). The hash is seeded per process, so names cannot be made to collide.
class AtomTable {
public:
    AtomTable(boost::container::pmr::memory_resource* mr, Pauses& pauses);
    AtomTable(const AtomTable&) = delete;
    AtomTable& operator=(const AtomTable&) = delete;

    [[nodiscard]] Atom* intern(const char* data, std::size_t length);
    /// Frees all but the texts, in slices; no atom is there any more.
    void give_back() {
        atoms_.free(pauses_);
        pauses_.free(slots_);
    }
    [[nodiscard]] Atom* intern(std::string_view s) { return intern(s.data(), s.size()); }

private:
    struct Slot {
        std::uint64_t hash;
        Atom* atom;
    };
    void grow();
    [[nodiscard]] std::uint64_t hash_of(const char* data, std::size_t length);
    [[nodiscard]] bool same(const Atom& atom, const char* data, std::size_t length);
    [[nodiscard]] Atom* add(std::size_t slot, std::uint64_t hash, const char* data, std::size_t length);
    [[nodiscard]] char* string_memory(std::size_t bytes);

    boost::container::pmr::memory_resource* mr_;
    Pauses& pauses_;
    ScratchArena atoms_;
    ScratchVector<Slot> slots_;
    std::size_t mask_ = 0;
    std::size_t count_ = 0;
    char* text_cur_ = nullptr;  ///< free part of the current block of string bytes
    char* text_end_ = nullptr;
    std::size_t text_block_ = 1024;
};

}  // namespace arenite::compiler
