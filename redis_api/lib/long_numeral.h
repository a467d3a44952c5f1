// A numeral of any length, read in slices by a native of the Redis profile.
#pragma once

#include <cstdint>
#include <string_view>

#include <arenite/native.h>

namespace arenite::redis {

enum class NumeralStatus : std::uint8_t {
    Number,
    NoNumber,
    Spent,   ///< the budget is used up: suspend, then the same call again
    Failed,  ///< memory is out; after a collection the same call goes on
};

/// lua_tonumber of a text that stays the same; between two calls its state lies in a Buffer in local slot `slot`, which
/// is nil before and afterwards.
[[nodiscard]] NumeralStatus read_numeral(NativeContext& cx, std::uint32_t slot, std::string_view text, double& out);

/// Shorter texts are read in one piece, within the time that a native may take between two charges.
inline constexpr std::size_t kLongNumeral = 1024;

/// lua_tonumber of any value, in the same way.
class LongNumeral {
public:
    using Status = NumeralStatus;
    /// Local slots that it takes from `slot` on, nil at first. They always say how far it is.
    static constexpr std::uint32_t kSlots = 1;

    LongNumeral(NativeContext& cx, std::uint32_t slot) : cx_(cx), slot_(slot) {}
    LongNumeral(const LongNumeral&) = delete;
    LongNumeral& operator=(const LongNumeral&) = delete;

    [[nodiscard]] Status read(Value v, double& out) {
        if (v.is_string() && cx_.string(v).size() > kLongNumeral) return read_numeral(cx_, slot_, cx_.string(v), out);
        return cx_.to_number(v, out) ? Status::Number : Status::NoNumber;
    }

private:
    NativeContext& cx_;
    std::uint32_t slot_;
};

}  // namespace arenite::redis
