// FileBytes: the bytes of a file, which count towards the memory limit of what they are for: a file may have no end.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <arenite/vm.h>

namespace arenite::cli {

class FileBytes {
public:
    /// Counted by the machine.
    explicit FileBytes(Vm& vm) : vm_(&vm) {}
    /// At most so many bytes.
    explicit FileBytes(std::size_t limit) : limit_(limit) {}
    ~FileBytes() { clear(); }
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;

    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
    /// False: there is no room, and nothing has changed.
    [[nodiscard]] bool append(const char* bytes, std::size_t count) {
        if (count > capacity_ - size_ && !grow(size_ + count)) return false;
        if (count != 0) std::memcpy(bytes_ + size_, bytes, count);
        size_ += count;
        return true;
    }
    void clear() {
        std::free(bytes_);
        if (vm_ != nullptr) vm_->release_memory(capacity_);
        bytes_ = nullptr;
        size_ = capacity_ = 0;
    }

private:
    [[nodiscard]] bool grow(std::size_t least) {
        const std::size_t larger = capacity_ + capacity_ / 2;
        return grow_to(larger > least ? larger : least) || (larger > least && grow_to(least));
    }
    [[nodiscard]] bool grow_to(std::size_t capacity) {
        const std::size_t more = capacity - capacity_;
        if (vm_ != nullptr ? !vm_->hold_memory(more) : capacity > limit_) return false;
        auto* const bytes = static_cast<char*>(std::realloc(bytes_, capacity));
        if (bytes == nullptr) {
            if (vm_ != nullptr) vm_->release_memory(more);
            return false;
        }
        bytes_ = bytes;
        capacity_ = capacity;
        return true;
    }

    Vm* vm_ = nullptr;
    std::size_t limit_ = 0;
    char* bytes_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace arenite::cli
