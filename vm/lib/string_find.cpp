// string.find, string.match and string.gmatch (Lua 5.1 §5.4, str_find_aux and gmatch_aux of lstrlib.c).
#include <algorithm>
#include <cstring>

#include "vm/lib/string_classes.h"
#include "vm/lib/string_match.h"
#include "vm/lib/string_natives.h"

namespace arenite::lib {
namespace {

/// States of find and match.
enum State : std::uint32_t { kStart, kMatching, kSearching };
/// Local slots: the MatchSession's Buffer, or the progress of a plain search.
enum Slot : std::uint32_t { kWork, kSlots };

/// strpbrk(pattern, SPECIALS) == NULL: up to a NUL there is nothing special.
bool is_plain(std::string_view pattern) {
    static constexpr ByteSet special = [] {
        ByteSet set{};
        for (const char c : std::string_view("^$*+?.([%-")) add_byte(set.data(), static_cast<unsigned char>(c));
        return set;
    }();
    for (const char c : pattern) {
        if (c == '\0') return true;
        if (has_byte(special.data(), static_cast<unsigned char>(c))) return false;
    }
    return true;
}

/// find without a pattern (lmemfind), window by window.
NativeResult find_plain(NativeContext& cx, std::string_view subject, std::string_view wanted, std::size_t from) {
    constexpr std::size_t window = 1 << 15;
    if (cx.state() == kSearching) from = static_cast<std::size_t>(cx.local_number(kWork));
    while (subject.size() - from >= wanted.size()) {
        // A window holds several times what is wanted, so that nothing is looked at often.
        const std::size_t size = std::min(subject.size() - from, window + 8 * wanted.size());
        const char* at = subject.data() + from;
        const void* found = wanted.empty() ? at : memmem(at, size, wanted.data(), wanted.size());
        const std::size_t looked_at =
            found == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(found) - at);
        const bool more = cx.charge(work_of_bytes(looked_at));
        if (found != nullptr) {
            const std::size_t start = from + looked_at;
            return cx.done(Value::number(static_cast<double>(start + 1)),
                           Value::number(static_cast<double>(start + wanted.size())));
        }
        from += size - wanted.size() + 1;
        if (!more && subject.size() - from >= wanted.size()) {
            if (cx.state() == kStart && !cx.reserve(kSlots)) return cx.failed();
            cx.set_local_number(kWork, static_cast<double>(from));
            return cx.suspend(kSearching);
        }
    }
    return cx.done(Value::nil());
}

NativeResult find_or_match(NativeContext& cx, bool find) {
    std::string_view subject;
    std::string_view pattern;
    std::int64_t init = 1;
    if (!cx.check_string(0, subject) || !cx.check_string(1, pattern) || !cx.opt_integer(2, 1, init)) return cx.failed();
    const auto from = static_cast<std::size_t>(std::clamp<std::int64_t>(relative_position(init, subject.size()) - 1, 0,
                                                                        static_cast<std::int64_t>(subject.size())));
    if (find && cx.state() != kMatching && (cx.arg(3).truthy() || is_plain(pattern))) {
        return find_plain(cx, subject, pattern, from);
    }
    MatchSession session(cx, subject, PatternText::with_anchor(pattern), kWork, kSlots, cx.state() != kStart);
    if (!(cx.state() == kStart ? session.begin(from) : session.load())) return cx.failed();
    switch (session.run()) {
        case MatchStatus::Paused: return session.save() ? cx.suspend(kMatching) : cx.failed();
        case MatchStatus::Error: return session.raise();
        case MatchStatus::Failed: return cx.done(Value::nil());
        case MatchStatus::Matched: break;
    }
    cx.begin_results();
    if (find && (!cx.push(Value::number(static_cast<double>(session.match_start() + 1))) ||
                 !cx.push(Value::number(static_cast<double>(session.match_end()))))) {
        return cx.failed();
    }
    NativeResult error{};
    if (!session.push_captures(!find, error)) return error;
    return cx.done_pushed();
}

/// Upvalues of gmatch's iterator.
enum Upvalue : std::uint32_t { kSubject, kPattern, kPosition };

NativeResult gmatch_next(NativeContext& cx) {
    const std::string_view subject = cx.string(cx.upvalue(kSubject));
    const PatternText pattern = PatternText::without_anchor(cx.string(cx.upvalue(kPattern)));
    const auto from = static_cast<std::uint64_t>(cx.upvalue(kPosition).as_number());
    if (from > subject.size()) return cx.done();
    MatchSession session(cx, subject, pattern, kWork, kSlots, cx.state() != kStart);
    if (!(cx.state() == kStart ? session.begin(from) : session.load())) return cx.failed();
    switch (session.run()) {
        case MatchStatus::Paused: return session.save() ? cx.suspend(kMatching) : cx.failed();
        case MatchStatus::Error: return session.raise();
        case MatchStatus::Failed: return cx.done();
        case MatchStatus::Matched: break;
    }
    // After an empty match, the next one starts at least one byte later.
    const std::uint64_t end = session.match_end();
    const std::uint64_t next = end == session.match_start() ? end + 1 : end;
    if (!cx.set_upvalue(kPosition, Value::number(static_cast<double>(next)))) return cx.failed();
    cx.begin_results();
    NativeResult error{};
    if (!session.push_captures(true, error)) return error;
    return cx.done_pushed();
}

}  // namespace

NativeResult string_find(NativeContext& cx) {
    return find_or_match(cx, true);
}

NativeResult string_match(NativeContext& cx) {
    return find_or_match(cx, false);
}

NativeResult string_gmatch(NativeContext& cx) {
    std::string_view subject;
    std::string_view pattern;
    if (!cx.check_string(0, subject) || !cx.check_string(1, pattern)) return cx.failed();
    Value subject_value = Value::nil();
    Value pattern_value = Value::nil();
    Value iterator = Value::nil();
    if (!cx.to_string(cx.arg(0), subject_value) || !cx.to_string(cx.arg(1), pattern_value) ||
        !cx.new_native(gmatch_next, "gmatch_aux", {subject_value, pattern_value, Value::number(0)}, iterator)) {
        return cx.failed();
    }
    return cx.done(iterator);
}

}  // namespace arenite::lib
