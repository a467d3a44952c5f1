// string.gsub (Lua 5.1 §5.4, str_gsub of lstrlib.c) as a resumable state machine.
//
// Invariants
//  GS1. Subject bytes from `copied` on are not in the result yet; what lies between two matches is one piece of it.
//  GS2. Before every request the result is moved into Buffers and the positions into local slots; the native is invoked
//      again with nothing but them and its arguments.
//  GS3. A phase goes on where it was stopped, also by memory that is out: what it has added stays, what it adds in
//      pieces TextBuilder takes up again. In the first invocation it starts over instead, since nothing has been called
//      yet.
//  GS4. A match is moved into a Buffer as well, unless it is a short one for a function (`refinds_`): then it is known
//      by its positions, and found again from its beginning when its captures are still to be made. So the interpreter
//      can do the steps (K_GSUB), and a suspension needs no memory, but for a search that is interrupted in the middle.
#include <cstring>

#include "vm/fast/pattern_cache.h"
#include "vm/gsub_state.h"
#include "vm/lib/string_match.h"
#include "vm/lib/string_natives.h"
#include "vm/lib/text_builder.h"
#include "vm/text/string_classes.h"

namespace arenite::lib {
namespace {

using namespace gsub_state;

/// The phases, which are the states as well.
enum Phase : std::uint32_t {
    kStart,
    kSearching,                       ///< in or before a search
    kGap,                             ///< a match is found: what lies before it is added
    kReplacing,                       ///< the replacement is found out; a string is expanded
    kAnswered = gsub_state::kCalled,  ///< a function or an __index metamethod has given the replacement
    kAdding,                          ///< the replacement in kValue is added
    kTail,                            ///< no further match: the rest is added
    kFinishing,                       ///< the result is made
};
static_assert(kPlace == kMatch + MatchSession::kSlots && kSlots == kResult + TextBuilder::kSlots);

/// Bytes of the replacement string examined in one piece.
constexpr std::size_t kSlice = 1 << 14;

class Substitution {
public:
    explicit Substitution(NativeContext& cx, std::string_view subject, const PatternText& pattern, std::int64_t limit,
                          std::string_view replacement)
        : cx_(cx),
          subject_(subject),
          replacement_(replacement),
          anchored_(pattern.anchored),
          limit_(limit),
          refinds_(cx.arg(2).is_function() && cx.arg(0).is_string() && cx.arg(1).is<ShortString>() &&
                   cx.string(cx.arg(1)).size() <= PatternCache::kLongest),
          match_(cx, subject, pattern, kMatch, kSlots, true),
          result_(cx, kResult) {}

    NativeResult run() {
        if (cx_.state() == kStart) {
            if (!match_.begin(0)) return cx_.failed();
            phase_ = kSearching;
        } else {
            phase_ = static_cast<Phase>(cx_.state());
            const Value place = cx_.local(kPlace);
            if (place.is_nil() && !match_.load()) return cx_.failed();
            copied_ = static_cast<std::uint64_t>(cx_.local_number(kCopied));
            count_ = static_cast<std::int64_t>(cx_.local_number(kCount));
            expanded_ = static_cast<std::size_t>(cx_.local_number(kExpanded));
            if (place.is_number()) {
                const auto at = static_cast<std::uint64_t>(place.as_number());
                match_.place(copied_, at);
                if (phase_ == kSearching) match_.search_from(at);
            }
            if (phase_ == kAnswered) {
                cx_.set_local(kValue, first_result(cx_));
                phase_ = kAdding;
            }
        }
        while (phase_ != kFinishing) {
            if (!step()) return out_;
        }
        Value text = Value::nil();
        const Status status = result_.finish(text);
        if (status != Status::Ok) return stop(status);
        return cx_.done(text, Value::number(static_cast<double>(count_)));
    }

private:
    using Status = TextBuilder::Status;

    /// Does a phase, and mostly what follows it. False: `out_` is what the native returns now.
    bool step() {
        switch (phase_) {
            case kSearching: return search();
            case kGap: return gap();
            case kReplacing: return replace();
            case kAdding: return add_value(cx_.local(kValue));
            default:
                if (!add(subject_.substr(copied_))) return false;
                phase_ = kFinishing;
                return true;
        }
    }

