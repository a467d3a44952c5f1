#include "live_redis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

namespace arenite::redis::testing {
namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
}

int free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    ::bind(socket, reinterpret_cast<sockaddr*>(&address), length);
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
    ::close(socket);
    return ntohs(address.sin_port);
}

int open_connection(int port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(socket);
        return -1;
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const timeval patience{20, 0};
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
    port_ = free_port();
    const std::string port = std::to_string(port_);
    const std::string log = directory_ + "/log";
    pid_ = fork();
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // no server outlives a crashed test
        setenv("LC_ALL", "C", 1);
        execlp("redis-server", "redis-server", "--port", port.c_str(), "--bind", "127.0.0.1", "--save", "",
               "--appendonly", "no", "--dir", directory_.c_str(), "--logfile", log.c_str(),
               static_cast<char*>(nullptr));
        _exit(127);
    }
    for (int i = 0; i < 200; ++i) {
        if (connect_both()) return true;
        usleep(50'000);
    }
    return false;
}

bool LiveRedis::connect_both() {
    for (int& socket : sockets_) {
        if (socket < 0) socket = open_connection(port_);
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
