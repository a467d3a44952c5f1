// Replies to Lua values (Redis script_lua.c, redisProtocolToLuaType).
//
// Invariants
//  RL1. Constant C++ stack: a host decides how deep a reply is.
//  RL2. It may take several invocations of a native: when the budget is used up, the tables made so far hang from the
//       first local slot, and what else is to be done is here. One conversion is under way at a time. An entry that a
//       large table is being made larger for is in the next two slots.
//  RL3. After a failure for want of memory it starts again, with nothing of what it has made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <arenite/redis/reply.h>
#include "heap/heap.h"

namespace arenite {
class NativeContext;
}

namespace arenite::redis {

struct FieldNames;

class ReplyToLua {
public:
    enum class Status : std::uint8_t {
        Done,
        Spent,   ///< the budget is used up: suspend, then the same call again
        Failed,  ///< the error is recorded. After a collection the same call again may do
    };

    /// The next one to be converted.
    void set(Reply reply) noexcept;
    void drop() noexcept;
    [[nodiscard]] bool is_error() const noexcept { return reply_.is_error(); }

    /// What a reply with no more than a number or a short text is; false: it is something else, or memory is out.
    [[nodiscard]] static bool scalar(NativeContext& cx, const Reply& reply, Value& out);
    /// What redis.call() gives a script for the reply. Null is false under RESP2, nil under RESP3. Takes local slots of
    /// the native if it has to.
    [[nodiscard]] Status go_on(NativeContext& cx, Value& out);

private:
    struct Level {
        const Reply::Items* items;
        std::size_t next;
        ReplyKind kind;
        std::uint32_t room;  ///< of the array part, still to be made; 0: there is none to make
        Handle<Table> table;
        Value key;  ///< of a map, between key and value
    };
    class Maker;

    void restart() noexcept;

    Reply reply_;
    std::vector<Level> open_;
    Value root_ = Value::nil();
    Handle<Table> table_;      ///< that the entry in the local slots belongs to
    bool is_storing_ = false;  ///< there is such an entry
    bool begun_ = false;
    bool has_locals_ = false;
};

}  // namespace arenite::redis
