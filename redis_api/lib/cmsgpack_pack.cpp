// cmsgpack.pack: values to MessagePack, as a resumable state machine.
//
// Invariants
//  MP1. Bytes of a value are added in the order head, contents. A step that is stopped in the middle is done again, or
//      TextBuilder takes it up; what is done with leaves the members before the next step begins.
//  MP2. The head of a table says how many entries follow, and that many do: it is packed from a copy when the collector
//      could take entries away meanwhile, and padded with nil when something else has.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include <arenite/vm.h>
#include "redis_api/lib/c_stack.h"
#include "redis_api/lib/cmsgpack.h"
#include "redis_api/lib/cmsgpack_format.h"
#include "redis_api/lib/resumable_machine.h"
#include "vm/lib/lib.h"
#include "vm/lib/text_builder.h"
#include "vm/library_context.h"

namespace arenite::redis {
namespace {

/// LUACMSGPACK_MAX_NESTING: tables deeper than this are packed as nil.
constexpr std::uint32_t kMaxNesting = 16;

/// What a call costs, packing a value, one of a map (which lies anywhere), examining an entry of a table, copying one.
constexpr std::uint64_t kCallWork = 24;
constexpr std::uint64_t kItemWork = 8;
constexpr std::uint64_t kPairWork = 16;
constexpr std::uint64_t kEntryWork = 2;
constexpr std::uint64_t kCopyWork = 48;
/// Entries, and slots without one, that are examined between two charges.
constexpr std::uint32_t kEntries = 128;
constexpr std::uint64_t kEmptySlots = 2048;

class MessagePacker final : ResumableMachine {
public:
    explicit MessagePacker(NativeContext& cx) : ResumableMachine(cx, kCallWork), text_(cx, kText) {}

    NativeResult run() {
        if (!begin()) return out_;
        for (;;) {
            if (!pay_slice() || text_.spent()) return stop(true);
            if (!contents_.is_nil()) {
                if (const Status s = text_.add(cx_.string(contents_)); s != Status::Ok) return stop(s == Status::Spent);
                contents_ = Value::nil();
            } else if (has_item_) {
                if (!pack_item()) return out_;
            } else if (depth_ != 0) {
                if (!advance(levels_[depth_ - 1])) return out_;
            } else if (argument_ < cx_.arg_count()) {
                // Redis has all arguments on its stack, and the packed texts of those before this one.
                offer(cx_.arg(argument_), std::uint64_t{cx_.arg_count()} + argument_ + 1);
                ++argument_;
            } else {
                break;
            }
        }
        pay();
        Value text = Value::nil();
        const Status s = text_.finish(text);
        return s == Status::Ok ? cx_.done(text) : stop(s == Status::Spent);
    }

private:
    using Status = lib::TextBuilder::Status;

    enum class Phase : std::uint8_t {
        Scan,   ///< counts the entries, and finds out whether they are those of an array
        Head,   ///< adds the head
        Items,  ///< of an array
        Key,
        Value,
    };
    /// A table that is being packed.
    struct Level {
        Value table;
        Value copy;           ///< of a weak table, while it is scanned (MP2)
        Value value;          ///< of the entry whose key is being packed
        std::uint64_t index;  ///< position of the iteration
        std::uint64_t count;  ///< entries found, later those that are left
        double max;           ///< the largest key of what may be an array; -1: it is none
        std::uint64_t held;   ///< values on Redis's stack, with the table
        Phase phase;
    };
    enum LevelSlot : std::uint32_t { kTable, kCopy, kValue, kIndex, kCount, kMax, kHeld, kPhase, kLevelSlots };
    enum Slot : std::uint32_t {
        kArgument,
        kContents,
        kItem,
        kHasItem,
        kItemHeld,
        kDepth,
        kText,
        kLevels = kText + lib::TextBuilder::kSlots,
        kSlots = kLevels + kMaxNesting * kLevelSlots
    };
    static_assert(kSlots <= 200);

    bool begin() {
        if (cx_.state() != 0) {
            load();
            return true;
        }
        cx_.restartable();
        const std::uint32_t n = cx_.arg_count();
        if (n == 0) return fail(cx_.arg_error(NativeContext::kNoArgument, "MessagePack pack needs input."));
        if (!fits_c_stack(n, n))
            return fail(cx_.arg_error(NativeContext::kNoArgument, "Too many arguments for MessagePack pack."));
        return cx_.reserve(kSlots) || fail(cx_.failed());
    }

