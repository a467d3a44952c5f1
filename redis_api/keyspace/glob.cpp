#include "redis_api/keyspace/glob.h"

#include <cstdint>
#include <optional>

#include "redis_api/keyspace/glob_program.h"

namespace arenite::redis {
namespace {

/// Decides by trying: where the elements after a star do not fit, they are tried one character later.
class GlobTrial {
public:
    GlobTrial(std::string_view pattern, std::string_view text) : pattern_(pattern), text_(text) {}

    /// nullopt: it would take more than `most` steps.
    std::optional<bool> run(std::uint64_t most) {
        std::size_t at = 0;
        std::size_t next = 0;
        // Going back to the last '*' suffices: an earlier one could only match a longer piece, and what
        // follows the last one would then start later still.
        bool starred = false;
        std::size_t star_at = 0;
        std::size_t star_next = 0;
        while (next < text_.size()) {
            if (steps_ > most) return std::nullopt;
            ++steps_;
            if (at < pattern_.size() && pattern_.at(at) == '*') {
                while (pattern_.at(at) == '*' && at < pattern_.size()) ++at;
                if (at == pattern_.size()) return true;
                starred = true;
                star_at = at;
                star_next = next;
                continue;
            }
            if (at < pattern_.size()) {
                const std::size_t before = at;
                const bool fits = match_one(pattern_, at, text_[next]);
                steps_ += at - before;  // classes may be long
                if (fits) {
                    ++next;
                    continue;
                }
            }
            if (!starred) return false;
            at = star_at;
            next = ++star_next;
        }
        while (at < pattern_.size() && pattern_.at(at) == '*') ++at;
        return at == pattern_.size();
    }
    std::uint64_t steps() const { return steps_; }

private:
    GlobText pattern_;
    std::string_view text_;
    std::uint64_t steps_ = 0;
};

}  // namespace

Glob::Glob(std::string_view pattern, WorkMeter& meter) : pattern_(pattern), meter_(&meter) {}
Glob::~Glob() = default;
Glob::Glob(Glob&& other) noexcept = default;

bool Glob::matches(std::string_view text) {
    // In Redis the loop is not entered for an empty text, so even "*" does not match it.
    if (text.empty()) return pattern_.empty();
    if (pattern_ == "*") return true;
    constexpr std::uint64_t kFewSteps = 1024;
    constexpr std::uint64_t kStepsAUnit = 4;
    const std::uint64_t lengths = pattern_.size() + text.size();
    meter_->charge(lengths / kStepsAUnit + 1);
    GlobTrial trial(pattern_, text);
    const auto decided = trial.run(2 * lengths + kFewSteps);
    meter_->charge(trial.steps() / kStepsAUnit);
    if (decided) return *decided;
    if (program_ == nullptr) program_ = std::make_unique<GlobProgram>(pattern_, *meter_);
    return program_->matches(text);
}

}  // namespace arenite::redis
