// PrototypeBuilder: copies a verified unit into the heap, as prototypes, in slices.
//
// Invariants
//  PB1. Whenever it pauses, all that it has made hangs on root(), but for one block (and what is interned
//       and not used yet): the owner has mark() called by the collector.
//  PB2. What it stores into a prototype, which may be marked already, is marked at once.
//  PB3. What hangs on root() is under construction: nobody runs it, code may be missing, and children may still be
//       null.
//  PB4. cancel() gives the block back. The rest is garbage of the scope in which it was made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "heap/collector.h"
#include "heap/function_unit.h"
#include "heap/heap.h"
#include "heap/look.h"

namespace arenite {

class PrototypeBuilder {
public:
    enum class Answer : std::uint8_t {
        Made,
        OutOfMemory,
        Stopped,  ///< the check said so
    };

    PrototypeBuilder(Heap& heap, Look look) : heap_(heap), pacer_(look) {}
    PrototypeBuilder(const PrototypeBuilder&) = delete;
    PrototypeBuilder& operator=(const PrototypeBuilder&) = delete;

    /// Makes the prototypes of the unit and its children: root() is its own. What has been copied of the units is released
    /// to their memory. `source` is the chunk name, if it is a string of the heap already, or nil. Works in
    /// `scratch`, and throws what that throws.
    [[nodiscard]] Answer make(FunctionUnit& unit, Value source, boost::container::pmr::memory_resource& scratch);
    [[nodiscard]] Handle<Prototype> root() const { return root_; }
    /// A string, made in slices, which hangs on nothing; nil when memory is out or the check said stop.
    [[nodiscard]] Value text(std::string_view bytes);

    void mark(Collector& collector) const {
        collector.mark_value(Value::object(root_));
        if (block_) collector.mark_payload(block_, block_bytes_);
    }
    void cancel() {
        if (block_) heap_.pages_.release_payload(block_, block_bytes_);
        block_ = nullptr;
        root_ = {};
    }
    /// The block that belongs to nobody yet; null for none.
    [[nodiscard]] const void* block() const { return block_; }
    [[nodiscard]] std::size_t block_bytes() const { return block_bytes_; }

private:
    [[nodiscard]] Prototype* make_shell(Value source);
    [[nodiscard]] bool fill(Prototype& p, FunctionUnit& unit);
    [[nodiscard]] bool fill_constants(Prototype& p, FunctionUnit& unit);
    [[nodiscard]] bool fill_variables(Prototype& p, const FunctionUnit& unit);
    /// A block of `count` items; false when memory is out. Null for none.
    template <class T>
    [[nodiscard]] bool begin(std::size_t count, T*& block);
    /// The block has got its owner.
    void end() {
        if (block_ && heap_.collector().marking()) heap_.collector().mark_payload(block_, block_bytes_);
        block_ = nullptr;
    }
    template <class T>
    [[nodiscard]] bool make_blank(T*& field, std::size_t count, const T& value);
    template <class T>
    [[nodiscard]] bool make_copy(T*& field, UnitVector<T>& from);
    [[nodiscard]] bool store(Value& field, Value v) {
        if (v.is_nil()) return false;
        field = v;
        if (heap_.collector().marking()) heap_.collector().mark_value(v);
        return true;
    }
    [[nodiscard]] bool stopped(std::size_t work) { return stopped_ = stopped_ || pacer_.after(work); }

    Heap& heap_;
    Pacer pacer_;
    bool stopped_ = false;
    Handle<Prototype> root_;
    void* block_ = nullptr;
    std::size_t block_bytes_ = 0;
};

/// All in one piece, in the host's memory; null when memory is out.
[[nodiscard]] Handle<Prototype> make_prototype(Heap& heap, FunctionUnit& unit);

}  // namespace arenite
