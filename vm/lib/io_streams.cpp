#include "vm/lib/io_streams.h"

#include <limits>

namespace arenite::lib {
namespace {

bool close_stream(const Stream& s) {
    switch (s.kind) {
        case Stream::Kind::Standard: return true;
        case Stream::Kind::File: return std::fclose(s.file) == 0;
        case Stream::Kind::Pipe: return pclose(s.file) != -1;
    }
    return true;
}

}  // namespace

Streams::~Streams() {
    for (const Slot& slot : slots_) {
        if (slot.stream.file) (void)close_stream(slot.stream);
    }
}

void Streams::after_rollback(const Vm& vm) {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
        const Slot& slot = slots_[i];
        if (slot.stream.file && !vm.check(slot.stream.owner)) (void)close({i, slot.generation});
    }
}

StreamId Streams::add(std::FILE* file, Stream::Kind kind) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    slots_[index].stream = {file, kind, Value::nil()};
    return {index, slots_[index].generation};
}

const Stream* Streams::find(StreamId id) const {
    if (id.index >= slots_.size()) return nullptr;
    const Slot& slot = slots_[id.index];
    return slot.generation == id.generation && slot.stream.file ? &slot.stream : nullptr;
}

bool Streams::close(StreamId id) {
    if (!find(id)) return true;
    Slot& slot = slots_[id.index];
    const Stream stream = slot.stream;
    slot.stream = {};
    // A slot whose generations are used up is not used again (S1).
    if (slot.generation < std::numeric_limits<std::uint32_t>::max()) {
        ++slot.generation;
        free_.push_back(id.index);
    }
    return close_stream(stream);
}

}  // namespace arenite::lib
