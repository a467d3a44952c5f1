// Freeing what is large in pieces: elements by number, and memory by slices, since giving a block of many pages back to
// the system takes some 70 ns a page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "arena/system_memory.h"

namespace arenite::redis {

/// Units of work (work_meter.h) for which may still be freed. One call goes below zero by no more than one part.
using FreeAllowance = std::int64_t;

namespace free_cost {

/// Units for freeing a node of a dictionary or a skip list; something smaller; the memory of a slice. Some 50 ns each.
constexpr FreeAllowance kNode = 4;
constexpr FreeAllowance kItem = 1;
constexpr FreeAllowance kBlock = 16;    ///< of a list
constexpr FreeAllowance kShrink = 256;  ///< some blocks of a list
constexpr FreeAllowance kSlice = 256;
constexpr std::size_t kSliceBytes = std::size_t{256} << 10;

}  // namespace free_cost

/// Whether the rest of a text is small enough to be freed with what it is in; its memory is released in slices before.
[[nodiscard]] inline bool free_some(std::string& text, FreeAllowance& allowance) noexcept {
    while (text.size() > free_cost::kSliceBytes) {
        if (allowance <= 0) return false;
        const std::size_t end = text.size();
        const std::size_t begin = end - free_cost::kSliceBytes;
        text.resize(begin);
        discard_memory(text.data() + begin, end - begin);
        allowance -= free_cost::kSlice;
    }
    allowance -= static_cast<FreeAllowance>(text.size() / (free_cost::kSliceBytes / free_cost::kSlice));
    return true;
}

/// Values of a dictionary that own nothing large.
template <class T>
    requires std::is_trivially_copyable_v<T>
bool free_some(T& /*value*/, FreeAllowance& /*allowance*/) noexcept {
    return true;
}

/// Releases the memory after the elements of a vector that loses them from its end on, at each slice that it has left.
template <class Vector>
void release_slice(Vector& elements) noexcept {
    using Element = typename Vector::value_type;
    constexpr std::size_t kElements = free_cost::kSliceBytes / sizeof(Element);
    const std::size_t size = elements.size();
    if (size % kElements != 0 || elements.capacity() - size < kElements) return;
    char* const bytes = reinterpret_cast<char*>(elements.data());
    discard_memory(bytes + size * sizeof(Element), kElements * sizeof(Element));
}

/// Frees the elements of a vector whose destructors do nothing.
template <class T>
[[nodiscard]] bool free_some(std::vector<T>& elements, FreeAllowance& allowance) noexcept {
    static_assert(std::is_trivially_destructible_v<T>);
    constexpr std::size_t kElements = free_cost::kSliceBytes / sizeof(T);
    while (elements.size() > kElements) {
        if (allowance <= 0) return false;
        elements.resize((elements.size() - 1) / kElements * kElements);
        release_slice(elements);
        allowance -= free_cost::kSlice;
    }
    return true;
}

}  // namespace arenite::redis
