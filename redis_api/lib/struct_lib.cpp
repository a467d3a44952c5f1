#include "redis_api/lib/struct_lib.h"

#include <string_view>

#include "redis_api/lib/libraries.h"
#include "redis_api/lib/struct_format.h"
#include "redis_api/lib/struct_numbers.h"

namespace arenite::redis {
namespace {

constexpr bool is_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Options between two charges, and what one costs.
constexpr std::uint32_t kOptions = 128;
constexpr std::uint64_t kOptionWork = 4;

}  // namespace

/// struct.size (format). Letters and digits that are no option count as one of size 0.
NativeResult struct_size(NativeContext& cx) {
    enum Slot : std::uint32_t { kPosition, kPhase = kPosition + 2, kFormat, kSlots = kFormat + StructFormat::kSlots };
    enum Phase : std::uint32_t { kOption, kSize, kControl };
    std::string_view text;
    if (!cx.check_string(0, text)) return cx.failed();
    std::uint64_t position = 0;
    std::uint32_t phase = kOption;
    if (cx.state() == 0) {
        cx.restartable();
        if (!cx.reserve(kSlots)) return cx.failed();
    } else {
        position = local_wide(cx, kPosition);
        phase = static_cast<std::uint32_t>(cx.local_number(kPhase));
    }
    StructFormat format(cx, kFormat, text);
    const auto suspend = [&] {
        format.save();
        set_local_wide(cx, kPosition, position);
        cx.set_local_number(kPhase, phase);
        return cx.suspend(1);
    };
    for (std::uint32_t n = 1;; ++n) {
        using Status = StructFormat::Status;
        if (phase == kOption) {
            if (n % kOptions == 0 && !cx.charge(kOptions * kOptionWork)) return suspend();
            if (format.at_end()) break;
            format.begin_option();
            phase = kSize;
        }
        if (phase == kSize) {
            std::size_t size = 0;
            const Status status = format.read_size(size);
            if (status == Status::Spent) return suspend();
            if (status == Status::Failed) return cx.failed();
            position += format.padding(position, size);
            if (format.letter() == 's') return cx.arg_error(0, "option 's' has no fixed size");
            if (format.letter() == 'c' && size == 0) return cx.arg_error(0, "option 'c0' has no fixed size");
            position += size;
            phase = kControl;
        }
        if (!is_letter_or_digit(format.letter())) {
            const Status status = format.read_control();
            if (status == Status::Spent) return suspend();
            if (status == Status::Failed) return cx.failed();
        }
        phase = kOption;
    }
    (void)cx.charge(kOptionWork);
    return cx.done_number(static_cast<double>(static_cast<std::int64_t>(position)));
}

void open_struct(LibraryBuilder& builder) {
    builder.library("struct");
    builder.function("pack", struct_pack);
    builder.function("unpack", struct_unpack);
    builder.function("size", struct_size);
}

}  // namespace arenite::redis
