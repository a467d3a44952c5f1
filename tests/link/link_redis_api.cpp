// The top library links with nothing but what is below it.
#include <arenite/redis/reply.h>

int main() {
    const arenite::redis::Reply reply = arenite::redis::Reply::integer(42);
    return reply.kind() == arenite::redis::ReplyKind::Integer ? 0 : 1;
}
