// Running the nodes of a pattern over a subject (lua_pattern.h).
#include "vm/text/lua_pattern.h"

#include <algorithm>
#include <cstring>

#include "vm/text/string_classes.h"

namespace arenite::lib {
namespace {

/// Bytes that a loop over single characters may do with the steps that are left: eight a step, and at least some.
std::uint64_t window(std::int64_t steps) {
    return 8 * (static_cast<std::uint64_t>(std::max<std::int64_t>(steps, 0)) + 1);
}

void charge(std::int64_t& steps, std::uint64_t bytes) {
    steps -= static_cast<std::int64_t>(bytes / 8);
}

}  // namespace

// --- Memory. ----------------------------------------------------------------------------------------------------------------

void Matcher::push(const Choice& c) {
    __builtin_memcpy(choice_at(state_.top++), &c, sizeof c);
}

std::size_t Matcher::memory_used() const {
    if (state_.mode <= Mode::SetBytes) return state_.words * kWord;
    return static_cast<std::size_t>(choice_at(state_.top) - memory_);
}

// --- Single characters. -----------------------------------------------------------------------------------------------------

const std::uint8_t* Matcher::set_of(Node n, std::uint32_t pc) const {
    return n.kind() == Kind::Set ? set_bytes(pc) : kClassSets[n.arg()].data();
}

bool Matcher::matches(Node n, std::uint32_t pc, unsigned char c) const {
    switch (n.kind()) {
        case Kind::Any: return true;
        case Kind::Char: return c == n.arg();
        default: return has_byte(set_of(n, pc), c);
    }
}

/// How many of the `limit` bytes at `from` match without a gap.
std::uint64_t Matcher::count_matching(Node n, std::uint32_t pc, const unsigned char* from, std::uint64_t limit) const {
    std::uint64_t i = 0;
    if (n.kind() == Kind::Char) {
        while (i < limit && from[i] == n.arg()) ++i;
    } else {
        const std::uint8_t* set = set_of(n, pc);
        while (i < limit && has_byte(set, from[i])) ++i;
    }
    return i;
}

// --- Where a match can begin. -------------------------------------------------------------------------------------------------

/// Moves start to the next place where the prefix matches. False: out of steps, or (found = false) there is none.
bool Matcher::seek(std::int64_t& steps, bool& found) {
    using Prefix = MatcherState::Prefix;
    found = true;
    if (state_.anchored || state_.prefix == Prefix::None) return true;
    const Node n = node(state_.prefix_at);
    const std::uint64_t need = state_.prefix == Prefix::Text ? n.length() : 1;
    while (size_ - state_.start >= need) {
        if (steps <= 0) return false;
        const std::uint64_t starts = size_ - state_.start - (need - 1);  // places where it would fit
        const std::uint64_t limit = std::min(starts, 2 * window(steps) + need);
        const unsigned char* from = subject_ + state_.start;
        std::uint64_t skipped = limit;
        if (state_.prefix == Prefix::Set) {
            const std::uint8_t* set = set_of(n, state_.prefix_at);
            for (skipped = 0; skipped < limit && !has_byte(set, from[skipped]);) ++skipped;
        } else if (state_.prefix == Prefix::Char) {
            if (const void* p = std::memchr(from, static_cast<int>(n.arg()), limit)) {
                skipped = static_cast<std::uint64_t>(static_cast<const unsigned char*>(p) - from);
            }
        } else if (const void* p = memmem(from, limit + need - 1, pattern_ + n.arg(), need)) {
            skipped = static_cast<std::uint64_t>(static_cast<const unsigned char*>(p) - from);
        }
        state_.start += skipped;
        charge(steps, skipped / 2);
        if (skipped < limit) return true;
    }
    found = false;
    return false;
}

/// A search of a program of one item over the rest of a subject that the steps are enough for. Paused: they are not, and
/// nothing has been done.
MatchStatus Matcher::find_item(std::int64_t& steps) {
    const std::uint64_t size = size_;
    std::uint64_t at = state_.start;
    if (size - at > window(steps)) return MatchStatus::Paused;
    const std::uint32_t pc = state_.prefix_at;
    const Node n = node(pc);
    const unsigned char* const s = subject_;
    const auto scan = [&](auto is_member) {
        if (n.op() != Op::Star && !state_.anchored) {
            while (at < size && !is_member(s[at])) ++at;
        }
        state_.start = at;
        if (n.op() == Op::Plus || n.op() == Op::Star) {
            while (at < size && is_member(s[at])) ++at;
        } else if (at < size && is_member(s[at])) {
            ++at;
        }
    };
    const std::uint64_t first = at;
    if (n.kind() == Kind::Any) {
        scan([](unsigned char) { return true; });
    } else if (n.kind() == Kind::Char) {
        scan([byte = n.arg()](unsigned char c) { return c == byte; });
    } else if (n.kind() == Kind::Class) {
        const bool* const members = kClassMembers[n.arg() / 2].data();
        const bool inside = n.arg() % 2 == 0;
        scan([members, inside](unsigned char c) { return members[c] == inside; });
    } else {
        scan([set = set_bytes(pc)](unsigned char c) { return has_byte(set, c); });
    }
    steps -= 2 + static_cast<std::int64_t>((at - first) / 8);
    if (at == state_.start && n.op() != Op::Star) return MatchStatus::Failed;
    state_.at = at;
    if (state_.level != 0) set_span(0, {state_.start, at});
    state_.mode = Mode::Done;
    return MatchStatus::Matched;
}

// --- Choices. -------------------------------------------------------------------------------------------------------------------

/// Star and Plus: one byte less, and on to where the byte that must follow is.
Matcher::Outcome Matcher::retry_longest(Node n, Choice& c, std::int64_t& steps) {
    if (n.length() == 0) {
        --c.at;
        return Outcome::Next;
    }
    const std::uint64_t limit = std::min(c.at - c.low, window(steps));
    const auto wanted = static_cast<unsigned char>(n.length());
    for (std::uint64_t i = 1; i <= limit; ++i) {
        if (subject_[c.at - i] == wanted) {
            c.at -= i;
            charge(steps, i);
            return Outcome::Next;
        }
    }
    c.at -= limit;
    charge(steps, limit);
    return c.at == c.low ? Outcome::Fail : Outcome::Pause;
}

/// Minus: one byte more, and on to where the byte that must follow is.
Matcher::Outcome Matcher::retry_shortest(Node n, Choice& c, std::int64_t& steps) {
    const auto pc = static_cast<std::uint32_t>(c.node);
    if (n.length() == 0) {
        if (c.at >= size_ || !matches(n, pc, subject_[c.at])) return Outcome::Fail;
        ++c.at;
        return Outcome::Next;
    }
    const std::uint64_t limit = std::min(size_ - c.at, window(steps));
    const auto wanted = static_cast<unsigned char>(n.length());
    const unsigned char* from = subject_ + c.at;
    std::uint64_t i = 0;
    if (n.kind() == Kind::Any && limit != 0) {
        const void* p = c.at + 1 < size_ ? std::memchr(from + 1, wanted, std::min(limit, size_ - c.at - 1)) : nullptr;
        i = p != nullptr ? static_cast<std::uint64_t>(static_cast<const unsigned char*>(p) - from) : limit;
        c.at += i;
        charge(steps, i);
        return p != nullptr ? Outcome::Next : c.at >= size_ ? Outcome::Fail : Outcome::Pause;
    }
    while (i < limit && matches(n, pc, from[i])) {
        ++i;
        if (c.at + i < size_ && from[i] == wanted) {
            c.at += i;
            charge(steps, i);
            return Outcome::Next;
        }
    }
    c.at += i;
    charge(steps, i);
    return i < limit || c.at >= size_ ? Outcome::Fail : Outcome::Pause;
}

/// Takes the last open choice again; Fail: there is none, the attempt has failed.
Matcher::Outcome Matcher::step_back(std::int64_t& steps) {
    while (state_.top != 0) {
        if (steps <= 0) return Outcome::Pause;
        --steps;
        char* place = choice_at(state_.top - 1);
        Choice c;
        __builtin_memcpy(&c, place, sizeof c);
        const auto pc = static_cast<std::uint32_t>(c.node);
        const Node n = node(pc);
        bool last = false;
        if (n.op() == Op::Optional) {
            last = true;
        } else {
            const Outcome o = n.op() == Op::Minus ? retry_shortest(n, c, steps) : retry_longest(n, c, steps);
            if (o == Outcome::Fail) {
                --state_.top;
                continue;
            }
            last = n.op() != Op::Minus && c.at == c.low;
            __builtin_memcpy(place, &c, sizeof c);
            if (o == Outcome::Pause) continue;  // more of the same
        }
        if (last) --state_.top;
        state_.at = c.at;
        state_.pc = next(n, pc);
        return Outcome::Next;
    }
    return Outcome::Fail;
}

// --- Nodes. -----------------------------------------------------------------------------------------------------------------------

/// Star and Plus: as many bytes as match, and a choice to take fewer.
Matcher::Outcome Matcher::expand(Node n, std::uint32_t pc, std::uint64_t& at, std::int64_t& steps) {
    std::uint64_t count = state_.progress;
    const std::uint64_t rest = size_ - at - count;
    if (n.kind() == Kind::Any) {
        count += rest;
    } else {
        const std::uint64_t limit = std::min(rest, window(steps));
        const std::uint64_t more = count_matching(n, pc, subject_ + at + count, limit);
        count += more;
        charge(steps, more);
        if (more == limit && more < rest) {
            state_.progress = count;
            return Outcome::Pause;
        }
    }
    state_.progress = 0;
    const std::uint64_t least = n.op() == Op::Plus ? 1 : 0;
    if (count < least) return Outcome::Fail;
    const std::uint64_t low = at + least;
    at += count;
    const bool follows = n.length() == 0 || (at < size_ && subject_[at] == (n.length() & 0xFF));
    if (at != low) push({at, low, pc});
    return follows ? Outcome::Next : Outcome::Fail;
}

/// matchbalance of the reference.
Matcher::Outcome Matcher::balance(Node n, std::uint64_t& at, std::int64_t& steps) {
    const auto open = static_cast<unsigned char>(n.arg());
    const auto close = static_cast<unsigned char>(n.arg() >> 8);
    if (state_.progress == 0) {
        if (at >= size_ || subject_[at] != open) return Outcome::Fail;
        state_.progress = 1;
        state_.depth = 1;
    }
    const std::uint64_t first = at + state_.progress;
    const std::uint64_t end = first + std::min(size_ - first, window(steps));
    std::uint64_t depth = state_.depth;
    std::uint64_t i = first;
    for (; i < end; ++i) {
        const unsigned char c = subject_[i];
        if (c == close) {
            if (--depth == 0) break;
        } else if (c == open) {
            ++depth;
        }
    }
    charge(steps, i - first);
    if (i == end && end < size_) {
        state_.progress = i - at;
        state_.depth = depth;
        return Outcome::Pause;
    }
    state_.progress = 0;
    if (i == end) return Outcome::Fail;
    at = i + 1;
    return Outcome::Next;
}

Matcher::Outcome Matcher::back_reference(Node n, std::uint64_t& at, std::int64_t& steps) {
    const Span s = span(n.arg());
    const std::uint64_t length = s.end - s.start;
    if (size_ - at < length) return Outcome::Fail;
    const std::uint64_t done = state_.progress;
    const std::uint64_t part = std::min(length - done, 2 * window(steps));
    if (std::memcmp(subject_ + s.start + done, subject_ + at + done, part) != 0) {
        state_.progress = 0;
        return Outcome::Fail;
    }
    charge(steps, part / 2);
    if (done + part < length) {
        state_.progress = done + part;
        return Outcome::Pause;
    }
    state_.progress = 0;
    at += length;
    return Outcome::Next;
}

bool Matcher::frontier(std::uint32_t pc, std::uint64_t at) const {
    const std::uint8_t* set = set_bytes(pc);
    const unsigned char before = at == 0 ? '\0' : subject_[at - 1];
    const unsigned char after = at < size_ ? subject_[at] : '\0';
    return !has_byte(set, before) && has_byte(set, after);
}

MatchStatus Matcher::run(std::int64_t& steps) {
    if (state_.mode <= Mode::SetBytes && !compile(steps)) return MatchStatus::Paused;
    for (;;) {
        if (state_.mode == Mode::Search) {
            if (state_.one_item) {
                if (const MatchStatus status = find_item(steps); status != MatchStatus::Paused) return status;
            }
            bool found = false;
            if (!seek(steps, found)) return found ? MatchStatus::Paused : MatchStatus::Failed;
            state_.pc = 0;
            state_.at = state_.start;
            state_.mode = Mode::Forward;
        }
        if (state_.mode == Mode::Backtrack) {
            const Outcome o = step_back(steps);
            if (o == Outcome::Pause) return MatchStatus::Paused;
            if (o == Outcome::Fail) {
                if (state_.anchored || state_.start >= size_) return MatchStatus::Failed;
                search_from(state_.start + 1);
                continue;
            }
            state_.mode = Mode::Forward;
        }
        std::uint32_t pc = state_.pc;
        std::uint64_t at = state_.at;
        Outcome o = Outcome::Next;
        while (o == Outcome::Next) {
            if (steps <= 0) {
                o = Outcome::Pause;
                break;
            }
            --steps;
            const Node n = node(pc);
            switch (n.op()) {
                case Op::Char:
                    if (at >= size_ || subject_[at] != n.arg()) o = Outcome::Fail;
                    ++at;
                    break;
                case Op::Any:
                    if (at >= size_) o = Outcome::Fail;
                    ++at;
                    break;
                case Op::Set:
                    if (at >= size_ || !has_byte(set_of(n, pc), subject_[at])) o = Outcome::Fail;
                    ++at;
                    break;
                case Op::Text:
                    if (size_ - at < n.length() || std::memcmp(subject_ + at, pattern_ + n.arg(), n.length()) != 0) {
                        o = Outcome::Fail;
                    }
                    charge(steps, n.length() / 2);
                    at += n.length();
                    break;
                case Op::Optional:
                    if (at < size_ && matches(n, pc, subject_[at])) {
                        push({at, at, pc});
                        ++at;
                    }
                    break;
                case Op::Star:
                case Op::Plus: o = expand(n, pc, at, steps); break;
                case Op::Minus:
                    push({at, at, pc});
                    if (n.length() != 0 && (at >= size_ || subject_[at] != (n.length() & 0xFF))) o = Outcome::Fail;
                    break;
                case Op::Open:
                case Op::OpenPosition: set_span(n.arg(), {at, at}); break;
                case Op::Close: set_span(n.arg(), {span(n.arg()).start, at}); break;
                case Op::BackReference: o = back_reference(n, at, steps); break;
                case Op::Never: o = Outcome::Fail; break;
                case Op::Balance: o = balance(n, at, steps); break;
                case Op::Frontier:
                    if (!frontier(pc, at)) o = Outcome::Fail;
                    break;
                case Op::SubjectEnd:
                    if (at != size_) o = Outcome::Fail;
                    break;
                case Op::End:
                    state_.at = at;
                    state_.mode = Mode::Done;
                    return MatchStatus::Matched;
                case Op::Error: state_.error = static_cast<PatternError>(n.arg()); return MatchStatus::Error;
            }
            if (o == Outcome::Next) pc = next(n, pc);
        }
        state_.pc = pc;
        state_.at = at;
        if (o == Outcome::Fail) {
            state_.mode = Mode::Backtrack;
        } else if (steps <= 0) {
            return MatchStatus::Paused;
        }
    }
}

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

}  // namespace arenite::lib
