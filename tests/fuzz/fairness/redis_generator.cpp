// Scripts of the Redis profile: its libraries, and commands of the embedded keyspace, on values of sizes that grow.
#include "tests/fuzz/fairness/generator.h"

namespace arenite::fuzz {

namespace {

constexpr const char* kPrelude =
    "local call = redis.pcall\n"
    "local function fill(n, command, key, item)\n"
    "  for i = 1, n, 500 do\n"
    "    local words = {}\n"
    "    for j = i, math.min(i + 499, n) do item(words, j) end\n"
    "    if #words > 0 then call(command, key, unpack(words)) end\n"
    "  end\n"
    "end\n"
    "local function add(w, a, b) w[#w + 1] = a if b then w[#w + 1] = b end end\n"
    "local function many(n, f) for i = 1, n do f() end end\n"
    "local S, R, T, J, M = 'abc', 'abd', {}, '[1]', cmsgpack.pack({1})\n";

class Writer {
public:
    Writer(Choices& choices, const std::vector<std::string>& functions) : c_(choices), functions_(functions) {}

    Script script() {
        Script s;
        s.profile = Profile::Redis;
        static constexpr std::size_t kLimits[] = {512, 512, 128, 48};
        s.memory = c_.pick(kLimits) << 20;
        const unsigned keys = 1 + c_.below(4);
        for (unsigned i = 0; i < keys; ++i) s.setup.push_back(keyspace());
        const unsigned own = 1 + c_.below(3);
        for (unsigned i = 0; i < own; ++i) s.lines.push_back(declaration());
        const unsigned statements = 1 + c_.below(3);
        for (unsigned i = 0; i < statements; ++i) s.lines.push_back(placed(operation()));
        return s;
    }

private:
    std::string size(std::size_t most) {
        static constexpr std::size_t kSizes[] = {1,     3,      17,     60,      250,     1'000,    4'000,
                                                 9'000, 33'000, 66'000, 150'000, 300'000, 1'500'000};
        std::size_t n = c_.pick(kSizes);
        while (n > most) n /= 8;
        return std::to_string(n);
    }
    std::string key() {
        static const char* const kKeys[] = {"'s'",   "'s2'",   "'l'", "'l2'", "'h'",
                                            "'set'", "'set2'", "'i'", "'z'",  "'z2'"};
        return c_.pick(kKeys);
    }
    /// What is in the keyspace before.
    std::string keyspace() {
        switch (c_.below(16)) {
            case 0: return "call('set', 's', ('x'):rep(" + size(1'500'000) + "))";
            case 1: return "call('set', 's2', ('ab'):rep(" + size(300'000) + "))";
            case 2: return "fill(" + size(300'000) + ", 'rpush', 'l', function(w, i) add(w, i) end)";
            case 3: return "fill(" + size(66'000) + ", 'rpush', 'l2', function(w, i) add(w, ('y'):rep(100) .. i) end)";
            case 4: return "fill(" + size(150'000) + ", 'hset', 'h', function(w, i) add(w, 'f' .. i, i) end)";
            case 5: return "fill(" + size(150'000) + ", 'sadd', 'set', function(w, i) add(w, 'm' .. i) end)";
            case 6: return "fill(" + size(150'000) + ", 'sadd', 'set2', function(w, i) add(w, 'm' .. i * 2) end)";
            case 7: return "fill(" + size(300'000) + ", 'sadd', 'i', function(w, i) add(w, i * 7) end)";
            case 8: return "fill(" + size(150'000) + ", 'zadd', 'z', function(w, i) add(w, i % 1000, 'm' .. i) end)";
            case 9: return "fill(" + size(66'000) + ", 'zadd', 'z2', function(w, i) add(w, 0, 'm' .. i * 3) end)";
            case 10: return "for i = 1, " + size(66'000) + " do call('set', 'key:' .. i, i) end";
            case 11: return "call('set', ('a'):rep(" + size(300'000) + "), 1)";
            case 12: return "call('setbit', 's', " + size(1'500'000) + ", 1)";
            case 13:
                return "fill(" + size(9'000) +
                       ", 'hset', 'h', function(w, i) add(w, ('f'):rep(200) .. i, ('v'):rep(200)) end)";
            case 14: return "for i = 1, " + size(33'000) + " do call('set', 'e:' .. i, i, 'PX', 100000 + i) end";
            default: return "fill(" + size(4'000) + ", 'rpush', 'l', function(w, i) add(w, ('z'):rep(1000)) end)";
        }
    }
    /// Gives a local name a value.
    std::string declaration() {
        switch (c_.below(16)) {
            case 0: return "S = ('x'):rep(" + size(1'500'000) + ")";
            case 1: return "S = ('\\1\\200\"'):rep(" + size(300'000) + ")";
            case 2: return "R = ('*a'):rep(" + size(9'000) + ") .. 'b'";
            case 3: return "for i = 1, " + size(300'000) + " do T[i] = i end";
            case 4: return "for i = 1, " + size(66'000) + " do T[i] = {i, 'x', {}} end";
            case 5: return "for i = 1, " + size(66'000) + " do T['k' .. i] = i end";
            case 6: return "for i = 1, " + size(66'000) + " do T[i] = ('v'):rep(i % 100) end";
            case 7: return "do local t = T for i = 1, " + size(1'000) + " do t[1] = {} t = t[1] end end";
            case 8: return "J = '[' .. ('1,'):rep(" + size(300'000) + ") .. '1]'";
            case 9: return "J = '[' .. ('\"ab\\\\u00e9\",'):rep(" + size(150'000) + ") .. '1]'";
            case 10: return "J = '{' .. ('\"a\":1,'):rep(" + size(150'000) + ") .. '\"b\":2}'";
            case 11: return "J = ('['):rep(" + size(1'000) + ") .. (']'):rep(1000)";
            case 12: return "J = '\"' .. ('x'):rep(" + size(1'500'000) + ") .. '\"'";
            case 13: return "M = cmsgpack.pack(T)";
            case 14: return "for i = 1, " + size(1'500'000) + " do T[1] = i end T.ok = S";
            default: return "S = ('1'):rep(" + size(300'000) + ")";
        }
    }
    std::string value() {
        static const char* const kValues[] = {"S",
                                              "S",
                                              "R",
                                              "T",
                                              "T",
                                              "J",
                                              "M",
                                              "nil",
                                              "true",
                                              "1",
                                              "0",
                                              "-1",
                                              "2",
                                              "10",
                                              "60000",
                                              "1e308",
                                              "2^31",
                                              "2^53",
                                              "0/0",
                                              "1/0",
                                              "'x'",
                                              "'<i4'",
                                              "'>d'",
                                              "'bBhHlL'",
                                              "'s'",
                                              "'c0'",
                                              "'i16'",
                                              "S:sub(2)",
                                              "{T, T}",
                                              "{err = S}",
                                              "{ok = S}",
                                              "#S",
                                              "('i'):rep(1000)",
                                              "('b'):rep(6000)",
                                              "unpack(T, 1, 7000)",
                                              "('x'):rep(100000)"};
        return c_.pick(kValues);
    }
    std::string arguments(unsigned most) {
        std::string out;
        const unsigned n = c_.below(most + 1);
        for (unsigned i = 0; i < n; ++i) out += (i ? ", " : "") + value();
        return out;
    }
    /// A word of a command.
    std::string word() {
        switch (c_.below(5)) {
            case 0: return key();
            case 1: return "S";
            case 2: return "R";
            default: break;
        }
        static const char* const kWords[] = {
            "0",     "1",       "-1",      "10",       "1000",        "100000",       "'-inf'",       "'+inf'",
            "'*'",   "'*a*b'",  "'key:*'", "'[a-z]*'", "'m5*'",       "'m100'",       "'f100'",       "'-'",
            "'+'",   "'(5'",    "'limit'", "'count'",  "'match'",     "'by'",         "'nosort'",     "'get'",
            "'#'",   "'alpha'", "'desc'",  "'store'",  "'weights'",   "'withscores'", "'withvalues'", "'len'",
            "'idx'", "'left'",  "'right'", "'before'", "'aggregate'", "'min'",        "'nx'",         "'xx'"};
        return c_.pick(kWords);
    }
    std::string command() {
        static const char* const kWhole[] = {
            "'sort', 'l'",
            "'sort', 'l', 'limit', 0, 1",
            "'sort', 'l', 'by', 'nosort'",
            "'sort', 'l2', 'alpha'",
            "'sort', 'set', 'alpha', 'desc'",
            "'sort', 'l', 'by', 'key:*', 'get', 'key:*'",
            "'sort', 'i', 'store', 'out'",
            "'lcs', 's', 's2'",
            "'lcs', 's', 's2', 'idx'",
            "'keys', '*'",
            "'keys', R",
            "'keys', 'key:*1'",
            "'scan', 0, 'count', 100000",
            "'scan', 0, 'match', R, 'count', 1000000",
            "'sscan', 'set', 0, 'count', 100000",
            "'hscan', 'h', 0, 'match', '*1', 'count', 100000",
            "'zscan', 'z', 0, 'count', 100000",
            "'smembers', 'set'",
            "'smembers', 'i'",
            "'sunion', 'set', 'set2', 'i'",
            "'sinter', 'set', 'set2'",
            "'sdiff', 'set', 'set2'",
            "'sunionstore', 'out', 'set', 'set2'",
            "'sdiffstore', 'out', 'set', 'i'",
            "'zunionstore', 'out', 2, 'z', 'z2'",
            "'zinterstore', 'out', 2, 'z', 'set'",
            "'zunion', 2, 'z', 'z2', 'withscores'",
            "'zdiff', 2, 'z', 'z2'",
            "'zrange', 'z', 0, -1, 'withscores'",
            "'zrangebyscore', 'z', '-inf', '+inf'",
            "'zrangebylex', 'z2', '-', '+'",
            "'zrangestore', 'out', 'z', 0, -1",
            "'zremrangebyrank', 'z', 0, -2",
            "'zcount', 'z', 5, 100000",
            "'lrange', 'l', 0, -1",
            "'lrange', 'l2', 0, -1",
            "'linsert', 'l', 'before', 'none', 1",
            "'lrem', 'l', 0, 5",
            "'lpos', 'l', 'none'",
            "'ltrim', 'l', 1, -2",
            "'lindex', 'l', 100000",
            "'hgetall', 'h'",
            "'hkeys', 'h'",
            "'hvals', 'h'",
            "'hrandfield', 'h', -100000",
            "'srandmember', 'set', -100000",
            "'srandmember', 'set', 60000",
            "'spop', 'set', 60000",
            "'zrandmember', 'z', -100000, 'withscores'",
            "'zpopmin', 'z', 60000",
            "'lpop', 'l', 100000",
            "'bitcount', 's'",
            "'bitpos', 's', 1",
            "'bitop', 'not', 'out', 's'",
            "'bitop', 'xor', 'out', 's', 's2'",
            "'getrange', 's', 0, -1",
            "'setrange', 's', 1500000, 'x'",
            "'append', 's', S",
            "'get', 's'",
            "'mget', unpack(T, 1, 7000)",
            "'set', 'out', S",
            "'copy', 'z', 'out'",
            "'copy', 'l', 'out', 'replace'",
            "'rename', 'z', 'out'",
            "'del', 'z', 'l', 'set', 'h', 's'",
            "'flushall'",
            "'randomkey'",
            "'dbsize'",
            "'rpush', 'out', unpack(T, 1, 7000)",
            "'sadd', 'out', unpack(T, 1, 7000)",
            "'hset', 'out', unpack(T, 1, 7000)",
            "'zadd', 'out', unpack(T, 1, 7000)",
            "'dump', 'z'",
            "'debug', 'digest'",
        };
        if (c_.chance(70)) return c_.pick(kWhole);
        static const char* const kNames[] = {
            "sort",        "lcs",        "keys",   "scan",   "sunion",     "zunionstore", "lrange",
            "linsert",     "zrange",     "zadd",   "hset",   "bitfield",   "bitop",       "setrange",
            "srandmember", "hrandfield", "lmove",  "smove",  "lpos",       "zrangestore", "incrbyfloat",
            "append",      "getrange",   "object", "zinter", "sintercard", "hscan",       "sscan",
            "zscan",       "lmpop",      "zmpop",  "getex",  "expire",     "type",        "smismember"};
        std::string out = std::string("'") + c_.pick(kNames) + "'";
        for (unsigned i = c_.below(6); i > 0; --i) out += ", " + word();
        return out;
    }
    std::string operation() {
        switch (c_.below(16)) {
            case 0:
            case 1:
            case 2:
            case 3: return "local r = call(" + command() + ")";
            case 4: return "return call(" + command() + ")";
            case 5: return "local s = cjson.encode(" + value() + ")";
            case 6: return "local t = cjson.decode(J)";
            case 7: return "local s = cmsgpack.pack(" + value() + ", " + value() + ")";
            case 8: return "local t = cmsgpack.unpack(M)";
            case 9: return "local s = struct.pack(" + value() + ", " + value() + ", " + value() + ")";
            case 10: return "local s = struct.unpack(" + value() + ", S)";
            case 11: return "redis.atomic(function() call(" + command() + ") error('x') end)";
            case 12: return "return T";
            case 13: return "redis.log(3, " + value() + ")";
            case 14: return "local s = redis.sha1hex(" + value() + ")";
            default: return c_.pick(functions_) + "(" + arguments(4) + ")";
        }
    }
    std::string placed(std::string what) {
        if (what.starts_with("return"))
            return what.starts_with("return call") ? "T = {" + what.substr(7) + "}" : "do " + what + " end";
        std::string f = "function() " + what + " end";
        switch (c_.below(4)) {
            case 0: f = "function() many(" + size(4'000) + ", function() pcall(" + f + ") end) end"; break;
            case 1: f = "function() coroutine.wrap(" + f + ")() end"; break;
            default: break;
        }
        return "pcall(" + f + ")";
    }

    Choices& c_;
    const std::vector<std::string>& functions_;
};

}  // namespace

const char* redis_prelude() {
    return kPrelude;
}

Script generate_redis(Choices& choices, const std::vector<std::string>& functions) {
    return Writer(choices, functions).script();
}

}  // namespace arenite::fuzz
