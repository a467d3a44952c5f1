// The open streams of a Vm: what the io library's userdata name by number. They live beside the heap and are not rolled
// back; destroying the Vm drops them, and so does rolling back the birth of their userdata.
//
// Invariants
//  IO1. Script memory never holds a FILE*, only a StreamId. Closing a stream makes its id stale for good.
//  IO2. Standard streams are the process's own and are never closed.
//  IO3. Dropping a stream waits for nobody: of what its buffer holds, a pipe gets as much as it has room for, and a program
//      is given up (child_process.h, CP1). It needs no memory.
//  IO4. What a stream takes is charged to the Vm while it is open, and owed to the collector: files that nothing refers to
//      are memory. For that, their buffers are ours; the C library has no other for them, whatever setvbuf asks for.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>

#include "arena/counted_vector.h"
#include "vm/machine.h"

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
    char* buffer = nullptr;      ///< IO4; nothing of a Standard one is ours
    Value owner = Value::nil();  ///< the userdata
};

class Streams final : public VmExtension {
public:
    explicit Streams(Machine& machine)
        : machine_(machine), heap_(machine.heap()), slots_(heap_.budget), free_(heap_.budget) {}
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;
    ~Streams() override;
    void after_rollback(const Vm& machine) override;
    [[nodiscard]] std::size_t overhead_bytes() const override { return bytes_ + slots_.bytes() + free_.bytes(); }

    /// Whether another stream would fit.
    [[nodiscard]] bool has_room() const { return heap_.budget.available() >= kStreamBytes; }
    /// Takes over an open stream that nothing was done with. False: memory is out, and it was dropped.
    [[nodiscard]] bool add(Stream stream, StreamId& id);
    void set_owner(StreamId id, Value userdata) { slots_[id.index].stream.owner = userdata; }
    /// Null when the stream has been closed. Good until the next add().
    [[nodiscard]] const Stream* find(StreamId id) const;
    /// Gives the stream up to the caller, who closes it by close(); its id is stale then.
    [[nodiscard]] Stream take(StreamId id);
    /// fclose of a stream that was taken.
    [[nodiscard]] bool close(const Stream& stream);
    /// IO3
    void drop(StreamId id);

private:
    struct Slot {
        Stream stream;
        std::uint32_t generation = 1;
    };
    static constexpr std::size_t kBuffer = 4096;  ///< bytes
    /// IO4; the FILE of glibc has 552 bytes.
    static constexpr std::size_t kStreamBytes = 552 + kBuffer + 2 * kMallocOverhead;
    [[nodiscard]] bool charge(Stream& stream);
    void release(const Stream& stream);
    void drop(const Stream& stream);

    const Machine& machine_;
    Heap& heap_;
    std::size_t bytes_ = 0;  ///< charged for open streams
    CountedVector<Slot> slots_;
    CountedVector<std::uint32_t> free_;  ///< has room for all slots
};

}  // namespace arenite::lib
