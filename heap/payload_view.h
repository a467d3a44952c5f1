// Views of payloads: the only way for natives to read or write the array part of a table, or the bytes of a buffer,
// where they lie.
//
// A payload moves or is freed when its owner changes: a table gets new parts when a key is set, or when it is written
// to for the first time in a transaction; a buffer grows. A pointer that is kept over that is a use after free that a
// script can write (table.sort once did). So no such pointer is kept: a view is made, used and gone before the next
// change.
//
// Invariants
//  PV1. While a view is there, nothing is called that may move or free a payload. These functions are marked
//       ARENITE_MOVES_PAYLOADS, and clang refuses to compile a call of one where a view is in scope (its thread safety
//       analysis, with the payloads as the capability: tests/compile_fail/view_over_*.cpp). What a view gives out, it
//       does not outlive either ([[clang::lifetimebound]]).
//  PV2. The compiler checks one function at a time. So in builds with checks (arena/checks.h) each access verifies that
//       the owner is alive and still has this payload, in these sizes (tests/vm/payload_view_test.cpp).
//  PV3. A view cannot be copied, moved, assigned, or made by new. Nor is it, or a bare pointer to Values, a member of
//       anything in vm/lib and redis_api/lib (PayloadViewTest.PV3_...).
//  PV4. At most one view at a time; what works on two payloads does it in NativeContext.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arenite/annotations.h>

#include "arena/checks.h"
#include "heap/heap.h"

// clang's names for this come from locks: a "shared lock" on the payloads is a view of one.
#define ARENITE_VIEW ARENITE_ANALYSIS(scoped_lockable)
#define ARENITE_VIEW_BEGINS ARENITE_ANALYSIS(acquire_shared_capability(::arenite::payloads))
#define ARENITE_VIEW_ENDS ARENITE_ANALYSIS(release_generic_capability)
#if defined(__clang__)
#define ARENITE_LIFETIMEBOUND [[clang::lifetimebound]]
#else
#define ARENITE_LIFETIMEBOUND
#endif

namespace arenite {

/// What is said of a view that is used when it should not (PV2).
inline constexpr const char* kPayloadMoved = "PV2: a view was used after its payload had moved, or outside of it";

/// What the views have in common: they stay where they are made (PV3).
class PayloadView {
public:
    PayloadView() = default;
    PayloadView(const PayloadView&) = delete;
    PayloadView& operator=(const PayloadView&) = delete;
    static void* operator new(std::size_t) = delete;
    static void* operator new[](std::size_t) = delete;
};

/// The array part of a table, to be read; empty for what is no table.
class ARENITE_VIEW ArrayView final : PayloadView {
public:
    ArrayView(const Heap& heap, Handle<Table> table) ARENITE_VIEW_BEGINS : table_(heap.get(table)) {
        if (!table_) return;
        values_ = table_->array();
        size_ = table_->array_size();
        self_ = table.bits;
    }
    ~ArrayView() ARENITE_VIEW_ENDS {}

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] Value operator[](std::size_t i) const {
        ARENITE_REQUIRE(i < size_ && is_current(), kPayloadMoved);
        return values_[i];
    }

private:
    [[nodiscard]] bool is_current() const {
        return table_->self == self_ && table_->array() == values_ && table_->array_size() == size_;
    }

    const Table* const table_;
    const Value* values_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t self_ = 0;
};

/// The bytes of a buffer, to be read; none for what is no buffer.
class ARENITE_VIEW BufferView final : PayloadView {
public:
    BufferView(const Heap& heap, Value buffer) ARENITE_VIEW_BEGINS : buffer_(heap.get<Buffer>(buffer)) {
        if (!buffer_) return;
        bytes_ = buffer_->view();
        self_ = buffer.bits;
    }
    ~BufferView() ARENITE_VIEW_ENDS {}

    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::string_view bytes() const ARENITE_LIFETIMEBOUND {
        ARENITE_REQUIRE(is_current(), kPayloadMoved);
        return bytes_;
    }
    [[nodiscard]] const char* data() const ARENITE_LIFETIMEBOUND { return bytes().data(); }

private:
    [[nodiscard]] bool is_current() const {
        return !buffer_ || (buffer_->self == self_ && buffer_->data() == bytes_.data());
    }

    const Buffer* const buffer_;
    std::string_view bytes_;
    std::uint64_t self_ = 0;
};

}  // namespace arenite
