#include "vm/fast/pattern_cache.h"

#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "vm/machine.h"
#include "vm/text/lua_pattern.h"

namespace arenite {

// Zeros are no entries, and only what is used becomes memory.
static_assert(std::is_trivial_v<PatternCache>);

PatternCache* Machine::make_patterns() {
    patterns_.reset(static_cast<PatternCache*>(std::calloc(1, sizeof(PatternCache))));
    return patterns_.get();
}

PatternCache::Entry* PatternCache::compile(Entry& entry, Value pattern, std::string_view bytes, bool anchors) {
    if (bytes.size() > kLongest) return nullptr;
    const lib::PatternText text =
        anchors ? lib::PatternText::with_anchor(bytes) : lib::PatternText::without_anchor(bytes);
    lib::MatcherState state{};
    char memory[lib::Matcher::memory_size(kLongest)];
    lib::Matcher matcher(state, memory, {}, text);
    matcher.begin(0);
    // Compiles, and tries the empty subject: what that leaves behind, search_from() takes back.
    std::int64_t steps = 4096;
    (void)matcher.run(steps);
    if (steps <= 0 || state.level > kCaptures) return nullptr;
    entry.pattern = pattern.bits;
    entry.anchors = anchors;
    entry.plain = lib::is_plain(bytes);
    entry.skipped = text.anchored ? 1 : 0;
    entry.body = static_cast<std::uint8_t>(text.body.size());
    entry.state = state;
    entry.state.error = lib::PatternError::None;
    std::memcpy(entry.memory, memory, state.words * std::size_t{8});
    return &entry;
}

}  // namespace arenite
