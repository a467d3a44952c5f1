// cmsgpack.unpack, unpack_one and unpack_limit: MessagePack to values, as a resumable state machine.
//
// Invariants
//  MU1. The position is after what has been read whole. A step that is stopped is done again from where it began; what
//      it has made until then is garbage.
//  MU2. Nothing is allocated for what a head claims to follow; tables grow as their entries come.
#include <cstdint>
#include <limits>
#include <string_view>

#include "redis_api/lib/c_stack.h"
#include "redis_api/lib/cmsgpack.h"
#include "redis_api/lib/cmsgpack_format.h"
#include "redis_api/lib/result_list.h"
#include "redis_api/lib/resumable_machine.h"
#include "redis_api/lib/string_copy.h"
#include "vm/lib/lib.h"
#include "vm/library_context.h"

namespace arenite::redis {
namespace {

/// What reading a value costs, what strings and tables cost more, and what putting one where it belongs does: in an
/// array or among the results, or in a map, where memory is touched anywhere.
constexpr std::uint64_t kTokenWork = 24;
constexpr std::uint64_t kStringWork = 48;
constexpr std::uint64_t kTableWork = 64;
constexpr std::uint64_t kStoreWork = 8;
constexpr std::uint64_t kPairWork = 128;

/// What is wanted of a message.
struct UnpackRequest {
    bool limited = false;  ///< the position after what was unpacked is the first result
    std::int64_t limit = 0;
    std::int64_t offset = 0;
    std::uint32_t held = 1;  ///< arguments that are on Redis's stack beneath the results
};

class MessageUnpacker final : ResumableMachine {
public:
    explicit MessageUnpacker(NativeContext& cx) : ResumableMachine(cx), results_(cx, kResults), string_(cx, kString) {}

    NativeResult run(const UnpackRequest& request) {
        if (!begin(request)) return out_;
        for (;;) {
            if (!pay_slice() || string_.spent()) return stop(true);
            if (has_value_) {
                if (!store()) return out_;
            } else if (depth_ != 0) {
                if (!read(held_inside())) return out_;
            } else if (at_ < bytes_.size() && results_.count() < limit_) {
                if (!read(std::uint64_t{held_} + results_.count())) return out_;
            } else {
                break;
            }
        }
        return finish();
    }

private:
    using Status = StringCopy::Status;

    enum class Kind : std::uint8_t { Array, Key, Value };
    /// An array or a map that is being filled.
    struct Level {
        Value table;
        Value key;            ///< of the map's entry whose value is read
        std::uint64_t left;   ///< entries to come, with the present one
        std::uint64_t index;  ///< of the array's present item
        std::uint64_t held;   ///< values on Redis's stack, with the table
        Kind kind;
    };
    enum LevelSlot : std::uint32_t { kTable, kKey, kLeft, kIndex, kHeld, kKind, kLevelSlots };
    /// Levels that are kept here; of deeper ones only the innermost, and the others in a table.
    static constexpr std::uint32_t kNear = 6;
    enum Slot : std::uint32_t {
        kAt,
        kLimit,
        kLimited,
        kArguments,
        kDepth,
        kValue,
        kHasValue,
        kOuter,  ///< the table of levels, nil as long as there are few
        kResults,
        kString = kResults + ResultList::kSlots,
        kLevels = kString + StringCopy::kSlots,
        kSlots = kLevels + (kNear + 1) * kLevelSlots
    };
    static_assert(kSlots <= 200);

    bool overflow(const char* what) { return fail(cx_.error("stack overflow (%s)", what)); }

    bool begin(const UnpackRequest& request) {
        if (cx_.state() == 0) cx_.restartable();
        if (!cx_.check_string(0, bytes_)) return fail(cx_.failed());
        if (cx_.state() != 0) {
            load();
            return true;
        }
        // Both are cut to int, and the text has the length where it says the limit.
        const int length = lib::to_int(static_cast<std::int64_t>(bytes_.size()));
        const int offset = lib::to_int(request.offset);
        if (request.offset < 0 || request.limit < 0) {
            return fail(cx_.error("Invalid request to unpack with offset of %d and limit of %d.", offset, length));
        }
        if (static_cast<std::uint64_t>(request.offset) > bytes_.size()) {
            return fail(cx_.error("Start offset %d greater than input length %d.", offset, length));
        }
        if (!cx_.reserve(kSlots)) return fail(cx_.failed());
        limited_ = request.limited && (request.limit != 0 || request.offset != 0);
        limit_ = limited_ ? static_cast<std::uint64_t>(request.limit) : std::numeric_limits<std::int32_t>::max();
        at_ = static_cast<std::size_t>(request.offset);
        held_ = request.held;
        return true;
    }

