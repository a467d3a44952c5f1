// struct.unpack: the bytes of a structure to values, as a resumable state machine.
//
// Invariants
//  SK3. The phase says what is done next for the present option, at the position; it is done again when it was stopped.
//  SK4. Every access to the text is to bytes that a check has found within it (bytes_follow()).
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "redis_api/lib/c_stack.h"
#include "redis_api/lib/long_numeral.h"
#include "redis_api/lib/result_list.h"
#include "redis_api/lib/resumable_machine.h"
#include "redis_api/lib/string_copy.h"
#include "redis_api/lib/struct_format.h"
#include "redis_api/lib/struct_lib.h"
#include "redis_api/lib/struct_numbers.h"

namespace arenite::redis {
namespace {

/// What an option costs, and a call.
constexpr std::uint64_t kOptionWork = 8;
constexpr std::uint64_t kCallWork = 16;
/// Bytes searched for a zero between two charges.
constexpr std::size_t kSearch = std::size_t{64} << 10;

class StructUnpacker final : ResumableMachine {
public:
    StructUnpacker(NativeContext& cx, std::string_view format, std::string_view text)
        : ResumableMachine(cx),
          text_(text),
          format_(cx, kFormat, format),
          results_(cx, kResults),
          string_(cx, kString),
          numeral_(cx, kNumeral) {}

    NativeResult run() {
        if (cx_.state() == 0) {
            cx_.restartable();
            std::int64_t position = 0;
            if (!cx_.opt_integer(2, 1, position)) return cx_.failed();
            if (position == 0) return cx_.arg_error(2, "offset must be 1 or greater");
            at_ = static_cast<std::uint64_t>(position) - 1;  // a negative one is beyond every text
            if (!cx_.reserve(kSlots)) return cx_.failed();
        } else {
            phase_ = static_cast<Phase>(load_count(kPhase));
            size_ = static_cast<std::size_t>(load_count(kSize));
            at_ = local_wide(cx_, kAt);
            replaces_ = load_count(kReplaces) != 0;
        }
        while (phase_ != Phase::Option || !format_.at_end()) {
            if (!pay_slice() || string_.spent()) return stop(true);
            if (!step()) return out_;
        }
        return finish();
    }

private:
    enum class Phase : std::uint8_t {
        Option,   ///< between two options
        Size,     ///< after its letter
        Element,  ///< the position is that of the element
        Search,   ///< of 's': size_ bytes are no zeros
        String,   ///< of 's' and 'c': its size is known
        Control,
    };
    enum Slot : std::uint32_t {
        kPhase,
        kSize,
        kAt,
        kReplaces = kAt + 2,
        kFormat,
        kResults = kFormat + StructFormat::kSlots,
        kString = kResults + ResultList::kSlots,
        kNumeral = kString + StringCopy::kSlots,
        kSlots = kNumeral + LongNumeral::kSlots
    };

    /// Whether `size` bytes follow at the position. False: `out_` is the error.
    bool bytes_follow(std::uint64_t size) {
        if (size <= text_.size() && at_ <= text_.size() - size) return true;
        return fail(cx_.arg_error(1, "data string too short"));
    }

    /// Does a phase. False: `out_` is what the native returns now.
    bool step() {
        switch (phase_) {
            case Phase::Option:
                work_ += kOptionWork;
                format_.begin_option();
                phase_ = Phase::Size;
                [[fallthrough]];
            case Phase::Size: {
                const StructFormat::Status s = format_.read_size(size_);
                if (s != StructFormat::Status::Ok) return stopped(s);
                at_ += format_.padding(at_, size_);
                if (!bytes_follow(size_)) return false;
                if (!fits_c_stack(std::uint64_t{cx_.arg_count()} + results_.count(), 2)) {
                    return fail(cx_.error("stack overflow (too many results)"));
                }
                phase_ = Phase::Element;
                [[fallthrough]];
            }
            case Phase::Element: return element();
            case Phase::Search: return search();
            case Phase::String: return string();
            case Phase::Control: return control();
        }
        __builtin_unreachable();
    }

