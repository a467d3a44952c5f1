// cjson.decode (lua-cjson 2.1.0) as a resumable state machine.
//
// The text is read token by token; what may stand next follows from the last token (kExpect...). Its words for tokens
// and for what is expected, and the places it counts, are those of lua-cjson's messages.
//
// Invariants
//  JD1. A step either does all of its work or can be done again: whatever needs memory or may be long has a phase of
//       its own, and what it starts from is in the members below. They are kept in local slots over requests.
//  JD2. Containers that are open lie in a table (kLevels), two slots for each: the container and its next key. The
//       innermost is not in there but in members. None is kept on the C++ stack.
//  JD3. Between two checks of the budget no more than one slice of a string, numeral or run of blanks is read.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "heap/number_text.h"
#include "redis_api/lib/cjson.h"
#include "redis_api/lib/cjson_tokens.h"
#include "redis_api/lib/long_numeral.h"
#include "vm/lib/lib.h"
#include "vm/library_context.h"

namespace arenite::redis {
namespace {

class Decoder {
public:
    Decoder(NativeContext& cx, std::string_view text) : cx_(cx), text_(text), options_(cjson_options(cx)) {}

    NativeResult run() {
        if (cx_.state() == kStart) {
            if (!cx_.reserve(kSlots)) return cx_.failed();
        } else {
            load();
        }
        while (step()) {
        }
        (void)cx_.charge(work_);
        return out_;
    }

private:
    /// The phases, which are the states as well.
    enum Phase : std::uint32_t {
        kStart,
        kToken,        ///< between two tokens
        kString,       ///< in a string, whose end is looked for
        kLongString,   ///< its end is known; it is decoded into a Buffer
        kNumeral,      ///< in a numeral, whose end is looked for
        kReadNumeral,  ///< its end is known; it is read in slices
        kOpen,         ///< after a bracket that opens a container
        kStore,        ///< a value is to be put into the container
    };
    /// What may stand next.
    enum Expect : std::uint32_t {
        kValue,
        kEnd,
        kFirstElement,
        kElement,
        kCommaInArray,
        kFirstKey,
        kKey,
        kColon,
        kField,
        kCommaInObject,
    };
    enum Slot : std::uint32_t {
        kAt,
        kExpect,
        kBegin,
        kScanned,
        kDecoded,
        kProgress,
        kDepth,
        kStackUsed,
        kContainer,
        kNextKey,
        kStored,
        kLevels,
        kScratch,  ///< Buffer: of a long string, or of a long numeral
        kSlots
    };

    static constexpr std::uint32_t kWorkPerLook = 512;
    static constexpr std::size_t kSlice = std::size_t{8} << 10;
    static constexpr std::size_t kSmall = 1024;  ///< strings decoded on the C++ stack, blanks read in one piece
    static constexpr std::size_t kDirect = std::size_t{8} << 10;  ///< strings without escapes made in one piece

    // --- Requests. ------------------------------------------------------------------------------------------------

    void load() {
        phase_ = static_cast<Phase>(cx_.state());
        at_ = size_local(kAt);
        expect_ = static_cast<Expect>(size_local(kExpect));
        begin_ = size_local(kBegin);
        scanned_ = size_local(kScanned);
        decoded_ = size_local(kDecoded);
        progress_ = size_local(kProgress);
        depth_ = static_cast<std::uint32_t>(size_local(kDepth));
        stack_used_ = static_cast<std::uint32_t>(size_local(kStackUsed));
        container_ = cx_.local(kContainer);
        next_key_ = cx_.local(kNextKey);
        value_ = cx_.local(kStored);
    }
    void save() {
        set_size_local(kAt, at_);
        set_size_local(kExpect, expect_);
        set_size_local(kBegin, begin_);
        set_size_local(kScanned, scanned_);
        set_size_local(kDecoded, decoded_);
        set_size_local(kProgress, progress_);
        set_size_local(kDepth, depth_);
        set_size_local(kStackUsed, stack_used_);
        cx_.set_local(kContainer, container_);
        cx_.set_local(kNextKey, next_key_);
        cx_.set_local(kStored, value_);
    }
    std::size_t size_local(Slot slot) const { return static_cast<std::size_t>(cx_.local_number(slot)); }
    void set_size_local(Slot slot, std::size_t size) { cx_.set_local_number(slot, static_cast<double>(size)); }

