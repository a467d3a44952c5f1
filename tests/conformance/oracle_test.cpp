// Differential conformance tests.
//
// Suite Oracle: every tests/conformance/**/*.lua runs once under the reference interpreter `lua5.1`
// and once under the arenite CLI, in the folder of the script with LC_ALL=C and TZ=UTC. stdout,
// stderr (without the program name) and the exit status have to be the same.
//
// Suite Limits: every tests/limits/*.lua runs under arenite only. It has to exit with status 0 and
// the last line it prints has to be `ok`.
//
// manual/ follows the Lua 5.1 manual: one script for each section, named after it. Each prints numbered checks through
// manual/check.inc.
//
// Scripts named quirk_*.lua pin accidents of PUC 5.1 (C library conversions, register allocation,
// NUL handling): they are separate so that a deliberate difference can be decided file by file.
//
// Files are discovered at run time. Environment:
//   ARENITE_LUA51          path of the reference interpreter (default: lua5.1 from PATH)
//   ARENITE_CLI            path of the arenite CLI (default: ARENITE_BIN_DIR "/arenite")
//   ARENITE_TEST_TIMEOUT   seconds per child (default 60, and 300 in sanitizer and stress builds)

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

#include "arena/sanitizers.h"

#ifndef ARENITE_SOURCE_DIR
#error "ARENITE_SOURCE_DIR must be defined as a string by the build"
#endif
#ifndef ARENITE_BIN_DIR
#error "ARENITE_BIN_DIR must be defined as a string by the build"
#endif

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct RunResult {
    std::string out;
    std::string err;
    int exitCode = -1;  // valid if signal == 0 and not timedOut
    int signal = 0;     // number of the signal that ended the child, else 0
    bool timedOut = false;
    std::string launchError;  // not empty: the child could not be started

    std::string describeStatus() const {
        if (!launchError.empty()) return "could not be started: " + launchError;
        if (timedOut) return "killed after the time limit";
        if (signal != 0) return "killed by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
        return "exit status " + std::to_string(exitCode);
    }
    bool endedNormally() const { return launchError.empty() && !timedOut && signal == 0; }
};

#if defined(ARENITE_STRESS)
constexpr bool kSlowBuild = true;
#else
constexpr bool kSlowBuild = arenite::kAddressSanitizer;
#endif

std::chrono::seconds timeLimit() {
    if (const char* text = std::getenv("ARENITE_TEST_TIMEOUT")) {
        const long value = std::strtol(text, nullptr, 10);
        if (value > 0) return std::chrono::seconds(value);
    }
    return std::chrono::seconds(kSlowBuild ? 300 : 60);
}

class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }
    void reset(int fd = -1) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }
    int get() const { return fd_; }

private:
    int fd_ = -1;
};

bool makePipe(Fd& readEnd, Fd& writeEnd) {
    int ends[2];
    if (::pipe(ends) != 0) return false;
    readEnd.reset(ends[0]);
    writeEnd.reset(ends[1]);
    ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

// The environment of the children: ours with LC_ALL, TZ and the Lua variables overridden.
std::vector<std::string> childEnvironment() {
    std::vector<std::string> result;
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::string_view name = text.substr(0, text.find('='));
        if (name == "LC_ALL" || name == "LANG" || name == "TZ" || name.substr(0, 4) == "LUA_") continue;
        result.emplace_back(text);
    }
    result.emplace_back("LC_ALL=C");
    result.emplace_back("TZ=UTC");
    return result;
}