    bool overflow(const char* where) { return fail(cx_.error("stack overflow (in function %s)", where)); }

    void offer(Value item, std::uint64_t held) {
        item_ = item;
        item_held_ = held;
        has_item_ = true;
    }

    /// Adds a head. False: `out_` is what the native returns now.
    bool add(const MessageHead& head) {
        const Status s = text_.add(head.view());
        return s == Status::Ok || stopped(s);
    }

    bool pack_item() {
        work_ += kItemWork;
        if (item_.is<Table>() && depth_ < kMaxNesting) return open_level();
        MessageHead head;
        if (item_.is_number()) {
            head = number_head(item_.as_number());
        } else if (item_.is_string()) {
            const std::string_view text = cx_.string(item_);
            if (text.size() > UINT32_MAX) return fail(cx_.error("string too long for MessagePack"));
            head = string_head(static_cast<std::uint32_t>(text.size()));
        } else if (item_.is_boolean()) {
            head = boolean_head(item_.truthy());
        } else {
            head = nil_head();
        }
        if (!add(head)) return false;
        if (item_.is_string()) contents_ = item_;
        has_item_ = false;
        return true;
    }

    bool open_level() {
        if (!fits_c_stack(item_held_, 2)) return overflow("table_is_an_array");
        Level& level = levels_[depth_];
        level = {item_, Value::nil(), Value::nil(), 0, 0, 0, item_held_, Phase::Scan};
        if (is_weak(item_)) {
            Handle<Table> copy;
            if (!cx_.new_table(0, 0, copy)) return stopped(Status::Failed);
            level.copy = Value::object(copy);
        }
        ++depth_;
        has_item_ = false;
        return true;
    }

    /// Whether the collector may remove entries of a table.
    bool is_weak(Value table) {
        const Value metatable = cx_.metatable(table);
        return metatable.is<Table>() && !cx_.raw_get(metatable.as<Table>(), std::string_view("__mode")).is_nil();
    }

    bool advance(Level& level) {
        switch (level.phase) {
            case Phase::Scan: return scan(level);
            case Phase::Head: return add_head(level);
            case Phase::Items:
                work_ += kEntryWork;
                if (level.count == 0) return close_level();
                --level.count;
                ++level.index;
                offer(cx_.raw_get(level.table.as<Table>(), static_cast<std::int64_t>(level.index)), level.held + 1);
                return true;
            case Phase::Key: return next_pair(level);
            case Phase::Value:
                level.phase = Phase::Key;
                offer(level.value, level.held + 2);
                level.value = Value::nil();
                return true;
        }
        __builtin_unreachable();
    }

    bool close_level() {
        --depth_;
        return true;
    }

    enum class Step : std::uint8_t { Entry, Pause, End };
    /// The entry of a table at `index` or after it.
    Step next_entry(Value table, std::uint64_t& index, Value& key, Value& value) {
        work_ += kEntryWork;
        const Table* t = library(cx_).heap().get<Table>(table);
        if (t == nullptr) return Step::End;
        const std::uint64_t from = index;
        if (t->next_entry(index, key, value, kEmptySlots)) {
            work_ += (index - from) / 2;
            return Step::Entry;
        }
        work_ += (index - from) / 2;
        return index < std::uint64_t{t->array_size()} + t->node_count() ? Step::Pause : Step::End;
    }

    /// table_is_an_array, and the counting of mp_encode_lua_table_as_map.
    bool scan(Level& level) {
        for (std::uint32_t n = 0; n < kEntries; ++n) {
            Value key = Value::nil();
            Value value = Value::nil();
            std::uint64_t index = level.index;
            switch (next_entry(level.table, index, key, value)) {
                case Step::Pause: level.index = index; return true;
                case Step::End:
                    if (!level.copy.is_nil()) level.table = level.copy;
                    level.copy = Value::nil();
                    level.index = 0;
                    level.phase = Phase::Head;
                    return true;
                case Step::Entry: break;
            }
            if (!level.copy.is_nil()) work_ += kCopyWork;
            if (!level.copy.is_nil() && !library(cx_).raw_set_resumable(level.copy.as<Table>(), key, value)) {
                return stopped(cx_.unfinished() ? Status::Spent : Status::Failed);
            }
            level.index = index;
            ++level.count;
            if (level.max >= 0) level.max = is_array_key(key) ? std::max(level.max, key.as_number()) : -1;
        }
        return true;
    }

