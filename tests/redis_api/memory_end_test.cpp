// As tests/vm/memory_end_test.cpp, for the libraries of the Redis profile: where memory ends, their loops do.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>
#include "arena/poison.h"
#include "vm/embed/host.h"

namespace arenite::redis {
namespace {

struct Loop {
    const char* name;
    const char* script;
};

constexpr Loop kLoops[] = {
    {"cjson_decode_array", "return cjson.decode('[' .. ('[1],'):rep(N * 10000) .. '1]')"},
    {"cjson_decode_numbers", "return #cjson.decode('[' .. ('1,'):rep(N * 100000) .. '1]')"},
    {"cjson_decode_object",
     "local t = {} for i = 1, N * 10000 do t[i] = '\"k' .. i .. '\":{}' end return cjson.decode('{' .. table.concat(t, "
     "',') .. '}')"},
    {"cjson_decode_strings",
     "local t, s = {}, '[\"' .. ('x'):rep(5000) .. '\\\\n\"]' for i = 1, 1e9 do t[i] = cjson.decode(s) end"},
    {"cjson_decode_many",
     "local t = {} for i = 1, 1e9 do t[i] = cjson.decode('{\"a\":[1,2,{\"b\":' .. i .. '}]}') end"},
    {"cjson_decode_deep",
     "local t, s = {}, ('['):rep(900) .. (']'):rep(900) for i = 1, 1e9 do t[i] = cjson.decode(s) end"},
    {"cjson_encode", "local t = {} while true do for i = 1, 1000 do t[#t + 1] = {a = i} end t.s = cjson.encode(t) end"},
    {"cjson_encode_doubled", "local s = 'x\\n' while true do s = cjson.encode({s, s}) end"},
    {"cmsgpack_pack",
     "local t = {} while true do for i = 1, 1000 do t[#t + 1] = {i, 'x'} end keep = nil local s = cmsgpack.pack(t) "
     "t[#t + 1] = s end"},
    {"cmsgpack_unpack",
     "local a = {} for i = 1, 3000 do a[i] = {i} end local s, t = cmsgpack.pack(a), {} for i = 1, 1e9 do t[i] = "
     "cmsgpack.unpack(s) end"},
    {"cmsgpack_map",
     "local a = {} for i = 1, 20000 do a['k' .. i] = i end local s, t = cmsgpack.pack(a), {} for i = 1, 1e9 do t[i] = "
     "cmsgpack.unpack(s) end"},
    {"struct_pack", "local t, s = {}, ('x'):rep(3000) for i = 1, 1e9 do t[i] = struct.pack('>Isd', i, s, i) end"},
    {"struct_unpack",
     "local t, s = {}, struct.pack('>Is', 1, ('x'):rep(3000)) for i = 1, 1e9 do t[i] = {struct.unpack('>Is', s .. i)} "
     "end"},
    {"bit_tohex", "local t = {} for i = 1, 1e9 do t[i] = bit.tohex(i) end"},
    {"replies",
     "redis.call('set', 'k', ('v'):rep(10000)) local t = {} for i = 1, 1e9 do t[i] = redis.call('get', 'k') .. i end"},
    {"reply_lists",
     "for i = 1, 2000 do redis.call('rpush', 'l', i) end local t = {} for i = 1, 1e9 do t[i] = redis.call('lrange', "
     "'l', 0, -1) end"},
    {"sha1", "local t = {} for i = 1, 1e9 do t[i] = redis.sha1hex(tostring(i)) end"},
    {"errors", "local t = {} for i = 1, 1e9 do t[i] = redis.error_reply('ERR ' .. i) end"},
    {"pcall_errors", "local t = {} for i = 1, 1e9 do t[i] = redis.pcall('nosuch', i) end"},
    {"atomic", "local t = {} for i = 1, 1e9 do redis.atomic(function() t[#t + 1] = {i} end) end"},
    {"keys", "local t = {} for i = 1, 1e9 do t[i] = {KEYS, ARGV, {redis.call('time')}} end"},
};

class MemoryEndsInScripts : public testing::TestWithParam<Loop> {};

TEST_P(MemoryEndsInScripts, WithinBoundedWork) {
    for (const std::size_t mib : {2u, 3u, 5u, 7u, 16u}) {
#if defined(ARENITE_ASAN) || defined(ARENITE_STRESS)
        if (mib > 3) continue;  // the larger ones take these builds too long
#endif
        SCOPED_TRACE(std::to_string(mib) + " MiB");
        EngineOptions options;
        options.memory_limit = mib << 20;
        options.step_limit = mib * std::uint64_t{60'000'000};
        const auto engine = Engine::create(std::move(options));
        ASSERT_TRUE(engine);
        const std::string script = "local N, keep = " + std::to_string(mib) + ", {} " + GetParam().script;
        const std::string reply = to_resp(engine->eval(script), 2);
        if (reply.starts_with('-')) {  // of the script, of a command, or of the reply
            const bool memory =
                reply.find("not enough memory") != std::string::npos || reply.find("memory limit") != std::string::npos;
            EXPECT_TRUE(memory) << reply;
        }
        EXPECT_LT(engine->vm().heap().collector().cycles(), 1500u);
    }
}

INSTANTIATE_TEST_SUITE_P(Loops, MemoryEndsInScripts, testing::ValuesIn(kLoops),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace arenite::redis
