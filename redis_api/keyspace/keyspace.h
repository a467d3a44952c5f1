// The embedded store: sixteen databases of Redis values, without any server. It executes the
// commands of commands.def with the replies and error texts of redis-server 7.0.15, and can undo
// all that a failed script wrote.
//
// Undo scopes nest. Between begin_undo() and its end
//  1. a Database is opened (its dictionary journals) before its first change; FLUSHDB and SWAPDB
//     exchange whole databases and keep the old order of slots;
//  2. an Object that was there before is opened (it journals) before its first change in place;
//  3. what was made inside the scope is not journaled: rollback drops it. Scopes are numbered as they
//     begin, and what was made or opened has the number of the scope: at least that of the innermost
//     open one means that there is nothing to do;
//  4. commit of an inner scope makes its journals those of the outer scope, or drops them where the
//     outer scope has its own;
//  5. rollback allocates nothing and cannot fail, even after a command that ran out of memory midway.
//     It also puts back the order that SCAN and RANDOMKEY see, and the random numbers to come. Times of
//     access stay.
// So the cost follows what a script writes, not how large the keys are that it touches.
//
// What commands and scopes drop goes to the free queue (free_queue.h). Each command first frees some of it, in pieces
// that are charged: a little always, and as much again as the commands before it have worked for, so that what waits
// never outgrows what they have dropped last. All of it is freed at once where a command runs out of memory, which is
// then tried again.
//
// Commands are all or nothing: each runs in a scope of its own, which is rolled back when memory is out, or its meter
// ends it (work_meter.h). So no command leaves an empty collection under a key, nor a part of what it was to do. (An
// error reply of the command itself is no such end: as in Redis, what was done before it stays.)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arenite/redis/keyspace.h>
#include "redis_api/keyspace/object.h"
#include "redis_api/keyspace/random_source.h"

namespace arenite::redis {

struct Command;

class Keyspace final : public EmbeddedKeyspace {
public:
    struct Entry {
        ObjectPointer object;
        std::int64_t expire_ms = kNoExpiry;

        /// The object frees what is large of itself later.
        friend bool free_some(Entry& /*entry*/, FreeAllowance& allowance) noexcept {
            allowance -= free_cost::kNode;
            return true;
        }
    };
    using Keys = Dict<Entry>;
    static constexpr std::int64_t kNoExpiry = -1;

    explicit Keyspace(KeyspaceOptions options = {});
    ~Keyspace() override;

    /// CommandHost. A reply to a command that its meter has ended says nothing; the meter knows why.
    [[nodiscard]] Reply call(std::span<const std::string_view> args, CallContext& context) override;
    [[nodiscard]] bool knows_command(std::span<const std::string_view> args) const override;
    [[nodiscard]] bool is_metered() const noexcept override { return true; }
    [[nodiscard]] bool can_undo() const noexcept override { return true; }
    void begin_undo() override;
    void commit_undo() noexcept override;
    void rollback_undo() noexcept override;
    void set_clock(std::optional<std::int64_t> frozen_ms) override { frozen_clock_ = frozen_ms; }

    /// EmbeddedKeyspace.
    std::size_t expire_due_keys(std::size_t most) override;
    [[nodiscard]] bool free_dropped(std::uint64_t units) noexcept override;
    [[nodiscard]] bool has_dropped() const noexcept override { return !free_queue_.empty(); }

    [[nodiscard]] const KeyspaceOptions& options() const noexcept { return options_; }
    [[nodiscard]] int database_count() const noexcept { return static_cast<int>(slots_.size()); }

    // For command handlers -------------------------------------------------------------------------

    /// Of the command that runs.
    [[nodiscard]] WorkMeter& meter() noexcept { return *meter_; }

    /// The clock that decides expiry, fixed during a call.
    [[nodiscard]] std::int64_t now_ms() const noexcept { return now_ms_; }
    [[nodiscard]] RandomSource& random() noexcept { return random_; }
    [[nodiscard]] FreeQueue& free_queue() noexcept { return free_queue_; }
    [[nodiscard]] const Keys& keys(int db) const noexcept { return slot(db).keys; }

