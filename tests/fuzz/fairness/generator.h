// Scripts that make single functions and instructions work hard: every library function and operator, on values of sizes
// that grow, in places (deep stacks, coroutines, blocks, protected calls) that make their work larger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/fuzz/fairness/meter.h"
#include "tests/fuzz/programs/random.h"

namespace arenite::fuzz {

/// What a script is made from: a row of choices. Where it ends, chance goes on; so a changed row is a script as well.
class Choices {
public:
    explicit Choices(std::uint64_t seed) : random_(seed) {}
    Choices(std::vector<std::uint32_t> row, std::uint64_t seed) : row_(std::move(row)), random_(seed) {}

    /// 0 .. n-1; n > 0.
    std::uint32_t below(std::size_t n) {
        if (at_ == row_.size()) row_.push_back(static_cast<std::uint32_t>(random_.next()));
        return static_cast<std::uint32_t>(row_[at_++] % n);
    }
    template <class Container>
    const auto& pick(const Container& from) {
        return from[below(std::size(from))];
    }
    bool chance(unsigned percent) { return below(100) < percent; }
    /// The choices made so far.
    [[nodiscard]] std::vector<std::uint32_t> made() const {
        return {row_.begin(), row_.begin() + static_cast<std::ptrdiff_t>(at_)};
    }

private:
    std::vector<std::uint32_t> row_;
    std::size_t at_ = 0;
    Random random_;
};

struct Script {
    /// Run before, in a transaction of its own, and not measured: compiling is in here.
    std::vector<std::string> setup;
    /// Each line is a statement of its own, which may fail.
    std::vector<std::string> lines;
    std::size_t memory = 0;  ///< limit in bytes
    Profile profile = Profile::Lua;

    [[nodiscard]] std::string setup_text() const;
    [[nodiscard]] std::string text() const;
};

/// `functions`: names of library functions of the profile.
[[nodiscard]] Script generate(Choices& choices, const std::vector<std::string>& functions);
[[nodiscard]] Script generate_redis(Choices& choices, const std::vector<std::string>& functions);
/// What such scripts begin with.
[[nodiscard]] const char* redis_prelude();

}  // namespace arenite::fuzz
