// The formats of struct: options of one letter, some with a number after them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arenite/native.h>

namespace arenite::redis {

/// Reads a format option by option, in steps: begin_option(), read_size(), and read_control() for what has no size of
/// its own. A step that is stopped goes on when it is called again; how far it is, is in local slots after save().
class StructFormat {
public:
    enum class Status : std::uint8_t {
        Ok,
        Spent,   ///< the budget is used up within a number
        Failed,  ///< the error is recorded
    };
    /// Local slots that it takes from `slot` on.
    static constexpr std::uint32_t kSlots = 5;

    /// The format is argument 0. In state 0 it begins at its start, else where save() left it.
    StructFormat(NativeContext& cx, std::uint32_t slot, std::string_view text);
    StructFormat(const StructFormat&) = delete;
    StructFormat& operator=(const StructFormat&) = delete;

    /// Whether all options are read: a format ends at its first NUL.
    [[nodiscard]] bool at_end() const { return at_ == text_.size() || text_[at_] == '\0'; }
    /// Takes the letter of the next option; not at_end().
    void begin_option() { letter_ = text_[at_++]; }
    [[nodiscard]] char letter() const { return letter_; }
    /// The size of the option in bytes, 0 for what has none; with its number, but that of '!'.
    [[nodiscard]] Status read_size(std::size_t& size);
    /// Does what an option says that stands for no value: byte order, alignment, or nothing. An error for unknown ones.
    [[nodiscard]] Status read_control();
    /// Bytes to be left out before an element of `size` bytes at `position`.
    [[nodiscard]] std::size_t padding(std::uint64_t position, std::size_t size) const;
    [[nodiscard]] bool little_endian() const { return little_; }
    void save();

private:
    enum Slot : std::uint32_t { kAt, kLetter, kNumber, kAlignment, kLittle };

    [[nodiscard]] Status read_number(std::int32_t fallback, std::int32_t& out);
    Status fail(NativeResult) { return Status::Failed; }

    NativeContext& cx_;
    std::uint32_t slot_;
    std::string_view text_;
    std::size_t at_ = 0;
    char letter_ = ' ';
    std::int32_t number_ = -1;  ///< of the digits read so far; -1: none
    std::int32_t alignment_ = 1;
    bool little_ = true;
};

}  // namespace arenite::redis
