#include "live_redis.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

namespace arenite::redis::testing {
namespace {

int open_connection(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return -1;
    path.copy(address.sun_path, path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        return -1;
    }
    const timeval patience{60, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
}

}  // namespace

std::size_t reply_length(std::string_view bytes) {
    std::size_t at = 0;
    for (std::size_t expected = 1; expected > 0; --expected) {
        const std::size_t end = bytes.find("\r\n", at);
        if (end == std::string_view::npos) return 0;
        const char kind = bytes[at];
        long long number = 0;
        std::from_chars(bytes.data() + at + 1, bytes.data() + end, number);
        at = end + 2;
        if ((kind == '$' || kind == '=') && number >= 0) at += static_cast<std::size_t>(number) + 2;
        if ((kind == '*' || kind == '~') && number > 0) expected += static_cast<std::size_t>(number);
        if (kind == '%' && number > 0) expected += 2 * static_cast<std::size_t>(number);
        if (at > bytes.size()) return 0;
    }
    return at;
}

LiveRedis* LiveRedis::get() {
    static const std::unique_ptr<LiveRedis> server = [] {
        std::unique_ptr<LiveRedis> made(new LiveRedis());
        if (!made->start()) made.reset();
        return made;
    }();
    return server.get();
}

bool LiveRedis::start() {
    if (std::system("redis-server --version 2>/dev/null | grep -q 'v=7\\.'") != 0) return false;
    char directory[] = "/tmp/arenite_live_redis_XXXXXX";
    if (mkdtemp(directory) == nullptr) return false;
    directory_ = directory;
    // Not a port: one that is free now may be another test program's a moment later, and then two would share a server.
    socket_path_ = directory_ + "/socket";
    const std::string log = directory_ + "/log";
    pid_ = fork();
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // no server outlives a crashed test
        setenv("LC_ALL", "C", 1);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket_path_.c_str(), "--save", "",
               "--appendonly", "no", "--dir", directory_.c_str(), "--logfile", log.c_str(),
               static_cast<char*>(nullptr));
        _exit(127);
    }
    for (int i = 0; i < 1200; ++i) {
        if (connect_both()) return true;
        if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
            pid_ = -1;
            break;
        }
        usleep(50'000);
    }
    return false;
}

bool LiveRedis::connect_both() {
    for (int& socket : sockets_) {
        if (socket < 0) socket = open_connection(socket_path_);
        if (socket < 0) return false;
    }
    return exchange(sockets_[1], {"HELLO", "3"}).starts_with('%');
}

LiveRedis::~LiveRedis() {
    for (const int socket : sockets_) {
        if (socket >= 0) ::close(socket);
    }
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
}

std::string LiveRedis::command(const std::vector<std::string>& words, int version) {
    return exchange(sockets_[version - 2], words);
}

std::string LiveRedis::exchange(int socket, const std::vector<std::string>& words) {
    std::string request = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) request += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    for (std::size_t sent = 0; sent < request.size();) {
        const ssize_t n = ::send(socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) return {};
        sent += static_cast<std::size_t>(n);
    }
    std::string reply;
    do {
        char buffer[65536];
        const ssize_t n = ::recv(socket, buffer, sizeof buffer, 0);
        if (n <= 0) return {};
        reply.append(buffer, static_cast<std::size_t>(n));
    } while (reply_length(reply) == 0);
    return reply;
}

}  // namespace arenite::redis::testing
