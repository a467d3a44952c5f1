#include "vm/lib/string_match.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace arenite::lib {

bool MatchSession::make_buffer() {
    if (!reserved_ && !cx_.reserve(slots_)) return false;
    reserved_ = true;
    Value buffer = Value::nil();
    if (!cx_.new_buffer(buffer)) return false;
    cx_.set_local(slot_, buffer);
    return library(cx_).buffer_assign_unset(buffer, sizeof state_ + Matcher::memory_size(pattern_.body.size()));
}

bool MatchSession::begin(std::uint64_t from) {
    if (pattern_.body.size() > kInlinePattern) {
        if (!make_buffer()) return false;
        in_buffer_ = true;
        if (!BufferBytes(cx_, cx_.local(slot_))) return false;
    }
    matcher().begin(from);
    return true;
}

Matcher MatchSession::matcher() {
    // begin() or load() has made it writable: there is no failure here.
    char* memory = inline_;
    if (in_buffer_) {
        const BufferBytes kept(cx_, cx_.local(slot_));
        memory = kept.unbound() + sizeof state_;
    }
    return {state_, memory, subject_, pattern_};
}

bool MatchSession::load() {
    const BufferBytes kept(cx_, cx_.local(slot_));
    if (!kept) return false;
    std::memcpy(&state_, kept.data(), sizeof state_);
    in_buffer_ = true;
    return true;
}

bool MatchSession::save() {
    if (!in_buffer_ && !make_buffer()) return false;
    const std::size_t used = in_buffer_ ? 0 : matcher().memory_used();
    const BufferBytes kept(cx_, cx_.local(slot_));
    if (!kept) return false;
    std::memcpy(kept.data(), &state_, sizeof state_);
    if (in_buffer_) return true;
    in_buffer_ = true;
    char* const memory = kept.data() + sizeof state_;
    std::memcpy(memory, inline_, used);
    std::memset(memory + used, 0,
                Matcher::memory_size(pattern_.body.size()) - used);  // of an inline pattern: short
    return true;
}

MatchStatus MatchSession::run() {
    Matcher m = matcher();
    for (;;) {
        std::int64_t steps = kSlice;
        const MatchStatus status = m.run(steps);
        if (!cx_.charge(static_cast<std::uint64_t>(kSlice - steps))) exhausted_ = true;
        if (status != MatchStatus::Paused || exhausted_) return status;
    }
}

bool MatchSession::capture(std::uint32_t i, Value& out, NativeResult& error) {
    std::string_view text;
    if (i < level()) {
        const Capture c = matcher().capture(i);
        if (c.kind == Capture::Position) {
            out = Value::number(static_cast<double>(c.start + 1));
            return true;
        }
        if (c.kind == Capture::Unfinished) {
            error = cx_.error("unfinished capture");
            return false;
        }
        text = subject_.substr(c.start, c.length);
    } else {
        if (i != 0) {
            error = cx_.error("invalid capture index");
            return false;
        }
        text = whole_match();
    }
    (void)cx_.charge(work_of_bytes(text.size()));
    if (cx_.new_string(text, out)) return true;
    error = cx_.failed();
    return false;
}

bool MatchSession::capture_text(std::uint32_t i, std::string_view& out, char (&digits)[32], NativeResult& error) {
    if (i >= level()) {
        out = whole_match();
        if (i == 0) return true;
        error = cx_.error("invalid capture index");
        return false;
    }
    const Capture c = matcher().capture(i);
    switch (c.kind) {
        case Capture::Unfinished: error = cx_.error("unfinished capture"); return false;
        case Capture::Position: {
            const char* end = std::to_chars(digits, digits + sizeof digits, c.start + 1).ptr;
            out = {digits, static_cast<std::size_t>(end - digits)};
            return true;
        }
        default: out = subject_.substr(c.start, c.length); return true;
    }
}

bool MatchSession::has_long_captures(bool whole_if_none) {
    if (level() == 0) return whole_if_none && whole_match().size() > kLongCapture;
    for (std::uint32_t i = 0; i < level(); ++i) {
        if (const Capture c = matcher().capture(i); c.kind == Capture::Text && c.length > kLongCapture) return true;
    }
    return false;
}

MatchSession::Progress MatchSession::make_captures(bool whole_if_none, NativeResult& error) {
    error = cx_.failed();
    if (cx_.local(slot_ + kMade).is_nil()) {
        Handle<Table> made;
        if (!cx_.new_table(level() + 1, 0, made)) return Progress::Failed;
        cx_.set_local(slot_ + kMade, Value::object(made));
        cx_.set_local(slot_ + kFilling, Value::nil());
    }
    const auto made = cx_.local(slot_ + kMade).as<Table>();
    const std::uint32_t n = level() == 0 && whole_if_none ? 1 : level();
    for (std::uint32_t i = cx_.raw_length(made); i < n; ++i) {
        std::string_view text = whole_match();
        Value v = Value::nil();
        if (level() != 0) {
            const Capture c = matcher().capture(i);
            text = c.kind == Capture::Text ? subject_.substr(c.start, c.length) : std::string_view{};
        }
        if (text.size() <= kLongCapture) {
            if (!capture(i, v, error)) return Progress::Failed;
        } else {
            if (cx_.local(slot_ + kFilling).is_nil()) {
                Value buffer = Value::nil();
                if (!cx_.new_buffer(buffer) || !library(cx_).buffer_assign_unset(buffer, text.size()))
                    return Progress::Failed;
                cx_.set_local(slot_ + kFilling, buffer);
                cx_.set_local_number(slot_ + kFilled, 0);
            }
            auto filled = static_cast<std::size_t>(cx_.local_number(slot_ + kFilled));
            while (filled < text.size()) {
                const std::size_t size = std::min(text.size() - filled, kLongCapture);
                const BufferBytes out(cx_, cx_.local(slot_ + kFilling));
                if (!out) return Progress::Failed;
                std::memcpy(out.data() + filled, text.data() + filled, size);
                filled += size;
                cx_.set_local_number(slot_ + kFilled, static_cast<double>(filled));
                if (!cx_.charge(work_of_fresh_bytes(size)) && filled < text.size()) return Progress::Spent;
            }
            if (!cx_.finish(cx_.local(slot_ + kFilling), v)) return Progress::Failed;
        }
        if (!cx_.raw_set(made, std::int64_t{i} + 1, v)) return Progress::Failed;
        cx_.set_local(slot_ + kFilling, Value::nil());
    }
    return Progress::Done;
}

bool MatchSession::push_made() {
    const auto made = cx_.local(slot_ + kMade).as<Table>();
    const std::uint32_t n = cx_.raw_length(made);
    for (std::uint32_t i = 1; i <= n; ++i) {
        if (!cx_.push(cx_.raw_get(made, std::int64_t{i}))) return false;
    }
    cx_.set_local(slot_ + kMade, Value::nil());
    return true;
}

Value MatchSession::take_first_made() {
    const Value first = cx_.raw_get(cx_.local(slot_ + kMade).as<Table>(), std::int64_t{1});
    cx_.set_local(slot_ + kMade, Value::nil());
    return first;
}

bool MatchSession::push_captures(bool whole_if_none, NativeResult& error) {
    const std::uint32_t n = level() == 0 && whole_if_none ? 1 : level();
    for (std::uint32_t i = 0; i < n; ++i) {
        Value v = Value::nil();
        if (!capture(i, v, error)) return false;
        if (!cx_.push(v)) {
            error = cx_.failed();
            return false;
        }
    }
    return true;
}

}  // namespace arenite::lib
