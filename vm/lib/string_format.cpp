// string.format (Lua 5.1 §5.4, str_format of lstrlib.c), resumable between and inside its items.
#include <algorithm>
#include <cstring>

#include "vm/lib/string_natives.h"
#include "vm/lib/text_builder.h"
#include "vm/text/lua_format.h"

namespace arenite::lib {
namespace {

enum State : std::uint32_t { kStart, kFormatting };
/// Local slots: position in the format, argument used last, what is done of a %q (Formatter::quoted_), the result.
enum Slot : std::uint32_t { kAt, kArgument, kQuoted, kResult, kSlots = kResult + TextBuilder::kSlots };

/// Bytes examined in one piece.
constexpr std::size_t kSlice = 1 << 14;
/// Units that an item costs beyond its bytes.
constexpr std::uint64_t kItemCost = 2;
/// A %s without precision of so many bytes is taken as it is, zeros included.
constexpr std::size_t kLongString = 100;

class Formatter {
public:
    Formatter(NativeContext& cx, std::string_view format) : cx_(cx), format_(format), result_(cx, kResult) {
        if (cx.state() == kStart) return;
        at_ = static_cast<std::size_t>(cx.local_number(kAt));
        argument_ = static_cast<std::uint32_t>(cx.local_number(kArgument));
        quoted_ = static_cast<std::size_t>(cx.local_number(kQuoted));
    }

    NativeResult run() {
        while (at_ < format_.size() || quoted_ != 0) {
            if (result_.spent() || spent_) return stop(Status::Spent);
            Status status = Status::Ok;
            if (quoted_ != 0) {
                status = add_quoted();
            } else {
                const std::string_view rest = format_.substr(at_, kSlice);
                const void* percent = std::memchr(rest.data(), '%', rest.size());
                const std::size_t plain =
                    percent == nullptr ? rest.size()
                                       : static_cast<std::size_t>(static_cast<const char*>(percent) - rest.data());
                if (plain != 0) {
                    status = result_.add(rest.substr(0, plain));
                    if (status == Status::Ok) at_ += plain;
                } else if (rest.size() > 1 && rest[1] == '%') {
                    status = result_.add("%");
                    if (status == Status::Ok) at_ += 2;
                } else {
                    status = add_item();
                }
            }
            if (status != Status::Ok) return has_error_ ? error_ : stop(status);
        }
        if (work_ != 0) (void)cx_.charge(work_);
        Value text = Value::nil();
        const Status status = result_.finish(text);
        return status == Status::Ok ? cx_.done(text) : stop(status);
    }

private:
    using Status = TextBuilder::Status;

    /// The item at at_; unless it is added whole, position and argument stay.
    [[nodiscard]] Status add_item() {
        const std::uint32_t argument = argument_ + 1;
        if (argument >= cx_.arg_count()) return raise(cx_.arg_error(argument, "no value"));
        std::size_t end = at_ + 1;
        FormatSpec spec;
        if (const char* problem = scan_format(format_, end, spec)) return raise(cx_.error("%s", problem));
        pay(kItemCost);
        Status status = Status::Ok;
        switch (spec.conversion) {
            case 'c': status = add_number(spec, argument, format_char); break;
            case 'd':
            case 'i': status = add_number(spec, argument, format_integer); break;
            case 'o':
            case 'u':
            case 'x':
            case 'X': status = add_number(spec, argument, format_unsigned); break;
            case 'e':
            case 'E':
            case 'f':
            case 'g':
            case 'G': status = add_number(spec, argument, format_float); break;
            case 's': status = add_string(spec, argument); break;
            case 'q': {
                std::string_view s;
                if (!cx_.check_string(argument, s)) return fail();
                quoted_ = 1;
                break;
            }
            case '\0': return raise(cx_.error("invalid option '%%' to 'format'"));
            default: return raise(cx_.error("invalid option '%%%c' to 'format'", spec.conversion));
        }
        if (status != Status::Ok) return status;
        at_ = end;
        argument_ = argument;
        return status;
    }

