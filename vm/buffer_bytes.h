// BufferBytes: the view through which natives write to a buffer where it lies.
#pragma once

#include <cstdint>

#include <arenite/native.h>
#include "heap/heap.h"
#include "heap/payload_view.h"
#include "vm/library_context.h"

namespace arenite {

/// A view of the bytes of a buffer that may be written to (heap/payload_view.h).
class ARENITE_VIEW BufferBytes final : PayloadView {
public:
    /// False: memory is out; the error is recorded.
    BufferBytes(NativeContext& cx, Value buffer) ARENITE_VIEW_BEGINS : bytes_(library(cx).writable_bytes(buffer)),
                                                                       buffer_(library(cx).heap().get<Buffer>(buffer)),
                                                                       self_(buffer.bits) {}
    ~BufferBytes() ARENITE_VIEW_ENDS {}

    [[nodiscard]] explicit operator bool() const { return bytes_ != nullptr; }
    [[nodiscard]] char* data() const ARENITE_LIFETIMEBOUND { return unbound(); }
    /// The same for one operation of a matcher, which is made again for each.
    [[nodiscard]] char* unbound() const {
        ARENITE_REQUIRE(is_current(), kPayloadMoved);
        return bytes_;
    }

private:
    [[nodiscard]] bool is_current() const { return buffer_ && buffer_->self == self_ && buffer_->data() == bytes_; }

    char* const bytes_;
    const Buffer* const buffer_;
    const std::uint64_t self_;
};

}  // namespace arenite