    NativeResult finish() {
        pay();
        if (limited_ && !fits_c_stack(std::uint64_t{held_} + results_.count(), 1)) {
            (void)overflow("in function mp_unpack_full");
            return out_;
        }
        if (cx_.state() != 0 && !save()) return cx_.failed();
        cx_.restartable();
        (void)cx_.charge(results_.count());
        cx_.begin_results();
        const double next = at_ == bytes_.size() ? -1 : static_cast<double>(at_);
        if (limited_ && !cx_.push(Value::number(next))) return cx_.failed();
        return results_.push_all() ? cx_.done_pushed() : cx_.failed();
    }

    Level& innermost() { return levels_[depth_ <= kNear ? depth_ - 1 : kNear]; }
    /// Values on Redis's stack when the present item, key or value is read.
    std::uint64_t held_inside() {
        const Level& level = innermost();
        return level.held + (level.kind == Kind::Key ? 0 : 1);
    }

    /// Reads what is at the position, on top of `held` values.
    bool read(std::uint64_t held) {
        work_ += kTokenWork;
        if (at_ == bytes_.size()) return fail(cx_.error("Missing bytes in input."));
        if (!fits_c_stack(held, 1)) {
            return overflow("too many return values at once; use unpack_one or unpack_limit instead.");
        }
        const MessageToken token = read_token(bytes_.substr(at_));
        using Token = MessageToken::Kind;
        switch (token.kind) {
            case Token::Truncated: return fail(cx_.error("Missing bytes in input."));
            case Token::Bad: return fail(cx_.error("Bad data format in input."));
            case Token::OutOfMemory: return fail(cx_.out_of_memory());
            case Token::Array:
            case Token::Map: return open_level(token, held);
            case Token::Nil: value_ = Value::nil(); break;
            case Token::Boolean: value_ = Value::boolean(token.boolean); break;
            case Token::Number: value_ = Value::canonical(token.number); break;
            case Token::String:
                work_ += kStringWork;
                if (const Status s = string_.make(token.text, value_); s != Status::Ok) return stopped(s);
                break;
        }
        at_ += token.size;
        has_value_ = true;
        return true;
    }

    bool open_level(const MessageToken& token, std::uint64_t held) {
        work_ += kTableWork;
        const bool is_array = token.kind == MessageToken::Kind::Array;
        if (is_array && !fits_c_stack(held + 1, 1)) return overflow("in function mp_decode_to_lua_array");
        Handle<Table> table;
        if (!cx_.new_table(0, 0, table)) return stopped(Status::Failed);
        if (token.count == 0) {
            value_ = Value::object(table);
            has_value_ = true;
        } else {
            if (depth_ > kNear && !keep_outer()) return false;
            ++depth_;
            innermost() = {
                Value::object(table), Value::nil(), token.count, 1, held + 1, is_array ? Kind::Array : Kind::Key};
        }
        at_ += token.size;
        return true;
    }

    /// Puts the value where it belongs.
    bool store() {
        work_ += kStoreWork;
        if (depth_ == 0) {
            if (!results_.push(value_)) return stopped(Status::Failed);
            has_value_ = false;
            return true;
        }
        Level& level = innermost();
        if (level.kind == Kind::Key) {
            level.key = value_;
            level.kind = Kind::Value;
            has_value_ = false;
            return true;
        }
        const Value key = level.kind == Kind::Array ? Value::number(static_cast<double>(level.index)) : level.key;
        if (level.kind == Kind::Value) work_ += kPairWork;
        if (!library(cx_).raw_set_resumable(level.table.as<Table>(), key, value_)) return not_set();
        ++level.index;
        has_value_ = false;
        if (level.kind == Kind::Value) level.kind = Kind::Key;
        if (level.left > 1) {
            --level.left;
            return true;
        }
        const Value table = level.table;
        if (depth_ > kNear + 1 && !recall_outer()) return false;
        --depth_;
        value_ = table;
        has_value_ = true;
        return true;
    }

    /// After a store into a table that has not been done.
    bool not_set() {
        if (cx_.unfinished()) return stopped(Status::Spent);
        return stopped(Status::Failed);
    }

    // --- Levels that are not kept here. ---------------------------------------------------------------------------

