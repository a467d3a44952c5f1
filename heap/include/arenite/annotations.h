// What clang's thread safety analysis is told of views of payloads (heap/payload_view.h): natives that are compiled with
// -Wthread-safety cannot call what may move a payload where a view of one is in scope.
#pragma once

#if defined(__clang__)
#define ARENITE_ANALYSIS(x) __attribute__((x))
#else
#define ARENITE_ANALYSIS(x)
#endif
/// On a function: it may move or free the payload of an object that is alive.
#define ARENITE_MOVES_PAYLOADS ARENITE_ANALYSIS(locks_excluded(::arenite::payloads))

namespace arenite {

struct ARENITE_ANALYSIS(capability("a view of")) Payloads {};
/// Stands for all payloads in the annotations; there is no such object.
extern Payloads payloads;

}  // namespace arenite
