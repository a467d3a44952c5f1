// The MessagePack format by msgpack-cxx: one value, or the head of an array or map, at a time. Nesting and sizes are
// the caller's business, so that its work can be interrupted and its memory counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace arenite::redis {

/// Bytes before the contents of a value; of one without contents all of it.
class MessageHead {
public:
    MessageHead() = default;
    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
    /// What msgpack's packer calls.
    void write(const char* bytes, std::size_t n) {
        if (n > sizeof bytes_ - size_) return;  // no head is longer
        std::memcpy(bytes_ + size_, bytes, n);
        size_ += n;
    }

private:
    char bytes_[9];
    std::size_t size_ = 0;
};

[[nodiscard]] MessageHead nil_head();
[[nodiscard]] MessageHead boolean_head(bool b);
/// An integer in the shortest format if it is one of int64; else float 32 if that holds it, else float 64.
[[nodiscard]] MessageHead number_head(double d);
[[nodiscard]] MessageHead string_head(std::uint32_t bytes);
[[nodiscard]] MessageHead array_head(std::uint32_t items);
[[nodiscard]] MessageHead map_head(std::uint32_t pairs);

/// What stands at some place of a message.
struct MessageToken {
    enum class Kind : std::uint8_t {
        Nil,
        Boolean,
        Number,
        String,
        Array,  ///< its head, as of Map
        Map,
        Truncated,    ///< it goes on after the end
        Bad,          ///< no value of lua-cmsgpack: binary strings and extensions are none
        OutOfMemory,  ///< of the library
    };
    Kind kind = Kind::Bad;
    bool boolean = false;
    double number = 0;
    std::string_view text;    ///< of String, within the message
    std::uint32_t count = 0;  ///< items of Array, pairs of Map; nothing is known of whether they are there
    std::size_t size = 0;     ///< bytes of the message
};

/// Reads what stands at the beginning of `bytes` (not empty). Integers beyond int64 wrap around, as in lua-cmsgpack.
[[nodiscard]] MessageToken read_token(std::string_view bytes);

}  // namespace arenite::redis