    static bool is_array_key(Value key) {
        if (!key.is_number()) return false;
        const double d = key.as_number();
        return d > 0 && d <= INT32_MAX && static_cast<double>(static_cast<std::int32_t>(d)) == d;
    }

    bool add_head(Level& level) {
        const bool is_array = level.max == static_cast<double>(level.count);
        if (!fits_c_stack(level.held, is_array ? 1 : 3)) {
            return overflow(is_array ? "mp_encode_lua_table_as_array" : "mp_encode_lua_table_as_map");
        }
        const auto count = static_cast<std::uint32_t>(level.count);
        if (!add(is_array ? array_head(count) : map_head(count))) return false;
        level.phase = is_array ? Phase::Items : Phase::Key;
        return true;
    }

    bool next_pair(Level& level) {
        if (level.count == 0) return close_level();
        Value key = Value::nil();
        if (next_entry(level.table, level.index, key, level.value) == Step::Pause) return true;
        work_ += kPairWork;
        --level.count;
        level.phase = Phase::Value;
        offer(key, level.held + 3);
        return true;
    }

    [[nodiscard]] bool save() override {
        if (!text_.save()) return false;
        save_count(kArgument, argument_);
        cx_.set_local(kContents, contents_);
        cx_.set_local(kItem, has_item_ ? item_ : Value::nil());
        save_count(kHasItem, has_item_);
        save_count(kItemHeld, item_held_);
        save_count(kDepth, depth_);
        for (std::uint32_t i = 0; i < kMaxNesting; ++i) {
            const std::uint32_t slot = kLevels + i * kLevelSlots;
            if (i >= depth_) {  // keeps nothing alive
                for (const LevelSlot s : {kTable, kCopy, kValue}) cx_.set_local(slot + s, Value::nil());
                continue;
            }
            const Level& level = levels_[i];
            cx_.set_local(slot + kTable, level.table);
            cx_.set_local(slot + kCopy, level.copy);
            cx_.set_local(slot + kValue, level.value);
            save_count(slot + kIndex, level.index);
            save_count(slot + kCount, level.count);
            cx_.set_local_number(slot + kMax, level.max);
            save_count(slot + kHeld, level.held);
            save_count(slot + kPhase, static_cast<std::uint64_t>(level.phase));
        }
        return true;
    }
    void load() {
        argument_ = static_cast<std::uint32_t>(load_count(kArgument));
        contents_ = cx_.local(kContents);
        item_ = cx_.local(kItem);
        has_item_ = load_count(kHasItem) != 0;
        item_held_ = load_count(kItemHeld);
        depth_ = static_cast<std::uint32_t>(load_count(kDepth));
        for (std::uint32_t i = 0; i < depth_; ++i) {
            const std::uint32_t slot = kLevels + i * kLevelSlots;
            levels_[i] = {cx_.local(slot + kTable),  cx_.local(slot + kCopy),
                          cx_.local(slot + kValue),  load_count(slot + kIndex),
                          load_count(slot + kCount), cx_.local_number(slot + kMax),
                          load_count(slot + kHeld),  static_cast<Phase>(load_count(slot + kPhase))};
        }
    }

    lib::TextBuilder text_;
    std::uint32_t argument_ = 0;  ///< the next to pack
    std::uint32_t depth_ = 0;
    Value contents_ = Value::nil();  ///< a string of which only the head has been added
    Value item_ = Value::nil();      ///< the value to pack next, if there is one
    bool has_item_ = false;
    std::uint64_t item_held_ = 0;  ///< values on Redis's stack, with the item
    Level levels_[kMaxNesting];
};

}  // namespace

NativeResult cmsgpack_pack(NativeContext& cx) {
    return MessagePacker(cx).run();
}

}  // namespace arenite::redis
