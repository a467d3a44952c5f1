// The basic functions (Lua 5.1 §5.1) that need nothing but values and tables, as PUC Lua 5.1.5 has them. Those that
// work on frames, chunks and the collector (pcall, error, load, getfenv, collectgarbage ...) belong to the VM (lib.h)
// and are only registered here.
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "vm/lib/lib.h"
#include "vm/lib/text_builder.h"

namespace arenite::lib {
namespace {

/// State of a native whose work has been charged and is done in one piece (it is bounded by kMaxNativeSlots or the
/// stack).
constexpr std::uint32_t kPaid = 1;

/// Values moved for one unit of budget.
constexpr std::uint32_t kMovesPerUnit = 8;

/// Whether `moves` values may be moved now; at the second invocation (kPaid) they always may.
[[nodiscard]] bool pay_for_moves(NativeContext& cx, std::uint32_t moves) {
    return cx.state() == kPaid || moves < kMovesPerUnit || cx.charge(moves / kMovesPerUnit);
}

// --- Values. -------------------------------------------------------------------------------------------------------

/// assert (v [, message])
NativeResult assert_fn(NativeContext& cx) {
    if (!cx.check_any(0)) return cx.failed();
    if (!cx.arg(0).truthy()) {
        std::string_view message;
        if (!cx.opt_string(1, "assertion failed!", message)) return cx.failed();
        return cx.error_text(message.substr(0, message.find('\0')));
    }
    if (!pay_for_moves(cx, cx.arg_count())) return cx.suspend(kPaid);
    return cx.done_args_from(0);
}

/// type (v)
NativeResult type_fn(NativeContext& cx) {
    cx.restartable();
    if (!cx.check_any(0)) return cx.failed();
    Value name = Value::nil();
    return cx.new_string(type_name(cx.arg(0).type()), name) ? cx.done(name) : cx.failed();
}

/// rawequal (v1, v2)
NativeResult rawequal_fn(NativeContext& cx) {
    if (!cx.check_any(0) || !cx.check_any(1)) return cx.failed();
    bool equal = false;
    if (!library(cx).raw_equal_resumable(cx.arg(0), cx.arg(1), equal)) return cx.failed();
    return cx.done_bool(equal);
}

/// rawget (table, index)
NativeResult rawget_fn(NativeContext& cx) {
    Handle<Table> t;
    if (!cx.check_table(0, t) || !cx.check_any(1)) return cx.failed();
    Value key = cx.arg(1);
    if (!library(cx).settle_key(t, key)) return cx.failed();
    return cx.done(cx.raw_get(t, key));
}

/// rawset (table, index, value)
NativeResult rawset_fn(NativeContext& cx) {
    cx.restartable();
    Handle<Table> t;
    if (!cx.check_table(0, t) || !cx.check_any(1) || !cx.check_any(2)) return cx.failed();
    return library(cx).raw_set_resumable(t, cx.arg(1), cx.arg(2)) ? cx.done(cx.arg(0)) : cx.failed();
}

/// getmetatable (object)
NativeResult getmetatable_fn(NativeContext& cx) {
    if (!cx.check_any(0)) return cx.failed();
    const Value shown = cx.metamethod(cx.arg(0), Metamethod::Metatable);
    return cx.done(shown.is_nil() ? cx.metatable(cx.arg(0)) : shown);
}

/// setmetatable (table, metatable)
NativeResult setmetatable_fn(NativeContext& cx) {
    cx.restartable();
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    const Value metatable = cx.arg(1);
    if (!cx.has_arg(1) || !(metatable.is_nil() || metatable.is<Table>()))
        return cx.arg_error(1, "nil or table expected");
    if (!cx.metamethod(cx.arg(0), Metamethod::Metatable).is_nil())
        return cx.error("cannot change a protected metatable");
    return cx.set_metatable(cx.arg(0), metatable) ? cx.done(cx.arg(0)) : cx.failed();
}

/// newproxy ([bool or proxy]): a userdata without content, and with a new metatable (true) or that of another proxy.
NativeResult newproxy_fn(NativeContext& cx) {
    cx.restartable();
    const Value like = cx.arg(0);
    Value metatable = Value::nil();
    if (like.is_boolean() && like.truthy()) {
        Handle<Table> fresh;
        if (!cx.new_table(0, 0, fresh)) return cx.failed();
        metatable = Value::object(fresh);
        if (!cx.raw_set(proxy_metatables(library(cx).machine()), metatable, Value::boolean(true))) return cx.failed();
    } else if (like.truthy()) {
        metatable = cx.metatable(like);
        if (metatable.is_nil() || !cx.raw_get(proxy_metatables(library(cx).machine()), metatable).truthy())
            return cx.arg_error(0, "boolean or proxy expected");
    }
    Value proxy = Value::nil();
    if (!new_userdata(cx, 0, proxy)) return cx.failed();
    if (!metatable.is_nil() && !cx.set_metatable(proxy, metatable)) return cx.failed();
    return cx.done(proxy);
}

/// gcinfo (): kilobytes in use.
NativeResult gcinfo_fn(NativeContext& cx) {
    const std::uint64_t kilobytes = bytes_in_use(library(cx).machine()) / 1024;
    return cx.done_number(static_cast<double>(kilobytes));
}

// --- Iteration. ----------------------------------------------------------------------------------------------------

/// next (table [, index])
NativeResult next_fn(NativeContext& cx) {
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    Value key = cx.arg(1);
    Value value = Value::nil();
    bool more = false;
    if (!library(cx).next_resumable(t, key, value, more)) return cx.failed();
    return more ? cx.done(key, value) : cx.done(Value::nil());
}

/// pairs (t)
NativeResult pairs_fn(NativeContext& cx) {
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    return cx.done(helper(library(cx).machine(), Helper::PairsNext), cx.arg(0), Value::nil());
}

/// The iterator of ipairs: (t, i) gives i + 1, t[i + 1], or nothing.
NativeResult ipairs_next(NativeContext& cx) {
    std::int32_t i = 0;
    Handle<Table> t;
    if (!check_int(cx, 1, i) || !cx.check_table(0, t)) return cx.failed();
    const std::int32_t index = to_int(std::int64_t{i} + 1);
    const Value value = cx.raw_get(t, std::int64_t{index});
    return value.is_nil() ? cx.done() : cx.done(Value::number(index), value);
}

/// ipairs (t)
NativeResult ipairs_fn(NativeContext& cx) {
    Handle<Table> t;
    if (!cx.check_table(0, t)) return cx.failed();
    return cx.done(helper(library(cx).machine(), Helper::IpairsNext), cx.arg(0), Value::number(0));
}

// --- Arguments and results. ----------------------------------------------------------------------------------------

/// select (index, ...)
NativeResult select_fn(NativeContext& cx) {
    const auto n = static_cast<std::int32_t>(cx.arg_count());
    if (const Value v = cx.arg(0); v.is_string() && cx.string(v).starts_with('#')) return cx.done_number(n - 1);
    std::int32_t i = 0;
    if (!check_int(cx, 0, i)) return cx.failed();
    if (i < 0) {
        i = to_int(std::int64_t{n} + i);
    } else if (i > n) {
        i = n;
    }
    if (i < 1) return cx.arg_error(0, "index out of range");
    if (!pay_for_moves(cx, static_cast<std::uint32_t>(n - i))) return cx.suspend(kPaid);
    return cx.done_args_from(static_cast<std::uint32_t>(i));
}

/// unpack (list [, i [, j]])
NativeResult unpack_fn(NativeContext& cx) {
    cx.restartable();
    Handle<Table> t;
    std::int32_t first = 0;
    std::int32_t last = 0;
    if (!cx.check_table(0, t) || !opt_int(cx, 1, 1, first)) return cx.failed();
    if (cx.none_or_nil(2)) {
        std::uint32_t length = 0;
        if (!library(cx).length_resumable(t, length)) return cx.failed();
        last = to_int(length);
    } else if (!check_int(cx, 2, last)) {
        return cx.failed();
    }
    if (first > last) return cx.done();
    const std::int64_t n = std::int64_t{last} - first + 1;
    if (n + cx.arg_count() > kMaxNativeSlots) return cx.error("too many results to unpack");
    if (!pay_for_moves(cx, static_cast<std::uint32_t>(n))) return cx.suspend(kPaid);
    cx.begin_results();
    for (std::int64_t i = first; i <= last; ++i) {
        if (!cx.push(cx.raw_get(t, i))) return cx.failed();
    }
    return cx.done_pushed();
}

// --- Conversions. --------------------------------------------------------------------------------------------------

/// isspace of the C locale.
[[nodiscard]] constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Value of a digit in bases up to 36; 36 when c is none.
[[nodiscard]] constexpr unsigned digit_value(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A') + 10;
    return 36;
}

/// A whole string as C's strtoul reads it (64 bits): spaces, a sign that negates modulo 2^64, "0x" in base 16, and the
/// largest number when there are too many digits; spaces may follow. A NUL ends it. In steps, as NumeralScan.
class UnsignedScan {
public:
    using Status = NumeralScan::Status;
    explicit UnsignedScan(unsigned base) : base_(base) {}

