// Facts about redis-server 7.0.15 (Debian), seen live: a script and its raw reply. They hold without any server there;
// engine_oracle_test.cpp compares far more when one is.
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <arenite/redis/engine.h>
#include <arenite/redis/reply_text.h>

namespace arenite::redis {
namespace {

struct Fact {
    std::string_view script;
    std::string_view reply;
};

/// In this order, for a RESP2 client, on the keys of EngineProbe::SetUp().
constexpr Fact kFacts[] = {
    {"return 3.99", ":3\r\n"},
    {"return -3.99", ":-3\r\n"},
    {"return 1e300", ":-9223372036854775808\r\n"},
    {"return 0/0", ":-9223372036854775808\r\n"},
    {"return 1/0", ":-9223372036854775808\r\n"},
    {"return 2^63", ":-9223372036854775808\r\n"},
    {"return true", ":1\r\n"},
    {"return false", "$-1\r\n"},
    {"return nil", "$-1\r\n"},
    {"return {1,2,nil,4}", "*2\r\n:1\r\n:2\r\n"},
    {"return {err='a b'}", "-a b\r\n"},
    {"return {err='-a b'}", "--a b\r\n"},
    {"return {err='nospace'}", "-nospace\r\n"},
    {"return {err=1}", "*0\r\n"},
    {"return {ok=1}", "*0\r\n"},
    {"return {double=3.5}", "$3\r\n3.5\r\n"},
    {"return {double=1/0}", "$3\r\ninf\r\n"},
    {"return {verbatim_string={string='x',format='txt'}}", "$1\r\nx\r\n"},
    {"return {map={a=1}}", "*2\r\n$1\r\na\r\n:1\r\n"},
    {"return {set={a=true}}", "*1\r\n$1\r\na\r\n"},
    {"return {a=1}", "*0\r\n"},
    {"return function() end", "$-1\r\n"},
    {"return coroutine.create(function() end)", "$-1\r\n"},
    {"return KEYS", "*0\r\n"},
    {"return {1,{2,{3}}, 'x', 1.5, true, false}", "*6\r\n:1\r\n*2\r\n:2\r\n*1\r\n:3\r\n$1\r\nx\r\n:1\r\n:1\r\n$-1\r\n"},
    {"return redis.call('get','nokey')", "$-1\r\n"},
    {"return redis.call('lpop','nokey')", "$-1\r\n"},
    {"return redis.call('zscore','z','m')", "$3\r\n1.5\r\n"},
    {"return type(redis.call('get','nokey'))", "$7\r\nboolean\r\n"},
    {"return redis.call('set','a',1)", "+OK\r\n"},
    {"return redis.call('hgetall','h')", "*2\r\n$1\r\nf\r\n$1\r\nv\r\n"},
    {"redis.setresp(3) return redis.call('hgetall','h')", "*2\r\n$1\r\nf\r\n$1\r\nv\r\n"},
    {"redis.setresp(3) return redis.call('zscore','z','m')", "$3\r\n1.5\r\n"},
    {"redis.setresp(3) return type(redis.call('zscore','z','m').double)", "$6\r\nnumber\r\n"},
    {"redis.setresp(3) return type(redis.call('get','nokey'))", "$3\r\nnil\r\n"},
    {"redis.setresp(3) return redis.call('get','nokey')", "$-1\r\n"},
    {"redis.setresp(3) return true", ":1\r\n"},
    {"redis.setresp(3) return false", ":0\r\n"},
    {"redis.setresp(4)",
     "-ERR RESP version must be 2 or 3. script: 68e72e4d8a428b9f599dce492315f2455a425a82, on @user_script:1.\r\n"},
    {"redis.setresp()",
     "-ERR redis.setresp() requires one argument. script: 42aacaf580759e59c97e8b1974d08a62f960014f, on "
     "@user_script:1.\r\n"},
    {"redis.setresp(2,3)",
     "-ERR redis.setresp() requires one argument. script: 62b422f02fdc2978057b2c2dc2b27258bce7eb37, on "
     "@user_script:1.\r\n"},
    {"return foo",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'foo' script: "
     "47e30a5d10d5694f99208f9adc4fe3bf2450edbd, on @user_script:1.\r\n"},
    {"foo=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 5bddd8336e5f711bfa499383fc73c17560c6250b, on "
     "@user_script:1.\r\n"},
    {"KEYS=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: ca0990f0b41102cb81caee914a8ee6a01cf984e6, on "
     "@user_script:1.\r\n"},
    {"KEYS[1]='x' return KEYS[1]", "$1\r\nx\r\n"},
    {"redis.x=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 5b2bc017c4ad02e0a4040b10e3482419e45c58b0, on "
     "@user_script:1.\r\n"},
    {"return redis.x", "$-1\r\n"},
    {"math.x=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 6c9e4d87ab027b3724f936149f6ec0ab5ee1f51f, on "
     "@user_script:1.\r\n"},
    {"string.x=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 0200261db1e7771c266e77366576961c8f228af1, on "
     "@user_script:1.\r\n"},
    {"_G.x=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 9f1cf4e38bfbdecb441f9ea07fb01f5b69497362, on "
     "@user_script:1.\r\n"},
    {"setmetatable(_G,nil)",
     "-ERR Attempt to modify a readonly table script: 363cd756dc20f58a9f4a1d92f45ec7a5f14fbaed, on "
     "@user_script:1.\r\n"},
    {"getmetatable(_G).__index=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 96d1db64a1931c322badf9841a84e590bd69d9ac, on "
     "@user_script:1.\r\n"},
    {"rawset(_G,'x',1)",
     "-ERR Attempt to modify a readonly table script: 90860ee597073785c7a12c667667abc4495e2c78, on "
     "@user_script:1.\r\n"},
    {"getmetatable('').__index=1",
     "-ERR user_script:1: Attempt to modify a readonly table script: 6252c9f1f7b0d445012a0983d7595ca7470339b9, on "
     "@user_script:1.\r\n"},
    {"return print",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'print' script: "
     "df4c752a7558004676bbee87e38b92e0b9056d68, on @user_script:1.\r\n"},
    {"return loadfile",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'loadfile' script: "
     "a08fbe72c95f67027cc9b6349f5d335b598397b7, on @user_script:1.\r\n"},
    {"return os",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'os' script: "
     "f03b5ad6e7d58786b6a5e879efbea4a4408f5c2f, on @user_script:1.\r\n"},
    {"return os.clock()",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'os' script: "
     "ea58cfad299460ea863f576834104a675e48c28c, on @user_script:1.\r\n"},
    {"return debug",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'debug' script: "
     "7f0eed9eaa523ec9e1ff69159f45a399473d9771, on @user_script:1.\r\n"},
    {"return io",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'io' script: "
     "badfe324d30f60abd2dbecf4d4b0f915038384e2, on @user_script:1.\r\n"},
    {"return require",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'require' script: "
     "68c9d8918a98cebaec1948aff703e96c57af9fdd, on @user_script:1.\r\n"},
    {"return package",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'package' script: "
     "bfab18646c3a65e87365badef4807726c27a0041, on @user_script:1.\r\n"},
    {"return getfenv",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'getfenv' script: "
     "16cfebc0feae9751eb6419326840e1512625eb36, on @user_script:1.\r\n"},
    {"return setfenv",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'setfenv' script: "
     "3ffeb955c6323bb75eb872e0e1bc7214ea8780d9, on @user_script:1.\r\n"},
    {"return newproxy",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'newproxy' script: "
     "f77b925834a6a5cd4c3f954d604c77e44181c40f, on @user_script:1.\r\n"},
    {"return module",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'module' script: "
     "2803774b6b78613fcfa3f4ce44070f589e937542, on @user_script:1.\r\n"},
    {"return dofile",
     "-ERR user_script:1: Script attempted to access nonexistent global variable 'dofile' script: "
     "0c5f629ecf4a281cada464398cd571c2f6828b27, on @user_script:1.\r\n"},
    {"return #ARGV", ":0\r\n"},
    {"return load('x')",
     "-ERR user_script:1: bad argument #1 to 'load' (function expected, got string) script: "
     "5186364f1d4a15eef27be3049fd2a0e416023c8b, on @user_script:1.\r\n"},
    {"error('boom')",
     "-ERR user_script:1: boom script: 82903a0434f1503e152f89c03c9acd881a0e8150, on @user_script:1.\r\n"},
    {"error('boom',0)", "-ERR boom script: 8ed6bdaa91a78433c7127e0a0f1b142e932907c7, on @user_script:1.\r\n"},
    {"error({err='MYERR hi'})", "-MYERR hi script: 00d2536ddb7f04cf615270fbf0fa0d53c9898ff7, on @user_script:1.\r\n"},
    {"error(nil)", "-ERR nil script: c402aa49952c86c38f35fb311d54977d08f3bf01, on @user_script:1.\r\n"},
    {"error()", "-ERR nil script: aca90d914519fdb9825352bdc0befb59f7c8510f, on @user_script:1.\r\n"},
    {"error(12)", "-ERR user_script:1: 12 script: 531d78cb0a3022f46aa8fcca247caa61d303b321, on @user_script:1.\r\n"},
    {"local a=nil; a.b=1",
     "-ERR user_script:1: attempt to index local 'a' (a nil value) script: 87349a1fb2290d8c9feec69541158b198cca45b3, "
     "on @user_script:1.\r\n"},
    {"local x = nil; return x.y",
     "-ERR user_script:1: attempt to index local 'x' (a nil value) script: cf0efd7895bbde8aab6ffbb44ec6bca4bd5ef4c3, "
     "on @user_script:1.\r\n"},
    {"return nil+1",
     "-ERR user_script:1: attempt to perform arithmetic on a nil value script: "
     "06da94268985d443d9a2d8145ac0234e4f02562c, on @user_script:1.\r\n"},
    {"return #nil",
     "-ERR user_script:1: attempt to get length of a nil value script: 6d6abd31d8721234b1ee1a830316ae36ef2693e2, on "
     "@user_script:1.\r\n"},
    {"return {}<{}",
     "-ERR user_script:1: attempt to compare two table values script: b231389a47fd694af34e45da7210550077bfba64, on "
     "@user_script:1.\r\n"},
    {"return 'a'..{}",
     "-ERR user_script:1: attempt to concatenate a table value script: 3cb5aeb5874e62a4ed4a1c335cd5ef1eddcf965c, on "
     "@user_script:1.\r\n"},
    {"x(", "-ERR Error compiling script (new function): user_script:1: unexpected symbol near '<eof>'\r\n"},
    {"return redis.call()",
     "-ERR Please specify at least one argument for this redis lib call script: "
     "0a907e1429221a4d85516cab7fd219a82a9439d8, on @user_script:1.\r\n"},
    {"return redis.call({})",
     "-ERR Lua redis lib command arguments must be strings or integers script: "
     "80747816df1f4411f7c442b928fce6a814214839, on @user_script:1.\r\n"},
    {"return redis.call('get')",
     "-ERR Wrong number of args calling Redis command from script script: f187dee77f607f7cff00bbabc9df38507582c78d, on "
     "@user_script:1.\r\n"},
    {"return redis.call('nosuch')",
     "-ERR Unknown Redis command called from script script: 206396248e12c6e742fd7296250433c8d7343b74, on "
     "@user_script:1.\r\n"},
    {"return redis.pcall('nosuch')", "-ERR Unknown Redis command called from script\r\n"},
    {"return redis.pcall('get')", "-ERR Wrong number of args calling Redis command from script\r\n"},
    {"return redis.call('incr','str')",
     "-ERR value is not an integer or out of range script: 851ab5c4815573433b8c8eed0a889f947a2e885a, on "
     "@user_script:1.\r\n"},
    {"return redis.pcall('incr','str')", "-ERR value is not an integer or out of range\r\n"},
    {"return redis.call('get','l')",
     "-WRONGTYPE Operation against a key holding the wrong kind of value script: "
     "df94f6e2145c0f1402ca5a21d71ebb02f5ae2169, on @user_script:1.\r\n"},
    {"return redis.call('blpop','l','0')",
     "-ERR This Redis command is not allowed from script script: 2a6b57eaef17d5b7ab0c7348b41247bf42730aa1, on "
     "@user_script:1.\r\n"},
    {"return redis.call('subscribe','a')",
     "-ERR This Redis command is not allowed from script script: fd4a0444fc6d87da49683765d56f05403bc78066, on "
     "@user_script:1.\r\n"},
    {"return redis.call('multi')",
     "-ERR This Redis command is not allowed from script script: c329a1a294be6bf95b44144f7502610661ae925a, on "
     "@user_script:1.\r\n"},
    {"return redis.call('eval','return 1',0)",
     "-ERR This Redis command is not allowed from script script: 595931feb16e9cba240a2e4c6a852627761118e3, on "
     "@user_script:1.\r\n"},
    {"return redis.call('config','get','x')",
     "-ERR This Redis command is not allowed from script script: 6cf5c0738da24e66778a048e60b49d7218cc617b, on "
     "@user_script:1.\r\n"},
    {"return redis.call('get',nil)",
     "-ERR Lua redis lib command arguments must be strings or integers script: "
     "c4f0508352db6a351553146ea055b37d9498876d, on @user_script:1.\r\n"},
    {"return redis.call('get',true)",
     "-ERR Lua redis lib command arguments must be strings or integers script: "
     "4d168cbc7c794d735a5577446b5ad6b9a5ff5016, on @user_script:1.\r\n"},
    {"return redis.call('set','f',3.2)", "+OK\r\n"},
    {"return redis.call('get','f')", "$18\r\n3.2000000000000002\r\n"},
    {"redis.call('set','f',100000000000000000000) return redis.call('get','f')", "$5\r\n1e+20\r\n"},
    {"redis.call('set','f',2^53) return redis.call('get','f')", "$16\r\n9007199254740992\r\n"},
    {"redis.call('set','f',1e15) return redis.call('get','f')", "$16\r\n1000000000000000\r\n"},
    {"redis.call('set','f',1e17) return redis.call('get','f')", "$5\r\n1e+17\r\n"},
    {"redis.call('set','f',0.1) return redis.call('get','f')", "$19\r\n0.10000000000000001\r\n"},
    {"return pcall(function() error('x') end)", "$-1\r\n"},
    {"return {pcall(function() error('x') end)}", "*2\r\n$-1\r\n$16\r\nuser_script:1: x\r\n"},
    {"return {pcall(redis.call,'nosuch')}", "*2\r\n$-1\r\n$44\r\nERR Unknown Redis command called from script\r\n"},
    {"return {pcall(redis.call,'incr','str')}", "*2\r\n$-1\r\n$43\r\nERR value is not an integer or out of range\r\n"},
    {"return {pcall(error,{err='E x'})}", "*2\r\n$-1\r\n$3\r\nE x\r\n"},
    {"return {pcall(error,{a=1})}", "*2\r\n$-1\r\n*0\r\n"},
    {"return {xpcall(function() redis.call('nosuch') end, function(e) return type(e) end)}",
     "*2\r\n$-1\r\n$5\r\ntable\r\n"},
    {"return {xpcall(function() error('q') end, function(e) return e end)}",
     "*2\r\n$-1\r\n$16\r\nuser_script:1: q\r\n"},
    {"local ok,e=pcall(function() return redis.call('incr','str') end) return e",
     "$43\r\nERR value is not an integer or out of range\r\n"},
    {"local e=redis.pcall('incr','str') return e.err", "$43\r\nERR value is not an integer or out of range\r\n"},
    {"local r={} local _,e=pcall(function() redis.call('incr','str') end) return type(e)", "$6\r\nstring\r\n"},
    {"return redis.error_reply('My Err')", "-My Err\r\n"},
    {"return redis.error_reply('MyErr')", "-ERR MyErr\r\n"},
    {"return redis.error_reply('-MyErr x')", "-MyErr x\r\n"},
    {"return redis.error_reply('')", "-ERR \r\n"},
    {"return redis.error_reply()", "-ERR wrong number or type of arguments\r\n"},
    {"return redis.error_reply(1)", "-ERR wrong number or type of arguments\r\n"},
    {"return redis.status_reply('OK')", "+OK\r\n"},
    {"return redis.status_reply('')", "+\r\n"},
    {"return redis.status_reply(1)", "-ERR wrong number or type of arguments\r\n"},
    {"return redis.status_reply()", "-ERR wrong number or type of arguments\r\n"},
    {"return redis.sha1hex('')", "$40\r\nda39a3ee5e6b4b0d3255bfef95601890afd80709\r\n"},
    {"return redis.sha1hex()",
     "-ERR wrong number of arguments script: 3c7ce947ae74a835cc575b6ee87fb27503cb7ba4, on @user_script:1.\r\n"},
    {"return redis.sha1hex(1)", "$40\r\n356a192b7913b04c54574d18c28d46e6395428ab\r\n"},
    {"return redis.sha1hex({})", "$40\r\nda39a3ee5e6b4b0d3255bfef95601890afd80709\r\n"},
    {"return redis.sha1hex(nil)", "$40\r\nda39a3ee5e6b4b0d3255bfef95601890afd80709\r\n"},
    {"return redis.log()",
     "-ERR redis.log() requires two arguments or more. script: 28e28bf25123668ac541f5eec91bf7ad3d2fe0bd, on "
     "@user_script:1.\r\n"},
    {"return redis.log('a','b')",
     "-ERR First argument must be a number (log level). script: 0b33418de8f38b54c447ba6772ee3d6d6309b011, on "
     "@user_script:1.\r\n"},
    {"return redis.log(9,'b')",
     "-ERR Invalid debug level. script: 11ed648f9b421677c51620f9bde79be6270e2a49, on @user_script:1.\r\n"},
    {"return redis.log(redis.LOG_WARNING,'a',1,{},true)", "$-1\r\n"},
    {"return redis.set_repl()",
     "-ERR redis.set_repl() requires two arguments. script: 9504533b41060c143a92eb2f8878e77d33b6dc33, on "
     "@user_script:1.\r\n"},
    {"return redis.set_repl(9)",
     "-ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE. script: "
     "f43d522179aeb2c4dadb59b026d11ed249ca02e0, on @user_script:1.\r\n"},
    {"return redis.set_repl(0)", "$-1\r\n"},
    {"return redis.replicate_commands()", ":1\r\n"},
    {"return redis.breakpoint()", "$-1\r\n"},
    {"return redis.debug('x')", "$-1\r\n"},
    {"return redis.acl_check_cmd()",
     "-ERR Please specify at least one argument for this redis lib call script: "
     "1124f33ad66e7866b4e0c1499a4c20fb5eb9c180, on @user_script:1.\r\n"},
    {"return redis.acl_check_cmd('nosuch')",
     "-ERR Invalid command passed to redis.acl_check_cmd() script: d2491587bab5149c93be0dce4426f7a06ba9e1a1, on "
     "@user_script:1.\r\n"},
    {"return redis.acl_check_cmd('get','x')", ":1\r\n"},
    {"return redis.acl_check_cmd('set','x','y')", ":1\r\n"},
    {"return {redis.REDIS_VERSION,redis.REDIS_VERSION_NUM}", "*2\r\n$6\r\n7.0.15\r\n:458767\r\n"},
    {"return _VERSION", "$7\r\nLua 5.1\r\n"},
    {"return tostring(redis)==nil", "$-1\r\n"},
    {"return collectgarbage('count')>0", ":1\r\n"},
    {"math.randomseed(1) return math.random(1000000)", ":41631\r\n"},
    {"math.randomseed(0) return tostring(math.random())", "$16\r\n0.17082803611217\r\n"},
    {"return {math.random()==math.random()}", "*1\r\n$-1\r\n"},
    {"return __redis__err__handler ~= nil", ":1\r\n"},
    {"return redis.register_function", "$-1\r\n"},
    {"return ARGV.x", "$-1\r\n"},
    {"return string.rep('x',-1)", "$0\r\n\r\n"},
    {"return tostring(1e15)", "$5\r\n1e+15\r\n"},
    {"return tostring(2^53)", "$18\r\n9.007199254741e+15\r\n"},
    {"return tostring(0/0)", "$4\r\n-nan\r\n"},
    {"return tostring(-0)", "$2\r\n-0\r\n"},
    {"return 10 % 3", ":1\r\n"},
    {"return string.format('%d',3.7)", "$1\r\n3\r\n"},
    {"return setmetatable({},{__index=function(t,k) return k end})", "*0\r\n"},
    {"local t={} setmetatable(t,{__tostring=function() return 'q' end}) return t", "*0\r\n"},
    {"local function f() return f()+1 end return f()",
     "-ERR user_script:1: stack overflow script: 17123be6b2e405691a19f87f62a8a7feb33b510f, on @user_script:1.\r\n"},
    {"return {unpack({},1,8000)}",
     "-ERR user_script:1: too many results to unpack script: ad535b540663cbf074cb9e81b1aa9d89adee77a1, on "
     "@user_script:1.\r\n"},
    {"return unpack({},1,1e7)",
     "-ERR user_script:1: too many results to unpack script: d4e22fa1850d3bf9424dd5b17679f8c6cd13cb28, on "
     "@user_script:1.\r\n"},
    {"#!lua\nreturn 1", ":1\r\n"},
    {"#!lua flags=no-writes\nreturn redis.call('set','a','b')",
     "-ERR Write commands are not allowed from read-only scripts. script: 6acb400a50fe96e33eca4e0af6e9dcfb21193726, on "
     "@user_script:2.\r\n"},
    {"#!lua flags=bad\nreturn 1", "-ERR Unexpected flag in script shebang: bad\r\n"},
    {"#!lua name=x\nreturn 1", "-ERR Unknown lua shebang option: name=x\r\n"},
    {"#!js\nreturn 1", "-ERR Unexpected engine in script shebang: #!js\r\n"},
    {"#!lua", "-ERR Invalid script shebang\r\n"},
    {"#!lua flags=no-cluster,allow-oom,allow-stale,allow-cross-slot-keys\nreturn 1", ":1\r\n"},
    {"#!LUA\nreturn 1", "-ERR Unexpected engine in script shebang: #!LUA\r\n"},
    {"\n\nerror('l3')",
     "-ERR user_script:3: l3 script: 9f2b511260fbb7fb69babb43ed368f00b607e206, on @user_script:3.\r\n"},
    {"#!lua\nerror('l2')",
     "-ERR user_script:2: l2 script: fd4da6459abb97133d5a65e9e5c0035eb9e0d44a, on @user_script:2.\r\n"},
    {"return redis.call('script','load','return 1')",
     "-ERR This Redis command is not allowed from script script: e884fdd1089d33f7e88d638d04f7355ac44786c2, on "
     "@user_script:1.\r\n"},
    {"return redis.call('function','list')",
     "-ERR This Redis command is not allowed from script script: b11690a77ce8d92f96187f0ab83077ef3b3de586, on "
     "@user_script:1.\r\n"},
    {"return redis.call('wait','1','0')",
     "-ERR This Redis command is not allowed from script script: 66e2692fb447d633a5d178315d6a412ea2b9f0fb, on "
     "@user_script:1.\r\n"},
    {"return redis.call('client','id')",
     "-ERR This Redis command is not allowed from script script: 6b57691688c1a59f07a7665ec9d907a922123bf8, on "
     "@user_script:1.\r\n"},
    {"return redis.call('select','99')",
     "-ERR DB index is out of range script: 5f72176ae2b82fe5e33c8d814dd61a9880ab5bde, on @user_script:1.\r\n"},
    {"return redis.call('acl','whoami')",
     "-ERR This Redis command is not allowed from script script: 2cd3da531842daa04536e2d05461c26e296a9a0b, on "
     "@user_script:1.\r\n"},
    {"return redis.call('debug','sleep','0')",
     "-ERR This Redis command is not allowed from script script: 3ab121bfba97ea652249c19f202e9d69a51d0cbf, on "
     "@user_script:1.\r\n"},
    {"return redis.call('object','encoding','l')", "$9\r\nquicklist\r\n"},
    {"return redis.call('hello')",
     "-ERR This Redis command is not allowed from script script: d0169abe9a451faf8a4132e9c783cc064ee9a6ac, on "
     "@user_script:1.\r\n"},
    {"return redis.call('auth','x')",
     "-ERR This Redis command is not allowed from script script: 77dd246f5853174bf6a07731bd82f21f06395120, on "
     "@user_script:1.\r\n"},
    {"return redis.call('monitor')",
     "-ERR This Redis command is not allowed from script script: 816ccacd66cee27df40b38b03fcb7a2e6769f006, on "
     "@user_script:1.\r\n"},
    {"return redis.call('shutdown')",
     "-ERR This Redis command is not allowed from script script: efed7e6fbac55a79c47e5a9e6bd695e63e9dcada, on "
     "@user_script:1.\r\n"},
    {"return redis.call('publish','a','b')", ":0\r\n"},
    {"return redis.call('spublish','a','b')", ":0\r\n"},
    {"return redis.call('flushall')", "+OK\r\n"},
    {"return redis.call('keys','*')", "*0\r\n"},
};

/// For a RESP3 client, after the others.
constexpr Fact kResp3Facts[] = {
    {"return nil", "_\r\n"},
    {"return true", ":1\r\n"},
    {"return false", "_\r\n"},
    {"return 3.99", ":3\r\n"},
    {"return {double=3.5}", ",3.5\r\n"},
    {"return {map={a=1}}", "%1\r\n$1\r\na\r\n:1\r\n"},
    {"return {set={a=true}}", "~1\r\n$1\r\na\r\n"},
    {"return {big_number='123'}", "(123\r\n"},
    {"return {verbatim_string={string='x',format='txt'}}", "=5\r\ntxt:x\r\n"},
    {"return redis.call('hgetall','h')", "*0\r\n"},
    {"redis.setresp(3) return redis.call('hgetall','h')", "%0\r\n"},
    {"redis.setresp(3) return true", "#t\r\n"},
    {"redis.setresp(3) return nil", "_\r\n"},
    {"return redis.call('get','nokey')", "_\r\n"},
    {"redis.setresp(3) return redis.call('get','nokey')", "_\r\n"},
    {"return {1,false}", "*2\r\n:1\r\n_\r\n"},
    {"return {err='X y'}", "-X y\r\n"},
};

class EngineProbe : public ::testing::Test {
protected:
    void SetUp() override {
        EngineOptions options;
        options.address_range = std::size_t{1} << 30;
        engine_ = Engine::create(std::move(options));
        ASSERT_NE(engine_, nullptr);
        EXPECT_EQ(run("redis.call('set','str','hello') redis.call('rpush','l','a','b') redis.call('zadd','z',1.5,'m') "
                      "return redis.call('hset','h','f','v')",
                      2),
                  ":1\r\n");
    }

