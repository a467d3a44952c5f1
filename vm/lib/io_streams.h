// The open streams of a Vm: what the io library's userdata name by number. They live beside the heap and are not rolled
// back; destroying the Vm closes them, and
// so does rolling back the birth of their userdata.
//
// Invariants
//  S1. Script memory never holds a FILE*, only a StreamId. Closing a stream makes its id stale for good.
//  S2. Standard streams are the process's own and are never closed.
#pragma once

#include <cstdint>
#include <cstdio>
#include <vector>

#include "vm/vm.h"

namespace arenite::lib {

/// The bytes of a file's userdata. {0, 0} names nothing.
struct StreamId {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;
};

struct Stream {
    enum class Kind : std::uint8_t { Standard, File, Pipe };
    std::FILE* file = nullptr;
    Kind kind = Kind::File;
    Value owner = Value::nil();  ///< the userdata
};

class Streams final : public VmExtension {
public:
    Streams() = default;
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    ~Streams() override;
    void after_rollback(const Vm& vm) override;

    /// Takes over an open stream.
    [[nodiscard]] StreamId add(std::FILE* file, Stream::Kind kind);
    void set_owner(StreamId id, Value userdata) { slots_[id.index].stream.owner = userdata; }
    /// Null when the stream has been closed. Good until the next add().
    [[nodiscard]] const Stream* find(StreamId id) const;
    /// Closes an open stream that is not a standard one. False: errno says why; the stream is closed all the same.
    bool close(StreamId id);

private:
    struct Slot {
        Stream stream;
        std::uint32_t generation = 1;
    };
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
};

}  // namespace arenite::lib
