// cjson.encode (lua-cjson 2.1.0) as a resumable state machine.
//
// Invariants
//  JE1. A step adds one piece of text, of at most kPieceMax bytes, or makes one other thing that may want for memory,
//       and moves on only when that is done. So each can be done again in its phase (TextBuilder takes pieces of that
//       size whole or not at all).
//  JE2. Tables that are being written lie in a table (kLevels), three slots for each: the table, how far it is written,
//       its length. The innermost is not in there but in members. None is kept on the C++ stack.
//  JE3. Tables are read by position, without metamethods. No script code runs meanwhile.
#include <cmath>
#include <cstdint>
#include <string_view>

#include <arenite/vm.h>
#include "heap/table.h"
#include "redis_api/lib/cjson.h"
#include "redis_api/lib/cjson_tokens.h"
#include "redis_api/script_environment.h"
#include "vm/lib/text_builder.h"
#include "vm/library_context.h"
#include "vm/text/lua_format.h"

namespace arenite::redis {
namespace {

/// A piece of text under construction.
class Piece {
public:
    void add(char c) { bytes_[size_++] = c; }
    void add(std::string_view text) { size_ += text.copy(bytes_ + size_, text.size()); }
    /// What fits of a string from `at` on, escaped.
    void add_escaped(std::string_view text, std::size_t& at) {
        size_ += encode_json_string(text, at, bytes_ + size_, kRoom - size_);
    }
    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    static constexpr std::size_t kPieceMax = 256;  ///< JE1
    static constexpr std::size_t kRoom = kPieceMax - 8;
    std::size_t size_ = 0;
    char bytes_[kPieceMax];
};

class Encoder {
public:
    explicit Encoder(NativeContext& cx) : cx_(cx), options_(cjson_options(cx)), text_(cx, kText) {}

    NativeResult run() {
        if (cx_.state() == kStart) {
            if (!cx_.reserve(kSlots)) return cx_.failed();
            value_ = cx_.arg(0);
        } else {
            load();
        }
        while (phase_ != kFinish && step()) {
        }
        (void)cx_.charge(work_);
        if (phase_ != kFinish) return out_;
        Value result = Value::nil();
        const Status status = text_.finish(result);
        if (status == Status::Ok) return cx_.done(result);
        (void)stop(status);
        return out_;
    }

private:
    using Status = lib::TextBuilder::Status;
    /// The phases, which are the states as well.
    enum Phase : std::uint32_t {
        kStart,
        kNext,     ///< at the next element of the innermost table
        kEmit,     ///< a value is to be written
        kString,   ///< a string, of which something is written
        kMeasure,  ///< a table is a value: is it an array?
        kOpen,     ///< its bracket is to be written
        kPush,     ///< it is to be the innermost table
        kFinish,
    };
    /// What a string is written for.
    enum Role : std::uint32_t { kAsValue, kAsKey };
    enum Slot : std::uint32_t {
        kContainer,
        kIndex,
        kLength,
        kDepth,
        kStackUsed,
        kFlags,
        kEmitted,
        kStringInHand,
        kOffset,
        kScanIndex,
        kMax,
        kItems,
        kLevels,
        kText,
        kSlots = kText + lib::TextBuilder::kSlots
    };

    static constexpr std::uint32_t kWorkPerLook = 512;
    static constexpr std::uint64_t kSlotsPerLook = 1024;

    // --- Requests. ------------------------------------------------------------------------------------------------