    [[nodiscard]] Status run(std::string_view s, std::size_t bytes, double& out) {
        const std::size_t end = bytes < s.size() - at_ ? at_ + bytes : s.size();
        if (phase_ == Phase::Spaces) {
            while (at_ < end && is_space(s[at_])) ++at_;
            if (at_ == end && end < s.size()) return Status::More;
            if (at_ < s.size() && (s[at_] == '-' || s[at_] == '+')) negative_ = s[at_++] == '-';
            const std::string_view rest = s.substr(at_, 3);
            if (base_ == 16 && rest.size() > 2 && rest[0] == '0' && (rest[1] == 'x' || rest[1] == 'X') &&
                digit_value(rest[2]) < 16)
                at_ += 2;
            phase_ = Phase::Digits;
        }
        if (phase_ == Phase::Digits) {
            constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
            for (; at_ < end && digit_value(s[at_]) < base_; ++at_) {
                const unsigned digit = digit_value(s[at_]);
                overflow_ = overflow_ || number_ > (kMax - digit) / base_;
                number_ = number_ * base_ + digit;
                any_ = true;
            }
            if (at_ >= end && end < s.size()) return Status::More;
            if (!any_) return Status::NoNumber;
            out = static_cast<double>(overflow_ ? kMax : negative_ ? 0 - number_ : number_);
            phase_ = Phase::Tail;
            value_ = out;
        }
        while (at_ < end && is_space(s[at_])) ++at_;
        if (at_ >= end && end < s.size()) return Status::More;
        if (at_ < s.size() && s[at_] != '\0') return Status::NoNumber;
        out = value_;
        return Status::Number;
    }

private:
    enum class Phase : std::uint8_t { Spaces, Digits, Tail };
    std::size_t at_ = 0;
    std::uint64_t number_ = 0;
    double value_ = 0;
    unsigned base_;
    Phase phase_ = Phase::Spaces;
    bool negative_ = false;
    bool overflow_ = false;
    bool any_ = false;
};

/// Runs a scan over a text in slices; between them it lies in a Buffer in local slot 0.
template <class Scan>
NativeResult scan_number(NativeContext& cx, Scan scan, std::string_view text) {
    constexpr std::size_t kSlice = std::size_t{1} << 14;
    static_assert(std::is_trivially_copyable_v<Scan>);
    Value buffer = Value::nil();
    if (cx.state() != 0) {
        buffer = cx.local(0);
        std::memcpy(static_cast<void*>(&scan), BufferView(library(cx).heap(), buffer).data(), sizeof scan);
    }
    for (;;) {
        double number = 0;
        const auto status = scan.run(text, kSlice, number);
        if (status == Scan::Status::Number) return cx.done_number(number);
        if (status == Scan::Status::NoNumber) return cx.done(Value::nil());
        if (cx.charge(kSlice)) continue;
        if (buffer.is_nil()) {
            if (!cx.reserve(1) || !cx.new_buffer(buffer) || !library(cx).buffer_assign_unset(buffer, sizeof scan))
                return cx.failed();
            cx.set_local(0, buffer);
        }
        const BufferBytes kept(cx, buffer);
        if (!kept) return cx.failed();
        std::memcpy(kept.data(), static_cast<const void*>(&scan), sizeof scan);
        return cx.suspend(1);
    }
}

/// tonumber (e [, base])
NativeResult tonumber_fn(NativeContext& cx) {
    cx.restartable();
    std::int32_t base = 10;
    if (!opt_int(cx, 1, 10, base)) return cx.failed();
    double number = 0;
    if (base == 10) {
        if (!cx.check_any(0)) return cx.failed();
        const Value v = cx.arg(0);
        if (v.is_number()) return cx.done(v);
        if (!v.is_string()) return cx.done(Value::nil());
        if (cx.to_number(v, number)) return cx.done_number(number);
        return cx.unfinished() ? cx.failed() : cx.done(Value::nil());
    }
    std::string_view digits;
    if (!cx.check_string(0, digits)) return cx.failed();
    if (base < 2 || base > 36) return cx.arg_error(1, "base out of range");
    return scan_number(cx, UnsignedScan(static_cast<unsigned>(base)), digits);
}

/// tostring (e)
NativeResult tostring_fn(NativeContext& cx) {
    if (cx.state() != 0) return cx.done(first_result(cx));  // what __tostring gave, whatever it is
    cx.restartable();
    if (!cx.check_any(0)) return cx.failed();
    const Value v = cx.arg(0);
    if (const Value metamethod = cx.metamethod(v, Metamethod::ToString); !metamethod.is_nil())
        return cx.call(1, metamethod, {v});
    Value out = v;
    switch (v.type()) {
        case LuaType::String: return cx.done(v);
        case LuaType::Number: return cx.to_string(v, out) ? cx.done(out) : cx.failed();
        case LuaType::Boolean:
        case LuaType::Nil:
            return cx.new_string(v.is_nil() ? "nil" : v.truthy() ? "true" : "false", out) ? cx.done(out) : cx.failed();
        default: return cx.new_string(describe(library(cx).machine(), v), out) ? cx.done(out) : cx.failed();
    }
}

/// print (...): through the global `tostring`, which a script may have replaced.
class Printer {
public:
    explicit Printer(NativeContext& cx) : cx_(cx), out_(cx) {}

