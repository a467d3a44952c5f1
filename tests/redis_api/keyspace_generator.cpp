#include "keyspace_generator.h"

#include <sstream>

namespace arenite::redis::testing {
namespace {

// %k key  %v value  %i integer  %n small count  %f score  %m member  %s score bound
// %l member bound  %b bit  %d database  %m+ one to three  (a/b/c) one of these, which may be empty;
// '_' in a choice stands for a blank
constexpr const char* kTemplates[] = {
    "SET %k %v",
    "SET %k %v (NX/XX/GET/KEEPTTL/EX_100/EX_100_NX/GET_XX)",
    "SETNX %k %v",
    "SETEX %k 100 %v",
    "GET %k",
    "GETSET %k %v",
    "GETDEL %k",
    "GETEX %k (/PERSIST/EX_200)",
    "MGET %k %k %k",
    "MSET %k %v %k %v",
    "MSETNX %k %v %k %v",
    "APPEND %k %v",
    "STRLEN %k",
    "INCR %k",
    "DECR %k",
    "INCRBY %k %i",
    "DECRBY %k %i",
    "INCRBYFLOAT %k %f",
    "GETRANGE %k %i %i",
    "SETRANGE %k %n %v",
    "SETBIT %k %n %b",
    "GETBIT %k %n",
    "BITCOUNT %k",
    "BITCOUNT %k %i %i (/BIT/BYTE)",
    "BITPOS %k %b",
    "BITPOS %k %b %i",
    "BITPOS %k %b %i %i (/BIT/BYTE)",
    "BITOP (AND/OR/XOR) %k %k %k",
    "BITOP NOT %k %k",
    "BITFIELD %k SET (u4/i5/u8) %n %i INCRBY (u3/i7) #%n %i GET u13 %n",
    "BITFIELD %k OVERFLOW (SAT/FAIL/WRAP) INCRBY (u4/i6) %n %i SET i3 %n %i",
    "BITFIELD_RO %k GET u7 %n",
    "LCS %k %k (/LEN/IDX)",
    "HSET %k %m %v",
    "HSET %k %m %v %m %v",
    "HMSET %k %m %v",
    "HSETNX %k %m %v",
    "HGET %k %m",
    "HMGET %k %m %m",
    "HGETALL %k",
    "HDEL %k %m+",
    "HLEN %k",
    "HEXISTS %k %m",
    "HKEYS %k",
    "HVALS %k",
    "HINCRBY %k %m %i",
    "HINCRBYFLOAT %k %m %f",
    "HSTRLEN %k %m",
    "HSCAN %k 0 COUNT 100000 (/MATCH_*1*)",
    "LPUSH %k %m+",
    "RPUSH %k %m+",
    "LPUSHX %k %m",
    "RPUSHX %k %m",
    "LPOP %k",
    "RPOP %k",
    "LPOP %k %n",
    "RPOP %k %n",
    "LLEN %k",
    "LRANGE %k %i %i",
    "LINDEX %k %i",
    "LSET %k %i %m",
    "LINSERT %k (BEFORE/AFTER) %m %m",
    "LREM %k %i %m",
    "LTRIM %k %i %i",
    "RPOPLPUSH %k %k",
    "LMOVE %k %k (LEFT/RIGHT) (LEFT/RIGHT)",
    "LPOS %k %m (/RANK_-1/RANK_2/COUNT_0/COUNT_2_RANK_-2)",
    "LMPOP 2 %k %k (LEFT/RIGHT) (/COUNT_2)",
    "SADD %k %m+",
    "SADD %k %m+",
    "SREM %k %m+",
    "SISMEMBER %k %m",
    "SMISMEMBER %k %m %m",
    "SMEMBERS %k",
    "SCARD %k",
    "SMOVE %k %k %m",
    "SUNION %k %k",
    "SINTER %k %k",
    "SDIFF %k %k %k",
    "SUNIONSTORE %k %k %k",
    "SINTERSTORE %k %k %k",
    "SDIFFSTORE %k %k %k",
    "SINTERCARD 2 %k %k (/LIMIT_2)",
    "SSCAN %k 0 COUNT 100000",
    "SPOP %k %n",
    "SPOP %k",
    "SRANDMEMBER %k 1000",
    "ZADD %k %f %m",
    "ZADD %k %f %m %f %m %f %m",
    "ZADD %k (NX/XX/GT/LT/CH/GT_CH/XX_LT) %f %m %f %m",
    "ZADD %k (/XX/NX/GT) INCR %f %m",
    "ZREM %k %m+",
    "ZSCORE %k %m",
    "ZMSCORE %k %m %m",
    "ZINCRBY %k %f %m",
    "ZCARD %k",
    "ZCOUNT %k %s %s",
    "ZRANK %k %m",
    "ZREVRANK %k %m",
    "ZRANGE %k %i %i (/WITHSCORES/REV/REV_WITHSCORES)",
    "ZRANGE %k %s %s BYSCORE (/WITHSCORES/REV/LIMIT_1_2/REV_LIMIT_0_-1)",
    "ZREVRANGE %k %i %i (/WITHSCORES)",
    "ZRANGEBYSCORE %k %s %s (/WITHSCORES/LIMIT_1_2)",
    "ZREVRANGEBYSCORE %k %s %s (/WITHSCORES/LIMIT_0_1)",
    "ZRANGESTORE %k %k %i %i (/REV)",
    "ZRANGESTORE %k %k %s %s BYSCORE",
    "ZREMRANGEBYRANK %k %i %i",
    "ZREMRANGEBYSCORE %k %s %s",
    "ZPOPMIN %k",
    "ZPOPMAX %k",
    "ZPOPMIN %k %n",
    "ZPOPMAX %k %n",
    "ZMPOP 2 %k %k (MIN/MAX) (/COUNT_2)",
    "ZUNION 2 %k %k (/WITHSCORES/WEIGHTS_2_-1_WITHSCORES/AGGREGATE_MIN_WITHSCORES)",
    "ZINTER 2 %k %k (/WITHSCORES/WEIGHTS_0_3_WITHSCORES/AGGREGATE_MAX_WITHSCORES)",
    "ZDIFF 2 %k %k (/WITHSCORES)",
    "ZUNIONSTORE %k 2 %k %k (/WEIGHTS_1_2/AGGREGATE_MAX)",
    "ZINTERSTORE %k 2 %k %k (/WEIGHTS_1_2)",
    "ZDIFFSTORE %k 2 %k %k",
    "ZINTERCARD 2 %k %k (/LIMIT_1)",
    "ZSCAN %k 0 COUNT 100000",
    "DEL %k",
    "UNLINK %k %k",
    "EXISTS %k %k",
    "TYPE %k",
    "EXPIRE %k 100 (/NX/XX)",
    "EXPIRE %k (200/0/-1)",
    "PEXPIRE %k 100000",
    "EXPIREAT %k (33177117420/33177117430/1)",
    "EXPIREAT %k (33177117420/33177117430) (GT/LT)",
    "PEXPIREAT %k 33177117420123 (/LT)",
    "TTL %k",
    "PTTL %k",
    "EXPIRETIME %k",
    "PEXPIRETIME %k",
    "PERSIST %k",
    "RENAME %k %k",
    "RENAMENX %k %k",
    "COPY %k %k (/REPLACE)",
    "COPY %k %k DB %d REPLACE",
    "MOVE %k %d",
    "KEYS (*/*1*/k?/[k]*[^3])",
    "SCAN 0 COUNT 100000",
    "DBSIZE",
    "TOUCH %k %k",
    "OBJECT ENCODING %k",
    "SELECT %d",
    "SORT %k (/ALPHA/DESC/ALPHA_DESC/ALPHA_LIMIT_1_2)",
    "SORT %k BY k* (/ALPHA) GET # GET k*",
    "SORT %k ALPHA STORE %k",
    "SORT_RO %k BY *->1",
    "SORT %k ALPHA GET k*->2",
    "PING",
    "ECHO %v",
    "PUBLISH %k %v",
};

// On keys of their own, whose scores are all equal: where they are not, a range by member depends
// on the random levels of the skip list, in Redis as here.
constexpr const char* kLexTemplates[] = {
    "ZADD x%k 0 %m 0 %m 0 %m",   "ZREM x%k %m",
    "ZLEXCOUNT x%k %l %l",       "ZRANGEBYLEX x%k %l %l (/LIMIT_1_2)",
    "ZREVRANGEBYLEX x%k %l %l",  "ZRANGE x%k %l %l BYLEX (/REV/LIMIT_0_2)",
    "ZREMRANGEBYLEX x%k %l %l",  "ZRANGESTORE x%k x%k %l %l BYLEX",
    "ZUNIONSTORE x%k 2 x%k x%k", "SORT x%k ALPHA",
};

constexpr const char* kDrawnTemplates[] = {
    "SPOP %k",     "SPOP %k %n", "SRANDMEMBER %k %i", "RANDOMKEY", "HRANDFIELD %k %i WITHVALUES", "ZRANDMEMBER %k %i",
    "GETBIT %k 0", "TIME",
};

constexpr const char* kWholeTemplates[] = {"FLUSHDB", "FLUSHALL", "SWAPDB %d %d"};

}  // namespace

std::string CommandGenerator::pick(std::initializer_list<const char*> words) {
    return *(words.begin() + below(words.size()));
}

std::string CommandGenerator::key() {
    return "k" + std::to_string(below(static_cast<std::size_t>(options_.keys)));
}

std::string CommandGenerator::expand(char kind) {
    switch (kind) {
        case 'k': return key();
        case 'v': return pick({"1", "2", "10", "-7", "x", "abc", "", "hello world", "3.5", "\xff\x01", "k1"});
        case 'i': return std::to_string(static_cast<int>(below(12)) - 6);
        case 'n': return std::to_string(below(10));
        case 'f': return pick({"1", "2", "3", "0", "-1", "0.5", "1.25", "-3.75", "100"});
        case 'm': {
            const std::size_t member = below(static_cast<std::size_t>(options_.members));
            return member % 4 == 3 ? "m" + std::to_string(member) : std::to_string(member);
        }
        case 's': return pick({"-inf", "+inf", "0", "1", "(1", "2", "(2", "(0.5", "3", "100", "-1", "(-inf"});
        case 'l': return pick({"-", "+", "[0", "(1", "[2", "(m3", "[m3", "[5", "(z", "["});
        case 'b': return pick({"0", "1"});
        default: return std::to_string(below(static_cast<std::size_t>(options_.databases)));
    }
}

void CommandGenerator::expand_template(std::string_view text, Words& words) {
    std::istringstream tokens{std::string(text)};
    for (std::string token; tokens >> token;) {
        if (token[0] == '(') {
            std::vector<std::string> choices{""};
            for (const char c : token.substr(1, token.size() - 2)) {
                if (c == '/')
                    choices.emplace_back();
                else
                    choices.back() += c == '_' ? ' ' : c;
            }
            std::istringstream chosen(choices[below(choices.size())]);
            for (std::string word; chosen >> word;) words.push_back(word);
            continue;
        }
        const auto sign = token.find('%');
        if (sign == std::string::npos) {
            words.push_back(token);
            continue;
        }
        const std::size_t times = token.ends_with('+') ? 1 + below(3) : 1;
        for (std::size_t i = 0; i < times; ++i) {
            words.push_back(token.substr(0, sign) + expand(token[sign + 1]));
        }
    }
}

void CommandGenerator::spoil(Words& words) {
    switch (below(3)) {
        case 0: words.push_back(pick({"x", "1", "LIMIT", "-1"})); break;
        case 1:
            if (words.size() > 1) words.pop_back();
            break;
        default:
            if (words.size() > 1) {
                words[1 + below(words.size() - 1)] =
                    pick({"x", "", "-1", "9223372036854775808", "1.5", " 1", "(x", "nan"});
            }
    }
}

Words CommandGenerator::next() {
    const auto any_of = [this](const auto& templates) { return templates[below(std::size(templates))]; };
    const bool lex = options_.lex_ranges && below(12) == 0;
    const char* chosen = lex ? any_of(kLexTemplates) : any_of(kTemplates);
    while (!options_.only.empty() && options_.only.find(chosen[0]) == std::string::npos) {
        chosen = any_of(kTemplates);
    }
    if (options_.drawn && below(15) == 0) chosen = any_of(kDrawnTemplates);
    if (options_.whole_databases && below(150) == 0) chosen = any_of(kWholeTemplates);
    Words words;
    expand_template(chosen, words);
    // Not those above, and no cursors: which ones give what depends on the table.
    const bool scan = words[0].ends_with("SCAN");
    if (options_.malformed && !lex && !scan && below(20) == 0) spoil(words);
    return words;
}

}  // namespace arenite::redis::testing
