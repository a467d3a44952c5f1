// Commands that touch no key: PING, ECHO, TIME, PUBLISH (Redis server.c, pubsub.c).
#include <chrono>
#include <string>

#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {

Reply ping_command(Invocation& call) {
    if (call.size() > 2) return call.wrong_arity();
    return call.size() == 2 ? call.bulk(call[1]) : Reply::status("PONG");
}

Reply echo_command(Invocation& call) {
    return call.bulk(call[1]);
}

Reply time_command(Invocation&) {
    using namespace std::chrono;
    const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    Reply::Items items;
    items.push_back(Reply::bulk(std::to_string(now / 1000000)));
    items.push_back(Reply::bulk(std::to_string(now % 1000000)));
    return Reply::array(std::move(items));
}

/// Nobody subscribes to the embedded store.
Reply publish_command(Invocation&) {
    return Reply::integer(0);
}

}  // namespace arenite::redis
