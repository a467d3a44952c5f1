// Reading from and writing to one stream (liolib.c: g_read, g_write, read_line).
#pragma once

#include <cstdint>
#include <string>

#include "vm/lib/io_numeral.h"
#include "vm/lib/io_streams.h"
#include "vm/lib/lib.h"

namespace arenite::lib {

/// pushresult of the reference: true, or nil, message and error number; the message names the file, if one is given.
NativeResult io_result(NativeContext& cx, bool ok, int error, const char* file_name = nullptr);

/// Reads what the formats from argument `first` on say. Resumable: call it again in states other than 0.
NativeResult read_items(NativeContext& cx, const Stream& stream, std::uint32_t first);
/// Writes the arguments from `first` on. Resumable like read_items.
NativeResult write_items(NativeContext& cx, const Stream& stream, std::uint32_t first);

/// What one step of reading an item led to.
enum class Read : std::uint8_t { Item, Nothing, NoBudget, Failed };

/// Reads items from a stream; long ones in pieces, with what was read so far in kSlots locals from `slot` on. Whatever
/// the stream gives, an item takes no more work or memory than the budget and the limit have.
class Reader {
public:
    static constexpr std::uint32_t kSlots = 2;

    Reader(NativeContext& cx, std::FILE* file, std::uint32_t slot)
        : cx_(cx), file_(file), slot_(slot), progress_(slot + 1) {}

    /// "*n": what scanf takes for a number (io_numeral.h).
    Read number(Value& out);
    /// "*l": a line without its end. A zero byte hides the rest of its piece, as in the reference (fgets); but what is
    /// hidden counts as part of the line, which must fit into memory.
    Read line(Value& out);
    /// A count of bytes, or all of them (`everything`, which is no failure when there are none).
    Read bytes(std::uint64_t count, bool everything, Value& out);
    /// Zero bytes: "" unless the stream is at its end.
    Read at_end(Value& out);
    /// To be called between two items.
    void reset();
    /// errno of the last step that failed.
    [[nodiscard]] int error() const { return error_; }

private:
    std::size_t size() const;
    bool append(std::string_view bytes);
    /// Adds to the bytes that zero bytes hide. False: they would not fit, and the error is recorded.
    bool hide(std::size_t bytes);
    /// Converts a numeral of `text` bytes after those of the buffer.
    Read convert(const NumeralReader& numeral, std::string_view text, Value& out);
    /// The same for one that is a string, in slices.
    Read convert(Value& out);
    Read finish(Value& out, bool success);

    NativeContext& cx_;
    std::FILE* file_;
    std::uint32_t slot_;      ///< a Buffer of the bytes so far, or the numeral as a string; and after it:
    std::uint32_t progress_;  ///< the state of a NumeralReader, or how many bytes are hidden
    int error_ = 0;
};

}  // namespace arenite::lib
