#include "vm/pattern_cache.h"

#include <cstring>
#include <new>

#include "vm/vm.h"

namespace arenite {

using lib::MatcherState;
using lib::PatternText;

PatternCache* Vm::patterns() {
    if (!patterns_) patterns_.reset(new (std::nothrow) PatternCache);
    return patterns_.get();
}

bool PatternCache::get(Value pattern, std::string_view bytes, bool anchors, Work& work) {
    if (bytes.size() > kLongest) return false;
    Entry& entry = entries_[(pattern.bits >> 2 ^ pattern.bits >> 7) % kEntries];
    if (entry.pattern != pattern.bits || entry.anchors != anchors) {
        const PatternText text = anchors ? PatternText::with_anchor(bytes) : PatternText::without_anchor(bytes);
        work.state = {};
        lib::Matcher matcher(work.state, work.memory, {}, text);
        matcher.begin(0);
        // Compiles, and tries the empty subject: what that leaves behind, search_from() takes back.
        std::int64_t steps = 4096;
        (void)matcher.run(steps);
        if (steps <= 0 || work.state.words * 8 > kProgram) return false;
        entry.pattern = pattern.bits;
        entry.anchors = anchors;
        entry.body = static_cast<std::uint32_t>(text.body.size());
        entry.state = work.state;
        entry.state.error = lib::PatternError::None;
        std::memcpy(entry.program, work.memory, work.state.words * std::size_t{8});
    }
    work.state = entry.state;
    work.body = entry.body;
    std::memcpy(work.memory, entry.program, entry.state.words * std::size_t{8});
    return true;
}

}  // namespace arenite
