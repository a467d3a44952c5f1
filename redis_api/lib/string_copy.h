// A new string of bytes that are there, made in slices when it is long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arenite/native.h>

namespace arenite::redis {

class StringCopy {
public:
    enum class Status : std::uint8_t {
        Ok,
        Spent,   ///< the budget is used up in the middle: suspend, then the same call again
        Failed,  ///< memory is out: the error is recorded. After a collection the same call again may go on
    };
    /// Local slots that it takes from `slot` on, nil at first. They always say how far it is.
    static constexpr std::uint32_t kSlots = 2;

    StringCopy(NativeContext& cx, std::uint32_t slot) : cx_(cx), slot_(slot) {}
    StringCopy(const StringCopy&) = delete;
    StringCopy& operator=(const StringCopy&) = delete;

    [[nodiscard]] Status make(std::string_view bytes, Value& out);
    /// Whether the budget was used up, within a string or at its end.
    [[nodiscard]] bool spent() const { return spent_; }

private:
    enum Slot : std::uint32_t { kBuffer, kFilled };
    static constexpr std::size_t kSlice = std::size_t{16} << 10;  ///< bytes between two charges

    NativeContext& cx_;
    std::uint32_t slot_;
    bool spent_ = false;
};

}  // namespace arenite::redis
