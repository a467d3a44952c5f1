#include "vm/lib/io_streams.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <limits>

#include "vm/lib/child_process.h"

namespace arenite::lib {
namespace {

/// Keeps SIGPIPE from this thread: what closing has to write may go to a program that has ended.
class NoBrokenPipe {
public:
    NoBrokenPipe() {
        (void)sigemptyset(&pipe_);
        (void)sigaddset(&pipe_, SIGPIPE);
        sigset_t pending;
        pending_before_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
        (void)pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoBrokenPipe() {
        const timespec now{};
        if (!pending_before_) (void)sigtimedwait(&pipe_, nullptr, &now);
        (void)pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoBrokenPipe(const NoBrokenPipe&) = delete;
    NoBrokenPipe& operator=(const NoBrokenPipe&) = delete;

private:
    sigset_t pipe_;
    sigset_t before_;
    bool pending_before_ = false;
};

/// IO3
void drop_stream(const Stream& s) {
    if (s.kind == Stream::Kind::Standard) return;
    const NoBrokenPipe quiet;
    const int descriptor = fileno(s.file);
    (void)fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    (void)std::fclose(s.file);
    if (s.kind == Stream::Kind::Pipe) ChildProcess::abandon(s.program);
}

}  // namespace

Streams::~Streams() {
    for (const Slot& slot : slots_) {
        if (slot.stream.file) drop(slot.stream);
    }
}

void Streams::after_rollback(const Vm&) {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        const Slot& slot = slots_[i];
        if (slot.stream.file && !machine_.check(slot.stream.owner)) drop(StreamId{i, slot.generation});
    }
}

// IO4
bool Streams::charge(Stream& stream) {
    if (stream.kind == Stream::Kind::Standard) return true;
    if (!heap_.budget.charge_overhead(kStreamBytes)) return false;
    stream.buffer = static_cast<char*>(std::malloc(kBuffer));
    const bool by_lines = isatty(fileno(stream.file)) != 0;  // as the C library has it
    if (!stream.buffer || std::setvbuf(stream.file, stream.buffer, by_lines ? _IOLBF : _IOFBF, kBuffer) != 0) {
        std::free(stream.buffer);
        stream.buffer = nullptr;
        heap_.budget.release_overhead(kStreamBytes);
        return false;
    }
    bytes_ += kStreamBytes;
    heap_.pacing().owe(kStreamBytes);
    return true;
}

void Streams::release(const Stream& stream) {
    if (!stream.buffer) return;
    std::free(stream.buffer);
    heap_.budget.release_overhead(kStreamBytes);
    bytes_ -= kStreamBytes;
}

bool Streams::add(Stream stream, StreamId& id) {
    if (free_.empty()) {
        if (!free_.reserve(slots_.size() + 1) || !slots_.push_back({})) {
            drop(stream);
            return false;
        }
        (void)free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
    }
    if (!charge(stream)) {
        drop(stream);
        return false;
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index].stream = stream;
    id = {index, slots_[index].generation};
    return true;
}

const Stream* Streams::find(StreamId id) const {
    if (id.index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[id.index];
    return slot.generation == id.generation && slot.stream.file ? &slot.stream : nullptr;
}

Stream Streams::take(StreamId id) {
    if (!find(id)) return {};
    Slot& slot = slots_[id.index];
    const Stream stream = slot.stream;
    slot.stream = {};
    // A slot whose generations are used up is not used again (IO1).
    if (slot.generation < std::numeric_limits<std::uint32_t>::max()) {
        ++slot.generation;
        (void)free_.push_back(id.index);  // there is room
    }
    return stream;
}

bool Streams::close(const Stream& stream) {
    const bool closed = std::fclose(stream.file) == 0;
    const int error = errno;
    release(stream);
    errno = error;
    return closed;
}

void Streams::drop(const Stream& stream) {
    drop_stream(stream);
    release(stream);
}

void Streams::drop(StreamId id) {
    if (const Stream stream = take(id); stream.file) drop(stream);
}

}  // namespace arenite::lib
