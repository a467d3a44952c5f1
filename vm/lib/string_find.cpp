// string.find, string.match and string.gmatch (Lua 5.1 §5.4, str_find_aux and gmatch_aux of lstrlib.c).
#include <algorithm>
#include <cstring>

#include "vm/lib/string_match.h"
#include "vm/lib/string_natives.h"
#include "vm/text/string_classes.h"

namespace arenite::lib {

// strpbrk(pattern, SPECIALS) == NULL: up to a NUL there is nothing special.
namespace {

/// States of find and match.
enum State : std::uint32_t { kStart, kMatching, kMatched, kSearching };
/// Local slots: the MatchSession's.
enum Slot : std::uint32_t { kWork, kSlots = kWork + MatchSession::kSlots };

/// Longer texts are searched for by TwoWaySearch, or by the matcher.
constexpr std::size_t kLongText = 1024;

/// The answer of a plain search.
NativeResult found_at(NativeContext& cx, std::size_t start, std::size_t size) {
    return cx.done(Value::number(static_cast<double>(start + 1)), Value::number(static_cast<double>(start + size)));
}

/// find without a pattern (lmemfind), window by window.
NativeResult find_short(NativeContext& cx, std::string_view subject, std::string_view wanted, std::size_t from) {
    constexpr std::size_t window = 1 << 14;
    if (cx.state() == kSearching) from = static_cast<std::size_t>(cx.local_number(kWork));
    while (subject.size() - from >= wanted.size()) {
        // A window holds several times what is wanted, so that nothing is examined often.
        const std::size_t size = std::min(subject.size() - from, window + 8 * wanted.size());
        const char* at = subject.data() + from;
        const void* found = wanted.empty() ? at : memmem(at, size, wanted.data(), wanted.size());
        const std::size_t looked_at =
            found == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(found) - at);
        const bool more = cx.charge(work_of_bytes(looked_at));
        if (found != nullptr) return found_at(cx, from + looked_at, wanted.size());
        from += size - wanted.size() + 1;
        if (!more && subject.size() - from >= wanted.size()) {
            if (cx.state() == kStart && !cx.reserve(kSlots)) return cx.failed();
            cx.set_local_number(kWork, static_cast<double>(from));
            return cx.suspend(kSearching);
        }
    }
    return cx.done(Value::nil());
}

/// The same for a long text: two-way search (Crochemore and Perrin, Two-way string-matching, 1991), in time linear in
/// both and in constant space, so that it can be suspended anywhere.
class TwoWaySearch {
public:
    enum class Status : std::uint8_t { More, Found, NotFound };

    explicit TwoWaySearch(std::size_t from) : at_(from) {}

    /// Does about `steps` comparisons; position() is where it was found.
    [[nodiscard]] Status run(std::string_view subject, std::string_view wanted, std::size_t steps) {
        while (steps > 0 && phase_ != Phase::Search) steps -= prepare(wanted, steps);
        return phase_ == Phase::Search ? search(subject, wanted, steps) : Status::More;
    }
    [[nodiscard]] std::size_t position() const { return at_; }

private:
    enum class Phase : std::uint8_t { Suffix, ReversedSuffix, Period, Search };
    /// The greatest suffix of the text, for the order of bytes or its reverse: it begins after `start` (which is -1 at
    /// first), and `period` is its own.
    struct Suffix {
        std::ptrdiff_t start = -1;
        std::ptrdiff_t candidate = 0;
        std::ptrdiff_t offset = 1;
        std::ptrdiff_t period = 1;
    };

    [[nodiscard]] static bool greatest(Suffix& s, std::string_view x, bool reversed, std::size_t& done,
                                       std::size_t steps) {
        const auto n = static_cast<std::ptrdiff_t>(x.size());
        for (; done < steps; ++done) {
            if (s.candidate + s.offset >= n) return true;
            const auto a = static_cast<unsigned char>(x[static_cast<std::size_t>(s.candidate + s.offset)]);
            const auto b = static_cast<unsigned char>(x[static_cast<std::size_t>(s.start + s.offset)]);
            if (a == b) {
                if (s.offset == s.period) {
                    s.candidate += s.period;
                    s.offset = 1;
                } else {
                    ++s.offset;
                }
            } else if (reversed ? a > b : a < b) {
                s.candidate += s.offset;
                s.offset = 1;
                s.period = s.candidate - s.start;
            } else {
                s.start = s.candidate++;
                s.offset = s.period = 1;
            }
        }
        return false;
    }

