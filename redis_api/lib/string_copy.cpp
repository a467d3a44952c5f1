#include "redis_api/lib/string_copy.h"

#include <algorithm>
#include <cstring>

#include "vm/lib/lib.h"
#include "vm/library_context.h"

namespace arenite::redis {

StringCopy::Status StringCopy::make(std::string_view bytes, Value& out) {
    if (bytes.size() <= kSlice) {
        if (!cx_.charge(work_of_fresh_bytes(bytes.size()))) spent_ = true;
        return cx_.new_string(bytes, out) ? Status::Ok : Status::Failed;
    }
    if (cx_.buffer_size(cx_.local(slot_ + kBuffer)) != bytes.size()) {  // none, too
        Value made = Value::nil();
        if (!cx_.new_buffer(made) || !library(cx_).buffer_assign_unset(made, bytes.size())) return Status::Failed;
        cx_.set_local(slot_ + kBuffer, made);
        cx_.set_local_number(slot_ + kFilled, 0);
    }
    const Value buffer = cx_.local(slot_ + kBuffer);
    auto filled = static_cast<std::size_t>(cx_.local_number(slot_ + kFilled));
    while (filled < bytes.size() && !spent_) {
        const std::size_t n = std::min(kSlice, bytes.size() - filled);
        const BufferBytes to(cx_, buffer);
        if (!to) return Status::Failed;
        std::memcpy(to.data() + filled, bytes.data() + filled, n);
        filled += n;
        if (!cx_.charge(work_of_fresh_bytes(n))) spent_ = true;
    }
    cx_.set_local_number(slot_ + kFilled, static_cast<double>(filled));
    if (filled < bytes.size()) return Status::Spent;
    if (!cx_.finish(buffer, out)) return Status::Failed;
    cx_.set_local(slot_ + kBuffer, Value::nil());
    return Status::Ok;
}

}  // namespace arenite::redis
