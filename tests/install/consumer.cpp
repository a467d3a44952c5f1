// A program of somebody else, compiled with warnings that the engine's own code does not have. Prints "ok".
#include <cstdio>
#include <memory>
#include <string_view>

#include <arenite/redis/engine.h>
#include <arenite/redis/keyspace.h>
#include <arenite/redis/reply_text.h>
#include <arenite/arenite.hpp>

namespace {

arenite::NativeResult twice(arenite::NativeContext& cx) {
    double number = 0;
    if (!cx.check_number(0, number)) return cx.failed();
    return cx.done_number(2 * number);
}

bool runs_lua() {
    const std::unique_ptr<arenite::Vm> vm = arenite::Vm::create();
    if (!vm || vm->begin() != arenite::TxnStatus::Ok) return false;
    const arenite::Handle<arenite::Table> globals = vm->globals().as<arenite::Table>();
    if (!vm->set_field(globals, "twice", vm->make_native(twice, "twice"))) return false;
    arenite::Value chunk = arenite::Value::nil();
    if (!vm->load("return twice(21), 'text'", "=consumer", chunk)) return false;
    const arenite::Ref<arenite::Closure> kept(*vm, chunk);
    if (vm->commit() != arenite::TxnStatus::Ok) return false;
    arenite::Task task(*vm, kept.value(*vm));
    if (task.run() != arenite::RunStatus::Finished || task.values().size() != 2) return false;
    return task.values()[0].as_number() > 41.0 && vm->string(task.values()[1]) == "text";
}

bool runs_redis() {
    arenite::redis::EngineOptions options;
    options.host = arenite::redis::make_keyspace();
    const std::unique_ptr<arenite::redis::Engine> engine = arenite::redis::Engine::create(options);
    if (!engine) return false;
    const arenite::redis::Reply reply = engine->eval("return redis.call('incr', KEYS[1])", {"counter"});
    return engine->encode(reply) == ":1\r\n";
}

}  // namespace

int main() {
    if (!runs_lua() || !runs_redis()) return 1;
    std::puts("ok");
    return 0;
}
