// What the string functions work with that run without a frame of their own (vm/fast/fast_strings.cpp,
// vm/fast/gsub_function.cpp): a matcher with a cached program, and text gathered on the C++ stack.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "heap/heap.h"
#include "heap/number_text.h"
#include "vm/fast/pattern_cache.h"
#include "vm/text/lua_pattern.h"

namespace arenite {

/// A matcher with a cached program, over a subject.
class FastMatch {
public:
    static constexpr std::int64_t kSteps = 2000;  ///< of the matcher, in one call
    static constexpr std::uint32_t kCaptures = PatternCache::kCaptures;
    static constexpr std::size_t kLongestCapture = 1024;  ///< bytes

    /// False: not possible here.
    [[nodiscard]] bool open(PatternCache* cache, Value pattern, std::string_view bytes, std::string_view subject,
                            bool anchors) {
        entry_ = cache ? cache->get(pattern, bytes, anchors) : nullptr;
        if (!entry_) return false;
        subject_ = subject;
        const lib::PatternText text = {{bytes.data() + entry_->skipped, entry_->body}, anchored()};
        matcher_.emplace(entry_->state, entry_->memory, subject, text);
        return true;
    }
    /// The next match from an offset on.
    [[nodiscard]] lib::MatchStatus search(std::uint64_t from) {
        matcher_->search_from(from);
        return matcher_->run(steps_);
    }
    [[nodiscard]] std::uint64_t start() const { return entry_->state.start; }
    [[nodiscard]] std::uint64_t end() const { return entry_->state.at; }
    [[nodiscard]] std::string_view whole() const { return subject_.substr(start(), end() - start()); }
    [[nodiscard]] std::uint32_t level() const { return entry_->state.level; }
    [[nodiscard]] bool anchored() const { return entry_->skipped != 0; }
    /// Whether the pattern is a text to be found as it is.
    [[nodiscard]] bool plain() const { return entry_->plain; }
    [[nodiscard]] std::int64_t spent() const { return kSteps - steps_; }

    /// Capture i, or the whole match for 0 when there is none. Nil: not possible here.
    [[nodiscard]] Value capture(Heap& heap, std::uint32_t i) {
        std::string_view text;
        if (level() == 0) {
            text = whole();
        } else {
            const lib::Capture c = matcher_->capture(i);
            if (c.kind == lib::Capture::Position) return Value::number(static_cast<double>(c.start + 1));
            if (c.kind != lib::Capture::Text) return Value::nil();
            text = subject_.substr(c.start, c.length);
        }
        return text.size() > kLongestCapture ? Value::nil() : ObjectFactory::make_string(heap, text);
    }
    /// The same as text; null data: not possible here.
    [[nodiscard]] std::string_view capture_text(std::uint32_t i) {
        if (level() == 0) return i == 0 ? whole() : std::string_view{};
        if (i >= level()) return {};
        const lib::Capture c = matcher_->capture(i);
        return c.kind == lib::Capture::Text ? subject_.substr(c.start, c.length) : std::string_view{};
    }
    /// All captures (the whole match if there are none and `whole_if_none`), after `lead` values that are there already.
    /// The number of values in `out`; 0: not possible here.
    [[nodiscard]] std::uint32_t captures(Heap& heap, bool whole_if_none, Value* out, std::uint32_t lead) {
        if (level() == 0) {  // as mostly: without the loop
            if (!whole_if_none) return lead;
            out[lead] = capture(heap, 0);
            return out[lead].is_nil() ? 0 : lead + 1;
        }
        const std::uint32_t n = level();
        for (std::uint32_t i = 0; i < n; ++i) {
            out[lead + i] = capture(heap, i);
            if (out[lead + i].is_nil()) return 0;
        }
        return lead + n;
    }

private:
    std::string_view subject_;
    std::int64_t steps_ = kSteps;
    PatternCache::Entry* entry_ = nullptr;
    std::optional<lib::Matcher> matcher_;  ///< once it is open
};

/// Text that is gathered on the C++ stack.
class SmallText {
public:
    static constexpr std::size_t kMax = 1024;  ///< bytes
    [[nodiscard]] bool add(std::string_view bytes) {
        if (bytes.size() > kMax - size_) return false;
        if (bytes.size() == 1) {  // as separators mostly are: no call
            bytes_[size_] = bytes[0];
        } else if (!bytes.empty()) {
            __builtin_memcpy(bytes_ + size_, bytes.data(), bytes.size());  // the room is checked above
        }
        size_ += bytes.size();
        return true;
    }
    [[nodiscard]] bool add(const ShortString& s) {
        const std::size_t size = s.view().size();
        if (size > kMax - size_) return false;
        s.copy_to(bytes_ + size_);
        size_ += size;
        return true;
    }
    [[nodiscard]] bool add_number(double d) {
        if (kMax - size_ < lib::kNumberTextMax) return false;
        char text[lib::kNumberTextMax];
        const std::size_t n = lib::to_text(d, text);
        __builtin_memcpy(bytes_ + size_, text, sizeof text);  // _FORTIFY_SOURCE would make it a call
        size_ += n;
        return true;
    }
    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }

private:
    std::size_t size_ = 0;
    char bytes_[kMax + ShortString::kCopySlack];
};

}  // namespace arenite
