// Look: how C++ work that may be long asks between two slices of it whether to go on.
//
// Who is asked charges for the slice, and may put the asking code aside in the middle of the question (vm/fiber.h): so
// when it asks, everything that it holds must be whole, and be released by others if it never gets an answer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace arenite {

struct Look {
    /// What a slice is charged. It takes 10 to 50 us.
    static constexpr std::int64_t kUnits = 1024;
    /// Bytes copied or looked through in a slice.
    static constexpr std::size_t kBytes = std::size_t{32} << 10;

    bool (*ask)(void* ctx) = nullptr;
    void* ctx = nullptr;
    std::uint32_t finer = 1;  ///< slices are this many times smaller, for tests
    /// A slice is done. True: give up.
    [[nodiscard]] bool operator()() const { return ask != nullptr && ask(ctx); }
};

/// Counts work between two checks.
class Pacer {
public:
    explicit Pacer(Look look) : look_(look), left_(kWork / look.finer) {}
    /// `work` pieces of about 10 ns have been done. True: give up.
    [[nodiscard]] bool after(std::size_t work) {
        if (__builtin_expect(work < left_, 1)) {
            left_ -= work;
            return false;
        }
        left_ = kWork / look_.finer;
        return look_();
    }

private:
    static constexpr std::size_t kWork = 1024;
    Look look_;
    std::size_t left_;
};

}  // namespace arenite
