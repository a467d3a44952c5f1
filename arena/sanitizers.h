// What of the compiler's sanitizers is on: ARENITE_ASAN and ARENITE_TSAN are defined, or not.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENITE_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define ARENITE_TSAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(ARENITE_ASAN)
#define ARENITE_ASAN 1
#endif
#if defined(__SANITIZE_THREAD__) && !defined(ARENITE_TSAN)
#define ARENITE_TSAN 1
#endif

namespace arenite {

#if defined(ARENITE_ASAN)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

}  // namespace arenite
