// cmsgpack and struct on random values, random formats and random bytes. The expressions are the same in every run; the
// digests are of what redis-server 7.0.15 made of them. When there is a server, each text is compared with its own.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "facts.h"
#include "live_redis.h"
#include "redis_api/sha1.h"
#include "vm/embed/host.h"

namespace arenite::redis::testing {
namespace {

/// Random numbers that are the same everywhere (splitmix64).
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E37'79B9'7F4A'7C15u;
        z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9u;
        z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBu;
        return z ^ (z >> 31);
    }
    std::size_t below(std::size_t n) { return next() % n; }
    std::string_view one_of(std::initializer_list<std::string_view> words) {
        return words.begin()[below(words.size())];
    }

private:
    std::uint64_t state_;
};

/// Of parts that are made one after the other: the operands of + are not.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
}

/// Bytes as a literal of Lua.
std::string literal(std::string_view bytes) {
    std::string text = "'";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += '\\';
        text += static_cast<char>('0' + byte / 100);
        text += static_cast<char>('0' + byte / 10 % 10);
        text += static_cast<char>('0' + byte % 10);
    }
    return text + "'";
}

std::string random_bytes(Random& random, std::size_t n) {
    std::string bytes;
    for (std::size_t i = 0; i < n; ++i) bytes += static_cast<char>(random.next());
    return bytes;
}

std::string number(Random& random) {
    switch (random.below(6)) {
        case 0: return std::to_string(random.below(300));
        case 1: return "-" + std::to_string(random.below(300));
        case 2:
            return joined({random.one_of({"", "-"}), "2^", std::to_string(random.below(70)),
                           random.one_of({"", "+1", "-1", "+0.5"})});
        case 3: {
            const auto bits = static_cast<std::int64_t>(random.next());
            return std::to_string(bits >> random.below(64)) + "/8";
        }
        case 4:
            return joined(
                {std::to_string(random.below(1000)), "e", random.one_of({"", "-"}), std::to_string(random.below(320))});
        default: return std::string(random.one_of({"0/0", "1/0", "-1/0", "0.1", "-0.25", "1e15+0.5"}));
    }
}

/// A value that packs to the same bytes everywhere: tables that become maps have one entry.
std::string value(Random& random, int depth) {
    switch (random.below(depth > 0 ? 9 : 6)) {
        case 0:
        case 1: return number(random);
        case 2: return literal(random_bytes(random, random.below(40)));
        case 3: return std::string(random.one_of({"true", "false", "nil", "type", "''"}));
        case 4:
            return joined({"('", std::to_string(random.below(10)), "'):rep(", std::to_string(random.below(300)), ")"});
        case 5: return "'" + std::to_string(random.below(1000)) + "'";
        case 6: {
            std::string key =
                random.below(2) == 0 ? literal(random_bytes(random, 1 + random.below(5))) : number(random);
            if (random.below(8) == 0) key = "{" + value(random, depth - 1) + "}";
            return "(function(k, v) local t = {} if k ~= nil and k == k then t[k] = v end return t end)(" + key + ", " +
                   value(random, depth - 1) + ")";
        }
        default: {
            std::string items = "{";
            for (std::size_t n = random.below(random.below(6) == 0 ? 40 : 5); n > 0; --n) {
                // An end without nil, so that it is an array.
                items += "(function(v) if v == nil then return 0 end return v end)(" + value(random, depth - 1) + "), ";
            }
            return items + "}";
        }
    }
}

std::string pack_expression(Random& random) {
    std::string text = "pack(";
    for (std::size_t n = 1 + random.below(3); n > 0; --n) text += value(random, 4) + (n > 1 ? ", " : "");
    return text + ")";
}

/// Mostly well-formed, or nearly: heads with what they promise after them, now and then with a byte changed or cut off.
std::string message(Random& random, int depth) {
    const auto big_endian = [](std::uint64_t v, int n) {
        std::string bytes;
        for (int i = n - 1; i >= 0; --i) bytes += static_cast<char>(v >> (8 * i));
        return bytes;
    };
    switch (random.below(depth > 0 ? 8 : 5)) {
        case 0: return std::string(1, static_cast<char>(random.next()));
        case 1: {
            static constexpr int kSizes[] = {4, 8, 1, 2, 4, 8, 1, 2, 4, 8};  // of ca to d3
            const std::size_t i = random.below(10);
            return std::string(1, static_cast<char>(0xCA + i)) + big_endian(random.next(), kSizes[i]);
        }
        case 2: return std::string(random.one_of({"\xC0", "\xC2", "\xC3", "\x01", "\xFF"}));
        case 3: {
            const std::size_t n = random.below(40);
            const std::string bytes = random_bytes(random, n);
            switch (random.below(4)) {
                case 0: return std::string(1, static_cast<char>(0xA0 + n % 32)) + bytes.substr(0, n % 32);
                case 1: return "\xD9" + big_endian(n, 1) + bytes;
                case 2: return "\xDA" + big_endian(n, 2) + bytes;
                default: return "\xDB" + big_endian(n, 4) + bytes;
            }
        }
        case 4: return random_bytes(random, random.below(4));
        default: {
            const bool map = random.below(2) == 0;
            const std::size_t n = random.below(6);
            std::string text;
            switch (random.below(3)) {
                case 0: text = static_cast<char>((map ? 0x80 : 0x90) + n); break;
                case 1: text = (map ? "\xDE" : "\xDC") + big_endian(n, 2); break;
                default: text = (map ? "\xDF" : "\xDD") + big_endian(n, 4); break;
            }
            for (std::size_t i = 0; i < n; ++i) {
                // Keys that are no tables: those would be shown in the order that they happen to have.
                if (map) text += random.below(3) == 0 ? message(random, 0) : std::string(1, static_cast<char>(i));
                text += message(random, depth - 1);
            }
            return text;
        }
    }
}