    bool element() {
        const char* bytes = text_.data() + at_;
        const bool little = format_.little_endian();
        switch (format_.letter()) {
            case 'b':
            case 'h':
            case 'l':
            case 'i': return number(integer_of(get_bytes(bytes, size_, little), size_, true));
            case 'B':
            case 'H':
            case 'L':
            case 'T':
            case 'I': return number(integer_of(get_bytes(bytes, size_, little), size_, false));
            case 'f': {
                const auto bits = static_cast<std::uint32_t>(get_bytes(bytes, size_, little));
                return number(static_cast<double>(std::bit_cast<float>(bits)));
            }
            case 'd': return number(std::bit_cast<double>(get_bytes(bytes, size_, little)));
            case 'x': return next(1);
            case 'c':
                if (size_ == 0 && !previous_size()) return false;
                phase_ = Phase::String;
                return true;
            case 's':
                size_ = 0;
                phase_ = Phase::Search;
                return true;
            default: phase_ = Phase::Control; return true;
        }
    }

    bool number(double d) {
        if (!results_.push(Value::canonical(d))) return fail(stop(false));
        return next(size_);
    }

    /// c0: the size is the result before, which the string then takes the place of.
    bool previous_size() {
        double number = 0;
        const auto status =
            results_.count() == 0 ? LongNumeral::Status::NoNumber : numeral_.read(results_.back(), number);
        switch (status) {
            case LongNumeral::Status::Number: break;
            case LongNumeral::Status::NoNumber: return fail(cx_.error("format 'c0' needs a previous size"));
            case LongNumeral::Status::Spent: return fail(stop(true));
            case LongNumeral::Status::Failed: return fail(stop(false));
        }
        const std::uint64_t size = truncate_to_uint64(number);
        if (!bytes_follow(size)) return false;
        size_ = static_cast<std::size_t>(size);
        replaces_ = true;
        return true;
    }

    bool search() {
        const std::size_t from = static_cast<std::size_t>(at_) + size_;
        const std::size_t n = std::min(kSearch, text_.size() - from);
        const void* zero = n == 0 ? nullptr : std::memchr(text_.data() + from, '\0', n);
        if (zero != nullptr) {
            size_ = static_cast<std::size_t>(static_cast<const char*>(zero) - (text_.data() + at_));
            work_ += (size_ + at_ - from) / 32;
            phase_ = Phase::String;
            return true;
        }
        work_ += n / 32;
        size_ += n;
        if (from + n == text_.size()) return fail(cx_.error("unfinished string in data"));
        return true;
    }

    bool string() {
        Value made = Value::nil();
        const StringCopy::Status s = string_.make(text_.substr(static_cast<std::size_t>(at_), size_), made);
        if (s != StringCopy::Status::Ok) return stopped(s);
        const bool placed = replaces_ ? results_.set_back(made) : results_.push(made);
        if (!placed) return fail(stop(false));
        replaces_ = false;
        return next(format_.letter() == 's' ? size_ + 1 : size_);
    }

    bool control() {
        const StructFormat::Status s = format_.read_control();
        if (s != StructFormat::Status::Ok) return stopped(s);
        return next(0);
    }

    bool next(std::size_t size) {
        at_ += size;
        phase_ = Phase::Option;
        return true;
    }

    NativeResult finish() {
        pay();
        if (cx_.state() != 0 && !save()) return cx_.failed();
        cx_.restartable();
        (void)cx_.charge(kCallWork + results_.count());
        cx_.begin_results();
        if (!results_.push_all()) return cx_.failed();
        const auto following = static_cast<std::int64_t>(at_ + 1);
        return cx_.push(Value::number(static_cast<double>(following))) ? cx_.done_pushed() : cx_.failed();
    }

    [[nodiscard]] bool save() override {
        if (!results_.save()) return false;
        format_.save();
        save_count(kPhase, static_cast<std::uint64_t>(phase_));
        save_count(kSize, size_);
        set_local_wide(cx_, kAt, at_);
        save_count(kReplaces, replaces_);
        return true;
    }

    std::string_view text_;
    StructFormat format_;
    ResultList results_;
    StringCopy string_;
    LongNumeral numeral_;
    Phase phase_ = Phase::Option;
    std::size_t size_ = 0;   ///< of the option's element
    std::uint64_t at_ = 0;   ///< the position, from 0
    bool replaces_ = false;  ///< the string takes the place of its size
};

}  // namespace

/// struct.unpack (format, text [, position])
NativeResult struct_unpack(NativeContext& cx) {
    std::string_view format;
    std::string_view text;
    if (!cx.check_string(0, format) || !cx.check_string(1, text)) return cx.failed();
    return StructUnpacker(cx, format, text).run();
}

}  // namespace arenite::redis
