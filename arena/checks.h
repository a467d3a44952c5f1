// Checks that cost too much for a release: they are on where asserts are (presets dev, asan-ubsan, stress, fuzz).
//
// The build says so to all that includes these headers (ARENITE_CHECKS, cmake/AreniteTargets.cmake): types may have
// other fields with them.
#pragma once

#include <cstdio>
#include <cstdlib>

/// With checks: ends the process, saying `what` is wrong, unless `condition` holds. Without, nothing is evaluated.
#if defined(ARENITE_CHECKS)
#define ARENITE_REQUIRE(condition, what) (static_cast<bool>(condition) ? void() : ::arenite::check_failed(what))
#else
#define ARENITE_REQUIRE(condition, what) static_cast<void>(sizeof(static_cast<bool>(condition)))
#endif

namespace arenite {

#if defined(ARENITE_CHECKS)
inline constexpr bool kChecks = true;
#else
inline constexpr bool kChecks = false;
#endif

[[noreturn, gnu::cold, gnu::noinline]] inline void check_failed(const char* what) {
    std::fprintf(stderr, "arenite: %s\n", what);
    std::abort();
}

}  // namespace arenite
