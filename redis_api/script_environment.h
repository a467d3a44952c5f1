// What the natives of the Redis profile know of the engine that runs them; Vm::host_data points to one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <arenite/redis/command_host.h>
#include <arenite/redis/engine_options.h>
#include <arenite/vm.h>
#include "heap/heap.h"
#include "redis_api/kill_switch.h"
#include "redis_api/lib/cjson.h"
#include "redis_api/lrand48.h"
#include "redis_api/reply_to_lua.h"
#include "redis_api/script_meter.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

/// Names of the fields that replies have as Lua tables: strings made once, and kept alive by a table in the registry.
struct FieldNames {
    Value err, ok, double_, big_number, verbatim_string, map, set;
    Value string, format;
    Value ignore_error_stats_update, source, line;
};

struct ScriptEnvironment {
    CommandHost* host = nullptr;
    /// The caller as the host sees it: RESP version, database, read-only, whether it wrote. Set again for every run.
    CallContext call;
    /// Whether a script runs, as against the loading of a library.
    bool running = false;
    /// What the script that runs writes is undone when it fails.
    bool may_be_undone = false;
    KillSwitch kill;
    LogSink log;
    LogLevel log_level = LogLevel::Notice;
    /// What commands take, if the host charges it, and conversions.
    ScriptMeter meter;
    /// The reply of a command that has run, until there are Lua values of it.
    ReplyToLua reply;
    /// What redis.set_repl() chose: 1 the AOF, 2 replicas, 3 both. Set again for every run.
    int replication = 3;
    /// Lives on from script to script, as in Redis.
    Lrand48 random;
    /// Likewise the options of cjson.
    CjsonOptions cjson;

    /// Objects of the profile (profile.h), alive as long as the VM.
    FieldNames names{};
    Value xpcall = Value::nil();         ///< the built-in function
    Value error_handler = Value::nil();  ///< __redis__err__handler
    Handle<Table> keys;                  ///< KEYS and ARGV, empty between scripts
    Handle<Table> argv;
    Handle<Table> roots;  ///< in the registry: keeps objects of the engine alive

    [[nodiscard]] static ScriptEnvironment& of(NativeContext& cx) {
        return *static_cast<ScriptEnvironment*>(cx.vm().host_data);
    }
};

/// The bytes of a C string, as Redis passes many texts: up to the first NUL.
[[nodiscard]] constexpr std::string_view until_nul(std::string_view text) {
    return text.substr(0, text.find('\0'));
}

/// static_cast<long long>(double) as x86-64 does it: truncates; NaN and what does not fit give INT64_MIN.
[[nodiscard]] constexpr std::int64_t truncate_to_int64(double number) {
    return number >= -0x1p63 && number < 0x1p63 ? static_cast<std::int64_t>(number) : INT64_MIN;
}

/// static_cast<int>(double) likewise.
[[nodiscard]] constexpr int truncate_to_int(double number) {
    return number > -2147483649.0 && number < 2147483648.0 ? static_cast<int>(number) : INT32_MIN;
}

}  // namespace arenite::redis