std::string unpack_expression(Random& random) {
    std::string bytes = random.below(4) == 0 ? random_bytes(random, random.below(30)) : message(random, 4);
    if (random.below(4) == 0) bytes += message(random, 2);
    if (!bytes.empty() && random.below(6) == 0) bytes[random.below(bytes.size())] = static_cast<char>(random.next());
    if (random.below(8) == 0) bytes.resize(random.below(bytes.size() + 1));
    switch (random.below(4)) {
        case 0: return "one(" + literal(bytes) + ", " + std::to_string(random.below(bytes.size() + 2)) + ")";
        case 1: return "limit(" + literal(bytes) + ", " + std::to_string(random.below(5)) + ")";
        default: return "unpack_all(" + literal(bytes) + ")";
    }
}

std::string format(Random& random) {
    std::string text;
    for (std::size_t n = random.below(8); n > 0; --n) {
        switch (random.below(12)) {
            case 0: text += random.one_of({"<", ">", "!", " ", "!1", "!2", "!4", "!16"}); break;
            case 1: text += "i" + std::to_string(random.below(20)); break;
            case 2: text += "I" + std::to_string(random.below(34)); break;
            case 3: text += "c" + std::to_string(random.below(6)); break;
            case 4: text += random.one_of({"s", "x", "c0", "bc0", "Bc0", "s"}); break;
            case 5: text += random.one_of({"f", "d", "x", "T"}); break;
            case 6:
                if (random.below(10) == 0) text += static_cast<char>(32 + random.below(95));
                break;
            default: text += random.one_of({"b", "B", "h", "H", "l", "L", "i", "I"}); break;
        }
    }
    return text;
}

std::string struct_pack_expression(Random& random) {
    const std::string f = format(random);
    std::string text = "struct.pack(" + literal(f);
    const std::size_t n = random.below(10) == 0 ? random.below(f.size() + 1) : f.size();
    for (std::size_t i = 0; i < n; ++i) {
        text += ", ";
        switch (random.below(8)) {
            case 0: text += literal(random_bytes(random, random.below(8))); break;
            case 1: text += "'" + std::to_string(random.below(100000)) + "'"; break;
            default: text += number(random); break;
        }
    }
    return text + ")";
}

std::string struct_unpack_expression(Random& random) {
    std::string bytes = random_bytes(random, random.below(90));
    for (char& c : bytes) {
        if (random.below(4) == 0) c = static_cast<char>(random.below(4));
    }
    std::string text = "struct.unpack(" + literal(format(random)) + ", " + literal(bytes);
    if (random.below(4) == 0) text += ", " + std::to_string(static_cast<int>(random.below(bytes.size() + 4)) - 2);
    return text + ")";
}

std::string struct_size_expression(Random& random) {
    return "struct.size(" + literal(joined({format(random), format(random)})) + ")";
}

struct Kind {
    const char* name;
    std::string (*expression)(Random&);
    std::string_view digest;  ///< SHA-1 of all texts
};
void PrintTo(const Kind& kind, std::ostream* out) {
    *out << kind.name;
}

class PackingRandom : public ::testing::TestWithParam<Kind> {};

TEST_P(PackingRandom, AsTheServer) {
    EngineOptions options;
    options.address_range = std::size_t{1} << 30;
    const auto engine = Engine::create(std::move(options));
    LiveRedis* server = LiveRedis::get();
    Random random(20'261'121);
    std::string all;
    std::size_t succeeded = 0;
    std::size_t failed = 0;
    for (int round = 0; round < 100; ++round) {
        std::vector<std::string> expressions;
        for (int i = 0; i < 40; ++i) expressions.push_back(GetParam().expression(random));
        const std::string script = script_of(expressions);
        const Reply reply = engine->eval(script);
        ASSERT_FALSE(reply.is_error()) << reply.text();
        std::istringstream lines{std::string(reply.text())};
        for (std::string line; std::getline(lines, line);) ++(line.starts_with("true") ? succeeded : failed);
        all += reply.text();
        all += '\n';
        if (!server) continue;
        if (server->command({"EVAL", script, "0"}, 2) == to_resp(reply, 2)) continue;
        for (const std::string& expression : expressions) {  // which one is it?
            const std::string one = script_of(expression);
            EXPECT_EQ(to_resp(engine->eval(one), 2), server->command({"EVAL", one, "0"}, 2)) << expression;
        }
    }
    EXPECT_GT(succeeded, 700u);
    EXPECT_EQ(succeeded + failed, 4000u);
    EXPECT_EQ(sha1_hex(all), GetParam().digest) << succeeded << " succeeded";
    EXPECT_EQ(engine->vm().verify(), std::nullopt);
}

constexpr Kind kKinds[] = {
    {"CmsgpackPack", pack_expression, "83461db8adc6a94b15ee6fafe6d2e32d99fd4a00"},
    {"CmsgpackUnpack", unpack_expression, "8b542d211f67884bd2f8b39f6d6386da5a6b9129"},
    {"StructPack", struct_pack_expression, "50c0c0c4e19f450f040e715f6f4cf3a61ff6c83c"},
    {"StructUnpack", struct_unpack_expression, "13cdedb7689494aa77bcef422ec767cf72355204"},
    {"StructSize", struct_size_expression, "360ef6e79a73ca7f244753a4d9c607d3193078f5"},
};
INSTANTIATE_TEST_SUITE_P(All, PackingRandom, ::testing::ValuesIn(kKinds),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace arenite::redis::testing
