// A meter that counts, and ends a command where a test wants it to.
#pragma once

#include <cstdint>

#include "redis_api/work_meter.h"

namespace arenite::redis::testing {

class CountingMeter final : public WorkMeter {
public:
    CountingMeter() { reset(); }

    /// Starts again; `stop_at`: that many checks from now the command is to end. 0: never.
    void reset(std::uint64_t stop_at = 0) {
        units_left_ = 0;
        reply_left_ = 0;
        end_ = End::None;
        units_ = reply_bytes_ = held_ = most_held_ = looks_ = 0;
        stop_at_ = stop_at;
    }
    [[nodiscard]] std::uint64_t units() const { return units_; }
    [[nodiscard]] std::uint64_t reply_bytes() const { return reply_bytes_; }
    [[nodiscard]] std::uint64_t held() const { return held_; }
    [[nodiscard]] std::uint64_t most_held() const { return most_held_; }
    /// How often it was asked.
    [[nodiscard]] std::uint64_t looks() const { return looks_; }

    void hold(std::size_t bytes) override {
        look(End::NoRoom);
        held_ += bytes;
        most_held_ = most_held_ < held_ ? held_ : most_held_;
    }
    void release(std::size_t bytes) noexcept override { held_ -= bytes; }
    [[nodiscard]] std::uint64_t worked() const override { return units_; }
    bool keeps(bool /*wrote*/) override {
        ++looks_;
        if (stop_at_ == 0 || looks_ != stop_at_) return true;
        end_ = End::Stopped;
        return false;
    }

private:
    void look(End why) {
        ++looks_;
        if (stop_at_ == 0 || looks_ != stop_at_) return;
        end_ = why;
        throw CommandEnded();
    }
    void more_work(std::uint64_t units) override {
        look(End::Stopped);
        units_ += units;
    }
    void more_reply(std::size_t bytes) override {
        look(End::TooLarge);
        reply_bytes_ += bytes - reply_left_;
        reply_left_ = 0;
    }

    std::uint64_t units_ = 0;
    std::uint64_t reply_bytes_ = 0;
    std::uint64_t held_ = 0;
    std::uint64_t most_held_ = 0;
    std::uint64_t looks_ = 0;
    std::uint64_t stop_at_ = 0;
};

}  // namespace arenite::redis::testing
