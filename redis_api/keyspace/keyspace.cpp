#include "redis_api/keyspace/keyspace.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <limits>
#include <new>
#include <utility>

#include "arena/random_seed.h"
#include "redis_api/keyspace/command_table.h"
#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

constexpr const char* kOutOfMemory = "OOM command not allowed when used memory > 'maxmemory'.";

std::int64_t real_clock_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

Keyspace::Keyspace(KeyspaceOptions options)
    : options_(options),
      random_(options.random_seed != 0 ? options.random_seed : random_seed()),
      now_ms_(real_clock_ms()) {
    assert(options_.databases > 0);
    for (int i = 0; i < options_.databases; ++i) slots_.push_back(DatabasePointer(new Database(free_queue_)));
}

Keyspace::~Keyspace() {
    while (!scopes_.empty()) commit_undo();
}

bool Keyspace::knows_command(std::span<const std::string_view> args) const {
    return find_command(args) != nullptr;
}

Reply Keyspace::call(std::span<const std::string_view> args, CallContext& context) try {
    const Command* command = find_command(args);
    if (auto refusal = refuse_command(command, args, context)) return std::move(*refusal);
    if (context.db < 0 || context.db >= database_count()) {
        return Reply::error("ERR DB index is out of range");
    }
    now_ms_ = frozen_clock_ ? *frozen_clock_ : real_clock_ms();
    return run(*command, args, context);
} catch (const std::bad_alloc&) {  // for the text of a refusal
    return Reply::constant_error(kOutOfMemory);
}

Reply Keyspace::run(const Command& command, std::span<const std::string_view> args, CallContext& context) {
    Reply reply;
    Outcome outcome = attempt(command, args, context, reply);
    if (outcome == Outcome::OutOfMemory && !free_queue_.empty()) {
        free_queue_.free_all();
        outcome = attempt(command, args, context, reply);
    }
    return outcome == Outcome::OutOfMemory ? Reply::constant_error(kOutOfMemory) : std::move(reply);
}

/// A command and its undo scope. The reply is set when it is done.
Keyspace::Outcome Keyspace::attempt(const Command& command, std::span<const std::string_view> args,
                                    CallContext& context, Reply& reply) {
    const CallContext before = context;
    meter_ = context.meter != nullptr ? context.meter : &unmetered_;
    Outcome outcome = Outcome::Ended;
    bool open = false;
    std::uint64_t worked = meter_->worked();
    try {
        if (!free_queue_.empty()) {
            work_off();
            worked = meter_->worked();
        }
        begin_undo();
        open = true;
        if (command.has(CommandFlag::Write)) context.wrote = true;
        {
            Invocation invocation(*this, command, args, context);
            reply = command.handler(invocation);
        }
        if (meter_->keeps(command.has(CommandFlag::Write))) {
            commit_undo();
            outcome = Outcome::Done;
        }
    } catch (const std::bad_alloc&) {
        outcome = Outcome::OutOfMemory;
    } catch (const CommandEnded&) {
    } catch (...) {  // of the host that the meter has asked
        if (open) rollback_undo();
        meter_ = &unmetered_;
        context = before;
        throw;
    }
    const bool done = outcome == Outcome::Done;
    if (open && !done) rollback_undo();
    if (!free_queue_.empty()) free_credit_ += (meter_->worked() - worked) / 2 + args.size();
    meter_ = &unmetered_;
    if (done) return outcome;
    context = before;
    reply = Reply::null();
    return outcome;
}

void Keyspace::work_off() {
    constexpr std::uint64_t kAtLeast = 256;
    constexpr std::uint64_t kPiece = 128;
    for (std::uint64_t left = std::exchange(free_credit_, 0) + kAtLeast; left > 0 && !free_queue_.empty();) {
        const std::uint64_t units = free_queue_.free_some(static_cast<FreeAllowance>(std::min(left, kPiece)));
        left -= std::min(left, units);
        meter_->charge(units);
    }
}

bool Keyspace::free_dropped(std::uint64_t units) noexcept {
    constexpr std::uint64_t kMost = std::numeric_limits<FreeAllowance>::max();
    (void)free_queue_.free_some(static_cast<FreeAllowance>(std::min(units, kMost)));
    return has_dropped();
}

// Keys -------------------------------------------------------------------------------------------

