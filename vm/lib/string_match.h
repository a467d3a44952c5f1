// A pattern match inside a native: runs on the C++ stack while it can, in a Buffer object once it cannot.
//
// Invariants
//  M1. Nothing of a match is kept in C++ over a request: save() puts state and memory into a Buffer in a local slot,
//      and load() goes on with them in place. Subject and pattern are the native's arguments, read again at each
//      invocation.
//  M2. A short pattern (kInlinePattern) that ends within its budget makes no heap object and reserves no slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/text/lua_pattern.h"

namespace arenite::lib {

class MatchSession {
public:
    /// Local slots that it takes from `slot` on.
    static constexpr std::uint32_t kSlots = 4;

    /// `slot` is its first local slot, of `slots` that the native reserves; `reserved`: it has done so.
    MatchSession(NativeContext& cx, std::string_view subject, const PatternText& pattern, std::uint32_t slot,
                 std::uint32_t slots, bool reserved)
        : cx_(cx), subject_(subject), pattern_(pattern), slot_(slot), slots_(slots), reserved_(reserved) {}
    MatchSession(const MatchSession&) = delete;
    MatchSession& operator=(const MatchSession&) = delete;

    /// Starts at offset `from`. False: the error is recorded.
    [[nodiscard]] bool begin(std::uint64_t from);
    /// Goes on with what save() kept. False: the error is recorded.
    [[nodiscard]] bool load();
    /// M1. False: the error is recorded.
    [[nodiscard]] bool save();

    /// Runs to an answer; Paused: the budget is used up, save() and suspend.
    [[nodiscard]] MatchStatus run();
    /// Whether the budget was used up, with the answer or without.
    [[nodiscard]] bool exhausted() const { return exhausted_; }
    void search_from(std::uint64_t from) {
        if (state_.words != 0) return matcher().search_from(from);
        state_ = {};
        matcher().begin(from);
    }
    /// A match that was found in an earlier invocation, without its captures.
    void place(std::uint64_t start, std::uint64_t end) {
        state_.start = start;
        state_.at = end;
    }

    [[nodiscard]] std::uint64_t match_start() { return state_.start; }
    [[nodiscard]] std::uint64_t match_end() { return state_.at; }
    [[nodiscard]] std::string_view whole_match() { return subject_.substr(state_.start, state_.at - state_.start); }
    [[nodiscard]] std::uint32_t level() const { return state_.level; }
    /// push_onecapture of the reference: capture i, or the whole match for i = 0 when there is none. False: the error
    /// is in `error`.
    [[nodiscard]] bool capture(std::uint32_t i, Value& out, NativeResult& error);
    /// The same as text, a position as its numeral in `digits`.
    [[nodiscard]] bool capture_text(std::uint32_t i, std::string_view& out, char (&digits)[32], NativeResult& error);
    /// push_captures of the reference, by push() of the context.
    [[nodiscard]] bool push_captures(bool whole_if_none, NativeResult& error);
    // Captures too long to be made at once. After save() (which makes the local slots): make_captures() until it is
    // Done, with suspensions where it says Spent; then push_made().
    enum class Progress : std::uint8_t { Done, Spent, Failed };
    [[nodiscard]] bool has_long_captures(bool whole_if_none);
    [[nodiscard]] Progress make_captures(bool whole_if_none, NativeResult& error);
    [[nodiscard]] bool push_made();
    /// The first of them instead.
    [[nodiscard]] Value take_first_made();
    /// The error of a run that ended with one.
    [[nodiscard]] NativeResult raise() { return cx_.error("%s", message(state_.error)); }

private:
    /// Of a match that is suspended: its state and memory, captures made, the current one, and how much of it is there.
    enum Slot : std::uint32_t { kMemory, kMade, kFilling, kFilled };
    static constexpr std::size_t kInlinePattern = 120;
    static constexpr std::size_t kLongCapture = std::size_t{1} << 14;
    /// Steps between two charges to the budget.
    static constexpr std::int64_t kSlice = 1000;

    /// Good for one operation: its memory may be a buffer's.
    [[nodiscard]] Matcher matcher();
    [[nodiscard]] bool make_buffer();

    NativeContext& cx_;
    std::string_view subject_;
    PatternText pattern_;
    std::uint32_t slot_;
    std::uint32_t slots_;
    bool reserved_;
    bool exhausted_ = false;
    MatcherState state_{};
    bool in_buffer_ = false;  ///< the matcher's memory is in the Buffer, not in inline_
    char inline_[Matcher::memory_size(kInlinePattern)];
};

}  // namespace arenite::lib
