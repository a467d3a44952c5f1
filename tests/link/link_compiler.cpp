// The compiler library links without the machine: a text becomes units.
#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include "compiler/compile.h"

int main() {
    boost::container::pmr::monotonic_buffer_resource memory;
    const auto good = arenite::compiler::compile("return 1 + 1", "=link", &memory);
    const auto bad = arenite::compiler::compile("return +", "=link", &memory);
    return std::holds_alternative<arenite::FunctionUnit*>(good) && !std::holds_alternative<arenite::FunctionUnit*>(bad)
               ? 0
               : 1;
}