    /// The object under a key; null if there is none, or if it expired, in which case it is removed.
    [[nodiscard]] Object* find(int db, std::string_view key);
    /// As find(), opened for change.
    [[nodiscard]] Object* find_for_write(int db, std::string_view key);
    /// As find(), but leaves the time of last access alone.
    [[nodiscard]] Object* peek(int db, std::string_view key);
    /// Whether the key would be removed by find(); removes nothing.
    [[nodiscard]] bool is_expired(const Keys::Node& node) const noexcept;

    /// Puts a freshly made object under a key, new or not, and returns it.
    Object* put(int db, std::string_view key, ObjectPointer object, bool keep_expiry = false);
    /// Gives the object of `from`, with its expiry, to another key, which is replaced if it is there;
    /// `from` goes.
    void rename(int from_db, std::string_view from, int to_db, std::string_view to);
    bool remove(int db, std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> expiry(int db, std::string_view key) const;
    void set_expiry(int db, std::string_view key, std::int64_t when_ms);
    bool clear_expiry(int db, std::string_view key);  ///< true: there was one
    /// A key drawn uniformly; nullopt if there is none.
    [[nodiscard]] std::optional<std::string> random_key(int db);
    void flush(int db);
    void swap(int first, int second);

private:
    class Database final : public Freeable {
    public:
        using Freeable::Freeable;
        [[nodiscard]] bool has_dropped() const noexcept { return keys.has_dropped(); }

        Keys keys;
        std::uint64_t undo_scope = 0;

    private:
        ~Database() override = default;
        [[nodiscard]] std::size_t part_count() const noexcept override { return keys.size(); }
        [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept override {
            return keys.free_some(everything, allowance);
        }
    };
    using DatabasePointer = FreePointer<Database>;
    using Slots = std::vector<DatabasePointer>;

    enum class Outcome : std::uint8_t { Done, Ended, OutOfMemory };

    [[nodiscard]] Reply run(const Command& command, std::span<const std::string_view> args, CallContext& context);
    [[nodiscard]] Outcome attempt(const Command& command, std::span<const std::string_view> args, CallContext& context,
                                  Reply& reply);
    [[nodiscard]] Database& slot(int db) const noexcept { return *slots_[static_cast<std::size_t>(db)]; }
    /// The dictionary of a database, opened for change.
    Keys& open(int db);
    /// The entry of a live key.
    [[nodiscard]] Keys::Node* live(int db, const Keys::HashedKey& key);
    [[nodiscard]] Keys::Node* live(int db, std::string_view key) { return live(db, Keys::HashedKey(key)); }
    void keep_slots();
    /// The part of a command at freeing what others have dropped.
    void work_off();

    const KeyspaceOptions options_;
    FreeQueue free_queue_;           ///< outlives all that goes there
    std::uint64_t free_credit_ = 0;  ///< units that the next command frees beyond its piece
    WorkMeter unmetered_;
    WorkMeter* meter_ = &unmetered_;
    Slots slots_;
    RandomSource random_;
    std::int64_t now_ms_ = 0;
    std::optional<std::int64_t> frozen_clock_;
    std::size_t next_expiry_db_ = 0;
    std::uint64_t next_expiry_cursor_ = 0;

    template <class Owner>
    struct Opened {
        Owner owner;
        std::uint64_t scope_before;  ///< what its undo_scope was
    };
    struct Scope {
        std::uint64_t number;  ///< never used twice
        std::size_t first_object;
        std::size_t first_database;
        RandomSource random;                ///< at begin
        std::unique_ptr<Slots> slots = {};  ///< at begin; null while no slot changed
    };

    [[nodiscard]] std::uint64_t scope_number() const noexcept { return scopes_.empty() ? 0 : scopes_.back().number; }
    /// Opens something for change in the innermost scope; `journal` is what journals it.
    template <class Owner, class Journal>
    void open_in_scope(std::vector<Opened<Owner>>& opened, const Owner& owner, Journal& journal);

    std::vector<Scope> scopes_;  ///< the open ones
    std::uint64_t last_scope_ = 0;
    std::vector<Opened<ObjectPointer>> opened_objects_;
    std::vector<Opened<DatabasePointer>> opened_databases_;
};

}  // namespace arenite::redis