    std::string run(std::string_view script, int version) { return to_resp(engine_->eval(script), version); }

    void check(std::span<const Fact> facts, int version) {
        for (const Fact& fact : facts) EXPECT_EQ(run(fact.script, version), fact.reply) << fact.script;
    }

    std::unique_ptr<Engine> engine_;
};

TEST_F(EngineProbe, Facts) {
    check(kFacts, 2);
    check(kResp3Facts, 3);
}

TEST_F(EngineProbe, Globals) {
    EXPECT_EQ(run("local r = {} for k in pairs(_G) do r[#r + 1] = k end table.sort(r) return table.concat(r, ' ')", 2)
                  .substr(6),
              "ARGV KEYS _G _VERSION __redis__err__handler assert bit cjson cmsgpack collectgarbage coroutine error "
              "gcinfo getmetatable ipairs load loadstring math next pairs pcall rawequal rawget rawset redis select "
              "setmetatable string struct table tonumber tostring type unpack xpcall\r\n");
    EXPECT_EQ(
        run("local r = {} for k in pairs(redis) do r[#r + 1] = k end table.sort(r) return table.concat(r, ' ')", 2)
            .substr(6),
        "LOG_DEBUG LOG_NOTICE LOG_VERBOSE LOG_WARNING REDIS_VERSION REDIS_VERSION_NUM REPL_ALL REPL_AOF REPL_NONE "
        "REPL_REPLICA REPL_SLAVE acl_check_cmd atomic breakpoint call debug error_reply log pcall replicate_commands "
        "set_repl setresp sha1hex status_reply\r\n");
    const std::string libraries =
        run("local r = {} for _, t in ipairs{string, table, math, coroutine} do local q = {} "
            "for k in pairs(t) do q[#q + 1] = k end table.sort(q) r[#r + 1] = table.concat(q, ' ') end return r",
            2);
    EXPECT_EQ(
        libraries,
        "*4\r\n"
        "$82\r\nbyte char dump find format gfind gmatch gsub len lower match rep reverse sub upper\r\n"
        "$57\r\nconcat foreach foreachi getn insert maxn remove setn sort\r\n"
        "$153\r\nabs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod "
        "modf pi pow rad random randomseed sin sinh sqrt tan tanh\r\n"
        "$39\r\ncreate resume running status wrap yield\r\n");
}

TEST_F(EngineProbe, CommandsAboutScripts) {
    EXPECT_EQ(to_resp(engine_->evalsha("abc"), 2), "-NOSCRIPT No matching script. Please use EVAL.\r\n");
    EXPECT_EQ(to_resp(engine_->evalsha_ro(std::string(40, 'a')), 2),
              "-NOSCRIPT No matching script. Please use EVAL.\r\n");
    EXPECT_EQ(to_resp(engine_->eval_ro("return redis.call('set','a','b')"), 2),
              "-ERR Write commands are not allowed from read-only scripts. script: "
              "ff967d0ae0e68b4f9e360fa91c54598bc25ad9b6, on @user_script:1.\r\n");
    EXPECT_EQ(to_resp(engine_->eval_ro("return redis.call('publish','a','b')"), 2),
              "-ERR Write commands are not allowed from read-only scripts. script: "
              "4790605679cf073cb561805eb6c83112ff57d189, on @user_script:1.\r\n");
    EXPECT_EQ(to_resp(engine_->script_load("x("), 2),
              "-ERR Error compiling script (new function): user_script:1: unexpected symbol near '<eof>'\r\n");
    EXPECT_EQ(to_resp(engine_->script_load("return 1"), 2), "$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n");
    const std::string_view shas[] = {"e0e1f9fabfc9d4800c877a703b823ac0578ff8db",
                                     "E0E1F9FABFC9D4800C877A703B823AC0578FF8DB", "x"};
    EXPECT_EQ(to_resp(engine_->script_exists(shas), 2), "*3\r\n:1\r\n:1\r\n:0\r\n");
    EXPECT_EQ(to_resp(engine_->script_flush(), 2), "+OK\r\n");
    EXPECT_EQ(to_resp(engine_->script_kill(), 2), "-NOTBUSY No scripts in execution right now.\r\n");
}

}  // namespace
}  // namespace arenite::redis
