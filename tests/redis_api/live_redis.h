// A redis-server 7 of our own, asked in raw bytes: the oracle of the script engine.
#pragma once

#include <sys/types.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arenite::redis::testing {

class LiveRedis {
public:
    /// The server of this program, started at first use on a socket in a directory of its own, without persistence. Null when there is no redis-server 7.
    static LiveRedis* get();
    ~LiveRedis();

    /// The raw reply to a command, on the connection that speaks RESP `version`; empty when the server is gone.
    std::string command(const std::vector<std::string>& words, int version);
    [[nodiscard]] const std::string& socket_path() const { return socket_path_; }

private:
    LiveRedis() = default;
    bool start();
    bool connect_both();
    static std::string exchange(int socket, const std::vector<std::string>& words);

    pid_t pid_ = -1;
    int sockets_[2] = {-1, -1};
    std::string directory_;
    std::string socket_path_;
};

/// Bytes of the first reply in `bytes`; 0 while it is not there whole. Uses constant C++ stack.
std::size_t reply_length(std::string_view bytes);

}  // namespace arenite::redis::testing
