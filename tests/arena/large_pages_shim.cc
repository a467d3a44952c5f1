// A library to be preloaded (LD_PRELOAD) into a program on Linux: its calls meet a kernel whose pages have ARENITE_SHIM_PAGE
// bytes (16384 or 65536). Starts that are not at such a page are refused, lengths are rounded up, mappings begin at such
// pages and fill them; so what goes wrong on such a kernel goes wrong here. malloc's own mappings are not seen.
#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace {
std::uintptr_t page() {
    const char* text = std::getenv("ARENITE_SHIM_PAGE");
    return text ? std::strtoull(text, nullptr, 10) : 4096;
}
std::uintptr_t up(std::uintptr_t n) {
    return (n + page() - 1) & ~(page() - 1);
}
bool misplaced(const void* start) {
    if (reinterpret_cast<std::uintptr_t>(start) % page() == 0) return false;
    errno = EINVAL;
    return true;
}
}  // namespace

extern "C" {

long sysconf(int name) noexcept {
    if (name == _SC_PAGESIZE) return static_cast<long>(page());
    static const auto real = reinterpret_cast<long (*)(int)>(dlsym(RTLD_NEXT, "sysconf"));
    return real(name);
}

int getpagesize() noexcept {
    return static_cast<int>(page());
}

void* mmap(void* where, std::size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
    if (where || file != -1) {
        return reinterpret_cast<void*>(syscall(SYS_mmap, where, bytes, protection, flags, file, offset));
    }
    const std::size_t length = up(bytes);
    const long had = syscall(SYS_mmap, nullptr, length + page(), protection, flags, file, offset);
    if (had == -1) return MAP_FAILED;
    const auto start = static_cast<std::uintptr_t>(had);
    const std::uintptr_t aligned = up(start);
    if (aligned != start) syscall(SYS_munmap, start, aligned - start);
    if (aligned - start != page()) syscall(SYS_munmap, aligned + length, start + page() - aligned);
    return reinterpret_cast<void*>(aligned);
}

int munmap(void* start, std::size_t bytes) noexcept {
    if (misplaced(start)) return -1;
    return static_cast<int>(syscall(SYS_munmap, start, up(bytes)));
}

int madvise(void* start, std::size_t bytes, int advice) noexcept {
    if (misplaced(start)) return -1;
    const long result = syscall(SYS_madvise, start, up(bytes), advice);
    // The kernel that is played maps whole pages of its own: there would be no hole in them.
    return result == -1 && errno == ENOMEM ? 0 : static_cast<int>(result);
}

int mprotect(void* start, std::size_t bytes, int protection) noexcept {
    if (misplaced(start)) return -1;
    return static_cast<int>(syscall(SYS_mprotect, start, up(bytes), protection));
}
}
