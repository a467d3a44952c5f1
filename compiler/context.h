// What all stages of one compilation share, and how they stop it.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/atoms.h"
#include "compiler/compile.h"

namespace arenite::compiler {

/// Thrown by any stage, caught in compile().
struct Abort {
    std::string message;
    bool interrupted = false;
    bool incomplete = false;
};

struct Context {
    Context(std::string_view src, std::string_view name, boost::container::pmr::memory_resource* resource)
        : source(src), chunkname(name), mr(resource), atoms(resource) {}

    std::string_view source;
    std::string_view chunkname;
    boost::container::pmr::memory_resource* mr;  ///< of the unit and of all scratch
    AtomTable atoms;
    Interrupt interrupt = nullptr;
    void* interrupt_ctx = nullptr;
    std::uint32_t ticks = kTicks;
    SourcePart part = SourcePart::Whole;
    std::size_t unfinished = 0;  ///< CompileError::unfinished

    /// Tokens and nodes between two looks at the interrupt: some 20 to 50 us.
    static constexpr std::uint32_t kTicks = 512;
    /// Bytes of one token or comment between two looks.
    static constexpr std::size_t kTickBytes = std::size_t{16} << 10;
    /// Once per token and once per node.
    void tick() {
        if (--ticks == 0) look();
    }
    void look() {
        ticks = kTicks;
        if (interrupt != nullptr && interrupt(interrupt_ctx)) {
            throw Abort{"compilation interrupted", true};
        }
    }
};

}  // namespace arenite::compiler
