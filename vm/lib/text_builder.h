// Gathering text in a native: a small array on the C++ stack, which overflows into a Buffer object in a local slot.
//
// Invariants
//  B1. What is in the array is lost when the native returns: save() before every request.
//  B2. The local slot holds nil (nothing spilled yet) or the Buffer, so a native that is resumed makes a new
//      TextBuilder on the same slot and goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "vm/lib/lib.h"
#include "vm/lib/number_text.h"

namespace arenite::lib {

/// The text of a number as Lua 5.1 writes it; no object is made.
class NumberText {
public:
    explicit NumberText(double d) : size_(to_text(d, bytes_)) {}
    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }

private:
    char bytes_[kNumberTextMax];
    std::size_t size_;
};

/// Builds a string; cheap when it is short.
class TextBuilder {
public:
    /// `slot`: a local slot of the native, already reserved.
    TextBuilder(NativeContext& cx, std::uint32_t slot) : cx_(cx), slot_(slot) {}
    TextBuilder(const TextBuilder&) = delete;
    TextBuilder& operator=(const TextBuilder&) = delete;

    [[nodiscard]] bool add(std::string_view bytes) {
        if (bytes.size() > sizeof chunk_ - used_) {
            if (!save()) return false;
            if (bytes.size() > sizeof chunk_ / 2) return cx_.append(cx_.local(slot_), bytes);
        }
        used_ += bytes.copy(chunk_ + used_, bytes.size());
        return true;
    }
    /// Moves everything to the Buffer (B1).
    [[nodiscard]] bool save() {
        if (cx_.local(slot_).is_nil()) {
            Value buffer = Value::nil();
            if (!cx_.new_buffer(buffer)) return false;
            cx_.set_local(slot_, buffer);
        }
        const std::size_t n = used_;
        used_ = 0;
        return cx_.append(cx_.local(slot_), {chunk_, n});
    }
    [[nodiscard]] bool finish(Value& out) {
        if (cx_.local(slot_).is_nil()) return cx_.new_string({chunk_, used_}, out);
        return save() && cx_.finish(cx_.local(slot_), out);
    }

private:
    NativeContext& cx_;
    std::uint32_t slot_;
    std::size_t used_ = 0;
    char chunk_[512];
};

/// Sends text to the host's output in pieces that are worth a call.
class OutputBatch {
public:
    explicit OutputBatch(NativeContext& cx) : cx_(cx) {}
    OutputBatch(const OutputBatch&) = delete;
    OutputBatch& operator=(const OutputBatch&) = delete;

    [[nodiscard]] bool add(std::string_view bytes) {
        if (bytes.size() > sizeof chunk_ - used_) {
            if (!flush()) return false;
            if (bytes.size() > sizeof chunk_ / 2) return write_output(cx_, bytes);
        }
        used_ += bytes.copy(chunk_ + used_, bytes.size());
        return true;
    }
    /// Before every request, error and return.
    [[nodiscard]] bool flush() {
        const std::size_t n = used_;
        used_ = 0;
        return n == 0 || write_output(cx_, {chunk_, n});
    }

private:
    NativeContext& cx_;
    std::size_t used_ = 0;
    char chunk_[512];
};

}  // namespace arenite::lib
