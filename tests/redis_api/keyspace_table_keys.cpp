// Sequences of commands for keyspace_table_test.cpp: keys.
#include "keyspace_table.h"

namespace arenite::redis::testing {

const std::vector<Sequence>& keys_sequences() {
    static const std::vector<Sequence> sequences{
        {"keys", R"(
SET a 1
SET b 2
EXISTS a b a missing
DEL a missing
UNLINK b b
TYPE a
SET s x
LPUSH l x
SADD set x
ZADD z 1 x
HSET h f x
TYPE s
TYPE l
TYPE set
TYPE z
TYPE h
KEYS *
KEYS ?
KEYS s*
KEYS [a-l]
KEYS [^a-l]
KEYS nothing
DBSIZE
TOUCH s l missing
EXPIRE s 100
TTL s
PTTL s
EXPIRE s 200 NX
EXPIRE s 200 XX
TTL s
EXPIRE s 100 GT
EXPIRE s 300 GT
EXPIRE s 400 LT
EXPIRE s 50 LT
TTL s
EXPIRE s 1 NX XX
EXPIRE s 1 NX GT
EXPIRE s 1 GT LT
EXPIRE s 1 BAD
EXPIRE s x
EXPIRE s 9223372036854775807
EXPIRE s -9223372036854775808
EXPIRE s 9223372036854775
EXPIRE missing 100
EXPIRE missing 9223372036854775807
EXPIRE l 100 XX
EXPIRE l 100 GT
EXPIRE l 100 LT
PERSIST l
PERSIST l
PERSIST missing
TTL l
TTL missing
PTTL missing
EXPIRETIME missing
EXPIRETIME l
EXPIREAT l 33177117420
EXPIRETIME l
PEXPIREAT l 33177117420500
PEXPIRETIME l
EXPIRETIME l
EXPIREAT l 1
EXISTS l
PEXPIRE set 100000
TTL set
EXPIRE set 0
EXISTS set
EXPIRE z -5
EXISTS z
RENAME s t
TTL t
EXISTS s
RENAME missing x
RENAME t t
RENAME h t
TYPE t
TTL t
RENAMENX t t
SET u 1
RENAMENX t u
RENAMENX t v
RENAMENX missing v
COPY v w
HGETALL w
COPY v w
COPY v w REPLACE
COPY v v
COPY v v DB 0
COPY missing w
COPY missing missing
COPY v w DB 99
COPY v w DB x
COPY v w BAD
COPY v x DB 3
SELECT 3
HGETALL x
MOVE x 3
MOVE x 99
MOVE x y
MOVE x 4
MOVE x 4
SELECT 4
KEYS *
SET v 1
EXPIRE v 100
SELECT 0
MOVE v 4
SELECT 4
MOVE v 5
SELECT 5
TTL v
SELECT 99
SELECT -1
SELECT x
SELECT 0
OBJECT ENCODING missing
OBJECT REFCOUNT u
SET big 123456
OBJECT REFCOUNT big
OBJECT IDLETIME u
OBJECT FREQ u
OBJECT HELP
FLUSHDB BAD
FLUSHDB SYNC
RANDOMKEY
SET only 1
RANDOMKEY
DEL only
DBSIZE
SWAPDB 0 5
TTL v
SWAPDB 0 99
SWAPDB x 1
SWAPDB 1 x
SWAPDB 0 0
FLUSHALL ASYNC
DBSIZE
PING
PING hi
PING a b
ECHO hi
TIME
PUBLISH a b
)"},
        {"globs", R"(
MSET hello 1 hallo 2 hxllo 3 hllo 4 heeeello 5 h*llo 6 h[llo 7 a-b 8 "" 9 \\ 10
KEYS h?llo
KEYS h*llo
KEYS h[ae]llo
KEYS h[^e]llo
KEYS h[a-e]llo
KEYS h[e-a]llo
KEYS h\*llo
KEYS h\[llo
KEYS h[[]llo
KEYS h[\]llo
KEYS [a\-b]-b
KEYS h[ae
KEYS h[^
KEYS h[
KEYS *l*l*o*
KEYS **
KEYS ***o
KEYS ?
KEYS ""
KEYS \
KEYS *?
KEYS ?*
KEYS h[a-]llo
KEYS h[]a]llo
KEYS *[^x]
KEYS [a-z]*[lo][lo]o
SCAN 0 MATCH h* COUNT 1000
SCAN 0 MATCH * COUNT 1000
SCAN 0 TYPE string COUNT 1000
SCAN 0 TYPE STRING COUNT 1000
SCAN 0 TYPE hash COUNT 1000
SCAN 0 COUNT 0
SCAN 0 COUNT x
SCAN x
SCAN 0 BAD
SCAN 0 MATCH
SCAN "" COUNT 1000
SCAN +0 COUNT 1000
SCAN 99999999999999999999
)"},
        {"sort", R"(
RPUSH l 3 1 2 10
SORT l
SORT l DESC
SORT l ALPHA
SORT l ALPHA DESC
SORT l LIMIT 1 2
SORT l LIMIT -1 2
SORT l LIMIT 10 2
SORT l LIMIT 0 0
SORT l LIMIT 0 -1
SORT l LIMIT x 1
SORT l LIMIT 1
SORT l BY nosort
SORT l BY nosort DESC
SORT l BY nosort LIMIT 1 2
SORT l BY nosort DESC LIMIT 1 2
MSET w1 30 w2 20 w3 10 w10 5
SORT l BY w*
SORT l BY w* DESC
SORT l BY w* LIMIT 1 2
SORT l BY missing*
SORT l BY w* ALPHA
SORT l GET w*
SORT l GET # GET w* GET nope* GET const
HSET h1 f a n 4
HSET h2 f b n 3
HSET h3 f c n 2
SORT l BY h*->n
SORT l BY h*->n GET h*->f GET #
SORT l GET h*->
SORT l GET h*
SORT l STORE d
LRANGE d 0 -1
SORT l GET w* GET nope* STORE d
LRANGE d 0 -1
TYPE d
SORT missing STORE d
EXISTS d
SORT missing
SORT l BAD
SORT l BY
RPUSH words b a c
SORT words
SORT words ALPHA
SORT words ALPHA BY w*
RPUSH floats 1.5 0.5 -1 1e2 inf
ZADD clears-errno-which-sort.c-does-not 1 a
SORT floats
RPUSH bad 1e400
SORT bad
ZADD clears-errno-which-sort.c-does-not 1 a
RPUSH odd "" 5
SORT odd
SADD s 3 1 2
SORT s
SORT s DESC
SADD strs c a b
SORT strs ALPHA
SORT strs ALPHA LIMIT 0 2
ZADD z 1 c 2 a 3 b
SORT z ALPHA
SORT z BY nosort
SORT z BY nosort DESC
SORT z BY nosort DESC LIMIT 1 1
OBJECT ENCODING z
SORT_RO l
SORT_RO l STORE d
SORT_RO l BY w* GET #
SET str x
SORT str
HSET hash f v
SORT hash
SORT l STORE l
LRANGE l 0 -1
)"},
    };
    return sequences;
}

}  // namespace arenite::redis::testing