/// `stackBytes`: the C++ stack the child gets at most; 0 leaves the usual one.
RunResult run(const std::string& program, const std::vector<std::string>& args, const fs::path& cwd,
              std::size_t stackBytes = 0) {
    RunResult result;
    Fd outRead, outWrite, errRead, errWrite, failRead, failWrite;
    if (!makePipe(outRead, outWrite) || !makePipe(errRead, errWrite) || !makePipe(failRead, failWrite)) {
        result.launchError = std::string("pipe: ") + std::strerror(errno);
        return result;
    }

    // Everything the child needs is built before fork, so that it only makes async-signal-safe calls.
    const std::vector<std::string> environment = childEnvironment();
    std::vector<char*> envp;
    for (const std::string& entry : environment) envp.push_back(const_cast<char*>(entry.c_str()));
    envp.push_back(nullptr);
    std::vector<char*> argv;
    argv.push_back(const_cast<char*>(program.c_str()));
    for (const std::string& arg : args) argv.push_back(const_cast<char*>(arg.c_str()));
    argv.push_back(nullptr);
    const std::string directory = cwd.string();

    const pid_t pid = ::fork();
    if (pid < 0) {
        result.launchError = std::string("fork: ") + std::strerror(errno);
        return result;
    }
    if (pid == 0) {
        const rlimit stack{stackBytes, stackBytes};
        if (stackBytes != 0) ::setrlimit(RLIMIT_STACK, &stack);
        const int null = ::open("/dev/null", O_RDONLY);
        if (null >= 0 && ::dup2(null, STDIN_FILENO) >= 0 && ::dup2(outWrite.get(), STDOUT_FILENO) >= 0 &&
            ::dup2(errWrite.get(), STDERR_FILENO) >= 0 && ::chdir(directory.c_str()) == 0) {
            ::execve(program.c_str(), argv.data(), envp.data());
        }
        const int error = errno;
        ssize_t ignored = ::write(failWrite.get(), &error, sizeof error);
        (void)ignored;
        ::_exit(127);
    }
    outWrite.reset();
    errWrite.reset();
    failWrite.reset();

    int launchErrno = 0;
    ssize_t got;
    do {
        got = ::read(failRead.get(), &launchErrno, sizeof launchErrno);  // 0 bytes: exec succeeded
    } while (got < 0 && errno == EINTR);
    if (got == static_cast<ssize_t>(sizeof launchErrno)) {
        result.launchError = program + ": " + std::strerror(launchErrno);
    }

    const Clock::time_point deadline = Clock::now() + timeLimit();
    struct Stream {
        Fd* fd;
        std::string* text;
    };
    Stream streams[2] = {{&outRead, &result.out}, {&errRead, &result.err}};
    std::vector<char> buffer(64 * 1024);
    while (streams[0].fd->get() >= 0 || streams[1].fd->get() >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) {
            result.timedOut = true;
            break;
        }
        pollfd polls[2];
        Stream* polled[2];
        nfds_t count = 0;
        for (Stream& stream : streams) {
            if (stream.fd->get() < 0) continue;
            polls[count] = pollfd{stream.fd->get(), POLLIN, 0};
            polled[count] = &stream;
            ++count;
        }
        const int ready = ::poll(polls, count, static_cast<int>(std::min<long long>(left, 1000)));
        if (ready < 0 && errno != EINTR) {
            result.timedOut = true;  // cannot happen; end the child rather than wait for it
            break;
        }
        if (ready <= 0) continue;
        for (nfds_t i = 0; i < count; ++i) {
            if (polls[i].revents == 0) continue;
            const ssize_t size = ::read(polled[i]->fd->get(), buffer.data(), buffer.size());
            if (size > 0) {
                polled[i]->text->append(buffer.data(), static_cast<std::size_t>(size));
            } else if (size == 0 || errno != EINTR) {
                polled[i]->fd->reset();
            }
        }
    }

    // A child that closed both streams and lives on is also held to the time limit.
    int status = 0;
    bool killed = false;
    for (;;) {
        if (!killed && (result.timedOut || Clock::now() >= deadline)) {
            result.timedOut = true;
            ::kill(pid, SIGKILL);
            killed = true;
        }
        const pid_t done = ::waitpid(pid, &status, killed ? 0 : WNOHANG);
        if (done == pid) break;
        if (done < 0 && errno != EINTR) {
            if (result.launchError.empty()) result.launchError = std::string("waitpid: ") + std::strerror(errno);
            return result;
        }
        if (done == 0) ::usleep(500);
    }
    if (WIFSIGNALED(status)) {
        result.signal = WTERMSIG(status);
    } else if (WIFEXITED(status)) {
        result.exitCode = WEXITSTATUS(status);
    }
    return result;
}

