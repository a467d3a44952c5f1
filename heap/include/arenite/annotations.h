// What clang's thread safety analysis is told of views of payloads (heap/payload_view.h): natives that are compiled with
// -Wthread-safety cannot call what may move a payload where a view of one is in scope.
#pragma once

// clang's names for this come from locks: a "shared lock" on the payloads is a view of one.
#if defined(__clang__)
#define ARENITE_ANALYSIS(x) __attribute__((x))
#define ARENITE_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define ARENITE_ANALYSIS(x)
#define ARENITE_LIFETIMEBOUND
#endif
/// On a function: it may move or free the payload of an object that is alive.
#define ARENITE_MOVES_PAYLOADS ARENITE_ANALYSIS(locks_excluded(::arenite::payloads))
#define ARENITE_VIEW ARENITE_ANALYSIS(scoped_lockable)
#define ARENITE_VIEW_BEGINS ARENITE_ANALYSIS(acquire_shared_capability(::arenite::payloads))
#define ARENITE_VIEW_ENDS ARENITE_ANALYSIS(release_generic_capability)

namespace arenite {

struct ARENITE_ANALYSIS(capability("a view of")) Payloads {};
/// Stands for all payloads in the annotations; there is no such object.
extern Payloads payloads;

}  // namespace arenite
