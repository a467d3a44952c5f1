// struct.pack: values to the bytes of a structure, as a resumable state machine.
//
// Invariants
//  SK1. The phase says what is done next for the present option. It is left when its bytes have been added; until then
//      it is done again, or TextBuilder takes up what was added of it.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "redis_api/lib/long_numeral.h"
#include "redis_api/lib/resumable_machine.h"
#include "redis_api/lib/struct_format.h"
#include "redis_api/lib/struct_lib.h"
#include "redis_api/lib/struct_numbers.h"
#include "vm/lib/text_builder.h"

namespace arenite::redis {
namespace {

/// What an option costs, and a call.
constexpr std::uint64_t kOptionWork = 8;
constexpr std::uint64_t kCallWork = 16;

class StructPacker final : ResumableMachine {
public:
    StructPacker(NativeContext& cx, std::string_view format)
        : ResumableMachine(cx, kCallWork), format_(cx, kFormat, format), text_(cx, kText), numeral_(cx, kNumeral) {}

    NativeResult run() {
        if (cx_.state() == 0) {
            cx_.restartable();
            if (!cx_.reserve(kSlots)) return cx_.failed();
        } else {
            phase_ = static_cast<Phase>(load_count(kPhase));
            argument_ = static_cast<std::uint32_t>(load_count(kArgument));
            size_ = static_cast<std::size_t>(load_count(kSize));
            written_ = load_count(kWritten);
        }
        while (phase_ != Phase::Option || !format_.at_end()) {
            if (!pay_slice() || text_.spent()) return stop(true);
            if (!step()) return out_;
        }
        pay();
        Value text = Value::nil();
        const Status s = text_.finish(text);
        return s == Status::Ok ? cx_.done(text) : stop(s == Status::Spent);
    }

private:
    using Status = lib::TextBuilder::Status;

    enum class Phase : std::uint8_t {
        Option,  ///< between two options
        Size,    ///< after its letter
        Bytes,   ///< its bytes are added
        Zero,    ///< after the bytes of 's'
    };
    enum Slot : std::uint32_t {
        kPhase,
        kArgument,
        kSize,
        kWritten,
        kFormat,
        kText = kFormat + StructFormat::kSlots,
        kNumeral = kText + lib::TextBuilder::kSlots,
        kSlots = kNumeral + LongNumeral::kSlots
    };

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
                phase_ = Phase::Bytes;
                [[fallthrough]];
            }
            case Phase::Bytes: return bytes();
            // NOLINTNEXTLINE(bugprone-string-constructor): the NUL is meant
            case Phase::Zero: return add({"", 1}) && next(size_ + 1);
        }
        __builtin_unreachable();
    }

    bool bytes() {
        double number = 0;
        switch (format_.letter()) {
            case 'b':
            case 'B':
            case 'h':
            case 'H':
            case 'l':
            case 'L':
            case 'T':
            case 'i':
            case 'I': return check_number(number) && add_element(integer_bits(number));
            case 'f':
                return check_number(number) && add_element(std::bit_cast<std::uint32_t>(static_cast<float>(number)));
            case 'd': return check_number(number) && add_element(std::bit_cast<std::uint64_t>(number));
            // NOLINTNEXTLINE(bugprone-string-constructor): the NUL is meant
            case 'x': return add({"", 1}) && next(1);
            case 'c':
            case 's': return add_string();
            default: {
                const StructFormat::Status s = format_.read_control();
                if (s != StructFormat::Status::Ok) return stopped(s);
                return next(0);
            }
        }
    }

    /// The next argument as a number. After the last one Redis has a nil on its stack.
    bool check_number(double& out) {
        if (argument_ >= cx_.arg_count()) return fail(cx_.arg_error(argument_, "number expected, got nil"));
        switch (numeral_.read(cx_.arg(argument_), out)) {
            case LongNumeral::Status::Number: return true;
            case LongNumeral::Status::NoNumber: return fail(cx_.type_error(argument_, "number"));
            case LongNumeral::Status::Spent: return fail(stop(true));
            case LongNumeral::Status::Failed: return fail(stop(false));
        }
        __builtin_unreachable();
    }

    /// Adds a number of size_ bytes, aligned.
    bool add_element(std::uint64_t bits) {
        char bytes[64] = {};
        const std::size_t padding = format_.padding(written_, size_);
        put_bytes(bytes + padding, bits, size_, format_.little_endian());
        if (!add({bytes, padding + size_})) return false;
        ++argument_;
        return next(padding + size_);
    }

    bool add_string() {
        if (argument_ >= cx_.arg_count()) return fail(cx_.arg_error(argument_, "string expected, got nil"));
        std::string_view text;
        if (!cx_.check_string(argument_, text)) return fail(cx_.failed());
        const std::size_t size = size_ == 0 ? text.size() : size_;
        if (text.size() < size) return fail(cx_.arg_error(argument_ + 1, "string too short"));  // counts one too far
        if (!add(text.substr(0, size))) return false;
        ++argument_;
        if (format_.letter() == 'c') return next(size);
        size_ = size;
        phase_ = Phase::Zero;
        return true;
    }

    bool next(std::size_t written) {
        written_ += written;
        phase_ = Phase::Option;
        return true;
    }

    bool add(std::string_view bytes) {
        const Status s = text_.add(bytes);
        return s == Status::Ok || stopped(s);
    }

    [[nodiscard]] bool save() override {
        if (!text_.save()) return false;
        format_.save();
        save_count(kPhase, static_cast<std::uint64_t>(phase_));
        save_count(kArgument, argument_);
        save_count(kSize, size_);
        save_count(kWritten, written_);
        return true;
    }

    StructFormat format_;
    lib::TextBuilder text_;
    LongNumeral numeral_;
    Phase phase_ = Phase::Option;
    std::uint32_t argument_ = 1;  ///< the next one
    std::size_t size_ = 0;        ///< of the option; then of a string
    std::uint64_t written_ = 0;
};

}  // namespace

/// struct.pack (format, ...)
NativeResult struct_pack(NativeContext& cx) {
    std::string_view format;
    if (!cx.check_string(0, format)) return cx.failed();
    return StructPacker(cx, format).run();
}

}  // namespace arenite::redis