    void load() {
        phase_ = static_cast<Phase>(cx_.state());
        container_ = cx_.local(kContainer);
        index_ = static_cast<std::uint64_t>(cx_.local_number(kIndex));
        length_ = static_cast<std::int32_t>(cx_.local_number(kLength));
        depth_ = static_cast<std::uint32_t>(cx_.local_number(kDepth));
        stack_used_ = static_cast<std::uint32_t>(cx_.local_number(kStackUsed));
        const auto flags = static_cast<std::uint32_t>(cx_.local_number(kFlags));
        comma_ = (flags & 1) != 0;
        role_ = (flags & 2) != 0 ? kAsKey : kAsValue;
        value_ = cx_.local(kEmitted);
        string_ = cx_.local(kStringInHand);
        offset_ = static_cast<std::size_t>(cx_.local_number(kOffset));
        scan_index_ = static_cast<std::uint64_t>(cx_.local_number(kScanIndex));
        max_ = static_cast<std::int32_t>(cx_.local_number(kMax));
        items_ = static_cast<std::uint32_t>(cx_.local_number(kItems));
    }
    void save() {
        cx_.set_local(kContainer, container_);
        cx_.set_local_number(kIndex, static_cast<double>(index_));
        cx_.set_local_number(kLength, length_);
        cx_.set_local_number(kDepth, depth_);
        cx_.set_local_number(kStackUsed, stack_used_);
        cx_.set_local_number(kFlags, (comma_ ? 1 : 0) + (role_ == kAsKey ? 2 : 0));
        cx_.set_local(kEmitted, value_);
        cx_.set_local(kStringInHand, string_);
        cx_.set_local_number(kOffset, static_cast<double>(offset_));
        cx_.set_local_number(kScanIndex, static_cast<double>(scan_index_));
        cx_.set_local_number(kMax, max_);
        cx_.set_local_number(kItems, items_);
    }

    bool finish(NativeResult result) {
        out_ = result;
        return false;
    }
    /// Suspends for more budget, or for memory: the phase is done again (JE1).
    bool stop(Status why) {
        if (why == Status::Failed && cx_.state() == kStart) return finish(cx_.failed());  // from the beginning
        save();
        if (!text_.save()) return finish(cx_.failed());
        if (why == Status::Spent) return finish(cx_.suspend(phase_));
        cx_.restartable_in(phase_);
        return finish(cx_.failed());
    }
    [[nodiscard]] bool add(const Piece& piece) {
        work_ += 2;
        const Status status = text_.add(piece.view());
        return status == Status::Ok || stop(status);
    }
    bool refuse(Value v, const char* reason) {
        return finish(cx_.error("Cannot serialise %s: %s", type_name(v.type()), reason));
    }

    // --- Steps. False: out_ is what the native returns. ------------------------------------------------------------

    bool step() {
        if (work_ >= kWorkPerLook) {
            const bool more = cx_.charge(work_);
            work_ = 0;
            if (!more || text_.spent()) return stop(Status::Spent);
        }
        switch (phase_) {
            case kNext: return next();
            case kString: return string();
            case kMeasure: return measure();
            case kOpen: return open();
            case kPush: return push();
            default: return emit();
        }
    }

    /// What follows a value: the next element, or the end.
    void leave_value() {
        comma_ = true;
        phase_ = depth_ == 0 ? kFinish : kNext;
    }

    bool next() {
        work_ += 6;
        Piece piece;
        if (length_ > 0) {
            if (index_ == static_cast<std::uint64_t>(length_)) {
                piece.add(']');
                return add(piece) && pop(1);
            }
            comma_ = index_ > 0;
            value_ = cx_.raw_get(container_.as<Table>(), static_cast<std::int64_t>(++index_));
            phase_ = kEmit;
            return true;
        }
        const Table* table = library(cx_).heap().get(container_.as<Table>());
        if (table == nullptr) return finish(cx_.error("stale or corrupt reference"));
        std::uint64_t index = index_;
        Value key = Value::nil();
        Value value = Value::nil();
        if (!table->next_entry(index, key, value, kSlotsPerLook)) {
            work_ += static_cast<std::uint32_t>(index - index_) / 2;
            index_ = index;
            if (index < std::uint64_t{table->array_size()} + table->node_count()) return true;
            piece.add('}');
            return add(piece) && pop(2);
        }
        if (key.is_number()) {
            if (comma_) piece.add(',');
            piece.add('"');
            if (!number(piece, key)) return false;
            piece.add("\":");
            if (!add(piece)) return false;
            comma_ = false;
            phase_ = kEmit;
        } else if (key.is_string()) {
            work_ += 12;
            string_ = key;
            offset_ = kNotBegun;
            role_ = kAsKey;
            phase_ = kString;
        } else {
            return refuse(key, "table key must be a number or string");
        }
        work_ += static_cast<std::uint32_t>(index - index_) / 2;
        index_ = index;
        value_ = value;
        return true;
    }

