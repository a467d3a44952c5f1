// The compiled scripts of EVAL and SCRIPT LOAD, by the SHA-1 of their text (Redis eval.c, luaCreateFunction).
//
// Invariants
//  SC1. A cached function is in the table `scripts` among the engine's roots, put there by a transaction of its own
//       which is committed before the script runs for the first time. Scripts cannot reach it.
//  SC2. The cache is not bounded, as in Redis 7.0; flush() empties it.
//  SC3. Every cached script is found by its SHA and by its text, so that the SHA of a text is computed only once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include <arenite/redis/reply.h>
#include <arenite/vm.h>
#include "redis_api/script_environment.h"
#include "redis_api/script_flags.h"

namespace arenite::redis {

struct CachedScript {
    std::string sha;   ///< in lower case
    std::string text;  ///< as given, with the shebang
    ScriptFlags flags;
    Value function;
};

class ScriptCache {
public:
    ScriptCache(Vm& vm, const ScriptEnvironment& environment) : vm_(vm), environment_(environment) {}

    /// The script of this SHA, in any case; null when there is none. Good until flush().
    [[nodiscard]] const CachedScript* find(std::string_view sha) const;
    /// The script of this text, compiled when it is new. Null: `error` says why. Opens a transaction.
    [[nodiscard]] const CachedScript* load(std::string_view text, Reply& error);
    /// False: memory is out, and nothing happened. Opens a transaction.
    [[nodiscard]] bool flush();
    [[nodiscard]] std::size_t size() const { return scripts_.size(); }

private:
    [[nodiscard]] bool compile(std::string_view text, Value& function);

    Vm& vm_;
    const ScriptEnvironment& environment_;
    std::unordered_map<std::string, CachedScript> scripts_;
    std::unordered_map<std::string_view, const CachedScript*> by_text_;  ///< keys and values are in scripts_
};

}  // namespace arenite::redis