    NativeResult run() {
        switch (cx_.state()) {
            case 0: {
                if (!cx_.reserve(kSlots)) return cx_.failed();
                cx_.set_local_number(kAt, 0);
                bool known = false;
                const NativeResult request = look_up(known);
                if (!known) return request;
                break;
            }
            case kLookedUp: cx_.set_local(kToString, first_result(cx_)); break;
            case kConverted: {
                index_ = at();
                if (!put_result(first_result(cx_))) return result_;
                ++index_;
                break;
            }
            default: break;
        }
        if (cx_.state() >= kContinue) index_ = at();
        return print_rest();
    }

private:
    enum Slot : std::uint32_t { kAt, kToString, kSlots };
    /// States: __index of the globals gave `tostring`; tostring gave a text; out of budget before an argument.
    enum State : std::uint32_t { kLookedUp = 1, kConverted, kContinue };

    /// Finds the global `tostring`; when that needs a call, or fails, `known` stays false and the result is to be
    /// returned.
    NativeResult look_up(bool& known) {
        const Value table = globals(library(cx_).machine());
        Value key = Value::nil();
        if (!cx_.new_string("tostring", key)) return cx_.failed();
        const OperationAnswer a = cx_.index(table, key);
        if (a.kind == OperationAnswer::Failed) return cx_.failed();
        if (a.kind == OperationAnswer::NeedsCall) return cx_.call(kLookedUp, a.value, {a.first, key});
        cx_.set_local(kToString, a.value);
        known = true;
        return cx_.done();
    }