    /// The critical factorization, and whether the text has the period of its right half. Returns the steps done.
    std::size_t prepare(std::string_view x, std::size_t steps) {
        std::size_t done = 0;
        if (phase_ == Phase::Suffix) {
            if (greatest(first_, x, false, done, steps)) phase_ = Phase::ReversedSuffix;
        } else if (phase_ == Phase::ReversedSuffix) {
            if (greatest(second_, x, true, done, steps)) {
                const Suffix& s = first_.start >= second_.start ? first_ : second_;
                split_ = static_cast<std::size_t>(s.start + 1);
                period_ = static_cast<std::size_t>(s.period);
                offset_ = 0;
                periodic_ = split_ + period_ <= x.size();
                phase_ = Phase::Period;
            }
        } else {
            while (periodic_ && offset_ < split_ && done < steps) {
                periodic_ = x[offset_] == x[offset_ + period_];
                ++offset_;
                ++done;
            }
            if (!periodic_ || offset_ >= split_) {
                if (!periodic_) period_ = std::max(split_, x.size() - split_) + 1;
                offset_ = split_;
                phase_ = Phase::Search;
            }
        }
        return std::min(done + 1, steps);
    }

    [[nodiscard]] Status search(std::string_view y, std::string_view x, std::size_t steps) {
        for (; steps > 0; --steps) {
            if (y.size() - at_ < x.size() || at_ > y.size()) return Status::NotFound;
            if (!left_) {
                offset_ = std::max(offset_, std::max(split_, memory_));
                if (offset_ < x.size() && x[offset_] == y[at_ + offset_]) {
                    ++offset_;
                } else if (offset_ < x.size()) {
                    at_ += offset_ - split_ + 1;
                    offset_ = split_;
                    memory_ = 0;
                } else {
                    left_ = true;
                    offset_ = split_;
                }
            } else if (offset_ > memory_ && x[offset_ - 1] == y[at_ + offset_ - 1]) {
                --offset_;
            } else if (offset_ <= memory_) {
                return Status::Found;
            } else {
                at_ += period_;
                memory_ = periodic_ ? x.size() - period_ : 0;
                left_ = false;
                offset_ = split_;
            }
        }
        return Status::More;
    }

