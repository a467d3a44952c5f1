// Tests of arena/system_memory.h, and of its callers' neighbours. tests/CMakeLists.txt runs this program once more on
// the kernel's pages of 16 and of 64 KiB (large_pages_shim.cc).
#include "arena/system_memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "arena/page_heap.h"

namespace arenite {
namespace {

bool all(const char* p, std::size_t bytes, char value) {
    return std::all_of(p, p + bytes, [value](char c) { return c == value; });
}

// The shim that this program may run under is there at all.
TEST(SystemMemory, SM3_ThePageIsThatOfTheKernel) {
    const std::size_t page = system_page_bytes();
    ASSERT_GE(page, 4096u);
    EXPECT_EQ(page & (page - 1), 0u);
    if (const char* shim = std::getenv("ARENITE_SHIM_PAGE")) {
        EXPECT_EQ(page, std::strtoull(shim, nullptr, 10));
    }
}

TEST(SystemMemory, SM1_ClearingTouchesNothingOutside) {
    const std::size_t page = system_page_bytes();
    const Reservation range = reserve_memory(8 * page);
    ASSERT_NE(range.start, nullptr);
    const std::size_t step = page / 4;
    for (std::size_t from = 0; from <= 3 * page; from += step) {
        for (const std::size_t bytes : {std::size_t{8}, step, page - step, page, page + step, 3 * page, 4 * page + 8}) {
            std::memset(range.start, 0x5A, range.bytes);
            ASSERT_TRUE(clear_memory(range.start + from, bytes));
            ASSERT_TRUE(all(range.start, from, 0x5A)) << from << ' ' << bytes;
            ASSERT_TRUE(all(range.start + from, bytes, 0)) << from << ' ' << bytes;
            ASSERT_TRUE(all(range.start + from + bytes, range.bytes - from - bytes, 0x5A)) << from << ' ' << bytes;
        }
    }
    unreserve_memory(range);
}

TEST(SystemMemory, SM1_SlicesTouchNothingOutsideOfTheirBlock) {
    const std::size_t page = system_page_bytes();
    std::vector<char> memory(8 * page);
    for (std::size_t start = 0; start < 2 * page; start += page / 4) {
        for (std::size_t bytes = page / 4; bytes < 5 * page; bytes += 3 * page / 4) {
            for (const std::size_t slice : {page / 3, page, 3 * page}) {
                std::fill(memory.begin(), memory.end(), char{0x5A});
                for (std::size_t done = 0; done < bytes; done += slice)
                    discard_slice(memory.data() + start, done, std::min(done + slice, bytes));
                ASSERT_TRUE(all(memory.data(), start, 0x5A)) << start << ' ' << bytes << ' ' << slice;
                const char* end = memory.data() + start + bytes;
                ASSERT_TRUE(all(end, memory.size() - start - bytes, 0x5A)) << start << ' ' << bytes << ' ' << slice;
            }
        }
    }
}

TEST(SystemMemory, SM1_AMappingIsUnmappedFromItsEnd) {
    const std::size_t page = system_page_bytes();
    Reservation range = reserve_memory(6 * page + 100);
    ASSERT_NE(range.start, nullptr);
    std::memset(range.start, 0x5A, range.bytes);
    for (const std::size_t left : {5 * page + 8, 5 * page, 3 * page - 8, page / 2, std::size_t{8}}) {
        shrink_memory(range, left);
        EXPECT_EQ(range.bytes, left);
        EXPECT_TRUE(all(range.start, left, 0x5A)) << left;
    }
    unreserve_memory(range);
}

// A page heap that frees large blocks leaves those beside them alone, whatever malloc puts where.
TEST(SystemMemory, SM1_LargeBlocksThatDieLeaveTheirNeighboursAlone) {
    ByteBudget budget;
    PageHeap pages{std::size_t{1} << 28, budget};
    struct Block {
        char* bytes;
        std::size_t size;
        char pattern;
    };
    std::vector<Block> blocks;
    std::vector<Block> living;
    for (int i = 0; i < 64; ++i) {
        const std::size_t size = (std::size_t{256} << 10) + static_cast<std::size_t>(i) * 1112 + 8;
        auto* bytes = static_cast<char*>(pages.allocate_payload(size));
        ASSERT_NE(bytes, nullptr);
        blocks.push_back({bytes, size, static_cast<char>(i + 1)});
        std::memset(bytes, i + 1, size);
        if (i % 2 == 0) living.push_back(blocks.back());
        auto* small = static_cast<char*>(pages.allocate_payload(3000));  // so that few blocks begin at a page
        ASSERT_NE(small, nullptr);
        std::memset(small, i + 65, 3000);
        living.push_back({small, 3000, static_cast<char>(i + 65)});
    }
    for (int round = 0; round < 2; ++round) {
        pages.begin_marking();
        for (const Block& b : living) pages.mark_payload(b.bytes, b.size);
        pages.begin_sweep();
        while (!pages.sweep(3)) {
        }
        for (const Block& b : living) ASSERT_TRUE(all(b.bytes, b.size, b.pattern));
    }
    EXPECT_EQ(pages.large_blocks().size(), living.size());
}

// Pages of the page heap that are released leave those beside them alone, and read as zero.
TEST(SystemMemory, SM1_PagesThatAreGivenBackLeaveTheirNeighboursAlone) {
    ByteBudget budget;
    PageHeap pages{std::size_t{1} << 26, budget};
    std::vector<char*> blocks;
    for (int i = 0; i < 256; ++i) {
        blocks.push_back(static_cast<char*>(pages.allocate_payload(2048)));
        ASSERT_NE(blocks.back(), nullptr);
        std::memset(blocks.back(), 0x5A, 2048);
    }
    pages.flush_caches();
    pages.begin_marking();
    for (std::size_t i = 0; i < blocks.size(); i += 6) pages.mark_payload(blocks[i], 2048);
    pages.begin_sweep();
    while (!pages.sweep(3)) {
    }
    pages.trim(0);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        if (i % 6 == 0) {
            ASSERT_TRUE(all(blocks[i], 2048, 0x5A)) << i;
        } else if (AddressSpace::kDiscards && !kPoisons && i % 6 > 1 &&
                   i % 6 < 5) {  // both halves of the page are dead
            ASSERT_TRUE(all(blocks[i], 2048, 0)) << i;
        }
    }
}

// SM2. Reads the sources of all layers, and of the program.
TEST(SystemMemory, SM2_NoOtherFileTalksToTheKernelAboutPages) {
    namespace fs = std::filesystem;
    std::vector<std::string> found;
    int files = 0;
    for (const char* folder : {"arena", "heap", "txn", "compiler", "vm", "redis_api", "cli"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(ARENITE_SOURCE_DIR) / folder)) {
            if (!entry.is_regular_file()) continue;
            ++files;
            std::stringstream text;
            text << std::ifstream(entry.path()).rdbuf();
            if (text.str().find("#include <sys/mman.h>") != std::string::npos) found.push_back(entry.path().filename());
        }
    }
    EXPECT_GT(files, 200);
    EXPECT_EQ(found, std::vector<std::string>{"system_memory.cpp"});
}

}  // namespace
}  // namespace arenite