    NativeResult print_rest() {
        const Value converter = cx_.local(kToString);
        const bool builtin =
            is_native(library(cx_).machine(), converter, tostring_fn) && !calls_are_traced(library(cx_).machine());
        for (; index_ < cx_.arg_count(); ++index_) {
            if (work_ >= kSlice && !pay()) return out_.flush() ? suspend() : cx_.failed();
            const Value v = cx_.arg(index_);
            // The real tostring is spared where it has nothing to call.
            if (!builtin || !cx_.metamethod(v, Metamethod::ToString).is_nil()) {
                if (!out_.flush()) return cx_.failed();
                cx_.set_local_number(kAt, index_);
                return cx_.call(kConverted, converter, {v});
            }
            if (!put(v)) return cx_.failed();
        }
        if (work_ > 0) (void)pay();
        return out_.add("\n") && out_.flush() ? cx_.done() : cx_.failed();
    }

    /// Writes what tostring returned, which must be a string or number. False: result_ is to be returned.
    bool put_result(Value text) {
        if (text.is_string() || text.is_number()) {
            if (put(text)) return true;
            result_ = cx_.failed();
        } else {
            result_ = cx_.error("'tostring' must return a string to 'print'");
        }
        return false;
    }

    /// Writes the text of a value without __tostring.
    bool put(Value v) {
        if (index_ > 0 && !out_.add("\t")) return false;
        ++work_;
        switch (v.type()) {
            case LuaType::String: {
                // The reference prints with fputs: up to the first zero byte.
                const std::string_view s = cx_.string(v);
                const std::string_view shown = s.substr(0, s.find('\0'));
                work_ += work_of_bytes(shown.size());
                return out_.add(shown);
            }
            case LuaType::Number: return out_.add(NumberText(v.as_number()).view());
            case LuaType::Nil: return out_.add("nil");
            case LuaType::Boolean: return out_.add(v.truthy() ? "true" : "false");
            default: return out_.add(describe(library(cx_).machine(), v));
        }
    }

