#include "keyspace_oracle.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <set>
#include <stdexcept>

#include <arenite/redis/reply_text.h>
#include "redis_api/keyspace/text.h"

namespace arenite::redis::testing {
namespace {

// Thrown where a reply ends too early.
struct Incomplete {};

std::string_view take_line(std::string_view bytes, std::size_t& at) {
    const auto end = bytes.find("\r\n", at);
    if (end == std::string_view::npos) throw Incomplete();
    const std::string_view line = bytes.substr(at, end - at);
    at = end + 2;
    return line;
}

std::string_view take_bytes(std::string_view bytes, std::size_t& at, std::size_t count) {
    if (bytes.size() < at + count + 2) throw Incomplete();
    const std::string_view taken = bytes.substr(at, count);
    at += count + 2;
    return taken;
}

std::string sort_key(const Reply& reply) {
    return to_resp(reply, 3);
}

// The elements of an aggregate as a sorted list of texts; of pairs if `stride` is 2.
std::vector<std::string> sorted_elements(const Reply& reply, std::size_t stride) {
    std::vector<std::string> elements;
    const auto& items = reply.items();
    for (std::size_t i = 0; i + stride <= items.size(); i += stride) {
        std::string element;
        for (std::size_t j = 0; j < stride; ++j) element += sort_key(items[i + j]);
        elements.push_back(element);
    }
    std::sort(elements.begin(), elements.end());
    return elements;
}

}  // namespace

Words split_line(std::string_view line) {
    Words words;
    std::size_t at = 0;
    while (true) {
        while (at < line.size() && line[at] == ' ') ++at;
        if (at == line.size()) return words;
        std::string word;
        if (line[at] != '"') {
            while (at < line.size() && line[at] != ' ') word += line[at++];
        } else {
            for (++at; line.at(at) != '"'; ++at) {
                if (line[at] != '\\') {
                    word += line[at];
                    continue;
                }
                switch (line.at(++at)) {
                    case 'n': word += '\n'; break;
                    case 'r': word += '\r'; break;
                    case 't': word += '\t'; break;
                    case 'x':
                        word += static_cast<char>(std::stoi(std::string(line.substr(at + 1, 2)), nullptr, 16));
                        at += 2;
                        break;
                    default: word += line[at];
                }
            }
            ++at;
        }
        words.push_back(word);
    }
}

Reply parse_resp(std::string_view bytes, std::size_t& at) {
    if (at >= bytes.size()) throw Incomplete();
    const char sign = bytes[at++];
    const std::string line(take_line(bytes, at));
    const auto items = [&](std::size_t count) {
        Reply::Items parsed;
        for (std::size_t i = 0; i < count; ++i) parsed.push_back(parse_resp(bytes, at));
        return parsed;
    };
    switch (sign) {
        case '+': return Reply::status(line);
        case '-': return Reply::error(line);
        case ':': return Reply::integer(std::stoll(line));
        case '_': return Reply::null();
        case '#': return Reply::boolean(line == "t");
        case ',': return Reply::real(std::strtod(line.c_str(), nullptr));
        case '(': return Reply::big_number(line);
        case '$':
            if (line == "-1") return Reply::null();
            return Reply::bulk(take_bytes(bytes, at, std::stoul(line)));
        case '=': {
            const std::string_view text = take_bytes(bytes, at, std::stoul(line));
            return Reply::verbatim(text.substr(0, 3), text.substr(4));
        }
        case '*':
            if (line == "-1") return Reply::null_array();
            return Reply::array(items(std::stoul(line)));
        case '~': return Reply::set(items(std::stoul(line)));
        case '%': return Reply::map(items(std::stoul(line) * 2));
        default: throw std::runtime_error("bad RESP: " + std::string(bytes.substr(0, 40)));
    }
}

int seed_count(int usual) {
    const char* wanted = std::getenv("ARENITE_SEEDS");
    return wanted != nullptr ? std::atoi(wanted) : usual;
}

Reply call(CommandHost& host, const Words& words, CallContext& context) {
    const std::vector<std::string_view> args(words.begin(), words.end());
    return host.call(args, context);
}

RedisOracle* RedisOracle::get() {
    static const std::unique_ptr<RedisOracle> oracle = [] {
        LiveRedis* server = LiveRedis::get();
        return std::unique_ptr<RedisOracle>(server ? new RedisOracle(*server) : nullptr);
    }();
    return oracle.get();
}

Reply RedisOracle::command(const Words& words, int version) {
    const std::string bytes = server_.command(words, version);
    if (bytes.empty()) throw std::runtime_error("redis-server is gone");
    std::size_t at = 0;
    return parse_resp(bytes, at);
}

Reply RedisOracle::from_script(const Words& words, int version) {
    Words eval{"EVAL",
               version == 3 ? "redis.setresp(3) return redis.pcall(unpack(ARGV))" : "return redis.pcall(unpack(ARGV))",
               "0"};
    eval.insert(eval.end(), words.begin(), words.end());
    return command(eval, version);
}

bool replies_agree(const Words& words, const Reply& ours, const Reply& theirs) {
    if (ours == theirs) return true;
    if (ours.kind() != theirs.kind()) return false;
    const std::string name = to_lower(words[0]);
    static const std::set<std::string> kUnordered{"smembers", "sunion", "sinter", "sdiff",   "keys",       "hkeys",
                                                  "hvals",    "spop",   "sort",   "sort_ro", "srandmember"};
    static const std::set<std::string> kPairs{"hgetall", "hrandfield", "zrandmember"};
    static const std::set<std::string> kTimes{"ttl", "pttl", "expiretime", "pexpiretime"};
    if (kUnordered.contains(name)) return sorted_elements(ours, 1) == sorted_elements(theirs, 1);
    if (kPairs.contains(name)) return sorted_elements(ours, 2) == sorted_elements(theirs, 2);
    if (kTimes.contains(name) && ours.integer_value() > 0 && theirs.integer_value() > 0) {
        return std::abs(ours.integer_value() - theirs.integer_value()) <= 3000;
    }
    if (name.ends_with("scan") && ours.size() == 2 && theirs.size() == 2) {
        return ours.items()[0] == theirs.items()[0] &&
               sorted_elements(ours.items()[1], 1) == sorted_elements(theirs.items()[1], 1);
    }
    if (name == "time") return ours.size() == theirs.size();
    return false;
}

}  // namespace arenite::redis::testing
