// The open streams of a Vm: what the io library's userdata name by number. They live beside the heap and are not rolled
// back; destroying the Vm drops them, and so does rolling back the birth of their userdata.
//
// Invariants
//  S1. Script memory never holds a FILE*, only a StreamId. Closing a stream makes its id stale for good.
//  S2. Standard streams are the process's own and are never closed.
//  S3. Dropping a stream waits for nobody: of what its buffer holds, a pipe gets as much as it has room for, and a program
//      is given up (child_process.h, CP1). It needs no memory.
#pragma once

#include <sys/types.h>

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
    pid_t program = 0;           ///< of a Pipe
    Value owner = Value::nil();  ///< the userdata
};

class Streams final : public VmExtension {
public:
    Streams() = default;
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    ~Streams() override;
    void after_rollback(const Vm& vm) override;

    /// Takes over an open stream. False: memory is out, and it was dropped.
    [[nodiscard]] bool add(const Stream& stream, StreamId& id);
    void set_owner(StreamId id, Value userdata) { slots_[id.index].stream.owner = userdata; }
    /// Null when the stream has been closed. Good until the next add().
    [[nodiscard]] const Stream* find(StreamId id) const;
    /// Gives the stream up to the caller, who closes it; its id is stale then.
    [[nodiscard]] Stream take(StreamId id);
    /// S3
    void drop(StreamId id);

private:
    struct Slot {
        Stream stream;
        std::uint32_t generation = 1;
    };
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;  ///< has room for all slots
};

}  // namespace arenite::lib