    [[nodiscard]] Status add_number(const FormatSpec& spec, std::uint32_t argument,
                                    std::size_t (*format)(const FormatSpec&, double, char (&)[kFormatItemMax])) {
        double d = 0;
        if (!cx_.check_number(argument, d)) return fail();
        char item[kFormatItemMax];
        return result_.add({item, format(spec, d, item)});
    }

    [[nodiscard]] Status add_string(const FormatSpec& spec, std::uint32_t argument) {
        std::string_view s;
        if (!cx_.check_string(argument, s)) return fail();
        if (!spec.point && s.size() >= kLongString) return result_.add(s);
        char item[kFormatItemMax];
        return result_.add({item, format_string(spec, s, item)});
    }

    /// The next piece of addquoted of the reference; quoted_ becomes 0 at the end.
    [[nodiscard]] Status add_quoted() {
        std::string_view s;
        if (!cx_.check_string(argument_, s)) return fail();
        if (quoted_ == 1) return step_quoted(result_.add("\""), 1);
        s.remove_prefix(quoted_ - 2);
        if (s.empty()) {
            const Status status = result_.add("\"");
            if (status == Status::Ok) quoted_ = 0;
            return status;
        }
        // What needs no escape, in one piece.
        const std::size_t limit = std::min(s.size(), kSlice);
        std::size_t end = 0;
        while (end < limit && escape_of(s[end]).empty()) ++end;
        if (end != 0) {
            pay(work_of_bytes(end));
            return step_quoted(result_.add(s.substr(0, end)), end);
        }
        pay(kItemCost);
        return step_quoted(result_.add(escape_of(s.front())), 1);
    }
    [[nodiscard]] Status step_quoted(Status status, std::size_t bytes) {
        if (status == Status::Ok) quoted_ += bytes;
        return status;
    }
    [[nodiscard]] static std::string_view escape_of(char c) {
        switch (c) {
            case '"': return "\\\"";
            case '\\': return "\\\\";
            case '\n': return "\\\n";
            case '\r': return "\\r";
            case '\0': return "\\000";
            default: return {};
        }
    }

    void pay(std::uint64_t work) {
        constexpr std::uint64_t kBatch = 512;
        work_ += work;
        if (work_ < kBatch) return;
        if (!cx_.charge(work_)) spent_ = true;
        work_ = 0;
    }

    /// Suspends for more budget, or for memory.
    NativeResult stop(Status why) {
        if (why == Status::Failed && cx_.state() == kStart) return cx_.failed();  // from the beginning
        cx_.set_local_number(kAt, static_cast<double>(at_));
        cx_.set_local_number(kArgument, argument_);
        cx_.set_local_number(kQuoted, static_cast<double>(quoted_));
        if (!result_.save()) return cx_.failed();
        if (why == Status::Spent) return cx_.suspend(kFormatting);
        cx_.restartable_in(kFormatting);
        return cx_.failed();
    }

    /// An error of the script's.
    [[nodiscard]] Status raise(NativeResult error) {
        error_ = error;
        has_error_ = true;
        return Status::Failed;
    }
    /// A wrong argument, or no memory to convert it.
    [[nodiscard]] static Status fail() { return Status::Failed; }

    NativeContext& cx_;
    std::string_view format_;
    std::size_t at_ = 0;
    std::uint32_t argument_ = 0;
    std::size_t quoted_ = 0;  ///< of a %q: 1 before its first quote, 2 + the bytes done after it; 0 when there is none
    std::uint64_t work_ = 0;  ///< not charged yet
    bool spent_ = false;      ///< the budget is used up
    bool has_error_ = false;
    NativeResult error_{};
    TextBuilder result_;
};

}  // namespace

NativeResult string_format(NativeContext& cx) {
    std::string_view format;
    if (cx.state() == kStart) cx.restartable();
    if (!cx.check_string(0, format)) return cx.failed();
    if (cx.state() == kStart && !cx.reserve(kSlots)) return cx.failed();
    return Formatter(cx, format).run();
}

}  // namespace arenite::lib
