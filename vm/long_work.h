// What long instructions have done so far that owns no memory: comparisons of long strings, searches for the next entry
// or the border of a table, numerals. An instruction that is not finished is dispatched again (Machine::again), a
// native is invoked again, and goes on with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heap/number_text.h"
#include "heap/table.h"
#include "heap/thread.h"

namespace arenite {

/// Two strings, of which the first `done` bytes are the same. Strings do not change, so that stays true.
struct LongComparison {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::size_t done = 0;
};

/// A search for the entry after `key`, which has come to `index`.
struct LongSearch {
    std::uint64_t table = 0;
    Value key = Value::nil();
    const Value* array = nullptr;  ///< the parts that the index speaks of
    const Node* nodes = nullptr;
    std::uint64_t index = 0;
};

/// A search for the border of a table that goes from key to key, which has come to `key`.
struct LongBorder {
    std::uint64_t table = 0;
    const Node* nodes = nullptr;
    std::uint64_t key = 1;
};

/// A walk down the frames of a thread to a level of its stack, which has come to `at` with `left` levels to go.
struct LongWalk {
    std::uint64_t thread = 0;
    const Frame* top = nullptr;
    std::int64_t level = 0;
    const Frame* at = nullptr;
    std::int64_t left = 0;
};

/// An error that is searched a message handler for, and has come to frame `frame` of the running thread (0: none of it
/// yet).
struct LongRaise {
    bool active = false;
    bool wraps = false;  ///< it has left a wrapped coroutine, and gets a position in front
    std::ptrdiff_t frame = 0;
    unsigned handlers = 0;  ///< message handlers that run in the frames above
};

/// The instruction that begins again after a whole collection, since it found no memory: it does not get another one.
/// Good until it fails again, or another one is examined.
struct MemoryRetry {
    std::uint64_t thread = 0;
    const void* frame = nullptr;
    const void* pc = nullptr;
    bool operator==(const MemoryRetry&) const = default;
};

/// Values that an instruction copies: to `owner`, of which `done` are there.
struct LongMove {
    static constexpr std::uint32_t kSlice = 8192;
    std::uint64_t owner = 0;
    const void* frame = nullptr;
    const void* pc = nullptr;
    std::uint32_t done = 0;
    [[nodiscard]] bool is(std::uint64_t o, const void* f, const void* p) const {
        return done != 0 && owner == o && frame == f && pc == p;
    }
};

/// Values that are handed on in slices, between two instructions: results to who has called, arguments to who is called
/// in place of a function. Positions are those of slots in the stack of the running thread; the values go down, or
/// up to make room for a __call metamethod in front of them.
struct LongPass {
    enum class Then : std::uint8_t { Return, TailCall, Call, CallHandler };
    std::uint32_t count = 0;  ///< values; 0: nothing is under way
    std::uint32_t done = 0;
    std::ptrdiff_t from = 0;
    std::ptrdiff_t to = 0;
    Then then = Then::Return;
    std::uint32_t tail_calls = 0;
};

/// Long strings that are converted to numbers: one of which a part is read, and those that were read last. A handle
/// names the same bytes forever, so what is known of it stays true.
class LongNumerals {
public:
    enum class Answer : std::uint8_t { Unfinished, Number, NoNumber };
    /// Texts up to this size are read in one piece: what that costs is a few hundred nanoseconds.
    static constexpr std::size_t kShort = 256;  ///< bytes

    /// What the string `name` is, as far as `budget` goes, which is charged.
    [[nodiscard]] Answer convert(std::uint64_t name, std::string_view text, std::int64_t& budget, double& out);

private:
    /// As many as an instruction has operands, and one more.
    static constexpr unsigned kKept = 4;
    struct Known {
        std::uint64_t name = 0;
        double value = 0;
        bool is_number = false;
    };
    Known known_[kKept];
    unsigned oldest_ = 0;
    std::uint64_t name_ = 0;
    lib::NumeralScan scan_;
};

}  // namespace arenite
