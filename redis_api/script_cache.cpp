#include "redis_api/script_cache.h"

#include <utility>

#include "redis_api/keyspace/text.h"
#include "redis_api/scoped_transaction.h"
#include "redis_api/sha1.h"
#include "txn/transaction.h"

namespace arenite::redis {

const CachedScript* ScriptCache::find(std::string_view sha) const {
    constexpr std::size_t kShaLength = 40;
    if (sha.size() != kShaLength) return nullptr;
    const auto found = scripts_.find(to_lower(sha));
    return found != scripts_.end() ? &found->second : nullptr;
}

const CachedScript* ScriptCache::load(std::string_view text, Reply& error) {
    if (const auto found = by_text_.find(text); found != by_text_.end()) return found->second;

    std::string problem;
    const auto shebang = parse_shebang(text, problem);
    if (!shebang) {
        error = Reply::error("ERR " + problem);
        return nullptr;
    }
    CachedScript script{sha1_hex(text), std::string(text), shebang->flags, Value::nil()};
    ScopedTransaction transaction(vm_);
    if (!transaction.open()) {
        error = Reply::constant_error("ERR the engine is busy");
        return nullptr;
    }
    if (!compile(text.substr(shebang->length), script.function)) {
        const std::string why = vm_.failure().has_message ? vm_.failure().message : "not enough memory";
        error = Reply::error("ERR Error compiling script (new function): " + std::string(until_nul(why)));
        return nullptr;
    }
    const auto placed = scripts_.emplace(script.sha, std::move(script)).first;
    const CachedScript* cached = &placed->second;
    try {
        by_text_.emplace(cached->text, cached);
    } catch (...) {
        scripts_.erase(placed);
        throw;
    }
    transaction.commit();
    return cached;
}

/// Compiles a script and puts its function among the roots, under a number that no other has.
bool ScriptCache::compile(std::string_view text, Value& function) {
    if (!vm_.load(text.starts_with('\x1b') ? std::string_view(" \x1b") : text, "@user_script", function, false)) {
        return false;
    }
    Value table = vm_.get_field(environment_.roots, "scripts");
    if (!table.is<Table>()) {
        table = Value::object(vm_.make_table(0, 0));
        if (!vm_.set_field(environment_.roots, "scripts", table)) return false;
    }
    Table* scripts = vm_.heap().get<Table>(table);
    const auto number = static_cast<std::int64_t>(scripts_.size()) + 1;
    return scripts && vm_.txn().raw_set_integer(*scripts, number, function) == TableStatus::Ok;
}

bool ScriptCache::flush() {
    if (scripts_.empty()) return true;
    ScopedTransaction transaction(vm_);
    if (!transaction.open() || !vm_.set_field(environment_.roots, "scripts", Value::nil())) return false;
    transaction.commit();
    by_text_.clear();
    scripts_.clear();
    return true;
}

}  // namespace arenite::redis