    bool search() {
        if (count_ >= limit_) {
            phase_ = kTail;
            return true;
        }
        if (match_.exhausted() || result_.spent()) return stopped(Status::Spent);
        switch (match_.run()) {
            case MatchStatus::Paused: interrupted_ = true; return stopped(Status::Spent);
            case MatchStatus::Error: out_ = match_.raise(); return false;
            case MatchStatus::Failed: phase_ = kTail; return true;
            case MatchStatus::Matched: break;
        }
        ++count_;
        if (match_.match_end() - copied_ > kSlice) refinds_ = false;  // too long to be examined again after each slice
        return gap();
    }

    bool gap() {
        phase_ = kGap;
        if (!add(subject_.substr(copied_, match_.match_start() - copied_))) return false;
        copied_ = match_.match_start();
        expanded_ = 0;
        return replace();
    }

    /// Goes to where the next search begins. An empty match is followed by the byte it stands before.
    bool advance() {
        std::uint64_t next = match_.match_end();
        copied_ = next;
        phase_ = kTail;
        if (next == match_.match_start()) {
            if (next >= subject_.size()) return true;
            ++next;
        }
        if (anchored_) return true;
        match_.search_from(next);
        phase_ = kSearching;
        return true;
    }

    /// add_value of the reference.
    bool replace() {
        phase_ = kReplacing;
        const Value r = cx_.arg(2);
        if (r.is_function()) return call_function(r);
        if (r.is<Table>()) {
            Value key = Value::nil();
            if (match_.has_long_captures(true)) {
                if (!save()) return failed();
                restartable();
                if (!make_captures()) return false;
                key = match_.take_first_made();
            } else if (!match_.capture(0, key, out_)) {
                return stopped(Status::Failed);
            }
            const OperationAnswer answer = cx_.index(r, key);
            if (answer.kind == OperationAnswer::Failed) return failed();
            if (answer.kind == OperationAnswer::Ready) return add_value(answer.value);
            if (!save()) return failed();
            restartable();
            out_ = cx_.call(kAnswered, answer.value, {answer.first, key});
            return false;
        }
        return expand();
    }

    bool call_function(Value f) {
        const bool is_long = match_.has_long_captures(true);
        refinds_ = refinds_ && !is_long;
        if (!save()) return failed();
        restartable();
        if (is_long && !make_captures()) return false;
        if (!cx_.begin_call(f)) return failed();
        if (is_long ? !match_.push_made() : !match_.push_captures(true, out_)) return failed();
        if (!refinds_) {
            out_ = cx_.call_pushed(kAnswered);
            return false;
        }
        cx_.set_local_number(kPlace, static_cast<double>(match_.match_end()));
        cx_.set_local_number(kCount, static_cast<double>(count_));
        out_ = library(cx_).call_gsub(kAnswered);
        return false;
    }

    /// add_s of the reference: the replacement string with its %0 to %9; a '%' at its end gives its terminating NUL.
    bool expand() {
        while (expanded_ < replacement_.size()) {
            if (result_.spent()) return stopped(Status::Spent);
            const std::string_view rest = replacement_.substr(expanded_, kSlice);
            const void* escape = std::memchr(rest.data(), '%', rest.size());
            const std::size_t plain = escape == nullptr
                                          ? rest.size()
                                          : static_cast<std::size_t>(static_cast<const char*>(escape) - rest.data());
            if (plain != 0) {
                if (!add(rest.substr(0, plain))) return false;
                expanded_ += plain;
                continue;
            }
            const char c = expanded_ + 1 < replacement_.size() ? replacement_[expanded_ + 1] : '\0';
            std::string_view text{&c, 1};
            char digits[32];
            if (c == '0') {
                text = match_.whole_match();
            } else if (is_digit(static_cast<unsigned char>(c))) {
                if (!match_.capture_text(static_cast<std::uint32_t>(c - '1'), text, digits, out_)) return false;
            }
            if (!add(text)) return false;
            expanded_ += 2;
        }
        return advance();
    }

    /// Adds what a function or table gave; the original text for nil and false.
    bool add_value(Value v) {
        phase_ = kAdding;
        std::string_view text;
        char digits[kNumberTextMax];
        if (!v.truthy()) {
            text = match_.whole_match();
        } else if (v.is_number()) {
            text = {digits, to_text(v.as_number(), digits)};
        } else if (v.is_string()) {
            text = cx_.string(v);
        } else {
            out_ = cx_.error("invalid replacement value (a %s)", type_name(v.type()));
            return false;
        }
        const Status status = add_piece(text);
        if (status == Status::Ok) return advance();
        cx_.set_local(kValue, v);
        return stopped(status);
    }

