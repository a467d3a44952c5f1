// Tests of Heap::identity: what tostring() shows of an object names it, and tells nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "heap/factory.h"
#include "heap/heap.h"

namespace arenite {
namespace {

HeapOptions small(std::uint64_t seed = 0) {
    HeapOptions options;
    options.address_range = std::size_t{1} << 26;
    options.hash_seed = seed;
    return options;
}

std::vector<std::uint64_t> identities(Heap& heap, int count) {
    std::vector<std::uint64_t> all;
    for (int i = 0; i < count; ++i) {
        const Value v = Value::object(ObjectFactory::make_table(heap, 0, 0));
        all.push_back(heap.identity(v));
        EXPECT_EQ(all.back(), heap.identity(v));
        EXPECT_LT(all.back(), std::uint64_t{1} << 48);
    }
    return all;
}

TEST(Identity, IsUnique) {
    Heap heap(small());
    std::vector<std::uint64_t> all = identities(heap, 50'000);
    for (int i = 0; i < 1000; ++i) all.push_back(heap.identity(Value::light_userdata(static_cast<std::uint32_t>(i))));
    std::sort(all.begin(), all.end());
    EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

// Objects made in a row lie in a row; their names do not, in any of their bits.
TEST(Identity, TellsNeitherOrderNorPosition) {
    Heap heap(small());
    const std::vector<std::uint64_t> all = identities(heap, 4096);
    for (unsigned bit = 0; bit < 48; ++bit) {
        int changes = 0;
        for (std::size_t i = 1; i < all.size(); ++i) changes += (all[i] ^ all[i - 1]) >> bit & 1;
        EXPECT_NEAR(changes, 2048, 200) << bit;
    }
}

TEST(Identity, DependsOnTheSecretOfTheHeap) {
    Heap a(small());
    Heap b(small());
    Heap c(small(7));
    Heap d(small(7));
    EXPECT_NE(identities(a, 10), identities(b, 10));
    EXPECT_EQ(identities(c, 10), identities(d, 10));
}

}  // namespace
}  // namespace arenite