    bool finish(NativeResult result) {
        out_ = result;
        return false;
    }
    /// Memory is out, or a slice of a table's growth is done: the phase is done again (JD1).
    bool again() {
        save();
        return finish(library(cx_).failed_in(phase_));
    }
    bool suspend() {
        save();
        return finish(cx_.suspend(phase_));
    }
    /// Charges what was done; false when the native is to be suspended.
    bool pay() {
        const std::size_t work = work_;
        work_ = 0;
        return cx_.charge(work) || suspend();
    }
    /// Of reading or writing a part of a string that stands for `decoded` bytes. An escape costs more than it is long.
    static std::size_t work_of_string(std::size_t bytes, std::size_t decoded) {
        return bytes / 4 + 2 * (bytes > decoded ? bytes - decoded : 0);
    }

    // --- Errors (json_throw_parse_error). ------------------------------------------------------------------------

    bool refuse(const char* found, std::size_t at) {
        const char* expected = "value";
        switch (expect_) {
            case kEnd: expected = "the end"; break;
            case kCommaInArray: expected = "comma or array end"; break;
            case kFirstKey:
            case kKey: expected = "object key string"; break;
            case kColon: expected = "colon"; break;
            case kCommaInObject: expected = "comma or object end"; break;
            default: break;
        }
        return finish(cx_.error("Expected %s but found %s at character %zu", expected, found, at + 1));
    }

    // --- Steps. False: out_ is what the native returns. ------------------------------------------------------------

    bool step() {
        switch (phase_) {
            case kString: return scan_string();
            case kLongString: return decode_long_string();
            case kNumeral: return scan_numeral();
            case kReadNumeral: return read_long_numeral();
            case kOpen: return open();
            case kStore: return store();
            default: return token();
        }
    }

    bool wants_value() const {
        return expect_ == kValue || expect_ == kFirstElement || expect_ == kElement || expect_ == kField;
    }
    bool wants_key() const { return expect_ == kFirstKey || expect_ == kKey; }

    bool token() {
        phase_ = kToken;
        if (work_ >= kWorkPerLook && !pay()) return false;
        work_ += 8;
        for (const std::size_t first = at_; is_blank(json_byte(text_, at_)); ++at_) {
            if (at_ - first == kSmall) {
                work_ += kSmall / 2;
                return true;
            }
        }
        const std::size_t at = at_;
        switch (const char c = json_byte(text_, at)) {
            case '\0':
                if (expect_ == kEnd) return finish(cx_.done(value_));
                return refuse("T_END", at);
            case '{':
            case '[':
                if (!wants_value()) return refuse(c == '{' ? "T_OBJ_BEGIN" : "T_ARR_BEGIN", at);
                ++at_;
                return open();
            case '}':
                if (expect_ != kFirstKey && expect_ != kCommaInObject) return refuse("T_OBJ_END", at);
                return close(2);
            case ']':
                if (expect_ != kFirstElement && expect_ != kCommaInArray) return refuse("T_ARR_END", at);
                return close(1);
            case ',':
                if (expect_ != kCommaInArray && expect_ != kCommaInObject) return refuse("T_COMMA", at);
                ++at_;
                expect_ = expect_ == kCommaInArray ? kElement : kKey;
                return true;
            case ':':
                if (expect_ != kColon) return refuse("T_COLON", at);
                ++at_;
                expect_ = kField;
                return true;
            case '"':
                begin_ = at;
                scanned_ = at + 1;
                decoded_ = 0;
                return scan_string();
            default: return word(c);
        }
    }

    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

    /// A token that begins with none of the marks: a numeral or one of three words.
    bool word(char c) {
        const bool allowed = options_.decode_invalid_numbers != CjsonOptions::Refused;
        if (c == '-' || (c >= '0' && c <= '9')) {
            if (!allowed && is_no_json_number(text_, at_)) return refuse("invalid number", at_);
            return begin_numeral();
        }
        const std::string_view rest = text_.substr(at_, 5);
        if (rest.starts_with("true")) return constant(4, Value::boolean(true), "T_BOOLEAN");
        if (rest == "false") return constant(5, Value::boolean(false), "T_BOOLEAN");
        if (rest.starts_with("null")) return constant(4, kCjsonNull, "T_NULL");
        const bool may_begin = c == '+' || c == 'i' || c == 'I' || c == 'n' || c == 'N';
        if (may_begin && allowed && is_no_json_number(text_, at_)) return begin_numeral();
        return refuse("invalid token", at_);
    }

