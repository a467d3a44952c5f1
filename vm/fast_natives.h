// FastNative: the numbers of natives with a way of their own through the interpreter (vm/fast_natives.def).
#pragma once

#include <cstdint>

namespace arenite {

enum class FastNative : std::uint32_t {
#define ARENITE_FAST_NATIVE(name, how) name,
#include "vm/fast_natives.def"
#undef ARENITE_FAST_NATIVE
    Count
};
inline constexpr std::uint32_t kFastNatives = static_cast<std::uint32_t>(FastNative::Count);

}  // namespace arenite