    bool emit() {
        phase_ = kEmit;
        Piece piece;
        if (comma_) piece.add(',');
        switch (value_.type()) {
            case LuaType::String:
                string_ = value_;
                offset_ = kNotBegun;
                role_ = kAsValue;
                return string();
            case LuaType::Number:
                if (!number(piece, value_)) return false;
                break;
            case LuaType::Boolean: piece.add(value_.truthy() ? "true" : "false"); break;
            case LuaType::Table: return descend();
            case LuaType::Nil: piece.add("null"); break;
            case LuaType::LightUserdata:
                if (value_ != kCjsonNull) return refuse(value_, "type not supported");
                piece.add("null");
                break;
            default: return refuse(value_, "type not supported");
        }
        if (!add(piece)) return false;
        leave_value();
        return true;
    }

    /// json_append_number.
    [[nodiscard]] bool number(Piece& piece, Value v) {
        const double d = v.as_number();
        if (!std::isfinite(d)) {
            if (options_.encode_invalid_numbers == CjsonOptions::Refused) return refuse(v, "must not be NaN or Inf");
            if (options_.encode_invalid_numbers == CjsonOptions::Null) {
                piece.add("null");
                return true;
            }
            if (std::isnan(d)) {
                piece.add("nan");
                return true;
            }
        }
        work_ += std::floor(d) == d ? 4 : 16;
        if (options_.number_precision == 14) {
            piece.add(lib::NumberText(d).view());
            return true;
        }
        char digits[lib::kFormatItemMax];
        const lib::FormatSpec spec{.point = true, .precision = options_.number_precision, .conversion = 'g'};
        piece.add({digits, lib::format_float(spec, d, digits)});
        return true;
    }

    bool string() {
        phase_ = kString;
        const std::string_view bytes = cx_.string(string_);
        Piece piece;
        std::size_t at = offset_;
        if (at == kNotBegun) {
            if (comma_) piece.add(',');
            piece.add('"');
            at = 0;
        }
        piece.add_escaped(bytes, at);
        const bool all = at == bytes.size();
        if (all) piece.add(role_ == kAsKey ? "\":" : "\"");
        work_ += static_cast<std::uint32_t>(piece.size()) / 2;
        if (!add(piece)) return false;
        offset_ = at;
        if (!all) return true;
        if (role_ == kAsValue) {
            leave_value();
        } else {
            comma_ = false;
            phase_ = kEmit;
        }
        return true;
    }

    // --- Tables. ----------------------------------------------------------------------------------------------------

    bool descend() {
        if (depth_ >= static_cast<std::uint32_t>(options_.encode_max_depth) || stack_used_ + 3 > kCjsonStackSlots) {
            return finish(cx_.error("Cannot serialise, excessive nesting (%u)", depth_ + 1));
        }
        work_ += 30;
        scan_index_ = 0;
        max_ = 0;
        items_ = 0;
        return measure();
    }

    /// lua_array_length: whether all keys are positive integers, and which is the largest.
    bool measure() {
        phase_ = kMeasure;
        const Table* table = library(cx_).heap().get(value_.as<Table>());
        if (table == nullptr) return finish(cx_.error("stale or corrupt reference"));
        const std::uint64_t end = std::uint64_t{table->array_size()} + table->node_count();
        while (scan_index_ < end) {
            if (work_ >= kWorkPerLook) return true;
            const std::uint64_t before = scan_index_;
            Value key = Value::nil();
            Value value = Value::nil();
            const bool found = table->next_entry(scan_index_, key, value, kSlotsPerLook);
            work_ += 3 + static_cast<std::uint32_t>(scan_index_ - before) / 2;
            if (!found) continue;
            if (!key.is_number()) return measured(kObject);
            const double k = key.as_number();
            if (std::floor(k) != k || k < 1) return measured(kObject);
            // An index beyond int becomes INT_MIN on x86-64, and what has one of them for its largest is an object.
            if (k > max_) max_ = truncate_to_int(k);
            ++items_;
        }
        const auto filled =
            static_cast<std::int32_t>(items_ * static_cast<std::uint32_t>(options_.sparse_ratio));  // wraps, as there
        if (options_.sparse_ratio > 0 && max_ > filled && max_ > options_.sparse_safe) {
            if (options_.sparse_convert == 0) return refuse(value_, "excessively sparse array");
            return measured(kObject);
        }
        return measured(max_);
    }

