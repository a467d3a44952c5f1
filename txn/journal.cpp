#include "txn/journal.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace arenite {

namespace {
constexpr std::size_t kFirstChunk = 2048;
constexpr std::size_t kMaxChunk = std::size_t{1} << 20;
}  // namespace

Journal::~Journal() {
    for (const Chunk& c : chunks_) std::free(c.memory);
}

bool Journal::append(Kind kind, std::uint64_t owner, void* address, std::size_t bytes, std::uint32_t epoch) {
    if (bytes > kMaxBytes) return false;
    const std::size_t need = (bytes + 7) & ~std::size_t{7};
    if (chunks_.empty() || chunks_.back().size - chunks_.back().used < need) {
        std::size_t size = chunks_.empty() ? kFirstChunk : std::min(chunks_.back().size * 2, kMaxChunk);
        size = std::max(size, need);
        if (!chunks_.reserve(chunks_.size() + 1) || !budget_.charge(size + kMallocOverhead)) return false;
        auto* memory = static_cast<char*>(std::malloc(size));
        if (!memory) {
            budget_.release(size + kMallocOverhead);
            return false;
        }
        charged_ += size + kMallocOverhead;
        (void)chunks_.push_back({memory, size, 0, records_.size()});  // there is room
    }
    if (!records_.reserve(records_.size() + 1)) return false;
    Chunk& chunk = chunks_.back();
    char* copy = chunk.memory + chunk.used;
    std::memcpy(copy, address, bytes);
    chunk.used += need;
    (void)records_.push_back({owner, address, copy, static_cast<std::uint16_t>(bytes), kind, epoch});
    return true;
}

void Journal::truncate(std::size_t size) {
    if (records_.empty() && chunks_.empty()) return;
    while (!chunks_.empty() && chunks_.back().first_record >= size) {
        const Chunk& c = chunks_.back();
        budget_.release(c.size + kMallocOverhead);
        charged_ -= c.size + kMallocOverhead;
        std::free(c.memory);
        chunks_.pop_back();
    }
    if (records_.size() > size) {
        if (!chunks_.empty()) {
            Chunk& c = chunks_.back();
            const Record& r = records_[size];
            if (r.saved >= c.memory && r.saved < c.memory + c.size)
                c.used = static_cast<std::size_t>(r.saved - c.memory);
        }
        records_.truncate(size);
    }
    records_.shrink();
    chunks_.shrink();
}

}  // namespace arenite
