// The string functions that run without a frame of their own, for short subjects and results (vm/fast_natives.def). What
// they do not finish within their bounds begins again in the native itself: nothing has been changed.
#include <algorithm>
#include <charconv>
#include <cstring>

#include "vm/fast/fast_call.h"
#include "vm/fast/fast_match.h"
#include "vm/text/lua_format.h"
#include "vm/text/positions.h"
#include "vm/text/string_classes.h"

namespace arenite {

namespace {

constexpr std::size_t kText = SmallText::kMax;
constexpr std::size_t kSearched = 1 << 14;  ///< bytes of a plain search

}  // namespace

// --- Patterns -----------------------------------------------------------------------------------------------------------

Next Machine::find_or_match(Instruction w, bool find) {
    FAST_ENTRY(2);
    const Value subject_value = call.args[0];
    const Value pattern = call.args[1];
    const auto* p = heap_.get<ShortString>(pattern);
    if (!subject_value.is_string() || !p || call.count > 4) return call_after_charge(w);
    const std::string_view subject = heap_.string(subject_value);
    std::int64_t init = 1;
    if (call.count > 2 && !call.args[2].is_nil() && !small_integer(call.args[2], init)) return call_after_charge(w);
    if (!collect_before_fast(w)) return call_after_charge(w);
    const auto size = static_cast<std::int64_t>(subject.size());
    const auto from =
        static_cast<std::size_t>(std::clamp<std::int64_t>(lib::relative_position(init, subject.size()) - 1, 0, size));
    FastMatch match;
    const bool literally = find && call.count > 3 && call.args[3].truthy();
    if (!literally && !match.open(patterns(), pattern, p->view(), subject, true)) return call_after_charge(w);
    if (literally || (find && match.plain())) {
        const std::string_view wanted = p->view();
        const std::size_t length = subject.size() - from;
        if (length > kSearched) return call_after_charge(w);
        budget_ -= static_cast<std::int64_t>(length / 8);
        const char* at = subject.data() + from;
        const void* found = wanted.empty() ? at : memmem(at, length, wanted.data(), wanted.size());
        if (!found) return call.done(t, Value::nil());
        const auto start = static_cast<double>(static_cast<const char*>(found) - subject.data());
        const Value place[2] = {Value::number(start + 1), Value::number(start + static_cast<double>(wanted.size()))};
        return call.hand_out(t, place, 2);
    }
    const lib::MatchStatus status = match.search(from);
    budget_ -= match.spent();
    if (status == lib::MatchStatus::Failed) return call.done(t, Value::nil());
    if (status != lib::MatchStatus::Matched) return call_after_charge(w);
    if (call.wanted == kMulti && call.slot + FastMatch::kCaptures + 2 > t.stack_limit) return call_after_charge(w);
    Value values[FastMatch::kCaptures + 2];
    std::uint32_t lead = 0;
    if (find) {
        values[0] = Value::number(static_cast<double>(match.start() + 1));
        values[1] = Value::number(static_cast<double>(match.end()));
        lead = 2;
    }
    const std::uint32_t n = match.captures(heap_, !find, values, lead);
    return n == 0 ? call_after_charge(w) : call.hand_out(t, values, n);
}

Next Machine::fast_Find(Instruction w) {
    return find_or_match(w, true);
}
Next Machine::fast_Match(Instruction w) {
    return find_or_match(w, false);
}

Next Machine::fast_GmatchNext(Instruction w) {
    FAST_ENTRY(0);
    NativeFunction* f = heap_.get<NativeFunction>(*call.slot);
    if (!f || f->upvalue_count() != 3) return slow_corrupt(w);
    const Value subject_value = f->upvalue(0);
    const Value pattern = f->upvalue(1);
    const auto* p = heap_.get<ShortString>(pattern);
    if (!p || !collect_before_fast(w)) return call_after_charge(w);
    const std::string_view subject = heap_.string(subject_value);
    const auto from = static_cast<std::uint64_t>(static_cast<std::int64_t>(f->upvalue(2).as_number()));
    if (from > subject.size()) return call.done(t);
    FastMatch match;
    if (!match.open(patterns(), pattern, p->view(), subject, false)) return call_after_charge(w);
    const lib::MatchStatus status = match.search(from);
    budget_ -= match.spent();
    if (status == lib::MatchStatus::Failed) return call.done(t);
    if (status != lib::MatchStatus::Matched) return call_after_charge(w);
    if (call.wanted == kMulti && call.slot + FastMatch::kCaptures > t.stack_limit) return call_after_charge(w);
    Value values[FastMatch::kCaptures];
    const std::uint32_t n = match.captures(heap_, true, values, 0);
    if (n == 0) return call_after_charge(w);
    const auto end = static_cast<std::int64_t>(match.end());
    const std::int64_t next = match.end() == match.start() ? end + 1 : end;
    if (txn_.set_upvalue(*f, 2, Value::number(static_cast<double>(next))) != TxnStatus::Ok) return call_after_charge(w);
    return n == 1 && call.wanted >= 1 ? call.done(t, values[0]) : call.hand_out(t, values, n);
}

Next Machine::fast_Gsub(Instruction w) {
    FAST_ENTRY(3);
    const Value subject_value = call.args[0];
    const Value pattern = call.args[1];
    const Value replacement = call.args[2];
    const auto* p = heap_.get<ShortString>(pattern);
    std::int64_t limit = INT64_MAX;
    if (!subject_value.is_string() || !p || call.count > 4) return call_after_charge(w);
    if (call.count > 3 && !call.args[3].is_nil() && !small_integer(call.args[3], limit)) return call_after_charge(w);
    if (replacement.is_function()) {
        return limit > 0 && collect_before_fast(w) ? gsub_with_function(w, call) : call_after_charge(w);
    }
    const Table* table = heap_.get<Table>(replacement);
    if (table ? !table->metatable().is_nil() : !replacement.is<ShortString>()) return call_after_charge(w);
    if (!collect_before_fast(w)) return call_after_charge(w);
    const std::string_view subject = heap_.string(subject_value);
    const std::string_view with = table ? std::string_view{} : heap_.string(replacement);
    FastMatch match;
    if (subject.size() > kText || !match.open(patterns(), pattern, p->view(), subject, true)) {
        return call_after_charge(w);
    }
    SmallText text;
    const auto replace = [&]() -> bool {
        if (table) {
            const Value key = match.capture(heap_, 0);
            if (key.is_nil()) return false;
            const Value v = table->get(heap_, key);
            if (!v.truthy()) return text.add(match.whole());
            return v.is_number() ? text.add_number(v.as_number()) : v.is_string() && text.add(heap_.string(v));
        }
        for (std::size_t i = 0; i < with.size(); ++i) {
            if (with[i] != '%') {
                if (!text.add(with.substr(i, 1))) return false;
                continue;
            }
            if (++i == with.size()) return false;
            const char c = with[i];
            if (!lib::is_digit(static_cast<unsigned char>(c))) {
                if (!text.add(with.substr(i, 1))) return false;
                continue;
            }
            const std::string_view part =
                c == '0' ? match.whole() : match.capture_text(static_cast<std::uint32_t>(c - '1'));
            if (part.data() == nullptr || !text.add(part)) return false;
        }
        return true;
    };
    std::uint64_t at = 0;
    std::uint64_t copied = 0;
    std::int64_t count = 0;
    while (count < limit) {
        const lib::MatchStatus status = match.search(at);
        if (status == lib::MatchStatus::Failed) break;
        if (status != lib::MatchStatus::Matched) return call_after_charge(w);
        ++count;
        if (!text.add(subject.substr(copied, match.start() - copied)) || !replace()) return call_after_charge(w);
        at = copied = match.end();
        if (at == match.start()) {
            if (at >= subject.size()) break;
            ++at;
        }
        if (match.anchored()) break;
    }
    if (!text.add(subject.substr(copied))) return call_after_charge(w);
    budget_ -= match.spent() + static_cast<std::int64_t>(text.view().size() / 8);
    const Value result = ObjectFactory::make_string(heap_, text.view());
    if (result.is_nil()) return call_after_charge(w);
    const Value values[2] = {result, Value::number(static_cast<double>(count))};
    return call.hand_out(t, values, 2);
}

// --- Bytes --------------------------------------------------------------------------------------------------------------

namespace {

/// The letters of 8 bytes that begin with `first` in the alphabet, 'a' or 'A', with their case changed.
constexpr std::uint64_t change_case(std::uint64_t bytes, char first) {
    constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
    const std::uint64_t low = bytes & 0x7F * kOnes;
    const std::uint64_t from_first = low + (0x80u - static_cast<unsigned char>(first)) * kOnes;
    const std::uint64_t behind_last = low + (0x7Fu - static_cast<unsigned char>(first) - 25) * kOnes;
    const std::uint64_t letters = ~bytes & (from_first ^ behind_last) & 0x80 * kOnes;
    return bytes ^ letters >> 2;
}

/// upper and lower: the letters that begin with `first` with their case changed.
Value other_case(Heap& heap, Value v, char first) {
    char bytes[kText + ShortString::kCopySlack];
    std::size_t size = 0;
    if (const auto* s = heap.get<ShortString>(v)) {
        s->copy_to(bytes);
        size = s->view().size();
    } else {
        const std::string_view text = heap.string(v);
        size = text.size();
        if (text.data() == nullptr || size > kText) return Value::nil();
        std::memcpy(bytes, text.data(), size);
    }
    static_assert(ShortString::kCopySlack >= 8);
    for (std::size_t i = 0; i < size; i += 8) {  // within bytes; _FORTIFY_SOURCE would make calls of the copies
        std::uint64_t word;
        __builtin_memcpy(&word, bytes + i, 8);
        word = change_case(word, first);
        __builtin_memcpy(bytes + i, &word, 8);
    }
    return ObjectFactory::make_string(heap, {bytes, size});
}

/// reverse of a text that is not long.
Value reversed(Heap& heap, std::string_view s) {
    if (s.size() > kText) return Value::nil();
    char bytes[kText];
    std::reverse_copy(s.begin(), s.end(), bytes);
    return ObjectFactory::make_string(heap, {bytes, s.size()});
}

}  // namespace

Next Machine::with_case(Instruction w, char first) {
    FAST_ENTRY(1);
    if (!collect_before_fast(w)) return call_after_charge(w);
    const Value text = other_case(heap_, call.args[0], first);
    if (text.is_nil()) return call_after_charge(w);
    budget_ -= static_cast<std::int64_t>(heap_.string(text).size() / 8);
    return call.done(t, text);
}
Next Machine::fast_Upper(Instruction w) {
    return with_case(w, 'a');
}
Next Machine::fast_Lower(Instruction w) {
    return with_case(w, 'A');
}
Next Machine::fast_Reverse(Instruction w) {
    FAST_ENTRY(1);
    if (!call.args[0].is_string() || !collect_before_fast(w)) return call_after_charge(w);
    const Value text = reversed(heap_, heap_.string(call.args[0]));
    if (text.is_nil()) return call_after_charge(w);
    budget_ -= static_cast<std::int64_t>(heap_.string(text).size() / 8);
    return call.done(t, text);
}

Next Machine::fast_Rep(Instruction w) {
    FAST_ENTRY(2);
    std::int64_t n = 0;
    if (!call.args[0].is_string() || !small_integer(call.args[1], n)) return call_after_charge(w);
    const std::string_view s = heap_.string(call.args[0]);
    n = std::max<std::int64_t>(n, 0);
    if (s.size() > kText || static_cast<std::size_t>(n) > kText || s.size() * static_cast<std::size_t>(n) > kText ||
        !collect_before_fast(w)) {
        return call_after_charge(w);
    }
    SmallText text;
    for (std::int64_t i = 0; i < n; ++i) (void)text.add(s);
    budget_ -= n + static_cast<std::int64_t>(text.view().size() / 8);
    const Value result = ObjectFactory::make_string(heap_, text.view());
    return result.is_nil() ? call_after_charge(w) : call.done(t, result);
}

Next Machine::fast_Format(Instruction w) {
    FAST_ENTRY(1);
    const auto* f = heap_.get<ShortString>(call.args[0]);
    if (!f || !collect_before_fast(w)) return call_after_charge(w);
    const std::string_view format = f->view();
    SmallText text;
    std::uint32_t argument = 0;
    for (std::size_t at = 0; at < format.size();) {
        if (format[at] != '%') {
            std::size_t end = at + 1;
            while (end < format.size() && format[end] != '%') ++end;
            if (!text.add(format.substr(at, end - at))) return call_after_charge(w);
            at = end;
            continue;
        }
        ++at;
        if (at < format.size() && format[at] == '%') {
            if (!text.add("%")) return call_after_charge(w);
            ++at;
            continue;
        }
        lib::FormatSpec spec;
        if (++argument >= call.count || lib::scan_format(format, at, spec)) return call_after_charge(w);
        const Value v = call.args[argument];
        char item[lib::kFormatItemMax];
        std::size_t size = 0;
        switch (spec.conversion) {
            case 's':
                if (!spec.plain()) {
                    const std::string_view bytes = heap_.string(v);
                    if (bytes.data() == nullptr || (bytes.size() >= 100 && !spec.point)) return call_after_charge(w);
                    size = lib::format_string(spec, bytes, item);
                    break;
                }
                if (v.is_number()) {
                    if (!text.add_number(v.as_number())) return call_after_charge(w);
                } else {
                    const std::string_view bytes = heap_.string(v);  // none: no string
                    if (bytes.data() == nullptr || !text.add(bytes) || std::memchr(bytes.data(), 0, bytes.size())) {
                        return call_after_charge(w);
                    }
                }
                continue;
            case 'd':
            case 'i':
                if (!v.is_number()) return call_after_charge(w);
                size = lib::format_integer(spec, v.as_number(), item);
                break;
            case 'x':
            case 'X':
                if (!v.is_number()) return call_after_charge(w);
                size = lib::format_unsigned(spec, v.as_number(), item);
                break;
            case 'f':
            case 'g':
                if (!v.is_number()) return call_after_charge(w);
                size = lib::format_float(spec, v.as_number(), item);
                break;
            default: return call_after_charge(w);
        }
        if (!text.add({item, size})) return call_after_charge(w);
    }
    budget_ -= 2 * argument + static_cast<std::int64_t>(text.view().size() / 8);
    const Value result = ObjectFactory::make_string(heap_, text.view());
    return result.is_nil() ? call_after_charge(w) : call.done(t, result);
}

/// table.concat of strings and numbers in an array part.
Next Machine::fast_Concat(Instruction w) {
    FAST_ENTRY(1);
    const Table* table = heap_.get<Table>(call.args[0]);
    if (!table || call.count > 2 || (call.count == 2 && !call.args[1].is_string())) return call_after_charge(w);
    if (!collect_before_fast(w)) return call_after_charge(w);
    const std::string_view separator = call.count == 2 ? heap_.string(call.args[1]) : std::string_view{};
    const std::uint32_t n = table->quick_border(heap_);  // or more than there is room for here
    if (n > table->array_size() || n > kText) return call_after_charge(w);
    SmallText text;
    for (std::uint32_t i = 0; i < n; ++i) {
        const Value v = table->array()[i];
        if (i && !text.add(separator)) return call_after_charge(w);
        bool added;
        if (const auto* s = heap_.get<ShortString>(v)) {
            added = text.add(*s);
        } else {
            added = v.is_number() ? text.add_number(v.as_number()) : v.is_string() && text.add(heap_.string(v));
        }
        if (!added) return call_after_charge(w);
    }
    budget_ -= n + static_cast<std::int64_t>(text.view().size() / 8);
    const Value result = ObjectFactory::make_string(heap_, text.view());
    return result.is_nil() ? call_after_charge(w) : call.done(t, result);
}

}  // namespace arenite