    bool measured(std::int32_t length) {
        max_ = length > 0 ? length : kObject;
        return open();
    }

    bool open() {
        phase_ = kOpen;
        Piece piece;
        if (comma_) piece.add(',');
        piece.add(max_ > 0 ? '[' : '{');
        return add(piece) && push();
    }

    bool push() {
        phase_ = kPush;
        if (depth_ > 0) {
            Handle<Table> levels = cx_.local(kLevels).as<Table>();
            if (cx_.local(kLevels).is_nil()) {
                if (!cx_.new_table(12, 0, levels)) return stop(Status::Failed);
                cx_.set_local(kLevels, Value::object(levels));
            }
            const std::int64_t slot = std::int64_t{depth_} * 3;
            if (!cx_.raw_set(levels, slot - 2, container_) ||
                !cx_.raw_set(levels, slot - 1, Value::number(static_cast<double>(index_))) ||
                !cx_.raw_set(levels, slot, Value::number(length_))) {
                return stop(Status::Failed);
            }
        }
        ++depth_;
        container_ = value_;
        index_ = 0;
        length_ = max_;
        stack_used_ += length_ > 0 ? 1 : 2;
        comma_ = false;
        phase_ = kNext;
        return true;
    }

    /// The innermost table is written.
    bool pop(std::uint32_t stack_slots) {
        stack_used_ -= stack_slots;
        if (--depth_ > 0) {
            const auto levels = cx_.local(kLevels).as<Table>();
            const std::int64_t slot = std::int64_t{depth_} * 3;
            container_ = cx_.raw_get(levels, slot - 2);
            index_ = static_cast<std::uint64_t>(cx_.raw_get(levels, slot - 1).as_number());
            length_ = static_cast<std::int32_t>(cx_.raw_get(levels, slot).as_number());
        }
        leave_value();
        return true;
    }

    static constexpr std::size_t kNotBegun = std::size_t{1} << 52;  ///< more than a string can have
    static constexpr std::int32_t kObject = 0;

    NativeContext& cx_;
    CjsonOptions options_;
    NativeResult out_{};
    std::uint32_t work_ = 0;  ///< not charged yet
    Phase phase_ = kEmit;
    Role role_ = kAsValue;
    bool comma_ = false;              ///< a comma is to come before the next value (array) or key (object)
    Value container_ = Value::nil();  ///< the innermost table
    std::uint64_t index_ = 0;         ///< elements of it that are written; of an object the position in the table
    std::int32_t length_ = kObject;   ///< of an array its elements
    std::uint32_t depth_ = 0;         ///< tables that are being written
    std::uint32_t stack_used_ = 1;    ///< slots that lua-cjson would have on Lua's stack (kCjsonStackSlots)
    Value value_ = Value::nil();      ///< to be written
    Value string_ = Value::nil();     ///< that is being written
    std::size_t offset_ = kNotBegun;  ///< bytes of it that are written
    std::uint64_t scan_index_ = 0;    ///< kMeasure: position in the table; the largest index, and how many there are
    std::int32_t max_ = 0;
    std::uint32_t items_ = 0;
    lib::TextBuilder text_;
};

}  // namespace

NativeResult cjson_encode(NativeContext& cx) {
    if (cx.state() == 0) cx.restartable();
    if (cx.arg_count() != 1) return cx.arg_error(0, "expected 1 argument");
    return Encoder(cx).run();
}

}  // namespace arenite::redis
