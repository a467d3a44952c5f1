#include "redis_api/lib/long_numeral.h"

#include <cstring>
#include <type_traits>

#include "heap/number_text.h"
#include "vm/buffer_bytes.h"
#include "vm/library_context.h"

namespace arenite::redis {

NumeralStatus read_numeral(NativeContext& cx, std::uint32_t slot, std::string_view text, double& out) {
    using Scan = lib::NumeralScan;
    constexpr std::size_t kSlice = std::size_t{1} << 13;
    static_assert(std::is_trivially_copyable_v<Scan>);
    Scan scan;
    Value buffer = cx.local(slot);
    if (buffer.is_nil()) {
        if (!cx.new_buffer(buffer) || !library(cx).buffer_assign_unset(buffer, sizeof scan))
            return NumeralStatus::Failed;
    } else {
        std::memcpy(static_cast<void*>(&scan), BufferView(library(cx).heap(), buffer).data(), sizeof scan);
    }
    for (;;) {
        const Scan::Status status = scan.run(text, kSlice, out);
        const bool more = cx.charge(kSlice / 2);
        if (status != Scan::Status::More) {
            cx.set_local(slot, Value::nil());
            return status == Scan::Status::Number ? NumeralStatus::Number : NumeralStatus::NoNumber;
        }
        if (more) continue;
        const BufferBytes kept(cx, buffer);
        if (!kept) return NumeralStatus::Failed;
        std::memcpy(kept.data(), static_cast<const void*>(&scan), sizeof scan);
        cx.set_local(slot, buffer);
        return NumeralStatus::Spent;
    }
}

}  // namespace arenite::redis