    /// Moves the innermost level into the table of levels. Done again, it goes on.
    bool keep_outer() {
        if (!outer_) {
            Handle<Table> made;
            if (!cx_.new_table(0, 0, made)) return stopped(Status::Failed);
            outer_ = made;
        }
        const Level& level = levels_[kNear];
        const Value fields[kLevelSlots] = {level.table,        level.key,
                                           number(level.left), number(level.index),
                                           number(level.held), number(static_cast<std::uint64_t>(level.kind))};
        const std::uint64_t first = outer_index(depth_);
        for (std::uint32_t i = 0; i < kLevelSlots; ++i) {
            // No nil, which would make a hole in the array.
            const Value v = fields[i].is_nil() ? Value::boolean(false) : fields[i];
            if (!library(cx_).raw_set_resumable(outer_, number(first + i), v)) return not_set();
        }
        work_ += 4 * kStoreWork;
        return true;
    }
    /// Makes the level around the innermost one the innermost.
    bool recall_outer() {
        const auto first = static_cast<std::int64_t>(outer_index(depth_ - 1));
        const auto field = [&](LevelSlot slot) { return cx_.raw_get(outer_, first + slot); };
        const auto count = [&](LevelSlot slot) { return static_cast<std::uint64_t>(field(slot).as_number()); };
        levels_[kNear] = {field(kTable), field(kKey),  count(kLeft),
                          count(kIndex), count(kHeld), static_cast<Kind>(count(kKind))};
        // A table that is full is not to be kept alive; the slot is there, so this needs no memory.
        (void)cx_.raw_set(outer_, first + kTable, Value::boolean(false));
        work_ += 4 * kStoreWork;
        return true;
    }
    static std::uint64_t outer_index(std::uint32_t depth) { return std::uint64_t{depth - kNear - 1} * kLevelSlots + 1; }
    static Value number(std::uint64_t n) { return Value::number(static_cast<double>(n)); }

    // --- Suspending. ----------------------------------------------------------------------------------------------

    [[nodiscard]] bool save() override {
        if (!results_.save()) return false;
        save_count(kAt, at_);
        save_count(kLimit, limit_);
        save_count(kLimited, limited_);
        save_count(kArguments, held_);
        save_count(kDepth, depth_);
        cx_.set_local(kValue, has_value_ ? value_ : Value::nil());
        save_count(kHasValue, has_value_);
        cx_.set_local(kOuter, outer_ ? Value::object(outer_) : Value::nil());
        for (std::uint32_t i = 0; i <= kNear; ++i) {
            const std::uint32_t slot = kLevels + i * kLevelSlots;
            if (i >= depth_) {  // keeps nothing alive
                cx_.set_local(slot + kTable, Value::nil());
                cx_.set_local(slot + kKey, Value::nil());
                continue;
            }
            const Level& level = levels_[i];
            cx_.set_local(slot + kTable, level.table);
            cx_.set_local(slot + kKey, level.key);
            save_count(slot + kLeft, level.left);
            save_count(slot + kIndex, level.index);
            save_count(slot + kHeld, level.held);
            save_count(slot + kKind, static_cast<std::uint64_t>(level.kind));
        }
        return true;
    }
    void load() {
        at_ = static_cast<std::size_t>(load_count(kAt));
        limit_ = load_count(kLimit);
        limited_ = load_count(kLimited) != 0;
        held_ = static_cast<std::uint32_t>(load_count(kArguments));
        depth_ = static_cast<std::uint32_t>(load_count(kDepth));
        value_ = cx_.local(kValue);
        has_value_ = load_count(kHasValue) != 0;
        if (const Value outer = cx_.local(kOuter); !outer.is_nil()) outer_ = outer.as<Table>();
        for (std::uint32_t i = 0; i < depth_ && i <= kNear; ++i) {
            const std::uint32_t slot = kLevels + i * kLevelSlots;
            levels_[i] = {cx_.local(slot + kTable), cx_.local(slot + kKey),
                          load_count(slot + kLeft), load_count(slot + kIndex),
                          load_count(slot + kHeld), static_cast<Kind>(load_count(slot + kKind))};
        }
    }

    ResultList results_;
    StringCopy string_;
    std::string_view bytes_;
    std::size_t at_ = 0;
    std::uint64_t limit_ = 0;  ///< values to unpack at most
    std::uint32_t held_ = 0;   ///< UnpackRequest::held
    std::uint32_t depth_ = 0;
    bool limited_ = false;
    bool has_value_ = false;
    Value value_ = Value::nil();  ///< has been made, and belongs to the innermost level or to the results
    Handle<Table> outer_;
    Level levels_[kNear + 1];
};

/// unpack_one and unpack_limit leave only the text on Redis's stack.
NativeResult unpack_limited(NativeContext& cx, std::int64_t limit, std::int64_t offset) {
    return MessageUnpacker(cx).run({.limited = true, .limit = limit, .offset = offset, .held = 1});
}

}  // namespace

NativeResult cmsgpack_unpack(NativeContext& cx) {
    return MessageUnpacker(cx).run({.held = cx.arg_count()});
}

NativeResult cmsgpack_unpack_one(NativeContext& cx) {
    std::int64_t offset = 0;
    if (!cx.opt_integer(1, 0, offset)) return cx.failed();
    return unpack_limited(cx, 1, offset);
}

NativeResult cmsgpack_unpack_limit(NativeContext& cx) {
    std::int64_t limit = 0;
    std::int64_t offset = 0;
    if (!cx.check_integer(1, limit) || !cx.opt_integer(2, 0, offset)) return cx.failed();
    return unpack_limited(cx, limit, offset);
}

}  // namespace arenite::redis
