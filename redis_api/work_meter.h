// What a command takes of the script that called it: work, and memory beside the keyspace.
//
// The script engine gives each command a meter (CallContext::meter). The command charges it as it goes on, and the
// meter decides, in one place, whether it may go on: a kill, the deadline, the limits of work and memory are all seen
// there.
//
// Invariants
//  WM1. A loop over elements or bytes charges for a piece of its work before or right after it, at most some 10 us of
//       it at a time. Memory is charged before it is obtained.
//  WM2. A charge that is refused throws CommandEnded; end() says why. The host then undoes what the command has
//       changed, so that a command either has run or has not.
//  WM3. Only keeps() lets a command that has written end well. A kill that was answered with OK before comes in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace arenite::redis {

/// Thrown where a command has to end.
struct CommandEnded {};

class WorkMeter {
public:
    enum class End : std::uint8_t {
        None,
        Stopped,   ///< a kill, the deadline or the limit of work: the script ends, too
        NoRoom,    ///< the memory limit of the script
        TooLarge,  ///< the limit of replies
    };

    /// Units of work, each about one instruction of the VM.
    static constexpr std::uint64_t kLookup =
        24;  ///< hashing a key, following its chain, making an element: some cache misses
    static constexpr std::uint64_t kItem = 8;         ///< making an item of a reply
    static constexpr std::uint64_t kBytesAUnit = 32;  ///< copied or compared

    /// No limit of anything.
    WorkMeter() = default;
    virtual ~WorkMeter() = default;
    WorkMeter(const WorkMeter&) = delete;
    WorkMeter& operator=(const WorkMeter&) = delete;

    void charge(std::uint64_t units) {
        if (units > units_left_) [[unlikely]] {
            more_work(units);
        } else {
            units_left_ -= units;
        }
    }
    void charge_bytes(std::uint64_t bytes) { charge(bytes / kBytesAUnit); }
    /// Memory of the reply. It is held until the reply has been taken over.
    void hold_reply(std::size_t bytes) {
        if (bytes > reply_left_) [[unlikely]] {
            more_reply(bytes);
        } else {
            reply_left_ -= bytes;
        }
    }
    void release_reply(std::size_t bytes) noexcept { reply_left_ += bytes; }
    /// Memory that the command needs until it ends.
    virtual void hold(std::size_t bytes) { static_cast<void>(bytes); }
    virtual void release(std::size_t bytes) noexcept { static_cast<void>(bytes); }

    /// Whether what the command has done stays; `wrote`: it is a write command (WM3).
    [[nodiscard]] virtual bool keeps(bool wrote) {
        static_cast<void>(wrote);
        return true;
    }
    /// Units that were charged since some point before the command began.
    [[nodiscard]] virtual std::uint64_t worked() const { return kUnlimited - units_left_; }
    /// Why the command was to end; None: it was not.
    [[nodiscard]] End end() const noexcept { return end_; }

protected:
    static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

    /// More is asked for than is left. They either have raised what is left and taken the charge, or throw.
    virtual void more_work(std::uint64_t units) { static_cast<void>(units); }
    virtual void more_reply(std::size_t bytes) { static_cast<void>(bytes); }

    std::uint64_t units_left_ = kUnlimited;
    std::size_t reply_left_ = std::numeric_limits<std::size_t>::max();
    End end_ = End::None;
};

/// Appends a text, in pieces if it is long; what is copied is charged.
inline void metered_append(WorkMeter& meter, std::string& out, std::string_view text) {
    constexpr std::size_t kPiece = std::size_t{64} << 10;
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
        const std::string_view piece = text.substr(at, kPiece);
        meter.charge_bytes(piece.size());
        out.append(piece);
    }
}

/// A copy of a text, made likewise.
[[nodiscard]] inline std::string metered_copy(WorkMeter& meter, std::string_view text) {
    std::string copy;
    copy.reserve(text.size());
    metered_append(meter, copy, text);
    return copy;
}

/// Memory that is held as long as this lives.
class HeldMemory {
public:
    explicit HeldMemory(WorkMeter& meter) noexcept : meter_(meter) {}
    HeldMemory(WorkMeter& meter, std::size_t bytes) : meter_(meter) { add(bytes); }
    ~HeldMemory() {
        if (bytes_ != 0) meter_.release(bytes_);
    }
    HeldMemory(const HeldMemory&) = delete;
    HeldMemory& operator=(const HeldMemory&) = delete;

    void add(std::size_t bytes) {
        meter_.hold(bytes);
        bytes_ += bytes;
    }

private:
    WorkMeter& meter_;
    std::size_t bytes_ = 0;
};

}  // namespace arenite::redis
