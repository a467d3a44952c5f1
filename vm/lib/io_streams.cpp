#include "vm/lib/io_streams.h"

#include <fcntl.h>
#include <pthread.h>

#include <csignal>
#include <ctime>
#include <limits>
#include <new>

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

/// S3
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
        if (slot.stream.file) drop_stream(slot.stream);
    }
}

void Streams::after_rollback(const Vm& vm) {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        const Slot& slot = slots_[i];
        if (slot.stream.file && !vm.check(slot.stream.owner)) drop({i, slot.generation});
    }
}

bool Streams::add(const Stream& stream, StreamId& id) {
    try {
        if (free_.empty()) {
            free_.reserve(slots_.size() + 1);
            slots_.emplace_back();
            free_.push_back(static_cast<std::uint32_t>(slots_.size() - 1));
        }
    } catch (const std::bad_alloc&) {
        drop_stream(stream);
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
    // A slot whose generations are used up is not used again (S1).
    if (slot.generation < std::numeric_limits<std::uint32_t>::max()) {
        ++slot.generation;
        free_.push_back(id.index);
    }
    return stream;
}

void Streams::drop(StreamId id) {
    if (const Stream stream = take(id); stream.file) drop_stream(stream);
}

}  // namespace arenite::lib
