#include "redis_api/reply_to_lua.h"

#include <algorithm>
#include <new>
#include <utility>

#include <arenite/native.h>
#include "redis_api/convert.h"
#include "redis_api/free_blocks.h"
#include "redis_api/free_in_pieces.h"
#include "redis_api/lib/string_copy.h"
#include "redis_api/script_environment.h"
#include "vm/library_context.h"

namespace arenite::redis {
namespace {

enum Slot : std::uint32_t { kRoot, kKey, kItem, kText, kSlots = kText + StringCopy::kSlots };

constexpr std::uint64_t kSlice = 1000;    ///< units between two charges
constexpr std::uint64_t kItemWork = 16;   ///< a new string: cache misses, fresh memory, a larger string table
constexpr std::uint64_t kEntryWork = 32;  ///< putting it anywhere in a large table
constexpr std::size_t kLongText = std::size_t{16} << 10;     ///< is copied in slices
constexpr std::size_t kBytesAUnit = WorkMeter::kBytesAUnit;  ///< copied
constexpr std::size_t kFewItems = 1024;                      ///< a table of more is filled in slices
constexpr std::size_t kFreedAtOnce = 64;                     ///< items
constexpr std::uint64_t kUnitsAFreed = 16;
constexpr std::size_t kBytesAnItem = 4096;  ///< freeing them takes as long as freeing an item

/// Frees some items of a reply, the last ones first, or a slice of memory. True: nothing is left that is worth it.
bool free_items(Reply& reply) {
    constexpr unsigned kDeep = 16;  // what is deeper goes with its parent
    for (std::size_t n = 0; n < kFreedAtOnce; ++n) {
        Reply* at = &reply;
        const auto last_has_items = [&] { return !at->items().empty() && !at->items().back().items().empty(); };
        for (unsigned depth = 0; depth < kDeep && last_has_items(); ++depth) at = &at->mutable_items().back();
        FreeAllowance allowance = 1;
        if (at->items().empty()) return free_some(at->held_text(), allowance);
        Reply::Items& items = at->mutable_items();
        if (!free_some(items.back().held_text(), allowance)) return false;
        n += items.back().held_text().size() / kBytesAnItem;
        items.pop_back();
        release_slice(items);
    }
    return false;
}

}  // namespace

/// One go of it.
class ReplyToLua::Maker {
public:
    Maker(NativeContext& cx, ReplyToLua& state)
        : cx_(cx), state_(state), environment_(ScriptEnvironment::of(cx)), open_(state.open_) {}

    Status run() {
        if (!state_.begun_) {
            if (const Status status = begin(state_.reply_, state_.root_); status != Status::Done) return leave(status);
            state_.begun_ = true;
        }
        if (std::exchange(state_.is_storing_, false)) {
            const Status status = store_in_slices(state_.table_, cx_.local(kKey), cx_.local(kItem));
            if (status != Status::Done) return leave(status);
        }
        while (!open_.empty()) {
            const std::size_t index = open_.size() - 1;
            Level& level = open_[index];
            if (level.room != 0 && may_pause()) {
                if (!library(cx_).reserve_array_resumable(level.table, level.room)) return leave(why());
            }
            level.room = 0;
            if (level.next == level.items->size()) {
                open_.pop_back();
                continue;
            }
            if (work_ >= kSlice && !cx_.charge(std::exchange(work_, 0)) && may_pause()) return leave(Status::Spent);
            Value value = Value::nil();
            Status status = begin((*level.items)[level.next], value);
            while (status == Status::Spent && !may_pause()) status = begin((*level.items)[level.next], value);
            if (status != Status::Done) return leave(status);
            ++open_[index].next;
            if (status = place(open_[index], value); status != Status::Done) return leave(status);
        }
        // Done already, so it is paid whatever is left; and nobody needs the reply any more.
        while (!free_items(state_.reply_)) {
            join_free_blocks();
            work_ += kFreedAtOnce * kUnitsAFreed;
            if (!cx_.charge(std::exchange(work_, 0)) && take_locals()) return leave(Status::Spent);
        }
        (void)cx_.charge(work_);
        return Status::Done;
    }

private:
    const FieldNames& names() const { return environment_.names; }

