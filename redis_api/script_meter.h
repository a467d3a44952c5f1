// The meter of the commands of one script, and of the conversions of their replies and its own (work_meter.h): where
// the script's limits of work, time, memory and replies, and a kill, are seen while neither the VM nor the engine runs.
//
// Invariants
//  ME1. At the latest after 20,000 units of work it checks the kill, the clock and the limit of work, and after
//       EngineOptions::slice at the host (EngineOptions::poll).
//  ME2. What is held is charged to the VM's memory, but for the first KiB of a reply, and released by drop_reply() and
//       release().
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include <arenite/vm.h>
#include "redis_api/kill_switch.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

class ScriptMeter final : public WorkMeter {
public:
    /// What ended a piece of work that was Stopped.
    enum class Cause : std::uint8_t { None, Kill, Deadline, WorkLimit, Host };

    struct Run {
        Vm* vm = nullptr;
        KillSwitch* kill = nullptr;
        std::optional<std::chrono::steady_clock::time_point> deadline;
        bool work_limited = false;
        std::size_t reply_limit = 0;
    };

    ScriptMeter() = default;
    ~ScriptMeter() override { run_ends(); }

    void run_starts(const Run& run);
    /// What says whether the host wants the script to end; it may be empty.
    /// It is asked after `units` of work, for which it checks more often if need be.
    void set_host(std::function<bool()> ends, std::uint64_t units) {
        host_ends_ = std::move(ends);
        ask_ = units;
        look_ = std::min(kLook, units);
    }
    void run_ends() noexcept;
    /// Units that the script has beyond the step that runs.
    void set_work_beyond(std::uint64_t units) { work_beyond_ = units; }

    /// A command, or a conversion, begins.
    void start();
    /// How much it has worked; where it was Stopped by the limit of work, at least as much as there was.
    [[nodiscard]] std::uint64_t finish() const { return granted_ - units_left_; }
    /// The reply is gone, or has been taken over.
    void drop_reply() noexcept;
    /// Why the script has to end, since the run started.
    [[nodiscard]] Cause cause() const { return cause_; }

    void hold(std::size_t bytes) override;
    void release(std::size_t bytes) noexcept override;
    [[nodiscard]] bool keeps(bool wrote) override;
    [[nodiscard]] std::uint64_t worked() const override { return finish(); }

private:
    static constexpr std::uint64_t kLook = 20'000;
    static constexpr std::size_t kFreeReplyBytes = 1024;
    static constexpr std::size_t kReplyChunk = std::size_t{16} << 10;

    void more_work(std::uint64_t units) override;
    void more_reply(std::size_t bytes) override;
    void look();
    [[noreturn]] void stop(Cause cause);
    [[noreturn]] void refuse(End end);

    Run run_;
    std::function<bool()> host_ends_;
    std::uint64_t work_beyond_ = 0;
    std::uint64_t allowed_ = 0;
    std::uint64_t granted_ = 0;
    std::uint64_t since_asked_ = 0;
    std::uint64_t look_ = kLook;
    std::uint64_t ask_ = kLook;
    std::size_t reply_granted_ = 0;  ///< of the reply at hand, the first KiB included
    Cause cause_ = Cause::None;
};

}  // namespace arenite::redis
