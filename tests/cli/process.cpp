#include "tests/cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace arenite::test {
namespace {

class Fd {
public:
    explicit Fd(int fd = -1) : fd_(fd) {}
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd() { reset(); }
    void reset(int fd = -1) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = fd;
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

struct Pipe {
    Fd read;
    Fd write;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        read.reset(ends[0]);
        write.reset(ends[1]);
    }
};

/// Reads what is there. False: the end.
bool drain(const Fd& fd, std::string& out) {
    std::array<char, 65536> buffer;
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n > 0) out.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0 || (n < 0 && errno == EINTR);
}

}  // namespace

std::vector<std::string> child_environment(const std::vector<std::string>& more) {
    std::vector<std::string> result;
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!text.starts_with("LUA_") && !text.starts_with("LC_ALL=") && !text.starts_with("INPUTRC=") &&
            !text.starts_with("TERM=") && !text.starts_with("HOME=")) {
            result.emplace_back(text);
        }
    }
    result.insert(result.end(), {"LC_ALL=C", "TERM=dumb", "HOME=/nonexistent"});
    for (const std::string& entry : more) {
        std::erase_if(result,
                      [&](const std::string& e) { return e.starts_with(entry.substr(0, entry.find('=') + 1)); });
        result.push_back(entry);
    }
    return result;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (std::string& s : strings) result.push_back(s.data());
    result.push_back(nullptr);
    return result;
}

std::ostream& operator<<(std::ostream& os, const RunResult& r) {
    return os << "exit code " << r.exit_code << "\n--- stdout\n" << r.out << "\n--- stderr\n" << r.err;
}

RunResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                      const RunOptions& options) {
    RunResult result;
    Pipe in;
    Pipe out;
    Pipe err;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, options.cwd.c_str());
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), 2);

    // We may have been started with SIGINT ignored, as background jobs are.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    posix_spawnattr_setsigdefault(&attributes, &interrupt);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> argv = arguments;
    argv.insert(argv.begin(), options.name.empty() ? program : options.name);
    std::vector<std::string> environment = child_environment(options.environment);
    pid_t pid = -1;
    const int status = ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, pointers(argv).data(),
                                      pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0) return result;
    in.read.reset();
    out.write.reset();
    err.write.reset();

    ::signal(SIGPIPE, SIG_IGN);
    ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
    std::size_t written = 0;
    bool interrupted = options.interrupt_after.empty();
    const auto deadline = std::chrono::steady_clock::now() + options.time_limit;
    while (out.read.get() >= 0 || err.read.get() >= 0) {
        if (written == options.input.size()) in.write.reset();
        std::array<pollfd, 3> fds{pollfd{out.read.get(), POLLIN, 0}, pollfd{err.read.get(), POLLIN, 0},
                                  pollfd{in.write.get(), POLLOUT, 0}};
        if (::poll(fds.data(), fds.size(), 1000) < 0 && errno != EINTR) break;
        if (std::chrono::steady_clock::now() > deadline) {
            result.err += "[killed after the time limit]";
            ::kill(pid, SIGKILL);
            break;
        }
        if (fds[0].revents != 0 && !drain(out.read, result.out)) out.read.reset();
        if (fds[1].revents != 0 && !drain(err.read, result.err)) err.read.reset();
        if (fds[2].revents != 0) {
            const ssize_t n = ::write(in.write.get(), options.input.data() + written, options.input.size() - written);
            if (n > 0) written += static_cast<std::size_t>(n);
            if (n < 0 && errno != EAGAIN && errno != EINTR) written = options.input.size();
        }
        if (!interrupted && (result.out + result.err).find(options.interrupt_after) != std::string::npos) {
            interrupted = true;
            ::kill(pid, SIGINT);
        }
    }
    int wait_status = 0;
    rusage used{};
    while (::wait4(pid, &wait_status, 0, &used) < 0 && errno == EINTR) {
    }
    result.peak_kib = used.ru_maxrss;
    if (WIFEXITED(wait_status)) result.exit_code = WEXITSTATUS(wait_status);
    if (WIFSIGNALED(wait_status)) result.err += "[signal " + std::to_string(WTERMSIG(wait_status)) + "]";
    return result;
}

RunResult run_arenite(const std::vector<std::string>& arguments, const RunOptions& options) {
    RunOptions named = options;
    if (named.name.empty()) named.name = "arenite";
    return run_program(kArenite, arguments, named);
}

RunResult run_lua51(const std::vector<std::string>& arguments, const RunOptions& options) {
    return run_program("lua5.1", arguments, options);
}

bool has_lua51() {
    static const bool has = run_lua51({"-e", ""}).exit_code == 0;
    return has;
}

ScratchFolder::ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "arenite_cli_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    return name;
}

}  // namespace arenite::test