    /// Not between a key that is an aggregate and its value: nothing holds the key then.
    bool may_pause() const {
        const auto has_key = [](const Level& level) { return level.kind == ReplyKind::Map && level.next % 2 == 1; };
        return std::ranges::none_of(open_, has_key) && take_locals();
    }

    bool take_locals() const {
        if (!state_.has_locals_) state_.has_locals_ = cx_.reserve(kSlots);
        return state_.has_locals_;
    }

    Status leave(Status status) {
        if (status == Status::Spent) cx_.set_local(kRoot, state_.root_);
        return status;
    }

    /// Makes a scalar whole; of an aggregate its table, and opens it. Nothing has changed unless it is Done.
    Status begin(const Reply& reply, Value& out) {
        work_ += kItemWork;
        switch (reply.kind()) {
            case ReplyKind::Bulk: return text(reply.text(), out);
            case ReplyKind::Integer: return status_of(scalar(cx_, reply, out));
            case ReplyKind::Null:
            case ReplyKind::NullArray:
                out = environment_.call.resp >= 3 ? Value::nil() : Value::boolean(false);
                return Status::Done;
            case ReplyKind::Boolean: out = Value::boolean(reply.boolean_value()); return Status::Done;
            default: return status_of(begin_table(reply, out));
        }
    }

    static Status status_of(bool done) { return done ? Status::Done : Status::Failed; }

    Status text(std::string_view bytes, Value& out) {
        if (bytes.size() <= kLongText || !take_locals()) {
            work_ += bytes.size() / kBytesAUnit;
            const bool made = cx_.new_string(bytes, out);
            // The string table moves some entries with each new string.
            work_ += std::exchange(library(cx_).heap().pacing().fresh_pages, 0) * AllocationPacing::kFreshPageCharge;
            return status_of(made);
        }
        switch (StringCopy(cx_, kText).make(bytes, out)) {
            case StringCopy::Status::Ok: return Status::Done;
            case StringCopy::Status::Spent: return Status::Spent;
            case StringCopy::Status::Failed: break;
        }
        return Status::Failed;
    }

    bool begin_table(const Reply& reply, Value& out) {
        switch (reply.kind()) {
            case ReplyKind::Status: return tagged_text(names().ok, reply.text(), out);
            case ReplyKind::Error: return make_error_table(cx_, "-" + std::string(reply.text()), true, out);
            case ReplyKind::Double: return tagged(names().double_, Value::canonical(reply.double_value()), out);
            case ReplyKind::BigNumber: return tagged_text(names().big_number, reply.text(), out);
            case ReplyKind::Verbatim: return verbatim(reply, out);
            case ReplyKind::Map: return aggregate(names().map, reply, out);
            case ReplyKind::Set: return aggregate(names().set, reply, out);
            default: break;
        }
        Handle<Table> table;
        const std::uint32_t room = array_room(reply);
        const bool at_once = room <= kFewItems;
        if (!cx_.new_table(at_once ? room : 0, 0, table)) return false;
        out = Value::object(table);
        return open(reply, table, at_once ? 0 : room);
    }

    /// Room for the elements. Not when some of them may be nil: Redis lets its tables grow, and `#` shows that.
    std::uint32_t array_room(const Reply& reply) const {
        const Reply::Items& items = reply.items();
        const bool may_have_nil =
            environment_.call.resp >= 3 &&
            (items.size() > kFewItems || std::ranges::any_of(items, [](const Reply& item) { return item.is_null(); }));
        return may_have_nil ? 0 : static_cast<std::uint32_t>(items.size());
    }

    bool tagged(Value name, Value value, Value& out) {
        Handle<Table> table;
        if (!cx_.new_table(0, 1, table) || !cx_.raw_set(table, name, value)) return false;
        out = Value::object(table);
        return true;
    }

