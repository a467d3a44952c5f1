// The sizes that the parts of a table get when they are made again: PUC's rule (ltable.c, rehash).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "heap/table.h"

namespace arenite {

/// The array index of an integral key in 1..kMaxArray; 0 for any other key.
[[nodiscard]] inline std::uint32_t array_key(Value key) {
    if (!key.is_number()) return 0;
    const double d = key.as_number();
    if (!(d >= 1 && d <= Table::kMaxArray)) return 0;
    const auto i = static_cast<std::uint32_t>(d);
    return static_cast<double>(i) == d ? i : 0;
}

/// Counts keys, and says how large the parts are to be that hold them.
class KeyCount {
public:
    void add(Value key) {
        if (const std::uint32_t k = array_key(key); k != 0) add_index(k);
        ++total_;
    }
    void add_array(const Value* array, std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t i = first; i < last;) {
            const auto slice = static_cast<unsigned>(std::bit_width(i));
            const std::uint32_t end = std::min(last, std::uint32_t{1} << slice);
            std::uint32_t used = 0;
            for (; i < end; ++i) used += !array[i].is_nil();
            nums_[slice] += used;
            candidates_ += used;
            total_ += used;
        }
    }
    void add_nodes(const Node* nodes, std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t i = first; i < last; ++i) {
            if (!nodes[i].value.is_nil()) add(nodes[i].key);
        }
    }
    /// The array part: the largest power of two n such that more than n/2 of 1..n are in use; the rest goes to the hash
    /// part.
    void sizes(std::uint32_t& array, std::uint32_t& hash) const {
        std::uint32_t seen = 0;
        std::uint32_t in_array = 0;
        std::uint64_t power = 1;
        array = 0;
        for (unsigned i = 0; i < kSlices && power / 2 < candidates_; ++i, power *= 2) {
            if (nums_[i] > 0) {
                seen += nums_[i];
                if (seen > power / 2) {
                    array = static_cast<std::uint32_t>(power);
                    in_array = seen;
                }
            }
            if (seen == candidates_) break;
        }
        hash = total_ - in_array;
    }

private:
    static constexpr unsigned kSlices = 31;  ///< nums_[i] counts the keys k with 2^(i-1) < k <= 2^i
    void add_index(std::uint32_t key) {
        ++nums_[std::bit_width(key - 1)];
        ++candidates_;
    }
    std::uint32_t nums_[kSlices] = {};
    std::uint32_t candidates_ = 0;  ///< keys that could be in the array part
    std::uint32_t total_ = 0;
};

}  // namespace arenite