bool isExecutable(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> findOracle() {
    if (const char* path = std::getenv("ARENITE_LUA51")) {
        if (isExecutable(path)) return std::string(path);
        return std::nullopt;
    }
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "/usr/bin:/usr/local/bin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (folder.empty()) folder = ".";
        const fs::path candidate = fs::absolute(fs::path(folder) / "lua5.1");
        if (isExecutable(candidate)) return candidate.string();
    }
    return std::nullopt;
}

std::string areniteCli() {
    if (const char* path = std::getenv("ARENITE_CLI")) return fs::absolute(path).string();
    return std::string(ARENITE_BIN_DIR) + "/arenite";
}

fs::path sourceDir() {
    return fs::path(ARENITE_SOURCE_DIR);
}

std::vector<std::string> discover(const fs::path& root, bool recursive) {
    std::vector<std::string> files;
    std::error_code error;
    const auto add = [&](const fs::directory_entry& entry) {
        if (entry.path().extension() == ".lua" && entry.is_regular_file()) {
            files.push_back(fs::relative(entry.path(), root).generic_string());
        }
    };
    if (recursive) {
        for (const auto& entry : fs::recursive_directory_iterator(root, error)) add(entry);
    } else {
        for (const auto& entry : fs::directory_iterator(root, error)) add(entry);
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string testName(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param.substr(0, info.param.rfind('.'));
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

// Both programs begin their message with their own name: "lua5.1: ..." and "arenite: ...".
std::string withoutProgramName(const std::string& text) {
    const std::size_t colon = text.find(": ");
    const std::size_t lineEnd = text.find('\n');
    if (colon == std::string::npos || (lineEnd != std::string::npos && colon > lineEnd)) return text;
    const std::string_view word = std::string_view(text).substr(0, colon);
    if (word.find_first_of(" \t") != std::string_view::npos) return text;
    return "PROGRAM" + text.substr(colon);
}

std::vector<std::string_view> splitLines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) {
            lines.push_back(text);
            break;
        }
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string printable(std::string_view line) {
    constexpr std::size_t kMax = 400;
    std::string result;
    for (const char c : line.substr(0, kMax)) {
        const unsigned char byte = static_cast<unsigned char>(c);
        if (byte == '\t') {
            result += "\\t";
        } else if (byte < 0x20 || byte >= 0x7f) {
            static constexpr char kHex[] = "0123456789abcdef";
            result += "\\x";
            result += kHex[byte >> 4];
            result += kHex[byte & 15];
        } else {
            result += c;
        }
    }
    if (line.size() > kMax) result += "... (" + std::to_string(line.size()) + " bytes)";
    return result;
}

// The first lines that differ, with one line of context before each group.
std::string firstDifferences(std::string_view expected, std::string_view actual) {
    constexpr int kMaxShown = 8;
    const auto want = splitLines(expected);
    const auto have = splitLines(actual);
    std::ostringstream text;
    int shown = 0;
    bool inGroup = false;
    const std::size_t count = std::max(want.size(), have.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const bool same = i < want.size() && i < have.size() && want[i] == have[i];
        if (same) {
            inGroup = false;
            continue;
        }
        ++different;
        if (shown >= kMaxShown) continue;
        ++shown;
        if (!inGroup && i > 0)
            text << "    line " << i << "     both: " << printable(have.size() >= i ? have[i - 1] : want[i - 1])
                 << '\n';
        inGroup = true;
        text << "    line " << i + 1 << "   lua5.1: " << (i < want.size() ? printable(want[i]) : "<end of output>")
             << '\n';
        text << "    line " << i + 1 << "  arenite: " << (i < have.size() ? printable(have[i]) : "<end of output>")
             << '\n';
        // When one side has ended, or the lines are shifted, the rest is noise.
        if (i >= want.size() || i >= have.size()) break;
    }
    if (different == 0) {
        text << "    the lines are the same; the final newline differs\n";
    } else {
        text << "    " << want.size() << " lines expected, " << have.size() << " lines printed\n";
    }
    return text.str();
}

class Oracle : public testing::TestWithParam<std::string> {};

TEST_P(Oracle, SameAsLua51) {
    const std::optional<std::string> oracle = findOracle();
    if (!oracle) GTEST_SKIP() << "reference interpreter lua5.1 not found (Debian package lua5.1)";
    const fs::path script = sourceDir() / "tests" / "conformance" / GetParam();
    const fs::path cwd = script.parent_path();
    const std::vector<std::string> args = {script.filename().string()};

    const RunResult want = run(*oracle, args, cwd);
    ASSERT_TRUE(want.endedNormally()) << "lua5.1 " << GetParam() << ": " << want.describeStatus();
    const RunResult have = run(areniteCli(), args, cwd);
    ASSERT_TRUE(have.endedNormally()) << "arenite " << GetParam() << ": " << have.describeStatus() << "\n"
                                      << firstDifferences(want.out, have.out) << "  stderr: " << printable(have.err);

    EXPECT_EQ(want.exitCode, have.exitCode)
        << GetParam() << ": exit status; stderr of arenite: " << printable(have.err);
    if (want.out != have.out) {
        ADD_FAILURE() << GetParam() << ": stdout differs\n" << firstDifferences(want.out, have.out);
    }
    const std::string wantErr = withoutProgramName(want.err);
    const std::string haveErr = withoutProgramName(have.err);
    if (wantErr != haveErr) {
        ADD_FAILURE() << GetParam() << ": stderr differs\n" << firstDifferences(wantErr, haveErr);
    }
}

INSTANTIATE_TEST_SUITE_P(Conformance, Oracle, testing::ValuesIn(discover(sourceDir() / "tests" / "conformance", true)),
                         testName);

class Limits : public testing::TestWithParam<std::string> {};

/// However deep a script recurses, the machine does not (vm/include/arenite/vm.h, MA1): a quarter of a megabyte is enough for everything.
// Instrumented frames are many times larger.
constexpr std::size_t kSmallStack = arenite::kAddressSanitizer ? 0 : 256 * 1024;

TEST_P(Limits, EndsWithOk) {
    const fs::path script = sourceDir() / "tests" / "limits" / GetParam();
    const RunResult have = run(areniteCli(), {script.filename().string()}, script.parent_path(), kSmallStack);
    const auto lines = splitLines(have.out);
    const std::string last = lines.empty() ? std::string("<nothing>") : printable(lines.back());
    ASSERT_TRUE(have.endedNormally()) << "arenite " << GetParam() << ": " << have.describeStatus()
                                      << "\n  last line: " << last << "\n  stderr: " << printable(have.err);
    EXPECT_EQ(0, have.exitCode) << GetParam() << "\n  last line: " << last << "\n  stderr: " << printable(have.err);
    EXPECT_EQ("ok", last) << GetParam() << "\n  stderr: " << printable(have.err);
}

INSTANTIATE_TEST_SUITE_P(Engine, Limits, testing::ValuesIn(discover(sourceDir() / "tests" / "limits", false)),
                         testName);

// An empty discovery would make the suites above pass without having run anything.
TEST(Discovery, FindsScripts) {
    EXPECT_GE(discover(sourceDir() / "tests" / "conformance", true).size(), 150u);
    EXPECT_GE(discover(sourceDir() / "tests" / "limits", false).size(), 10u);
}

}  // namespace
