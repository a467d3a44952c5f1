// Who comes first: a script that is about to write, or another thread that is about to kill it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

#include <arenite/vm.h>

namespace arenite::redis {

/// Arbitrates between the script, which is about to call a command, and another thread that wants to kill it: a
/// script that has written is not killed, and one that is killed does not write any more (Redis script.c, scriptKill).
/// What is written in a block of redis.atomic() counts from the end of the outermost block on. Where the host can end a
/// command that runs and undo it, a kill need not wait for that; elsewhere the command has the switch as long as it
/// runs.
class KillSwitch {
public:
    enum class Answer : std::uint8_t {
        NotRunning,
        AlreadyWrote,
        Killed,
        InsideCommand,  ///< the caller is the host, in the middle of a command that has the switch
    };

    /// `undoable`: what the script wrote will be undone, so it may be killed at any time.
    void script_starts(bool undoable) {
        const std::lock_guard lock(mutex_);
        running_ = true;
        killed_ = false;
        wrote_ = false;
        blocks_ = 0;
        undoable_ = undoable;
    }
    /// A kill that came too late, or has been seen, is not for what is loaded next.
    void script_ends(Vm& vm) {
        const std::lock_guard lock(mutex_);
        running_ = false;
        vm.clear_interrupt();
    }
    /// From any thread.
    [[nodiscard]] Answer kill(Vm& vm) {
        if (inside_.load(std::memory_order_relaxed) == std::this_thread::get_id()) return Answer::InsideCommand;
        const std::lock_guard lock(mutex_);
        if (!running_) return Answer::NotRunning;
        if (wrote_ && !undoable_) return Answer::AlreadyWrote;
        killed_ = true;
        vm.interrupt();
        return Answer::Killed;
    }
    /// Of a host that is not metered: runs `command` unless the script is to end; `wrote` says afterwards whether the
    /// script has written, however the command was left. False: it is to end.
    template <class Command>
    [[nodiscard]] bool unless_killed(const bool& wrote, Command&& command) {
        const std::lock_guard lock(mutex_);
        if (killed_) return false;
        const Inside inside(*this, wrote);
        command();
        return true;
    }
    /// Whether what a command of a metered host has written may stay (CommandHost::is_metered). False: the script has
    /// been killed while it ran.
    [[nodiscard]] bool lets_write() {
        const std::lock_guard lock(mutex_);
        if (killed_) return false;
        if (blocks_ == 0) wrote_ = true;
        return true;
    }
    /// A block of redis.atomic() opens.
    void block_opens() {
        const std::lock_guard lock(mutex_);
        ++blocks_;
    }
    /// Ends the innermost block by `keep`, which throws nothing and tells whether the script has written. False: the
    /// script is to end, and the block is still open.
    template <class Keep>
    [[nodiscard]] bool block_ends(Keep&& keep) {
        const std::lock_guard lock(mutex_);
        if (killed_) return false;
        inside_.store(std::this_thread::get_id(), std::memory_order_relaxed);
        const bool wrote = keep();
        inside_.store({}, std::memory_order_relaxed);
        if (--blocks_ == 0) wrote_ = wrote;
        return true;
    }
    /// The innermost block was undone.
    void block_undone() {
        const std::lock_guard lock(mutex_);
        --blocks_;
    }
    /// Whether a kill was answered with OK.
    [[nodiscard]] bool killed() {
        const std::lock_guard lock(mutex_);
        return killed_;
    }

private:
    /// The host executes a command in this thread.
    class Inside {
    public:
        Inside(KillSwitch& kill, const bool& wrote) : kill_(kill), wrote_(wrote) {
            kill.inside_.store(std::this_thread::get_id(), std::memory_order_relaxed);
        }
        ~Inside() {
            if (kill_.blocks_ == 0) kill_.wrote_ = wrote_;  // within a block it can still be undone
            kill_.inside_.store({}, std::memory_order_relaxed);
        }
        Inside(const Inside&) = delete;
        Inside& operator=(const Inside&) = delete;

    private:
        KillSwitch& kill_;
        const bool& wrote_;
    };

    std::mutex mutex_;
    std::atomic<std::thread::id> inside_{};  ///< the thread that has locked the mutex for the host; none: no thread
    bool running_ = false;
    bool killed_ = false;
    bool wrote_ = false;
    std::size_t blocks_ = 0;  ///< open blocks of redis.atomic()
    bool undoable_ = false;
};

}  // namespace arenite::redis
