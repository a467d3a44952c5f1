// A main() for fuzz targets where libFuzzer is not linked: it feeds LLVMFuzzerTestOneInput from files and from a
// deterministic generator, so that every fuzz target is also an ordinary bounded test.
//
//   fuzz_NAME [PATH...] [--optional PATH] [--random SEED COUNT MAXLEN [--only INDEX]] [--dump FILE]
//
//   PATH        a file, or a directory whose files (sorted, recursively) are replayed; it must exist
//   --optional  the same, but a path that does not exist is skipped
//   --random    COUNT inputs of at most MAXLEN bytes; input I depends only on SEED, I, MAXLEN and the replayed files
//   --only      of the random inputs, run only this one
//   --dump      write each random input to FILE before it runs: with --only, this extracts the input of a failure
//
// When a run crashes, the last line on stderr names the input that did it.
#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);
// Present when a sanitizer is linked: it ends the process itself, without a signal that we would see.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Bytes = std::vector<std::uint8_t>;

// What is running, for the report of a crash. A plain buffer, since a signal handler reads it.
char g_current[512] = "start-up";

void report_current() {
    static const char kPrefix[] = "\nfuzz: failed on ";
    (void)!write(STDERR_FILENO, kPrefix, sizeof kPrefix - 1);
    (void)!write(STDERR_FILENO, g_current, std::strlen(g_current));
    (void)!write(STDERR_FILENO, "\n", 1);
}

void on_signal(int signal) {
    report_current();
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void install_crash_report() {
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(report_current);
    std::signal(SIGABRT, on_signal);
    if (__sanitizer_set_death_callback) return;  // the sanitizer's own handlers say more
    for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) std::signal(signal, on_signal);
}

// The input is copied to a block of exactly its size, so that AddressSanitizer sees any read past the end.
void run_one(const Bytes& input) {
    std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[input.size()]);
    if (!input.empty()) std::memcpy(exact.get(), input.data(), input.size());
    LLVMFuzzerTestOneInput(exact.get(), input.size());
}

// splitmix64: small, and the same on every machine (unlike the distributions of <random>).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(next() % bound); }

private:
    std::uint64_t state_;
};

void mutate(Bytes& bytes, Random& random, std::size_t max_length) {
    static const std::uint8_t kInteresting[] = {0, 1, 0x7F, 0x80, 0xFF, '\n', '"', '%', '(', '[', '{'};
    for (std::size_t edits = 1 + random.below(8); edits > 0; --edits) {
        const std::size_t at = random.below(bytes.size() + 1);
        const auto offset = static_cast<std::ptrdiff_t>(at);
        switch (random.below(5)) {
            case 0:  // flip a bit
                if (at < bytes.size()) bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1u << random.below(8)));
                break;
            case 1:
                if (at < bytes.size()) bytes[at] = kInteresting[random.below(sizeof kInteresting)];
                break;
            case 2: bytes.insert(bytes.begin() + offset, static_cast<std::uint8_t>(random.next())); break;
            case 3:  // remove a few
                bytes.erase(
                    bytes.begin() + offset,
                    bytes.begin() + offset +
                        static_cast<std::ptrdiff_t>(random.below(std::min<std::size_t>(16, bytes.size() - at) + 1)));
                break;
            default: {  // repeat a few
                const std::size_t count = std::min<std::size_t>(1 + random.below(16), bytes.size() - at);
                const Bytes piece(bytes.begin() + offset, bytes.begin() + offset + static_cast<std::ptrdiff_t>(count));
                bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size() + 1)), piece.begin(),
                             piece.end());
            }
        }
    }
    if (bytes.size() > max_length) bytes.resize(max_length);
}

Bytes random_input(std::uint64_t seed, std::uint64_t index, std::size_t max_length, const std::vector<Bytes>& corpus) {
    Random random(Random(seed).next() ^ (index * 0xD1B54A32D192ED03u));
    const std::size_t kind = random.below(corpus.empty() ? 4 : 8);
    if (kind >= 4) {
        Bytes bytes = corpus[random.below(corpus.size())];
        mutate(bytes, random, max_length);
        return bytes;
    }
    // Short inputs are the likelier ones, and the empty one occurs.
    Bytes bytes(random.below(random.below(max_length + 1) + 1));
    for (std::uint8_t& byte : bytes) {
        switch (kind) {
            case 0: byte = static_cast<std::uint8_t>(random.next()); break;                  // any byte
            case 1: byte = static_cast<std::uint8_t>(' ' + random.below(95)); break;         // printable
            case 2: byte = static_cast<std::uint8_t>(random.below(16)); break;               // small: operation numbers
            default: byte = random.below(4) ? 0 : static_cast<std::uint8_t>(random.next());  // mostly zero
        }
    }
    return bytes;
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

[[noreturn]] void usage(const char* program) {
    std::fprintf(stderr,
                 "usage: %s [PATH...] [--optional PATH] [--random SEED COUNT MAXLEN [--only INDEX]] [--dump FILE]\n",
                 program);
    std::exit(2);
}

std::uint64_t number(const char* program, const char* text) {
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0') usage(program);
    return value;
}

}  // namespace

int main(int argc, char** argv) {
    if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);

    std::vector<std::filesystem::path> files;
    std::uint64_t seed = 0;
    std::uint64_t count = 0;
    std::size_t max_length = 0;
    std::uint64_t only = UINT64_MAX;
    const char* dump = nullptr;

    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto take = [&]() -> const char* {
            if (i + 1 >= argc) usage(argv[0]);
            return argv[++i];
        };
        if (argument == "--random") {
            seed = number(argv[0], take());
            count = number(argv[0], take());
            max_length = static_cast<std::size_t>(number(argv[0], take()));
        } else if (argument == "--only") {
            only = number(argv[0], take());
        } else if (argument == "--dump") {
            dump = take();
        } else if (argument.starts_with("--") && argument != "--optional") {
            usage(argv[0]);
        } else {
            const bool optional = argument == "--optional";
            const std::filesystem::path path = optional ? take() : argv[i];
            std::error_code error;
            if (std::filesystem::exists(path, error)) {
                for (const auto& file : files_of(path)) files.push_back(file);
            } else if (!optional) {
                std::fprintf(stderr, "fuzz: no such file or directory: %s\n", path.c_str());
                return 2;
            }
        }
    }

    install_crash_report();

    std::vector<Bytes> corpus;
    for (const auto& file : files) {
        std::snprintf(g_current, sizeof g_current, "%s", file.c_str());
        std::ifstream stream(file, std::ios::binary);
        if (!stream) {
            std::fprintf(stderr, "fuzz: cannot read %s\n", file.c_str());
            return 2;
        }
        corpus.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
        if (only == UINT64_MAX) run_one(corpus.back());
    }

    for (std::uint64_t index = 0; index < count; ++index) {
        if (only != UINT64_MAX && index != only) continue;
        const Bytes input = random_input(seed, index, max_length, corpus);
        std::snprintf(g_current, sizeof g_current,
                      "random input %llu of %zu bytes; run it alone: --random %llu %llu %zu --only %llu",
                      static_cast<unsigned long long>(index), input.size(), static_cast<unsigned long long>(seed),
                      static_cast<unsigned long long>(count), max_length, static_cast<unsigned long long>(index));
        if (dump) {
            std::ofstream(dump, std::ios::binary)
                .write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
        }
        run_one(input);
    }
    std::printf("fuzz: %zu files and %llu random inputs passed\n", files.size(),
                static_cast<unsigned long long>(only == UINT64_MAX ? count
                                                : only < count     ? 1
                                                                   : 0));
    return 0;
}