    std::size_t at_;  ///< where the text is laid against the subject
    Phase phase_ = Phase::Suffix;
    bool periodic_ = false;
    bool left_ = false;  ///< the left half is compared, from right to left
    Suffix first_;
    Suffix second_;
    std::size_t split_ = 0;
    std::size_t period_ = 1;
    std::size_t memory_ = 0;  ///< bytes of the text that are known to be there
    std::size_t offset_ = 0;
};

NativeResult find_long(NativeContext& cx, std::string_view subject, std::string_view wanted, std::size_t from) {
    constexpr std::size_t kSteps = 8192;
    TwoWaySearch search(from);
    if (cx.state() == kSearching) {
        std::memcpy(static_cast<void*>(&search), BufferView(library(cx).heap(), cx.local(kWork)).data(), sizeof search);
    }
    for (;;) {
        switch (search.run(subject, wanted, kSteps)) {
            case TwoWaySearch::Status::Found: return found_at(cx, search.position(), wanted.size());
            case TwoWaySearch::Status::NotFound: return cx.done(Value::nil());
            case TwoWaySearch::Status::More: break;
        }
        if (cx.charge(kSteps)) continue;
        if (cx.state() == kStart) {
            Value buffer = Value::nil();
            if (!cx.reserve(kSlots) || !cx.new_buffer(buffer) ||
                !library(cx).buffer_assign_unset(buffer, sizeof search))
                return cx.failed();
            cx.set_local(kWork, buffer);
        }
        const BufferBytes kept(cx, cx.local(kWork));
        if (!kept) return cx.failed();
        std::memcpy(kept.data(), static_cast<const void*>(&search), sizeof search);
        return cx.suspend(kSearching);
    }
}

NativeResult find_plain(NativeContext& cx, std::string_view subject, std::string_view wanted, std::size_t from) {
    if (subject.size() - from < wanted.size()) return cx.done(Value::nil());
    return wanted.size() > kLongText ? find_long(cx, subject, wanted, from) : find_short(cx, subject, wanted, from);
}

/// What a match gives, once it is found: its place if `place`, and its captures. The state after it is kMatched as long
/// as this takes.
NativeResult answer(NativeContext& cx, MatchSession& session, bool place) {
    const auto push_place = [&] {
        return !place || (cx.push(Value::number(static_cast<double>(session.match_start() + 1))) &&
                          cx.push(Value::number(static_cast<double>(session.match_end()))));
    };
    NativeResult error{};
    if (!session.has_long_captures(!place)) {
        cx.begin_results();
        if (push_place() && session.push_captures(!place, error)) return cx.done_pushed();
        if (cx.state() != kStart && session.save()) cx.restartable_in(kMatched);
        return cx.failed();
    }
    if (!session.save()) return cx.failed();
    switch (session.make_captures(!place, error)) {
        case MatchSession::Progress::Spent: return cx.suspend(kMatched);
        case MatchSession::Progress::Failed: cx.restartable_in(kMatched); return error;
        case MatchSession::Progress::Done: break;
    }
    cx.restartable_in(kMatched);
    cx.begin_results();
    return push_place() && session.push_made() ? cx.done_pushed() : cx.failed();
}

NativeResult find_or_match(NativeContext& cx, bool find) {
    std::string_view subject;
    std::string_view pattern;
    std::int64_t init = 1;
    if (cx.state() == kStart) cx.restartable();
    if (!cx.check_string(0, subject) || !cx.check_string(1, pattern) || !cx.opt_integer(2, 1, init)) return cx.failed();
    const auto from = static_cast<std::size_t>(std::clamp<std::int64_t>(relative_position(init, subject.size()) - 1, 0,
                                                                        static_cast<std::int64_t>(subject.size())));
    if (find && (cx.state() == kStart || cx.state() == kSearching) &&
        (cx.arg(3).truthy() || (pattern.size() <= kLongText && is_plain(pattern)))) {
        return find_plain(cx, subject, pattern, from);
    }
    MatchSession session(cx, subject, PatternText::with_anchor(pattern), kWork, kSlots, cx.state() != kStart);
    if (!(cx.state() == kStart ? session.begin(from) : session.load())) return cx.failed();
    if (cx.state() == kMatched) return answer(cx, session, find);
    switch (session.run()) {
        case MatchStatus::Paused: return session.save() ? cx.suspend(kMatching) : cx.failed();
        case MatchStatus::Error: return session.raise();
        case MatchStatus::Failed: return cx.done(Value::nil());
        case MatchStatus::Matched: break;
    }
    return answer(cx, session, find);
}

/// Upvalues of gmatch's iterator.
enum Upvalue : std::uint32_t { kSubject, kPattern, kPosition };

NativeResult gmatch_next(NativeContext& cx) {
    if (cx.state() == kStart) cx.restartable();
    const std::string_view subject = cx.string(cx.upvalue(kSubject));
    const PatternText pattern = PatternText::without_anchor(cx.string(cx.upvalue(kPattern)));
    const auto from = static_cast<std::uint64_t>(cx.upvalue(kPosition).as_number());
    if (from > subject.size()) return cx.done();
    MatchSession session(cx, subject, pattern, kWork, kSlots, cx.state() != kStart);
    if (!(cx.state() == kStart ? session.begin(from) : session.load())) return cx.failed();
    if (cx.state() != kMatched) {
        switch (session.run()) {
            case MatchStatus::Paused: return session.save() ? cx.suspend(kMatching) : cx.failed();
            case MatchStatus::Error: return session.raise();
            case MatchStatus::Failed: return cx.done();
            case MatchStatus::Matched: break;
        }
    }
    const NativeResult result = answer(cx, session, false);
    if (result.kind != NativeResult::Done) return result;
    // After an empty match, the next one starts at least one byte later.
    const std::uint64_t end = session.match_end();
    const std::uint64_t next = end == session.match_start() ? end + 1 : end;
    if (cx.set_upvalue(kPosition, Value::number(static_cast<double>(next)))) return result;
    if (cx.state() != kStart && session.save()) cx.restartable_in(kMatched);
    return cx.failed();
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
    cx.restartable();
    if (!cx.check_string(0, subject) || !cx.check_string(1, pattern)) return cx.failed();
    Value subject_value = Value::nil();
    Value pattern_value = Value::nil();
    Value iterator = Value::nil();
    if (!cx.to_string(cx.arg(0), subject_value) || !cx.to_string(cx.arg(1), pattern_value) ||
        !library(cx).new_fast_native(gmatch_next, "gmatch_aux", {subject_value, pattern_value, Value::number(0)},
                                     FastNative::GmatchNext, iterator)) {
        return cx.failed();
    }
    return cx.done(iterator);
}

}  // namespace arenite::lib
