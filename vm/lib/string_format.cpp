// string.format (Lua 5.1 §5.4, str_format of lstrlib.c), resumable between items and inside %q.
#include <cstring>

#include "vm/lib/lua_format.h"
#include "vm/lib/string_natives.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

enum State : std::uint32_t { kStart, kFormatting };
/// Local slots: the result, position in the format, argument used last, 1 + position in the string of a %q or 0.
enum Slot : std::uint32_t { kResult, kAt, kArgument, kQuoted, kSlots };

constexpr std::size_t kSlice = 1 << 15;
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
            if (spent_) return suspend();
            if (quoted_ != 0) {
                if (!add_quoted()) return error_;
                continue;
            }
            const char* from = format_.data() + at_;
            const void* percent = std::memchr(from, '%', format_.size() - at_);
            const std::size_t plain = percent == nullptr
                                          ? format_.size() - at_
                                          : static_cast<std::size_t>(static_cast<const char*>(percent) - from);
            at_ += plain;
            if (plain != 0 && !add({from, plain})) return cx_.failed();
            if (percent == nullptr) continue;
            ++at_;
            if (at_ < format_.size() && format_[at_] == '%') {
                ++at_;
                if (!add("%")) return cx_.failed();
            } else if (!add_item()) {
                return error_;
            }
        }
        (void)cx_.charge(work_of_bytes(work_));
        Value text = Value::nil();
        return result_.finish(text) ? cx_.done(text) : cx_.failed();
    }

private:
    /// False: the native returns error_.
    [[nodiscard]] bool add_item() {
        if (++argument_ >= cx_.arg_count()) {
            error_ = cx_.arg_error(argument_, "no value");
            return false;
        }
        FormatSpec spec;
        if (const char* problem = scan_format(format_, at_, spec)) {
            error_ = cx_.error("%s", problem);
            return false;
        }
        switch (spec.conversion) {
            case 'c': return add_number(spec, format_char);
            case 'd':
            case 'i': return add_number(spec, format_integer);
            case 'o':
            case 'u':
            case 'x':
            case 'X': return add_number(spec, format_unsigned);
            case 'e':
            case 'E':
            case 'f':
            case 'g':
            case 'G': return add_number(spec, format_float);
            case 's': return add_string(spec);
            case 'q': quoted_ = 1; return add_quoted();
            case '\0': error_ = cx_.error("invalid option '%%' to 'format'"); return false;
            default: error_ = cx_.error("invalid option '%%%c' to 'format'", spec.conversion); return false;
        }
    }

    [[nodiscard]] bool add_number(const FormatSpec& spec,
                                  std::size_t (*format)(const FormatSpec&, double, char (&)[kFormatItemMax])) {
        double d = 0;
        if (!cx_.check_number(argument_, d)) return fail();
        char item[kFormatItemMax];
        return add({item, format(spec, d, item)}) || fail();
    }

    [[nodiscard]] bool add_string(const FormatSpec& spec) {
        std::string_view s;
        if (!cx_.check_string(argument_, s)) return fail();
        if (!spec.point && s.size() >= kLongString) return add(s) || fail();
        char item[kFormatItemMax];
        return add({item, format_string(spec, s, item)}) || fail();
    }

    /// addquoted of the reference, from quoted_ on; quoted_ becomes 0 at the end.
    [[nodiscard]] bool add_quoted() {
        std::string_view s;
        if (!cx_.check_string(argument_, s)) return fail();
        if (quoted_ == 1 && !add("\"")) return fail();
        std::size_t at = quoted_ - 1;
        while (at < s.size()) {
            if (spent_) {
                quoted_ = at + 1;
                return true;
            }
            // What needs no escape, in one piece.
            std::size_t end = at;
            const std::size_t limit = s.size() - at < kSlice ? s.size() : at + kSlice;
            std::string_view escape;
            for (; end < limit && escape.empty(); ++end) {
                switch (s[end]) {
                    case '"': escape = "\\\""; break;
                    case '\\': escape = "\\\\"; break;
                    case '\n': escape = "\\\n"; break;
                    case '\r': escape = "\\r"; break;
                    case '\0': escape = "\\000"; break;
                    default: break;
                }
            }
            if (!add(s.substr(at, end - at - (escape.empty() ? 0 : 1))) || !add(escape)) return fail();
            at = end;
        }
        quoted_ = 0;
        return add("\"") || fail();
    }

    [[nodiscard]] bool add(std::string_view bytes) {
        work_ += bytes.size() + 64;  // an item costs two instructions
        if (work_ >= kSlice) {
            if (!cx_.charge(work_of_bytes(work_))) spent_ = true;
            work_ = 0;
        }
        return result_.add(bytes);
    }

    NativeResult suspend() {
        cx_.set_local_number(kAt, static_cast<double>(at_));
        cx_.set_local_number(kArgument, argument_);
        cx_.set_local_number(kQuoted, static_cast<double>(quoted_));
        return result_.save() ? cx_.suspend(kFormatting) : cx_.failed();
    }

    bool fail() {
        error_ = cx_.failed();
        return false;
    }

    NativeContext& cx_;
    std::string_view format_;
    std::size_t at_ = 0;
    std::uint32_t argument_ = 0;
    std::size_t quoted_ = 0;
    std::size_t work_ = 0;  ///< bytes (and 64 for each piece) that are not charged yet
    bool spent_ = false;    ///< the budget is used up
    NativeResult error_{};
    TextBuilder result_;
};

}  // namespace

NativeResult string_format(NativeContext& cx) {
    std::string_view format;
    if (!cx.check_string(0, format)) return cx.failed();
    if (cx.state() == kStart && !cx.reserve(kSlots)) return cx.failed();
    return Formatter(cx, format).run();
}

}  // namespace arenite::lib