template <class Owner, class Journal>
void Keyspace::open_in_scope(std::vector<Opened<Owner>>& opened, const Owner& owner, Journal& journal) {
    if (owner->undo_scope >= scope_number()) return;
    opened.push_back({owner, owner->undo_scope});
    try {
        journal.begin_undo();
    } catch (...) {
        opened.pop_back();
        throw;
    }
    owner->undo_scope = scope_number();
}

Keyspace::Keys& Keyspace::open(int db) {
    const DatabasePointer& database = slots_[static_cast<std::size_t>(db)];
    open_in_scope(opened_databases_, database, database->keys);
    return database->keys;
}

bool Keyspace::is_expired(const Keys::Node& node) const noexcept {
    const std::int64_t when = node.value().expire_ms;
    return when >= 0 && now_ms_ > when;
}

Keyspace::Keys::Node* Keyspace::live(int db, const Keys::HashedKey& key) {
    Keys::Node* node = slot(db).keys.find(key);
    if (node == nullptr || !is_expired(*node)) return node;
    open(db).erase(node);
    return nullptr;
}

Object* Keyspace::peek(int db, std::string_view key) {
    Keys::Node* node = live(db, key);
    return node != nullptr ? node->value().object.get() : nullptr;
}

Object* Keyspace::find(int db, std::string_view key) {
    Object* object = peek(db, key);
    if (object != nullptr) object->last_access_ms = now_ms_;
    return object;
}

Object* Keyspace::find_for_write(int db, std::string_view key) {
    Keys::Node* node = live(db, key);
    if (node == nullptr) return nullptr;
    const ObjectPointer& object = node->value().object;
    object->last_access_ms = now_ms_;
    open_in_scope(opened_objects_, object, *object);
    return object.get();
}

Object* Keyspace::put(int db, std::string_view key, ObjectPointer object, bool keep_expiry) {
    object->last_access_ms = now_ms_;
    object->undo_scope = scope_number();  // made inside the scope, if there is one
    Object* const placed = object.get();
    const Keys::HashedKey hashed(key);
    Keys::Node* node = live(db, hashed);
    Keys& keys = open(db);
    if (node == nullptr) {
        keys.insert(hashed, {std::move(object), kNoExpiry});
    } else {
        keys.assign(node, {std::move(object), keep_expiry ? node->value().expire_ms : kNoExpiry});
    }
    return placed;
}

void Keyspace::rename(int from_db, std::string_view from, int to_db, std::string_view to) {
    remove(to_db, to);
    Keys::Node* node = slot(from_db).keys.find(from);
    if (node == nullptr) return;
    open(to_db).insert(to, node->value());
    open(from_db).erase(node);
}

bool Keyspace::remove(int db, std::string_view key) {
    Keys::Node* node = live(db, key);
    if (node == nullptr) return false;
    open(db).erase(node);
    return true;
}

std::optional<std::int64_t> Keyspace::expiry(int db, std::string_view key) const {
    const Keys::Node* node = slot(db).keys.find(key);
    if (node == nullptr || node->value().expire_ms == kNoExpiry) return std::nullopt;
    return node->value().expire_ms;
}

void Keyspace::set_expiry(int db, std::string_view key, std::int64_t when_ms) {
    Keys::Node* node = slot(db).keys.find(key);
    if (node != nullptr) open(db).assign(node, {node->value().object, when_ms});
}

bool Keyspace::clear_expiry(int db, std::string_view key) {
    Keys::Node* node = slot(db).keys.find(key);
    if (node == nullptr || node->value().expire_ms == kNoExpiry) return false;
    open(db).assign(node, {node->value().object, kNoExpiry});
    return true;
}

std::optional<std::string> Keyspace::random_key(int db) {
    for (;;) {
        Keys::Node* node = slot(db).keys.random(random_);
        if (node == nullptr) return std::nullopt;
        if (!is_expired(*node)) return node->key();
        meter_->charge(WorkMeter::kLookup);
        open(db).erase(node);
    }
}

std::size_t Keyspace::expire_due_keys(std::size_t most) {
    now_ms_ = frozen_clock_ ? *frozen_clock_ : real_clock_ms();
    std::size_t looked_at = 0;
    std::size_t removed = 0;
    std::size_t finished = 0;
    while (finished < slots_.size() && looked_at < most) {
        const int db = static_cast<int>(next_expiry_db_);
        std::vector<std::string> due;
        next_expiry_cursor_ = keys(db).scan(next_expiry_cursor_, [&](const Keys::Node& node) {
            ++looked_at;
            if (is_expired(node)) due.push_back(node.key());
        });
        ++looked_at;  // an empty bucket is work, too
        for (const std::string& key : due) open(db).erase(key);
        removed += due.size();
        if (next_expiry_cursor_ == 0) {
            next_expiry_db_ = (next_expiry_db_ + 1) % slots_.size();
            ++finished;
        }
    }
    return removed;
}

