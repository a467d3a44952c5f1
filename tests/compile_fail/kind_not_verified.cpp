// expect: OneMore does not say its parts
// A kind that is in the list and does not say its parts could not be verified.
#if !ARENITE_CONTROL
#define ARENITE_ONE_MORE_KIND 1
#endif
#include "heap/objects.h"

namespace arenite {
class OneMore {
public:
    SelfWord self;
    WriteKey wkey;
};
}  // namespace arenite

#include "heap/heap_verifier.cpp"
