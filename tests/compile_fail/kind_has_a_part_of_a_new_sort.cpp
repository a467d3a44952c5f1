// expect: weak_value
// A sort of part that a visitor does not know does not compile, rather than being passed over.
#if !ARENITE_CONTROL
#define ARENITE_ONE_MORE_KIND 1
#endif
#include "heap/objects.h"

namespace arenite {
class OneMore {
public:
    static constexpr Reach kReach = Reach::Objects;
    std::size_t slot_bytes() const { return sizeof(OneMore); }
    template <class Self, class V>
    static void visit(Self& o, V& v) {
        v.key(o.wkey);
        v.weak_value("value", o.value_);
    }
    SelfWord self;
    WriteKey wkey;

private:
    Value value_;
};
}  // namespace arenite

#include "heap/collector.cpp"
