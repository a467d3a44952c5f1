#include "tests/cli/terminal.h"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <utility>

namespace arenite::test {
namespace {

constexpr int kPatience = 20'000;  // milliseconds

/// Without control sequences (ESC [ ... letter) and carriage returns. An unfinished sequence stays.
std::string printed(const std::string& raw) {
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\x1b' && i + 1 < raw.size() && raw[i + 1] == '[') {
            std::size_t end = i + 2;
            while (end < raw.size() && (raw[end] < '@' || raw[end] > '~')) ++end;
            i = end;
        } else if (raw[i] != '\r') {
            out += raw[i];
        }
    }
    return out;
}

}  // namespace

bool has_terminals() {
    int master = -1;
    int slave = -1;
    if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) return false;
    ::close(master);
    ::close(slave);
    return true;
}

Terminal::Terminal(const std::string& program, const std::vector<std::string>& arguments, const RunOptions& options) {
    std::vector<std::string> argv = arguments;
    argv.insert(argv.begin(), options.name.empty() ? program : options.name);
    std::vector<std::string> environment = child_environment(options.environment);
    const std::vector<char*> arguments_of_exec = pointers(argv);
    const std::vector<char*> environment_of_exec = pointers(environment);
    struct winsize window{24, 100, 0, 0};
    pid_ = ::forkpty(&fd_, nullptr, nullptr, &window);
    if (pid_ < 0) throw std::runtime_error("forkpty");
    if (pid_ == 0) {
        ::signal(SIGINT, SIG_DFL);
        ::signal(SIGPIPE, SIG_DFL);
        if (::chdir(options.cwd.c_str()) == 0) {
            ::execvpe(program.c_str(), arguments_of_exec.data(), environment_of_exec.data());
        }
        ::_exit(127);
    }
}

Terminal::~Terminal() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(fd_);
}

void Terminal::send(const std::string& keys) {
    for (std::size_t sent = 0; sent < keys.size();) {
        const ssize_t n = ::write(fd_, keys.data() + sent, keys.size() - sent);
        if (n < 0 && errno != EINTR) return;
        if (n > 0) sent += static_cast<std::size_t>(n);
    }
}

bool Terminal::read_more() {
    pollfd fd{fd_, POLLIN, 0};
    if (::poll(&fd, 1, kPatience) <= 0) return false;
    char bytes[4096];
    const ssize_t n = ::read(fd_, bytes, sizeof bytes);
    if (n <= 0) return n < 0 && errno == EINTR;  // EIO: the program has ended
    raw_.append(bytes, static_cast<std::size_t>(n));
    shown_ = printed(raw_);
    return true;
}

bool Terminal::expect(const std::string& text) {
    for (;;) {
        const std::size_t at = shown_.find(text, expected_);
        if (at != std::string::npos) {
            expected_ = at + text.size();
            return true;
        }
        if (!read_more()) return false;
    }
}

int Terminal::wait() {
    while (read_more()) {
    }
    int status = 0;
    for (int i = 0; i < kPatience / 10; ++i) {
        const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
        if (ended == pid_) {
            pid_ = -1;
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        ::usleep(10'000);
    }
    return -1;
}

}  // namespace arenite::test
