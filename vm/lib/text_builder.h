// Gathering text in a native: a small array on the C++ stack, which overflows into Buffer objects in local slots.
//
// Invariants
//  B1. What is in the array is lost when the native returns: save() before every request.
//  B2. Text is appended to the last of a list of Buffers. The first one grows by copying up to kGrowingMax; from then
//      on a new segment is begun when one is full, so that nothing long is copied at once. finish() makes one string of
//      them in slices.
//  B3. While the array holds something and there is a Buffer, the Buffer has room for it: once there is a Buffer,
//      save() needs no memory. So a native that has been suspended before can be suspended for a collection as well
//      (native.h, N4): at the place where memory was out.
//  B4. A native that is resumed makes a new TextBuilder on the same slots, and first adds the piece of which not all
//      was added, if there was one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heap/number_text.h"
#include "vm/lib/lib.h"

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

/// Builds a string; cheap when it is short. What the bytes cost is charged here.
class TextBuilder {
public:
    enum class Status : std::uint8_t {
        Ok,
        Spent,   ///< the budget is used up in the middle: save(), suspend, then the same call again
        Failed,  ///< the error is recorded. A collection may gain memory: save(), then the same call again
    };
    /// Local slots that it takes from `slot` on, nil at first.
    static constexpr std::uint32_t kSlots = 5;

    TextBuilder(NativeContext& cx, std::uint32_t slot) : cx_(cx), slot_(slot) {
        if (cx.state() == 0) return;
        limit_ = 0;
        const Value done = cx.local(slot_ + kPieceDone);
        if (done.is_number()) piece_done_ = static_cast<std::size_t>(done.as_number());
    }
    TextBuilder(const TextBuilder&) = delete;
    TextBuilder& operator=(const TextBuilder&) = delete;

    [[nodiscard]] Status add(std::string_view bytes) ARENITE_MOVES_PAYLOADS {
        if (__builtin_expect(bytes.size() > limit_ - used_, 0)) return add_long(bytes);
        used_ += bytes.copy(chunk_ + used_, bytes.size());
        return Status::Ok;
    }
    /// Moves everything to the Buffer (B1). False: the error is recorded.
    [[nodiscard]] bool save() ARENITE_MOVES_PAYLOADS;
    /// The string of all. Spent or Failed: after save(), `finish` again, and nothing else before it.
    [[nodiscard]] Status finish(Value& out) ARENITE_MOVES_PAYLOADS;
    /// Whether the budget was used up, within a piece or at its end.
    [[nodiscard]] bool spent() const { return spent_; }

private:
    /// The Buffer appended to (at the end: of the result), a table of the Buffers before it or nil; bytes added of the
    /// current piece (at the end: of the current segment); at the end: the current segment, and bytes of the result that
    /// are there.
    enum Slot : std::uint32_t { kLast, kSegments, kPieceDone, kSegment, kFilled };
    static constexpr std::size_t kChunk = 512;
    static constexpr std::size_t kFirst = 4 * kChunk;
    static constexpr std::size_t kGrowingMax = std::size_t{32} << 10;
    static constexpr std::size_t kSegmentBytes = std::size_t{256} << 10;
    static constexpr std::size_t kSlice = std::size_t{16} << 10;  ///< bytes between two charges

    [[nodiscard]] Status add_long(std::string_view bytes) ARENITE_MOVES_PAYLOADS;
    [[nodiscard]] bool make_room(std::size_t wanted);
    [[nodiscard]] bool store_chunk();
    [[nodiscard]] bool begin_segment(Value full);
    [[nodiscard]] bool begin_result();
    [[nodiscard]] Status fill_result();
    void charge(std::uint64_t work) {
        if (!cx_.charge(work)) spent_ = true;
    }

    NativeContext& cx_;
    std::uint32_t slot_;
    bool spent_ = false;
    std::size_t piece_done_ = 0;
    std::size_t used_ = 0;
    std::size_t limit_ = kChunk;  ///< of used_ (B3)
    char chunk_[kChunk];
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
