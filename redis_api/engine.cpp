#include <arenite/redis/engine.h>

#include <new>
#include <utility>

#include "redis_api/script_engine.h"

namespace arenite::redis {

Engine::Engine(std::unique_ptr<ScriptEngine> engine) : engine_(std::move(engine)) {}
Engine::~Engine() = default;

std::unique_ptr<Engine> Engine::create(EngineOptions options) {
    std::unique_ptr<ScriptEngine> engine = ScriptEngine::create(std::move(options));
    if (!engine) return nullptr;
    return std::unique_ptr<Engine>(new (std::nothrow) Engine(std::move(engine)));
}

Reply Engine::eval(std::string_view script, Args keys, Args argv) {
    return engine_->eval(script, keys, argv);
}
Reply Engine::eval_ro(std::string_view script, Args keys, Args argv) {
    return engine_->eval_ro(script, keys, argv);
}
Reply Engine::evalsha(std::string_view sha, Args keys, Args argv) {
    return engine_->evalsha(sha, keys, argv);
}
Reply Engine::evalsha_ro(std::string_view sha, Args keys, Args argv) {
    return engine_->evalsha_ro(sha, keys, argv);
}
Reply Engine::script_load(std::string_view script) {
    return engine_->script_load(script);
}
Reply Engine::script_exists(Args shas) const {
    return engine_->script_exists(shas);
}
Reply Engine::script_flush() {
    return engine_->script_flush();
}
Reply Engine::script_kill() {
    return engine_->script_kill();
}
bool Engine::busy() const {
    return engine_->busy();
}
Reply Engine::busy_reply() {
    return ScriptEngine::busy_reply();
}
CommandHost& Engine::host() {
    return engine_->host();
}
Vm& Engine::vm() {
    return engine_->vm();
}
const RunReport& Engine::last_run() const {
    return engine_->last_run();
}
const EngineOptions& Engine::options() const {
    return engine_->options();
}
std::size_t Engine::cached_scripts() const {
    return engine_->cached_scripts();
}
void Engine::select(int db) {
    engine_->select(db);
}
void Engine::set_client_resp(int version) {
    engine_->set_client_resp(version);
}
void Engine::set_step_limit(std::uint64_t units) {
    engine_->set_step_limit(units);
}
std::string Engine::encode(const Reply& reply) const {
    return engine_->encode(reply);
}

}  // namespace arenite::redis
