#include "heap/table_growth.h"

#include <algorithm>
#include <cstring>

#include "arena/poison.h"
#include "arena/system_memory.h"
#include "heap/collector.h"
#include "heap/heap.h"

namespace arenite {

bool TableGrowth::begin(Heap& heap, Table& t, Kind kind, Value key) {
    const bool again = active() && table_ == t.self && kind_ == kind && key_.bits == key.bits;
    const unsigned restarts = again ? restarts_ + 1 : 0;
    const bool waited = again && waited_;
    cancel(heap);
    if (restarts > kRestarts) return false;
    restarts_ = restarts;
    waited_ = waited;
    kind_ = kind;
    table_ = t.self;
    key_ = key;
    stale_ = false;
    may_be_weak_ = !t.metatable().is_nil();
    old_array_ = t.array_;
    old_nodes_ = t.nodes_;
    old_array_size_ = t.array_size_;
    old_node_count_ = t.node_count();
    old_hash_seed_ = t.hash_seed_;
    count_ = {};
    next_phase(Phase::CountArray);
    if (kind != Kind::Rehash) next_phase(Phase::CountNodes);
    t.wkey = 0;  // TG2
    return true;
}

void TableGrowth::take_sizes() {
    array_size_ = old_array_size_;
    hash_size_ = old_node_count_;
    if (kind_ == Kind::Reserve) array_size_ = static_cast<std::uint32_t>(key_.as_number());
    if (kind_ != Kind::Rehash) return;
    count_.add(key_);
    count_.sizes(array_size_, hash_size_);
}

void TableGrowth::release_parts(Heap& heap) {
    if (array_) heap.pages_.release_payload(array_, array_size_ * sizeof(Value));
    if (nodes_) heap.pages_.release_payload(nodes_, node_count_ * sizeof(Node));
    array_ = nullptr;
    nodes_ = nullptr;
    node_count_ = 0;
}

bool TableGrowth::allocate(Heap& heap) {
    if (array_size_ > Table::kMaxArray || hash_size_ > Table::kMaxArray) return false;
    if (array_size_ != 0) {
        array_ = static_cast<Value*>(heap.pages_.allocate_payload(array_size_ * sizeof(Value)));
        if (!array_) return false;
    }
    made_.array_ = array_;
    made_.array_size_ = array_size_;
    if (hash_size_ != 0) {
        node_count_ = std::bit_ceil(hash_size_);
        nodes_ = static_cast<Node*>(heap.pages_.allocate_payload(static_cast<std::size_t>(node_count_) * sizeof(Node)));
        if (!nodes_) return false;
    }
    made_.take_nodes(nodes_, node_count_, KeyHash::seed(node_count_, heap.hash_seed(), table_, old_hash_seed_));
    return true;
}

TableGrowth::Answer TableGrowth::step(Heap& heap, std::int64_t& work) {
    const SliceSizes& limits = heap.slice_sizes;
    const std::uint32_t first = cursor_;
    ++slices_;
    // The next slice of `size` slots or nodes; false when it is the last one.
    const auto slice = [&](std::uint32_t size, std::uint32_t each) {
        cursor_ = size - first > each ? first + each : size;
        return cursor_ < size;
    };
    const auto charge_slots = [&] { work += 1 + (cursor_ - first) / SliceSizes::kSlotsPerUnit; };
    const auto charge_nodes = [&] { work += 1 + (cursor_ - first) * SliceSizes::kUnitsPerNode; };
    switch (phase_) {
        case Phase::CountArray: {
            const bool more = slice(old_array_size_, limits.slice_slots);
            count_.add_array(old_array_, first, cursor_);
            charge_slots();
            if (!more) next_phase(Phase::CountNodes);
            return Answer::Unfinished;
        }
        case Phase::CountNodes: {
            bool more = false;
            if (kind_ == Kind::Rehash) {
                more = slice(old_node_count_, limits.slice_slots / 4);
                count_.add_nodes(old_nodes_, first, cursor_);
                work += 1 + (cursor_ - first);
            }
            if (more) return Answer::Unfinished;
            take_sizes();
            next_phase(Phase::Allocate);
            return Answer::Unfinished;
        }
        case Phase::Allocate: {
            if (allocate(heap)) {
                next_phase(Phase::FillArray);
                return Answer::Unfinished;
            }
            release_parts(heap);
            if (waited_) {
                cancel(heap);
                return Answer::StillOutOfMemory;
            }
            waited_ = true;
            return Answer::OutOfMemory;
        }
        case Phase::FillArray: {
            const std::uint32_t size = made_.array_size_;
            const bool more = slice(size, limits.slice_slots);
            const std::uint32_t kept = std::clamp(old_array_size_, first, cursor_);
            if (kept > first) std::memcpy(array_ + first, old_array_ + first, (kept - first) * sizeof(Value));
            if (cursor_ > kept) {
                std::memset(static_cast<void*>(array_ + kept), 0xFF, (cursor_ - kept) * sizeof(Value));
            }
            work += 1 + (cursor_ - first);
            if (!more) next_phase(Phase::FillNodes);
            return Answer::Unfinished;
        }
        case Phase::FillNodes: {
            const bool more = slice(node_count_, limits.slice_slots / 4);
            if (kind_ == Kind::Copy && cursor_ > first) {
                std::memcpy(static_cast<void*>(nodes_ + first), old_nodes_ + first, (cursor_ - first) * sizeof(Node));
            } else {
                for (std::uint32_t i = first; i < cursor_; ++i) nodes_[i] = *Table::kEmptyNode;
            }
            work += 1 + (cursor_ - first) * 2;
            if (more) return Answer::Unfinished;
            next_phase(Phase::SpillArray);
            if (kind_ != Kind::Copy) return Answer::Unfinished;
            break;
        }
        case Phase::SpillArray: {
            if (old_array_size_ > made_.array_size_) {
                const std::uint32_t size = old_array_size_ - made_.array_size_;
                const bool more = slice(size, limits.slice_nodes());
                made_.move_array(heap, old_array_, made_.array_size_ + first, made_.array_size_ + cursor_);
                charge_nodes();
                if (more) return Answer::Unfinished;
            }
            next_phase(Phase::MoveNodes);
            return Answer::Unfinished;
        }
        case Phase::MoveNodes: {
            const bool more = slice(old_node_count_, limits.slice_nodes());
            made_.move_nodes(heap, old_nodes_, old_node_count_ - cursor_, old_node_count_ - first);
            charge_nodes();
            if (more) return Answer::Unfinished;
            break;
        }
        case Phase::None:
        case Phase::Made:
        case Phase::GiveBack: break;
    }
    phase_ = Phase::Made;
    return Answer::Made;
}

void TableGrowth::install(Heap& heap, Badge<Transaction>, Table& t) {
    t.array_ = made_.array_;
    t.array_size_ = made_.array_size_;
    t.nodes_ = made_.nodes_;
    t.hash_mask_ = made_.hash_mask_;
    if (kind_ != Kind::Copy) {
        t.hash_seed_ = made_.hash_seed_;
        t.last_free_ = made_.last_free_;
    }
    array_ = nullptr;
    nodes_ = nullptr;
    node_count_ = 0;
    drop(heap, old_array_, old_array_size_ * sizeof(Value), dying_[0]);
    if (old_node_count_ != 0) drop(heap, old_nodes_, old_node_count_ * sizeof(Node), dying_[1]);
    phase_ = Phase::GiveBack;
    stale_ = waited_ = false;
    t.wkey = 0;  // TG2
}

void TableGrowth::drop(Heap& heap, void* block, std::size_t bytes, Dying& dying) {
    if (bytes == 0) return;
    if (bytes < 16 * heap.slice_sizes.bytes || !heap.pages_.releases(block, bytes)) {
        heap.pages_.release_payload(block, bytes);
        return;
    }
    dying = {static_cast<char*>(block), bytes, 0};
}

bool TableGrowth::give_back(Heap& heap, std::int64_t& work) {
    for (Dying& d : dying_) {
        if (!d.block) continue;
        ++slices_;
        const std::size_t size = std::min(16 * heap.slice_sizes.slice_bytes, d.bytes - d.done);
        discard_slice(d.block, d.done, d.done + size);  // it stays charged until it is released, in less time then
        poison(d.block + d.done, size);
        d.done += size;
        work += 1 + static_cast<std::int64_t>(size / (8 * SliceSizes::kBytesPerUnit));
        if (d.done < d.bytes) return false;
        heap.pages_.release_payload(d.block, d.bytes);
        d = {};
    }
    if (dying_[1].block) return false;
    phase_ = Phase::None;
    table_ = 0;
    return true;
}

void TableGrowth::cancel(Heap& heap) {
    if (phase_ == Phase::None) return;
    release_parts(heap);
    for (Dying& d : dying_) {
        if (d.block) heap.pages_.release_payload(d.block, d.bytes);
        d = {};
    }
    phase_ = Phase::None;
    table_ = 0;
    restarts_ = 0;
    waited_ = false;
}

void TableGrowth::mark(Collector& collector) const {
    for_each_block([&](const void* block, std::size_t bytes) { collector.mark_payload(block, bytes); });
}

}  // namespace arenite
