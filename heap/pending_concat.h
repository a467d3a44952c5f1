// PendingConcat: the bytes of one long string that an instruction puts together in slices.
//
// Like TableGrowth it belongs to no object: it is charged, marked by the transaction, cancelled when a scope opens or ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include "heap/collector.h"
#include "heap/factory.h"
#include "heap/heap.h"

namespace arenite {

class PendingConcat {
public:
    [[nodiscard]] bool active() const { return block_ != nullptr; }
    /// The sizes of the parts of a text, in their order: what `operand` and `offset` mean depends on them.
    class Layout {
    public:
        void add(std::size_t size) {
            size_ += size;
            hash_ = (hash_ ^ size) * 0x9E37'79B9'7F4A'7C15ull;
            hash_ ^= hash_ >> 32;
        }
        [[nodiscard]] std::size_t size() const { return size_; }
        bool operator==(const Layout&) const = default;

    private:
        std::size_t size_ = 0;
        std::uint64_t hash_ = 0;
    };
    /// Whether what is under way is the work of this frame, on parts of these sizes.
    [[nodiscard]] bool is(const void* frame, const void* pc, const Layout& layout) const {
        return active() && frame_ == frame && pc_ == pc && layout_ == layout;
    }
    /// Gives up what is under way and begins a text of that size, more than a short string has. False: memory is out.
    [[nodiscard]] bool begin(Heap& heap, const void* frame, const void* pc, const Layout& layout) {
        const std::size_t size = layout.size();
        cancel(heap);
        block_ = static_cast<char*>(heap.pages_.allocate_payload(size + 1));
        if (!block_) return false;
        frame_ = frame;
        pc_ = pc;
        size_ = size;
        layout_ = layout;
        done = operand = offset = 0;
        return true;
    }
    [[nodiscard]] char* data() { return block_; }
    /// The text as a string; nil when memory is out, and then it is still under way.
    [[nodiscard]] Value finish(Heap& heap) {
        block_[size_] = 0;
        const Value v = ObjectFactory::adopt_long_string(heap, block_, size_);
        if (!v.is_nil()) block_ = nullptr;
        return v;
    }
    void cancel(Heap& heap) {
        if (block_) heap.pages_.release_payload(block_, size_ + 1);
        block_ = nullptr;
    }
    void mark(Collector& collector) const {
        if (block_) collector.mark_payload(block_, size_ + 1);
    }
    [[nodiscard]] const void* block() const { return block_; }
    [[nodiscard]] std::size_t block_bytes() const { return size_ + 1; }

    std::size_t done = 0;     ///< bytes written
    std::size_t operand = 0;  ///< whose bytes come next
    std::size_t offset = 0;   ///< in it

private:
    char* block_ = nullptr;
    std::size_t size_ = 0;
    Layout layout_;
    const void* frame_ = nullptr;
    const void* pc_ = nullptr;
};

}  // namespace arenite
