// Fixed sequences of commands, run on the keyspace and on a live redis-server, reply by reply.
#include <gtest/gtest.h>

#include <sstream>

#include "keyspace_oracle.h"
#include "redis_api/reply_printer.h"

namespace arenite::redis::testing {
namespace {

// One sequence per test; each starts with empty databases.
struct Sequence {
  const char* name;
  const char* lines;
};

// For GoogleTest, which else prints bytes.
void PrintTo(const Sequence& sequence, std::ostream* out) { *out << sequence.name; }

const Sequence kSequences[] = {
    {"strings", R"(
SET a 1
GET a
SET a "x\r\ny"
GET a
STRLEN a
APPEND a z
APPEND b 12
OBJECT ENCODING b
APPEND b 3
GET b
OBJECT ENCODING b
OBJECT ENCODING a
GET missing
SETNX a 2
SETNX c 2
GETSET c 3
GETSET d 4
GETDEL d
GETDEL d
MGET a b c missing
MSET a 1 b 2
MSET a 1 b
MSETNX x 1 a 2
MSETNX x 1 y 2
STRLEN missing
GETRANGE b 0 -1
SET s "Hello World"
GETRANGE s 0 4
GETRANGE s -5 -1
GETRANGE s 6 100
GETRANGE s 5 3
GETRANGE s -1 -5
GETRANGE s -100 2
GETRANGE s x 2
SUBSTR s 1 3
GETRANGE missing 0 -1
SETRANGE s 6 Redis
GET s
SETRANGE n 5 abc
GET n
SETRANGE n 5 ""
SETRANGE missing 5 ""
EXISTS missing
SETRANGE s -1 a
SETRANGE s x a
SETRANGE s 536870912 a
SETRANGE s 9223372036854775807 a
OBJECT ENCODING s
SET s 12345678901234567890
OBJECT ENCODING s
SET s 1234567890123456789
OBJECT ENCODING s
SET s -0
OBJECT ENCODING s
SET s 01
OBJECT ENCODING s
SET s aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
OBJECT ENCODING s
SET s aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
OBJECT ENCODING s
LPUSH l 1
GET l
APPEND l x
STRLEN l
GETSET l x
GETDEL l
MGET l a
INCR l
SETRANGE l 0 x
GETRANGE l 0 1
)"},
    {"set_options", R"(
SET a 1 NX
SET a 2 NX
GET a
SET a 3 XX
SET b 3 XX
SET a 4 GET
SET nokey 4 GET
SET a 5 NX GET
SET new 5 NX GET
SET a 1 EX 100
TTL a
SET a 1 PX 100000
TTL a
SET a 2 KEEPTTL
TTL a
SET a 3
TTL a
SET a 1 EX 0
SET a 1 EX -1
SET a 1 EX x
SET a 1 EX
SET a 1 EX 10 PX 10
SET a 1 EX 10 EX 200
TTL a
SET a 1 KEEPTTL EX 10
SET a 1 EX 10 KEEPTTL
SET a 1 NX XX
SET a 1 XX NX
SET a 1 nonsense
SET a 1 EXAT 33177117420
EXPIRETIME a
PEXPIRETIME a
SET a 1 PXAT 33177117420123
PEXPIRETIME a
EXPIRETIME a
SET a 1 EX 9223372036854775
SET a 1 EX 9223372036854776
SET a 1 PX 9223372036854775807
SET a 1 EXAT 9223372036854775807
SET a 1 PXAT 9223372036854775807
PTTL missing
SET past 1 PXAT 1
GET past
SETEX a 100 v
TTL a
SETEX a 0 v
SETEX a -5 v
SETEX a x v
PSETEX a 100000 v
TTL a
PSETEX a 0 v
GETEX a
GETEX a EX 200
TTL a
GETEX a PERSIST
TTL a
GETEX a PERSIST EX 10
GETEX a EX 10 PERSIST
GETEX a KEEPTTL
GETEX a NX
GETEX a EX
GETEX a EX 0
GETEX a PXAT 1
EXISTS a
GETEX missing EX 0
GETEX missing bogus
LPUSH l 1
SET l 1 GET
SET l 1 NX GET
GETEX l
SET l 1
TYPE l
)"},
    {"numbers", R"(
INCR n
INCRBY n 5
DECR n
DECRBY n 10
GET n
OBJECT ENCODING n
INCRBY n x
INCRBY n 1.5
SET n x
INCR n
SET n " 1"
INCR n
SET n "1 "
INCR n
SET n 9223372036854775807
INCR n
DECR n
SET n -9223372036854775808
DECR n
INCRBY n -1
DECRBY n -9223372036854775808
DECRBY n 9223372036854775807
INCRBY n 9223372036854775808
INCRBYFLOAT f 1.5
INCRBYFLOAT f 1.5
GET f
OBJECT ENCODING f
INCRBYFLOAT f -3
INCRBYFLOAT f 0.1
INCRBYFLOAT f 0.2
INCRBYFLOAT f 1e20
INCRBYFLOAT f 1e300
INCRBYFLOAT f 1e5000
INCRBYFLOAT f x
INCRBYFLOAT f inf
INCRBYFLOAT f nan
INCRBYFLOAT f " 1"
INCRBYFLOAT f ""
SET g 3.0e3
INCRBYFLOAT g 200
SET g x
INCRBYFLOAT g 1
SET g 10.50
INCRBYFLOAT g 0.1
SET g 1
INCRBYFLOAT g 0.1
INCRBYFLOAT g -1.1
INCRBYFLOAT tiny 1e-18
INCRBYFLOAT tiny -1e-17
INCRBYFLOAT hex 0x10
INCRBYFLOAT third 0.3333333333333333333333
LPUSH l 1
INCRBYFLOAT l 1
)"},
    {"bits", R"(
SETBIT b 7 1
GET b
GETBIT b 7
GETBIT b 100
SETBIT b 7 0
SETBIT b 100 1
STRLEN b
SETBIT b 0 2
SETBIT b 0 x
SETBIT b -1 1
SETBIT b x 1
SETBIT b 4294967296 1
GETBIT b 4294967296
GETBIT b -1
SETBIT b #1 1
BITCOUNT b
SET s foobar
BITCOUNT s
BITCOUNT s 0 0
BITCOUNT s 1 1
BITCOUNT s 1 1 BYTE
BITCOUNT s 5 30 BIT
BITCOUNT s 0 -1 BIT
BITCOUNT s -10 -3 BIT
BITCOUNT s -3 -10
BITCOUNT s 3 1
BITCOUNT s 0
BITCOUNT s 0 1 BAD
BITCOUNT s -1 -2 BAD
BITCOUNT s a 1
BITCOUNT s 0 1 BIT 5
BITCOUNT missing 0 x
SET p "\xff\xf0\x00"
BITPOS p 0
BITPOS p 1
BITPOS p 1 2
BITPOS p 0 0 0
BITPOS p 0 0 0 BIT
BITPOS p 1 9 23 BIT
BITPOS p 1 12 23 BIT
BITPOS p 0 9 23 BIT
BITPOS p 0 -5 -1 BIT
BITPOS p 1 0 -1 BYTE
BITPOS p 2
BITPOS p x
BITPOS p 0 x
BITPOS p 0 0 x
BITPOS p 0 0 1 BAD
BITPOS p 0 0 1 BIT x
BITPOS missing 0
BITPOS missing 1
BITPOS missing 1 x
SET o "\xff\xff"
BITPOS o 0
BITPOS o 0 0
BITPOS o 0 0 -1
BITPOS o 0 5
BITPOS o 1 1 0
SET e ""
BITPOS e 0
BITPOS e 1
SET x abc
SET y "\x00\xff"
BITOP AND r x y
GET r
BITOP OR r x y
GET r
BITOP XOR r x y missing
GET r
BITOP NOT r x
GET r
OBJECT ENCODING r
BITOP NOT r x y
BITOP NAND r x
BITOP AND r missing
EXISTS r
LPUSH l 1
BITOP AND r x l
BITCOUNT l
BITPOS l 1
SETBIT l 0 1
GETBIT l 0
BITFIELD f SET u8 0 255 GET u8 0 INCRBY u8 0 1
BITFIELD f OVERFLOW SAT INCRBY u8 0 300 OVERFLOW FAIL INCRBY u8 0 1 OVERFLOW WRAP INCRBY u8 0 2
BITFIELD f SET i8 #1 -100 GET i8 8 INCRBY i8 #1 -100
BITFIELD f OVERFLOW SAT SET i8 0 1000 SET i8 8 -1000 GET i16 0
BITFIELD f SET i64 3 -1 GET i64 3 GET u63 3
BITFIELD f OVERFLOW SAT INCRBY i64 0 9223372036854775807 INCRBY i64 0 9223372036854775807
BITFIELD f OVERFLOW WRAP INCRBY i64 0 9223372036854775807
BITFIELD f OVERFLOW FAIL SET u4 0 -1
BITFIELD f SET u4 0 -1 GET u4 0
BITFIELD f GET u64 0
BITFIELD f GET i65 0
BITFIELD f GET x8 0
BITFIELD f GET i8 -1
BITFIELD f GET i8 #-1
BITFIELD f OVERFLOW BAD
BITFIELD f GET i8
BITFIELD f
BITFIELD missing GET u8 1000
BITFIELD_RO f GET u8 0
BITFIELD_RO f SET u8 0 1
BITFIELD l GET u8 0
BITFIELD l SET u8 0 1
LCS x y
SET k1 ohmytext
SET k2 mynewtext
LCS k1 k2
LCS k1 k2 LEN
LCS k1 k2 IDX
LCS k1 k2 IDX MINMATCHLEN 4
LCS k1 k2 IDX MINMATCHLEN 4 WITHMATCHLEN
LCS k1 k2 LEN IDX
LCS k1 missing
LCS k1 l
LCS k1 k2 BAD
)"},
    {"hashes", R"(
HSET h a 1 b 2
HSET h a 3 c 4
HGETALL h
HKEYS h
HVALS h
HGET h a
HGET h missing
HGET nokey a
HMGET h a missing b
HMGET nokey a b
HSET h a
HSET h a 1 b
HMSET h d 5 e 6
HMSET h d
HLEN h
HLEN nokey
HEXISTS h a
HEXISTS h zz
HSTRLEN h a
HSTRLEN h zz
HSETNX h a 9
HSETNX h z 9
HDEL h a b zz
HGETALL h
HSET h a 1
HGETALL h
HINCRBY h a 5
HINCRBY h new -7
HINCRBY h a x
HINCRBY h a 9223372036854775807
HSET h s str
HINCRBY h s 1
HSET h sp " 1"
HINCRBY h sp 1
HINCRBYFLOAT h f 1.5
HINCRBYFLOAT h f -1.5
HINCRBYFLOAT h f 0.1
HINCRBYFLOAT h s 1
HINCRBYFLOAT h f x
HINCRBYFLOAT h f inf
HINCRBYFLOAT h f nan
HINCRBYFLOAT hugefloat big 1e4932
HINCRBYFLOAT hugefloat big 1e4932
OBJECT ENCODING h
HSCAN h 0
HSCAN h 0 MATCH s*
HSCAN h 0 COUNT 1
HSCAN h 0 COUNT 0
HSCAN h 0 COUNT x
HSCAN h x
HSCAN h " 0"
HSCAN h 0 BAD
HSCAN h 0 MATCH
HSCAN nokey 0 BAD
HSCAN nokey 0
HSET long f aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
OBJECT ENCODING long
HSET long f aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
OBJECT ENCODING long
HDEL h d e c z
HDEL h a new s sp f
EXISTS h
HDEL h a
SET str x
HSET str a 1
HGET str a
HGETALL str
HLEN str
HDEL str a
HINCRBY str a 1
HINCRBYFLOAT str a 1
HMGET str a
HSCAN str 0
HRANDFIELD str
HSET one f v
HRANDFIELD one
HRANDFIELD one 5
HRANDFIELD one 5 WITHVALUES
HRANDFIELD one -3
HRANDFIELD one -2 WITHVALUES
HRANDFIELD one 0
HRANDFIELD one 1 BAD
HRANDFIELD one x
HRANDFIELD one 1 WITHVALUES x
HRANDFIELD one -9223372036854775808
HRANDFIELD one 9223372036854775807 WITHVALUES
HRANDFIELD one -4611686018427387904 WITHVALUES
HRANDFIELD nokey
HRANDFIELD nokey 5
)"},
    {"lists", R"(
RPUSH l a b c
LPUSH l z y
LRANGE l 0 -1
LRANGE l 1 2
LRANGE l -2 -1
LRANGE l 5 10
LRANGE l 3 1
LRANGE l -100 100
LRANGE l x 1
LRANGE nokey 0 -1
LLEN l
LLEN nokey
LINDEX l 0
LINDEX l -1
LINDEX l 10
LINDEX l -10
LINDEX l x
LINDEX nokey x
LSET l 0 new
LSET l -1 last
LSET l 10 x
LSET l x x
LSET nokey 0 x
LPUSHX l p
RPUSHX l q
LPUSHX nokey p
LPOP l
RPOP l
LPOP l 2
RPOP l 0
LPOP l -1
LPOP l x
LPOP l 1 2
LPOP nokey
LPOP nokey 2
LPOP nokey 0
LRANGE l 0 -1
RPOP l 100
EXISTS l
RPUSH l a b a c a d a
LREM l 2 a
LRANGE l 0 -1
LREM l -1 a
LRANGE l 0 -1
LREM l 0 zz
LREM l x a
LREM nokey 0 a
RPUSH r a b a b a
LREM r 0 a
LREM r 0 b
EXISTS r
RPUSH r 1 2 3 4 5
LINSERT r BEFORE 3 x
LINSERT r after 5 y
LINSERT r before 1 w
LINSERT r AFTER zz y
LINSERT r AROUND 1 y
LINSERT nokey BEFORE a b
LRANGE r 0 -1
LTRIM r 1 3
LRANGE r 0 -1
LTRIM r -2 -1
LRANGE r 0 -1
LTRIM r 5 10
EXISTS r
LTRIM nokey 0 1
LTRIM r x 1
RPUSH s 1 2 3
RPOPLPUSH s d
RPOPLPUSH s s
LMOVE s d LEFT RIGHT
LMOVE s d RIGHT LEFT
EXISTS s
LRANGE d 0 -1
LMOVE d d LEFT RIGHT
LMOVE nokey d LEFT LEFT
LMOVE s d UP DOWN
RPOPLPUSH nokey d
RPUSH one x
RPOPLPUSH one one
LMOVE one one LEFT LEFT
RPUSH p a b c 1 2 3 c c
LPOS p c
LPOS p c RANK 2
LPOS p c RANK -1
LPOS p c COUNT 2
LPOS p c COUNT 0
LPOS p c RANK -1 COUNT 2
LPOS p c RANK 2 COUNT 0
LPOS p c MAXLEN 2
LPOS p c COUNT 0 MAXLEN 7
LPOS p c RANK -1 COUNT 0 MAXLEN 2
LPOS p zz
LPOS p zz COUNT 1
LPOS nokey a
LPOS nokey a COUNT 1
LPOS p c RANK 0
LPOS p c RANK x
LPOS p c COUNT -1
LPOS p c MAXLEN -1
LPOS p c COUNT x
LPOS p c BAD
LPOS p c RANK
LPOS p c RANK 9223372036854775807
LMPOP 1 p LEFT
LMPOP 2 nokey p RIGHT COUNT 2
LMPOP 2 nokey nokey2 LEFT
LMPOP 0 p LEFT
LMPOP x p LEFT
LMPOP 9223372036854775807 p LEFT
LMPOP 1 p UP
LMPOP 1 p LEFT COUNT 0
LMPOP 1 p LEFT COUNT
LMPOP 1 p LEFT COUNT 1 COUNT 2
LMPOP 2 p LEFT
LMPOP 1 p LEFT BAD
LRANGE p 0 -1
LMPOP 1 p LEFT COUNT 100
EXISTS p
OBJECT ENCODING d
SET str x
LPUSH str a
LPUSHX str a
LPOP str
LPOP str 1
LLEN str
LRANGE str 0 -1
LINDEX str 0
LSET str 0 a
LREM str 0 a
LTRIM str 0 1
LINSERT str BEFORE a b
RPOPLPUSH str d
RPOPLPUSH d str
LMOVE d str LEFT LEFT
LPOS str a
LMPOP 1 str LEFT
LMPOP 2 nokey str LEFT
BLMPOP 0 1 d LEFT
BLMPOP x 1 d LEFT
BLMPOP -1 1 d LEFT
)"},
    {"sets", R"(
SADD s 3 1 2
SMEMBERS s
SADD s 1 4
OBJECT ENCODING s
SADD s a
OBJECT ENCODING s
SMEMBERS s
SCARD s
SCARD nokey
SISMEMBER s a
SISMEMBER s zz
SISMEMBER nokey a
SMISMEMBER s a zz 1
SMISMEMBER nokey a b
SREM s a zz
OBJECT ENCODING s
SREM s 1 2 3 4
EXISTS s
SREM s x
SADD a 1 2 3 4
SADD b 2 4 6
SADD c x 2
SUNION a b
SUNION a b c
SINTER a b
SINTER a b c
SDIFF a b
SDIFF a b c
SDIFF a a
SDIFF nokey a
SINTER a nokey
SUNION nokey
SUNIONSTORE d a c
SMEMBERS d
SINTERSTORE d a b
SMEMBERS d
OBJECT ENCODING d
SDIFFSTORE d a b
SMEMBERS d
SDIFFSTORE d a a
EXISTS d
SET d x
SINTERSTORE d a nokey
EXISTS d
SUNIONSTORE a a b
SMEMBERS a
SINTERCARD 2 a b
SINTERCARD 2 a b LIMIT 1
SINTERCARD 2 a b LIMIT 0
SINTERCARD 2 a b LIMIT -1
SINTERCARD 0 a
SINTERCARD x a
SINTERCARD 3 a b
SINTERCARD 1 a b
SINTERCARD 1 a LIMIT
SINTERCARD 1 a LIMIT x
SMOVE a b 1
SMOVE a b 99
SMOVE nokey b 1
SMOVE a a 3
SMOVE a a 99
SMOVE a new 3
SMEMBERS new
SMOVE new other 3
EXISTS new
SPOP nokey
SPOP nokey 2
SPOP a 0
SPOP a -1
SPOP a x
SPOP a 1 2
SADD one m
SPOP one
EXISTS one
SADD one m
SPOP one 10
EXISTS one
SADD one m
SRANDMEMBER one
SRANDMEMBER one 3
SRANDMEMBER one -3
SRANDMEMBER one 0
SRANDMEMBER one x
SRANDMEMBER one 1 2
SRANDMEMBER one -9223372036854775808
SRANDMEMBER nokey
SRANDMEMBER nokey 2
SSCAN b 0
SSCAN b 0 MATCH 2*
SSCAN b x
SSCAN nokey 0
SSCAN b 0 COUNT 0
SET str x
SADD str a
SREM str a
SISMEMBER str a
SMISMEMBER str a
SMEMBERS str
SCARD str
SINTER a str
SUNION a str
SDIFF a str
SINTER nokey str
SUNIONSTORE d str
SINTERCARD 2 nokey str
SMOVE a str 2
SMOVE str a 2
SMOVE nokey str 2
SPOP str
SPOP str 1
SRANDMEMBER str
SSCAN str 0
)"},
    {"zsets", R"(
ZADD z 1 a 2 b 3 c
ZADD z 1 a 5 d
ZADD z CH 2 a 6 e
ZADD z NX 9 a 9 f
ZADD z XX 9 a 9 g
ZADD z XX CH 10 a
ZADD z GT CH 1 a 11 b
ZADD z LT CH 1 a 12 b
ZADD z GT CH 1 new
ZADD z XX GT CH 100 a 100 newer
ZADD z INCR 5 a
ZADD z NX INCR 5 a
ZADD z XX INCR 5 nokey
ZADD nokey XX INCR 5 a
ZADD nokey XX 5 a
ZADD z GT INCR -5 a
ZADD z INCR 1 a 2 b
ZADD z NX XX 1 a
ZADD z NX GT 1 a
ZADD z GT LT 1 a
ZADD z 1
ZADD z NX 1
ZADD z x a
ZADD z 1 a x b
ZADD z nan a
ZADD z 1 a 2
ZADD z inf i -inf j +inf k
ZADD z INCR -inf i
ZINCRBY z inf j
ZINCRBY z 1.5 a
ZINCRBY z x a
ZINCRBY new 1 m
ZSCORE z a
ZSCORE z i
ZSCORE z j
ZSCORE z missing
ZSCORE nokey a
ZMSCORE z a missing i
ZMSCORE nokey a
ZRANGE z 0 -1 WITHSCORES
ZCARD z
ZCARD nokey
ZRANK z a
ZRANK z missing
ZREVRANK z a
ZRANK nokey a
ZREM z i j k missing
ZRANGE z 0 -1
ZADD s 0.1 a 0.2 b 1e20 c 1e17 d 123456789012 e -0 f 3.0 g 1e-7 h
ZRANGE s 0 -1 WITHSCORES
ZSCAN s 0
ZSCORE s c
ZADD hex 0x10 a
ZSCORE hex a
ZADD hex " 1" b
ZADD hex 1e400 b
ZADD hex 1e-400 b
ZADD hex "" b
ZCOUNT z -inf +inf
ZCOUNT z (11 (100
ZCOUNT z 5 1
ZCOUNT z x 1
ZCOUNT z "" 100
ZCOUNT z (nan 1
ZCOUNT nokey 0 1
ZLEXCOUNT z - +
ZLEXCOUNT z [a (c
ZLEXCOUNT z + -
ZLEXCOUNT z a c
ZLEXCOUNT nokey - +
ZADD same 0 a 0 b 0 c 0 d 0 e
ZLEXCOUNT same - +
ZLEXCOUNT same [b [d
ZLEXCOUNT same (b (d
ZLEXCOUNT same (b +
ZLEXCOUNT same - - 
ZLEXCOUNT same + +
ZRANGEBYLEX same - +
ZRANGEBYLEX same [b (e
ZRANGEBYLEX same - + LIMIT 1 2
ZRANGEBYLEX same - + LIMIT -1 2
ZRANGEBYLEX same - + LIMIT 1 -1
ZRANGEBYLEX same - + LIMIT 10 1
ZRANGEBYLEX same - + LIMIT x 1
ZRANGEBYLEX same - + WITHSCORES
ZREVRANGEBYLEX same + -
ZREVRANGEBYLEX same [d (a LIMIT 0 2
ZRANGEBYSCORE z 5 20
ZRANGEBYSCORE z 5 20 WITHSCORES
ZRANGEBYSCORE z -inf +inf LIMIT 1 2
ZRANGEBYSCORE z -inf +inf LIMIT 0 0
ZRANGEBYSCORE z -inf +inf WITHSCORES LIMIT 1 1
ZRANGEBYSCORE z -inf +inf LIMIT 1
ZREVRANGEBYSCORE z +inf -inf WITHSCORES
ZREVRANGEBYSCORE z 20 5 LIMIT 1 1
ZRANGEBYSCORE z x 1
ZRANGE z 0 1
ZRANGE z -2 -1
ZRANGE z 5 1
ZRANGE z 0 100
ZRANGE z x 1
ZRANGE z 0 -1 REV
ZRANGE z 0 1 REV WITHSCORES
ZRANGE z 5 20 BYSCORE
ZRANGE z 20 5 BYSCORE REV LIMIT 0 1
ZRANGE same [a [c BYLEX
ZRANGE same [c [a BYLEX REV
ZRANGE same [a [c BYLEX WITHSCORES
ZRANGE z 0 1 LIMIT 0 1
ZRANGE z 0 1 LIMIT 0 -1
ZRANGE z 0 1 BYSCORE BYLEX
ZRANGE z 0 1 BAD
ZRANGE nokey 0 -1
ZRANGE nokey 0 -1 BYSCORE
ZREVRANGE z 0 -1
ZREVRANGE z 0 1 WITHSCORES
ZREVRANGE z 0 1 REV
ZRANGESTORE d z 0 1
ZRANGE d 0 -1 WITHSCORES
ZRANGESTORE d z 5 20 BYSCORE LIMIT 0 1
ZRANGE d 0 -1 WITHSCORES
ZRANGESTORE d z 0 1 REV
ZRANGESTORE d z 0 1 WITHSCORES
ZRANGESTORE d nokey 0 -1
EXISTS d
ZRANGESTORE z z 0 2
ZRANGE z 0 -1 WITHSCORES
ZREMRANGEBYRANK same 0 0
ZREMRANGEBYRANK same 5 10
ZREMRANGEBYRANK same x 1
ZREMRANGEBYLEX same [b (d
ZREMRANGEBYLEX same x y
ZREMRANGEBYSCORE same (0 5
ZREMRANGEBYSCORE same 0 0
EXISTS same
ZREMRANGEBYSCORE same x 1
ZREMRANGEBYRANK nokey 0 1
ZPOPMIN z
ZADD z 1 a 2 b 3 c 4 d
ZPOPMAX z
ZPOPMIN z 2
ZPOPMAX z 0
ZPOPMIN z -1
ZPOPMIN z x
ZPOPMIN z 1 2
ZPOPMIN nokey
ZPOPMIN nokey 1
ZPOPMAX z 100
EXISTS z
ZADD z 1 a 2 b 3 c
ZMPOP 1 z MIN
ZMPOP 2 nokey z MAX COUNT 5
ZMPOP 1 z MIN
ZMPOP 0 z MIN
ZMPOP 1 z MID
ZMPOP 1 z MIN COUNT 0
ZMPOP 2 z MIN
BZMPOP 1 1 one MID
ZADD one 1.5 m
ZRANDMEMBER one
ZRANDMEMBER one 3
ZRANDMEMBER one -2
ZRANDMEMBER one 1 WITHSCORES
ZRANDMEMBER one -2 WITHSCORES
ZRANDMEMBER one 0
ZRANDMEMBER one x
ZRANDMEMBER one 1 BAD
ZRANDMEMBER nokey
ZRANDMEMBER nokey 1
BZMPOP 0 1 one MIN
BZMPOP x 1 one MIN
OBJECT ENCODING s
ZADD s 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
OBJECT ENCODING s
ZSCAN s 0
SET str x
ZADD str 1 a
ZSCORE str a
ZRANGE str 0 -1
ZRANK str a
ZCARD str
ZCOUNT str 0 1
ZREM str a
ZINCRBY str 1 a
ZPOPMIN str
ZMPOP 2 nokey str MIN
ZRANGESTORE d str 0 1
ZRANDMEMBER str
ZSCAN str 0
)"},
    {"zset_algebra", R"(
ZADD a 1 x 2 y 3 z
ZADD b 10 y 20 z 30 w
SADD s x w q
ZUNION 2 a b WITHSCORES
ZUNION 2 a b
ZUNION 3 a b s WITHSCORES
ZUNION 2 a b WEIGHTS 2 3 WITHSCORES
ZUNION 2 a b AGGREGATE MIN WITHSCORES
ZUNION 2 a b AGGREGATE MAX WITHSCORES
ZUNION 2 a b AGGREGATE AVG
ZUNION 2 a b WEIGHTS 1
ZUNION 2 a b WEIGHTS 1 x
ZUNION 0 a
ZUNION x a
ZUNION 3 a b
ZUNION 1 a b
ZINTER 2 a b WITHSCORES
ZINTER 2 a b WEIGHTS 2 0.5 AGGREGATE SUM WITHSCORES
ZINTER 2 a nokey
ZINTER 2 a a WITHSCORES
ZINTER 2 a s WITHSCORES
ZDIFF 2 a b WITHSCORES
ZDIFF 2 a nokey WITHSCORES
ZDIFF 2 a a
ZDIFF 2 nokey a
ZDIFF 2 a s WITHSCORES
ZDIFF 2 s a WITHSCORES
ZDIFF 2 a b WEIGHTS 1 2
ZDIFF 2 a b AGGREGATE SUM
ZINTERCARD 2 a b
ZINTERCARD 2 a b LIMIT 1
ZINTERCARD 2 a b LIMIT -1
ZINTERCARD 2 a b LIMIT x
ZINTERCARD 2 a b WITHSCORES
ZINTERCARD 0 a
ZUNIONSTORE d 2 a b
ZRANGE d 0 -1 WITHSCORES
OBJECT ENCODING d
ZUNIONSTORE d 2 a b WEIGHTS 2 3 AGGREGATE MAX
ZRANGE d 0 -1 WITHSCORES
ZUNIONSTORE d 2 a b WITHSCORES
ZINTERSTORE d 2 a b
ZRANGE d 0 -1 WITHSCORES
ZINTERSTORE d 2 a nokey
EXISTS d
ZDIFFSTORE d 2 a b
ZRANGE d 0 -1 WITHSCORES
ZDIFFSTORE d 2 a a
ZDIFFSTORE d 0 a
ZUNIONSTORE a 2 a b
ZRANGE a 0 -1 WITHSCORES
ZADD inf inf m
ZADD ninf -inf m
ZUNION 2 inf ninf WITHSCORES
ZUNION 1 inf WEIGHTS 0 WITHSCORES
ZINTER 2 inf ninf WITHSCORES
ZINTER 2 inf ninf WEIGHTS 0 0 WITHSCORES
SET str x
ZUNION 2 a str
ZINTER 2 nokey str
ZDIFFSTORE d 2 a str
LPUSH l x
ZUNION 1 l
)"},
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

class KeyspaceTable : public ::testing::TestWithParam<Sequence> {
 protected:
  void SetUp() override {
    oracle_ = RedisOracle::get();
    if (oracle_ == nullptr) GTEST_SKIP() << "no redis-server: nothing to compare with";
  }

  // `script`: through redis.pcall on the oracle, with its texts and conversions.
  void run(int version, bool script) {
    Keyspace keyspace;
    CallContext context;
    context.resp = version;
    context.from_script = script;
    oracle_->command({"SELECT", "0"}, version);
    oracle_->command({"FLUSHALL"}, version);
    std::istringstream lines(GetParam().lines);
    for (std::string line; std::getline(lines, line);) {
      const Words words = split_line(line);
      if (words.empty()) continue;
      if (script && words[0] == "SELECT") oracle_->command(words, version);
      // What clients would wait for, scripts do not.
      if (!script && words[0][0] == 'B' && words[0].ends_with("MPOP")) continue;
      const Reply theirs =
          script ? oracle_->from_script(words, version) : oracle_->command(words, version);
      Reply ours = call(keyspace, words, context);
      if (script) ours = as_script_result(std::move(ours));
      // One null for both in RESP3.
      if (version == 3 && ours.is_null()) ours = Reply::null();
      ASSERT_TRUE(replies_agree(words, ours, theirs))
          << line << "\nours:   " << print_reply(ours) << "theirs: " << print_reply(theirs);
    }
    oracle_->command({"SELECT", "0"}, version);
  }

  // What a reply is after it went through Lua and back: a null array is a null, and integers are
  // doubles.
  static Reply as_script_result(Reply reply) {
    if (reply.kind() == ReplyKind::NullArray) return Reply::null();
    if (reply.kind() == ReplyKind::Integer) {
      const auto through_lua = static_cast<double>(reply.integer_value());
      if (through_lua >= 0x1p63) return Reply::integer(INT64_MIN);
      return Reply::integer(static_cast<std::int64_t>(through_lua));
    }
    if (reply.kind() == ReplyKind::Array) {
      for (Reply& item : reply.mutable_items()) item = as_script_result(std::move(item));
    }
    return reply;
  }

  RedisOracle* oracle_ = nullptr;
};

TEST_P(KeyspaceTable, SameRepliesAsRedisInResp2) { run(2, false); }
TEST_P(KeyspaceTable, SameRepliesAsRedisInResp3) { run(3, false); }
TEST_P(KeyspaceTable, SameRepliesAsRedisFromScripts) { run(2, true); }

INSTANTIATE_TEST_SUITE_P(Sequences, KeyspaceTable, ::testing::ValuesIn(kSequences),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace arenite::redis::testing