void Keyspace::keep_slots() {
    if (!scopes_.empty() && !scopes_.back().slots) scopes_.back().slots = std::make_unique<Slots>(slots_);
}

void Keyspace::flush(int db) {
    keep_slots();
    DatabasePointer fresh(new Database(free_queue_));
    fresh->undo_scope = scope_number();  // made inside the scope, if there is one
    slots_[static_cast<std::size_t>(db)] = std::move(fresh);
}

void Keyspace::swap(int first, int second) {
    keep_slots();
    std::swap(slots_[static_cast<std::size_t>(first)], slots_[static_cast<std::size_t>(second)]);
}

// Undo -------------------------------------------------------------------------------------------

namespace {

/// Ends the journals of what an inner scope has opened; what the outer scope had not opened stays in the
/// list, with its journal, as opened by the outer scope.
template <class List, class Journal>
void hand_over(List& opened, std::size_t first, std::uint64_t outer, FreeQueue& queue, Journal&& journal) noexcept {
    std::size_t kept = first;
    for (std::size_t i = first; i < opened.size(); ++i) {
        if (opened[i].scope_before >= outer) {
            journal(*opened[i].owner).commit_undo();
            if (opened[i].owner->has_dropped()) queue.add(*opened[i].owner);
            continue;
        }
        if (kept != i) opened[kept] = std::move(opened[i]);
        ++kept;
    }
    opened.erase(opened.begin() + static_cast<std::ptrdiff_t>(kept), opened.end());
}

template <class List, class Journal>
void undo(List& opened, std::size_t first, FreeQueue& queue, Journal&& journal) noexcept {
    for (; opened.size() > first; opened.pop_back()) {
        journal(*opened.back().owner).rollback_undo();
        if (opened.back().owner->has_dropped()) queue.add(*opened.back().owner);
        opened.back().owner->undo_scope = opened.back().scope_before;
    }
}

}  // namespace

void Keyspace::begin_undo() {
    scopes_.push_back({last_scope_ + 1, opened_objects_.size(), opened_databases_.size(), random_});
    ++last_scope_;
}

void Keyspace::commit_undo() noexcept {
    if (scopes_.empty()) return;
    Scope& last = scopes_.back();
    if (opened_objects_.size() == last.first_object && opened_databases_.size() == last.first_database && !last.slots) {
        scopes_.pop_back();  // nothing was changed
        return;
    }
    if (scopes_.size() == 1) {
        for (; !opened_objects_.empty(); opened_objects_.pop_back()) {
            Object& object = *opened_objects_.back().owner;
            object.commit_undo();
            if (object.has_dropped()) free_queue_.add(object);
        }
        for (; !opened_databases_.empty(); opened_databases_.pop_back()) {
            Database& database = *opened_databases_.back().owner;
            database.keys.commit_undo();
            if (database.has_dropped()) free_queue_.add(database);
        }
        scopes_.pop_back();
        return;
    }
    Scope inner = std::move(last);
    scopes_.pop_back();
    hand_over(opened_objects_, inner.first_object, scope_number(), free_queue_,
              [](Object& object) -> Object& { return object; });
    hand_over(opened_databases_, inner.first_database, scope_number(), free_queue_,
              [](Database& database) -> Keys& { return database.keys; });
    if (inner.slots && !scopes_.empty() && !scopes_.back().slots) scopes_.back().slots = std::move(inner.slots);
}

void Keyspace::rollback_undo() noexcept {
    if (scopes_.empty()) return;
    Scope scope = std::move(scopes_.back());
    scopes_.pop_back();
    if (scope.slots) slots_ = std::move(*scope.slots);
    undo(opened_databases_, scope.first_database, free_queue_,
         [](Database& database) -> Keys& { return database.keys; });
    undo(opened_objects_, scope.first_object, free_queue_, [](Object& object) -> Object& { return object; });
    random_ = scope.random;
}

std::shared_ptr<EmbeddedKeyspace> make_keyspace(const KeyspaceOptions& options) {
    return std::make_shared<Keyspace>(options);
}

}  // namespace arenite::redis
