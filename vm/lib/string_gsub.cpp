// string.gsub (Lua 5.1 §5.4, str_gsub of lstrlib.c) as a resumable state machine.
//
// Invariants
//  G1. Subject bytes from `copied` on are not in the result yet; what lies between two matches is appended in one piece.
//  G2. Before every request the result and the match are moved into Buffers and the positions into local slots; the
//      native is invoked again with nothing but them and its arguments.
#include <cstring>

#include "vm/lib/string_classes.h"
#include "vm/lib/string_match.h"
#include "vm/lib/string_natives.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

enum State : std::uint32_t {
    kStart,
    kMatching,   ///< out of budget in or before a search
    kExpanding,  ///< out of budget in a replacement string
    kCalled,     ///< a function or an __index metamethod has given the replacement
};
enum Slot : std::uint32_t { kMatch, kResult, kCopied, kCount, kExpanded, kSlots };

constexpr std::size_t kSlice = 1 << 15;

class Substitution {
public:
    explicit Substitution(NativeContext& cx, std::string_view subject, const PatternText& pattern, std::int64_t limit,
                          std::string_view replacement)
        : cx_(cx),
          subject_(subject),
          replacement_(replacement),
          anchored_(pattern.anchored),
          limit_(limit),
          match_(cx, subject, pattern, kMatch, kSlots, true),
          result_(cx, kResult) {}

    NativeResult run() {
        if (cx_.state() == kStart) {
            if (!match_.begin(0)) return cx_.failed();
        } else {
            if (!match_.load()) return cx_.failed();
            copied_ = static_cast<std::uint64_t>(cx_.local_number(kCopied));
            count_ = static_cast<std::int64_t>(cx_.local_number(kCount));
            expanded_ = static_cast<std::size_t>(cx_.local_number(kExpanded));
        }
        Step step = Step::Go;
        switch (cx_.state()) {
            case kExpanding: step = expand(); break;
            case kCalled: step = add(first_result(cx_)); break;
            default: return search();
        }
        if (step == Step::Return) return out_;
        if (!advance()) return finish();
        return search();
    }

private:
    /// Return: `out_` is what the native returns now.
    enum class Step : std::uint8_t { Go, Return };

    NativeResult search() {
        while (count_ < limit_) {
            if (spent_ || match_.exhausted()) return suspend(kMatching);
            switch (match_.run()) {
                case MatchStatus::Paused: return suspend(kMatching);
                case MatchStatus::Error: return match_.raise();
                case MatchStatus::Failed: return finish();
                case MatchStatus::Matched: break;
            }
            ++count_;
            if (!append(subject_.substr(copied_, match_.match_start() - copied_))) return cx_.failed();
            copied_ = match_.match_start();
            if (replace() == Step::Return) return out_;
            if (!advance()) break;
        }
        return finish();
    }

    /// Goes to where the next search begins; false when there is none. An empty match is followed by the byte it stands
    /// before.
    [[nodiscard]] bool advance() {
        std::uint64_t next = match_.match_end();
        copied_ = next;
        if (next == match_.match_start()) {
            if (next >= subject_.size()) return false;
            ++next;
        }
        if (anchored_) return false;
        match_.search_from(next);
        return true;
    }

    NativeResult finish() {
        Value text = Value::nil();
        if (!append(subject_.substr(copied_)) || !result_.finish(text)) return cx_.failed();
        (void)cx_.charge(work_of_bytes(work_));
        return cx_.done(text, Value::number(static_cast<double>(count_)));
    }

    /// add_value of the reference.
    Step replace() {
        const Value r = cx_.arg(2);
        if (r.is_function()) {
            if (!save()) return failed();
            if (!cx_.begin_call(r)) return failed();
            if (!match_.push_captures(true, out_)) return Step::Return;
            out_ = cx_.call_pushed(kCalled);
            return Step::Return;
        }
        if (r.is<Table>()) {
            Value key = Value::nil();
            if (!match_.capture(0, key, out_)) return Step::Return;
            const OperationAnswer answer = cx_.index(r, key);
            if (answer.kind == OperationAnswer::Failed) return failed();
            if (answer.kind == OperationAnswer::Value_) return add(answer.value);
            if (!save()) return failed();
            out_ = cx_.call(kCalled, answer.value, {answer.first, key});
            return Step::Return;
        }
        expanded_ = 0;
        return expand();
    }

    /// add_s of the reference: the replacement string with its %0 to %9; a '%' at its end gives its terminating NUL.
    Step expand() {
        while (expanded_ < replacement_.size()) {
            if (spent_) return suspended(kExpanding);
            const char* from = replacement_.data() + expanded_;
            const std::size_t rest = replacement_.size() - expanded_;
            const void* escape = std::memchr(from, '%', rest);
            const std::size_t plain =
                escape == nullptr ? rest : static_cast<std::size_t>(static_cast<const char*>(escape) - from);
            if (!append({from, plain})) return failed();
            expanded_ += plain;
            if (escape == nullptr) break;
            const char c = expanded_ + 1 < replacement_.size() ? replacement_[expanded_ + 1] : '\0';
            std::string_view text{&c, 1};
            char digits[32];
            if (c == '0') {
                text = match_.whole_match();
            } else if (is_digit(static_cast<unsigned char>(c))) {
                if (!match_.capture_text(static_cast<std::uint32_t>(c - '1'), text, digits, out_)) return Step::Return;
            }
            if (!append(text)) return failed();
            expanded_ += 2;
        }
        return Step::Go;
    }

    /// Adds what a function or table gave; the original text for nil and false.
    Step add(Value v) {
        if (!v.truthy()) return append(match_.whole_match()) ? Step::Go : failed();
        if (v.is_number()) {
            if (!cx_.to_string(v, v)) return failed();
        } else if (!v.is_string()) {
            out_ = cx_.error("invalid replacement value (a %s)", type_name(v.type()));
            return Step::Return;
        }
        return append(cx_.string(v)) ? Step::Go : failed();
    }

    [[nodiscard]] bool append(std::string_view bytes) {
        work_ += bytes.size() + 32;
        if (work_ >= kSlice) {
            if (!cx_.charge(work_of_bytes(work_))) spent_ = true;
            work_ = 0;
        }
        return result_.add(bytes);
    }

    [[nodiscard]] bool save() {
        cx_.set_local_number(kCopied, static_cast<double>(copied_));
        cx_.set_local_number(kCount, static_cast<double>(count_));
        cx_.set_local_number(kExpanded, static_cast<double>(expanded_));
        return match_.save() && result_.save();
    }

    NativeResult suspend(State state) { return save() ? cx_.suspend(state) : cx_.failed(); }
    Step suspended(State state) {
        out_ = suspend(state);
        return Step::Return;
    }
    Step failed() {
        out_ = cx_.failed();
        return Step::Return;
    }

    NativeContext& cx_;
    std::string_view subject_;
    std::string_view replacement_;
    bool anchored_;
    bool spent_ = false;  ///< the budget is used up
    std::int64_t limit_;  ///< replacements at most
    std::int64_t count_ = 0;
    std::uint64_t copied_ = 0;
    std::size_t expanded_ = 0;  ///< position in the replacement string
    std::size_t work_ = 0;      ///< bytes (and 32 for each piece) that are not charged yet
    NativeResult out_{};
    MatchSession match_;
    TextBuilder result_;
};

}  // namespace

NativeResult string_gsub(NativeContext& cx) {
    std::string_view subject;
    std::string_view pattern;
    std::string_view replacement;
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