    bool constant(std::size_t length, Value value, const char* name) {
        if (!wants_value()) return refuse(name, at_);
        at_ += length;
        value_ = value;
        return store();
    }

    // --- Strings. ---------------------------------------------------------------------------------------------------

    bool scan_string() {
        phase_ = kString;
        JsonStringScan scan{.at = scanned_, .decoded = decoded_};
        const JsonStringScan::Status status = scan.run(text_, kSlice);
        work_ += work_of_string(scan.at - scanned_, scan.decoded - decoded_);
        scanned_ = scan.at;
        decoded_ = scan.decoded;
        switch (status) {
            case JsonStringScan::Status::More: return pay();
            case JsonStringScan::Status::Ended: return refuse("unexpected end of string", scanned_);
            case JsonStringScan::Status::BadEscape: return refuse("invalid escape code", scanned_);
            case JsonStringScan::Status::BadUnicode: return refuse("invalid unicode escape code", scanned_);
            case JsonStringScan::Status::Closed: break;
        }
        if (!wants_value() && !wants_key()) return refuse("T_STRING", begin_);
        const std::string_view inside = text_.substr(begin_ + 1, scanned_ - begin_ - 1);
        Value string = Value::nil();
        if (decoded_ == inside.size() && decoded_ <= kDirect) {
            if (!cx_.new_string(inside, string)) return again();
            return take_string(string);
        }
        if (decoded_ > kSmall) {
            at_ = begin_ + 1;
            progress_ = 0;
            return decode_long_string();
        }
        char decoded[kSmall];
        std::size_t from = begin_ + 1;
        const std::size_t size = decode_json_string(text_, from, scanned_, decoded, sizeof decoded);
        if (!cx_.new_string({decoded, size}, string)) return again();
        return take_string(string);
    }

    /// at_ and progress_: how far it is read and written.
    bool decode_long_string() {
        phase_ = kLongString;
        Value buffer = cx_.local(kScratch);
        if (buffer.is_nil()) {
            if (!cx_.new_buffer(buffer) || !library(cx_).buffer_assign_unset(buffer, decoded_)) return again();
            cx_.set_local(kScratch, buffer);
        }
        while (at_ < scanned_) {
            const BufferBytes decoded(cx_, buffer);
            if (!decoded) return again();
            const std::size_t room = std::min(kSlice, decoded_ - progress_);
            const std::size_t from = at_;
            const std::size_t written = decode_json_string(text_, at_, scanned_, decoded.data() + progress_, room);
            progress_ += written;
            work_ += work_of_string(at_ - from, written);
            if (!pay()) return false;
        }
        Value string = Value::nil();
        if (!cx_.finish(buffer, string)) return again();
        cx_.set_local(kScratch, Value::nil());
        return take_string(string);
    }

    bool take_string(Value string) {
        at_ = scanned_ + 1;
        if (!wants_key()) {
            value_ = string;
            return store();
        }
        next_key_ = string;
        expect_ = kColon;
        phase_ = kToken;
        return true;
    }

    // --- Numerals. --------------------------------------------------------------------------------------------------

    bool begin_numeral() {
        begin_ = scanned_ = at_;
        progress_ = 0;
        decoded_ = 0;
        return scan_numeral();
    }

    bool scan_numeral() {
        using Scan = JsonNumeralScan;
        constexpr std::size_t kHex = 0x10;
        constexpr std::size_t kPoint = 0x20;
        phase_ = kNumeral;
        Scan scan{.at = scanned_,
                  .good = decoded_,
                  .phase = static_cast<Scan::Phase>(progress_ & 0xF),
                  .hex = (progress_ & kHex) != 0,
                  .point = (progress_ & kPoint) != 0};
        const Scan::Status status = scan.run(text_, kSlice);
        work_ += (scan.at - scanned_) / 2;
        scanned_ = scan.at;
        decoded_ = scan.good;
        progress_ = static_cast<std::size_t>(scan.phase) | (scan.hex ? kHex : 0) | (scan.point ? kPoint : 0);
        if (status == Scan::Status::More) return pay();
        if (status == Scan::Status::None) return refuse("invalid number", begin_);
        if (!wants_value()) return refuse("T_NUMBER", begin_);
        if (scanned_ - begin_ > kLongNumeral) return read_long_numeral();
        double number = 0;
        (void)lib::from_text(text_.substr(begin_, scanned_ - begin_), number);
        return take_number(number);
    }