    [[nodiscard]] bool make_captures() {
        switch (match_.make_captures(true, out_)) {
            case MatchSession::Progress::Done: return true;
            case MatchSession::Progress::Spent: out_ = cx_.suspend(phase_); return false;
            default: return false;
        }
    }

    [[nodiscard]] Status add_piece(std::string_view bytes) {
        // A piece costs a unit beside its bytes; the matcher charges for its part.
        if (++pieces_ >= kPieces) {
            (void)cx_.charge(pieces_);
            pieces_ = 0;
        }
        return result_.add(bytes);
    }
    [[nodiscard]] bool add(std::string_view bytes) {
        const Status status = add_piece(bytes);
        return status == Status::Ok || stopped(status);
    }

    [[nodiscard]] bool save() {
        resume_in_ = phase_;
        std::int64_t count = count_;
        Value place = Value::nil();
        if (refinds_ && !interrupted_) {
            std::uint64_t at = match_.match_start();
            if (phase_ == kGap || phase_ == kReplacing) {  // to be found again
                resume_in_ = kSearching;
                --count;
            } else if (phase_ != kSearching) {
                at = match_.match_end();
            }
            place = Value::number(static_cast<double>(at));
        } else if (!match_.save()) {
            return false;
        }
        cx_.set_local(kPlace, place);
        cx_.set_local_number(kCopied, static_cast<double>(copied_));
        cx_.set_local_number(kCount, static_cast<double>(count));
        cx_.set_local_number(kExpanded, static_cast<double>(expanded_));
        return result_.save();
    }

    /// GS3, when all is saved.
    void restartable() {
        if (cx_.state() != kStart) cx_.restartable_in(resume_in_);
    }
    /// Suspends for more budget, or for memory.
    NativeResult stop(Status why) {
        if (why == Status::Failed && cx_.state() == kStart) return cx_.failed();
        if (!save()) return interrupted_ && refinds_ ? search_again() : cx_.failed();
        if (why == Status::Spent) return cx_.suspend(resume_in_);
        restartable();
        return cx_.failed();
    }
    /// There is no memory for a search that was interrupted: it is made again after a collection.
    NativeResult search_again() {
        interrupted_ = false;
        if (save()) restartable();
        return cx_.failed();
    }
    bool stopped(Status why) {
        out_ = stop(why);
        return false;
    }
    bool failed() {
        out_ = cx_.failed();
        return false;
    }

    static constexpr std::uint32_t kPieces = 256;

    NativeContext& cx_;
    std::string_view subject_;
    std::string_view replacement_;
    bool anchored_;
    Phase phase_ = kStart;
    std::int64_t limit_;  ///< replacements at most
    bool refinds_;        ///< GS4
    bool interrupted_ = false;
    Phase resume_in_ = kStart;
    std::int64_t count_ = 0;
    std::uint64_t copied_ = 0;
    std::size_t expanded_ = 0;  ///< position in the replacement string
    std::uint32_t pieces_ = 0;  ///< not charged yet
    NativeResult out_{};
    MatchSession match_;
    TextBuilder result_;
};

}  // namespace

NativeResult string_gsub(NativeContext& cx) {
    std::string_view subject;
    std::string_view pattern;
    std::string_view replacement;
    if (cx.state() == kStart) cx.restartable();
    if (!cx.check_string(0, subject) || !cx.check_string(1, pattern)) return cx.failed();
    std::int64_t limit = INT64_MAX;
    if (!cx.none_or_nil(3)) {
        std::int32_t n = 0;
        if (!check_int(cx, 3, n)) return cx.failed();
        limit = n;
    }
    const Value r = cx.arg(2);
    if (r.is_number() || r.is_string()) {
        if (!cx.check_string(2, replacement)) return cx.failed();
    } else if (!r.is_function() && !r.is<Table>()) {
        return cx.arg_error(2, "string/function/table expected");
    }
    if (cx.state() == kStart && !cx.reserve(kSlots)) return cx.failed();
    return Substitution(cx, subject, PatternText::with_anchor(pattern), limit, replacement).run();
}

}  // namespace arenite::lib