    bool pay() {
        const std::uint64_t due = work_;
        work_ = 0;
        return cx_.charge(due);
    }
    NativeResult suspend() {
        cx_.set_local_number(kAt, index_);
        return cx_.suspend(kContinue);
    }
    std::uint32_t at() const { return static_cast<std::uint32_t>(cx_.local_number(kAt)); }

    static constexpr std::uint64_t kSlice = 128;

    NativeContext& cx_;
    OutputBatch out_;
    std::uint32_t index_ = 0;  ///< the argument to be printed
    std::uint64_t work_ = 0;   ///< not charged yet
    NativeResult result_{NativeResult::Done, 0};
};

NativeResult print_fn(NativeContext& cx) {
    return Printer(cx).run();
}

}  // namespace

const HelperFunction kHelpers[] = {{"next", next_fn}, {"ipairs_next", ipairs_next}};

void open_base(LibraryBuilder& b) {
    b.library("");
    b.string("_VERSION", "Lua 5.1");
    fast_function(b, "assert", assert_fn, FastNative::Assert);
    b.function("collectgarbage", collect_garbage);
    b.function("dofile", dofile_fn);
    b.function("error", error_fn);
    b.function("gcinfo", gcinfo_fn);
    b.function("getfenv", getfenv_fn);
    fast_function(b, "getmetatable", getmetatable_fn, FastNative::GetMetatable);
    fast_function(b, "ipairs", ipairs_fn, FastNative::Ipairs);
    b.function("load", load_fn);
    b.function("loadfile", loadfile_fn);
    b.function("loadstring", loadstring_fn);
    b.function("newproxy", newproxy_fn);
    fast_function(b, "next", next_fn, FastNative::Next);
    fast_function(b, "pairs", pairs_fn, FastNative::Pairs);
    fast_function(b, "pcall", pcall_fn, FastNative::Pcall);
    b.function("print", print_fn);
    fast_function(b, "rawequal", rawequal_fn, FastNative::RawEqual);
    fast_function(b, "rawget", rawget_fn, FastNative::RawGet);
    fast_function(b, "rawset", rawset_fn, FastNative::RawSet);
    fast_function(b, "select", select_fn, FastNative::Select);
    b.function("setfenv", setfenv_fn);
    fast_function(b, "setmetatable", setmetatable_fn, FastNative::SetMetatable);
    fast_function(b, "tonumber", tonumber_fn, FastNative::ToNumber);
    fast_function(b, "tostring", tostring_fn, FastNative::ToString);
    fast_function(b, "type", type_fn, FastNative::Type);
    fast_function(b, "unpack", unpack_fn, FastNative::Unpack);
    b.function("xpcall", xpcall_fn);
}

}  // namespace arenite::lib
