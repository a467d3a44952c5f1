// What all stages of one compilation share, and how they stop it.
#pragma once

#include <boost/container/pmr/memory_resource.hpp>

#include <cstdint>
#include <string_view>

#include "compiler/atoms.h"
#include "compiler/compile.h"
#include "compiler/pauses.h"

namespace arenite::compiler {

struct Context {
    Context(std::string_view src, std::string_view name, boost::container::pmr::memory_resource* resource, Look look)
        : source(src), chunkname(name), mr(resource), pauses(look), atoms(resource, pauses) {}

    std::string_view source;
    std::string_view chunkname;
    boost::container::pmr::memory_resource* mr;  ///< of the unit and of all scratch
    Pauses pauses;
    AtomTable atoms;
    SourcePart part = SourcePart::Whole;
    std::uint32_t functions = 0;  ///< that code has been made of
    std::size_t unfinished = 0;   ///< CompileError::unfinished
};

}  // namespace arenite::compiler