    bool read_long_numeral() {
        phase_ = kReadNumeral;
        double number = 0;
        switch (read_numeral(cx_, kScratch, text_.substr(begin_, scanned_ - begin_), number)) {
            case NumeralStatus::Spent: return suspend();
            case NumeralStatus::Failed: return again();
            default: return take_number(number);
        }
    }

    bool take_number(double number) {
        at_ = scanned_;
        value_ = Value::canonical(number);
        return store();
    }

    // --- Containers. ------------------------------------------------------------------------------------------------

    bool open() {
        phase_ = kOpen;
        const bool object = text_[at_ - 1] == '{';
        if (depth_ >= static_cast<std::uint32_t>(options_.decode_max_depth) ||
            stack_used_ + (object ? 3 : 2) > kCjsonStackSlots) {
            return finish(cx_.error("Found too many nested data structures (%u) at character %zu", depth_ + 1, at_));
        }
        Handle<Table> table;
        if (!cx_.new_table(0, 0, table) || (depth_ > 0 && !push())) return again();
        work_ += 30;
        ++depth_;
        stack_used_ += object ? 2 : 1;
        container_ = Value::object(table);
        next_key_ = object ? Value::nil() : Value::number(1);
        expect_ = object ? kFirstKey : kFirstElement;
        phase_ = kToken;
        return true;
    }

    /// JD2: the innermost container is to be another one.
    [[nodiscard]] bool push() {
        Handle<Table> levels = cx_.local(kLevels).as<Table>();
        if (cx_.local(kLevels).is_nil()) {
            if (!cx_.new_table(8, 0, levels)) return false;
            cx_.set_local(kLevels, Value::object(levels));
        }
        const auto slot = std::int64_t{depth_} * 2;
        return cx_.raw_set(levels, slot - 1, container_) && cx_.raw_set(levels, slot, next_key_);
    }

    bool close(std::uint32_t stack_slots) {
        ++at_;
        value_ = container_;
        container_ = next_key_ = Value::nil();
        stack_used_ -= stack_slots;
        if (--depth_ > 0) {
            const auto levels = cx_.local(kLevels).as<Table>();
            const auto slot = std::int64_t{depth_} * 2;
            container_ = cx_.raw_get(levels, slot - 1);
            next_key_ = cx_.raw_get(levels, slot);
        }
        return store();
    }

    bool store() {
        phase_ = kStore;
        if (depth_ == 0) {
            expect_ = kEnd;
        } else {
            if (!library(cx_).raw_set_resumable(container_.as<Table>(), next_key_, value_)) return again();
            expect_ = kCommaInObject;
            if (next_key_.is_number()) {
                next_key_ = Value::number(next_key_.as_number() + 1);
                expect_ = kCommaInArray;
            }
        }
        work_ += 8;
        phase_ = kToken;
        return true;
    }

    NativeContext& cx_;
    std::string_view text_;
    CjsonOptions options_;
    NativeResult out_{};
    std::size_t work_ = 0;  ///< not charged yet
    Phase phase_ = kToken;
    Expect expect_ = kValue;
    std::size_t at_ = 0;              ///< what comes next in the text
    std::size_t begin_ = 0;           ///< of the current token
    std::size_t scanned_ = 0;         ///< how far its end has been looked for
    std::size_t decoded_ = 0;         ///< bytes that the string scanned stands for; of a numeral: JsonNumeralScan::good
    std::size_t progress_ = 0;        ///< bytes decoded; of a numeral: the rest of the scan's state
    std::uint32_t depth_ = 0;         ///< open containers
    std::uint32_t stack_used_ = 1;    ///< slots that lua-cjson would have on Lua's stack (kCjsonStackSlots)
    Value container_ = Value::nil();  ///< the innermost
    Value next_key_ = Value::nil();   ///< its next key: of an array a number
    Value value_ = Value::nil();      ///< to be stored; at the end the result
};

}  // namespace

NativeResult cjson_decode(NativeContext& cx) {
    if (cx.state() == 0) cx.restartable();
    if (cx.arg_count() != 1) return cx.arg_error(0, "expected 1 argument");
    std::string_view text;
    if (!cx.check_string(0, text)) return cx.failed();
    if (text.size() >= 2 && (text[0] == '\0' || text[1] == '\0')) {
        return cx.error("JSON parser does not support UTF-16 or UTF-32");
    }
    return Decoder(cx, text).run();
}

}  // namespace arenite::redis
