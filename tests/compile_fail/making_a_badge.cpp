// expect: private
// Only the class that a badge names can make it.
#include "heap/badge.h"

namespace arenite {
class Mine {
public:
    Badge<Mine> badge() { return Badge<Mine>(); }
#if !ARENITE_CONTROL
    Badge<Transaction> other() { return Badge<Transaction>(); }
#endif
};
}  // namespace arenite