    bool tagged_text(Value name, std::string_view text, Value& out) {
        work_ += text.size() / kBytesAUnit;
        Value string = Value::nil();
        return cx_.new_string(text, string) && tagged(name, string, out);
    }

    bool verbatim(const Reply& reply, Value& out) {
        work_ += reply.text().size() / kBytesAUnit;
        Handle<Table> table;
        Value text = Value::nil();
        Value format = Value::nil();
        return cx_.new_table(0, 2, table) && cx_.new_string(reply.text(), text) &&
               cx_.new_string(reply.verbatim_format(), format) && cx_.raw_set(table, names().string, text) &&
               cx_.raw_set(table, names().format, format) && tagged(names().verbatim_string, Value::object(table), out);
    }

    /// {map = {...}} or {set = {...}}.
    bool aggregate(Value name, const Reply& reply, Value& out) {
        Handle<Table> table;
        const auto size = static_cast<std::uint32_t>(std::min(reply.size(), kFewItems));
        return cx_.new_table(0, size, table) && tagged(name, Value::object(table), out) && open(reply, table, 0);
    }

    bool open(const Reply& reply, Handle<Table> table, std::uint32_t room) {
        if (!reply.items().empty()) open_.push_back({&reply.items(), 0, reply.kind(), room, table, Value::nil()});
        return true;
    }

    /// Puts the item that was read last into its table.
    Status place(Level& level, Value value) {
        switch (level.kind) {
            case ReplyKind::Map:
                if (level.next % 2 == 1) {
                    level.key = value;
                    return Status::Done;
                }
                return store(level, level.key, value);
            case ReplyKind::Set: return store(level, value, Value::boolean(true));
            default: return store(level, Value::number(static_cast<double>(level.next)), value);
        }
    }

    Status store(const Level& level, Value key, Value value) {
        if (level.items->size() > kFewItems) {
            if (level.kind != ReplyKind::Array) work_ += kEntryWork;
            if (may_pause()) return store_in_slices(level.table, key, value);
        }
        return status_of(cx_.raw_set(level.table, key, value));
    }

    /// What is not done when the budget is used up waits in local slots.
    Status store_in_slices(Handle<Table> table, Value key, Value value) {
        if (library(cx_).raw_set_resumable(table, key, value)) return Status::Done;
        if (why() == Status::Failed) return Status::Failed;
        state_.is_storing_ = true;
        state_.table_ = table;
        cx_.set_local(kKey, key);
        cx_.set_local(kItem, value);
        return Status::Spent;
    }

    /// Of a member of the context that has answered false.
    Status why() const { return cx_.unfinished() ? Status::Spent : Status::Failed; }

    NativeContext& cx_;
    ReplyToLua& state_;
    ScriptEnvironment& environment_;
    std::vector<Level>& open_;
    std::uint64_t work_ = 0;
};

void ReplyToLua::set(Reply reply) noexcept {
    reply_ = std::move(reply);
    has_locals_ = false;
    if (begun_) restart();
}

void ReplyToLua::drop() noexcept {
    set({});
}

void ReplyToLua::restart() noexcept {
    open_.clear();
    root_ = Value::nil();
    begun_ = false;
    is_storing_ = false;
}

bool ReplyToLua::scalar(NativeContext& cx, const Reply& reply, Value& out) {
    constexpr std::size_t kShortText = 256;
    switch (reply.kind()) {
        case ReplyKind::Integer: out = Value::number(static_cast<double>(reply.integer_value())); return true;
        case ReplyKind::Bulk: return reply.text().size() <= kShortText && cx.new_string(reply.text(), out);
        default: return false;
    }
}

ReplyToLua::Status ReplyToLua::go_on(NativeContext& cx, Value& out) {
    Status status = Status::Failed;
    try {
        status = Maker(cx, *this).run();
    } catch (const std::bad_alloc&) {
        (void)cx.out_of_memory();
    }
    if (status == Status::Failed) {
        restart();
        if (has_locals_)
            cx.set_local(kText, Value::nil());  // a text that was being copied is not the first one to be made
    }
    out = root_;
    return status;
}

}  // namespace arenite::redis
