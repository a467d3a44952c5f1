// The pattern matcher of Lua 5.1 §5.4.1: no recursion, memory fixed by the pattern's length, suspendable at any point.
//
// A pattern is compiled into a line of nodes, without loops or branches. Only a quantified single character (`x*`,
// `x+`, `x-`, `x?`) offers a choice, and a node is left behind before the next one is met, so at most one choice per
// node is open: the backtrack stack is bounded by the number of nodes, whatever the subject.
//
// Invariants
//  LM1. Nodes, captures and backtrack stack live in memory of the caller, Matcher::memory_size(pattern length) bytes;
//      the rest is a MatcherState. Both are plain bytes full of offsets: copy them, and the match goes on elsewhere.
//  LM2. Captures are never restored on backtracking: going back to a node runs every later node again before the match
//      can succeed, and what earlier nodes recorded is older than the choice.
//  LM3. Errors are found when the matcher arrives at them, as in the reference: "x[" does not fail on a subject without
//      an x. So a malformed pattern compiles into a node that is the error. Whether a capture index is good depends on
//      what is to the left of it only, so that is known when compiling.
//  LM4. run(steps) executes about `steps` elementary steps (a node, or some eight bytes in a loop over single
//      characters), and always gets further when steps > 0.
//  LM5. A pattern is a C string in the reference: a NUL ends it. PatternText cuts there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace arenite::lib {

inline constexpr unsigned kMaxCaptures = 32;  ///< LUA_MAXCAPTURES

/// A pattern as find, match and gsub read it: cut at a NUL (LM5), a leading '^' taken off.
struct PatternText {
    std::string_view body;
    bool anchored = false;

    [[nodiscard]] static PatternText with_anchor(std::string_view pattern);
    /// As gmatch reads it: there '^' is an ordinary character in Lua 5.1.
    [[nodiscard]] static PatternText without_anchor(std::string_view pattern);
};

enum class PatternError : std::uint8_t {
    None,
    EndsWithPercent,
    MissingBracket,
    MissingFrontierSet,
    Unbalanced,
    InvalidCapture,
    InvalidIndex,
    TooManyCaptures
};
[[nodiscard]] const char* message(PatternError e);

enum class MatchStatus : std::uint8_t {
    Matched,
    Failed,
    Paused,  ///< out of steps: call run() again
    Error,   ///< see error()
};

struct Capture {
    enum Kind : std::uint8_t { Text, Position, Unfinished };
    Kind kind;
    std::uint64_t start;  ///< offset in the subject
    std::uint64_t length;
};

/// Where a match stands (LM1). Plain data; zero it before Matcher::begin().
struct MatcherState {
    enum class Mode : std::uint8_t { Items, SetEnd, SetBytes, Search, Forward, Backtrack, Done };
    enum class Prefix : std::uint8_t { None, Char, Text, Set };

    Mode mode;      ///< the first three: compiling
    Prefix prefix;  ///< what a match must begin with
    bool anchored;
    PatternError error;
    bool one_item;             ///< the program is one item, x, x+ or x*, which may be the first capture
    std::uint32_t level;       ///< captures, finished or not, of the nodes so far
    std::uint32_t open;        ///< bit i: capture i is not closed yet
    std::uint32_t position;    ///< bit i: capture i is a position capture
    std::uint32_t words;       ///< length of the program
    std::uint32_t pending;     ///< node that waits to learn what must follow it, or kNoNode
    std::uint32_t prefix_at;   ///< node of the prefix
    std::uint32_t pc;          ///< node to run
    std::uint32_t top;         ///< entries on the backtrack stack
    std::uint64_t pattern_at;  ///< compiled so far
    std::uint64_t set_at;      ///< in a set: next byte to examine
    std::uint64_t set_end;     ///< in a set: its ']'
    std::uint64_t start;       ///< where the attempt began
    std::uint64_t at;          ///< subject position
    std::uint64_t progress;    ///< within node pc: bytes done before the pause
    std::uint64_t depth;       ///< within %b
};

/// Runs a MatcherState over its memory. A view: holds nothing of its own.
class Matcher {
    using Mode = MatcherState::Mode;

public:
    /// Bytes of memory a pattern of that length may need. (One of 2^31 bytes, whose nodes 32 bits cannot count, needs
    /// 32 GB, which is more than a VM has.)
    [[nodiscard]] static constexpr std::size_t memory_size(std::size_t pattern_length,
                                                           std::size_t captures = kMaxCaptures) {
        return (2 * pattern_length + 2 + 2 * captures) * kWord;
    }

    Matcher(MatcherState& state, char* memory, std::string_view subject, const PatternText& pattern)
        : state_(state),
          memory_(memory),
          subject_(reinterpret_cast<const unsigned char*>(subject.data())),
          size_(subject.size()),
          pattern_(reinterpret_cast<const unsigned char*>(pattern.body.data())),
          pattern_size_(pattern.body.size()) {
        state_.anchored = pattern.anchored;
    }

    /// Starts with a zeroed state: the first match that starts at `from` or later (at `from` only, when anchored).
    void begin(std::uint64_t from);
    /// The next search after an answer, with the nodes made before.
    void search_from(std::uint64_t from) {
        state_.start = from;
        state_.top = 0;
        state_.progress = 0;
        state_.mode = Mode::Search;
    }
    /// Goes on until there is an answer or `steps` is used up; takes what it used from `steps`, which may end below 0.
    [[nodiscard]] MatchStatus run(std::int64_t& steps);

    // After Matched.
    [[nodiscard]] std::uint64_t match_start() const { return state_.start; }
    [[nodiscard]] std::uint64_t match_end() const { return state_.at; }
    [[nodiscard]] std::uint32_t level() const { return state_.level; }
    [[nodiscard]] Capture capture(std::uint32_t i) const {
        const Span s = span(i);
        if (state_.open >> i & 1) return {Capture::Unfinished, s.start, 0};
        if (state_.position >> i & 1) return {Capture::Position, s.start, 0};
        return {Capture::Text, s.start, s.end - s.start};
    }
    // After Error.
    [[nodiscard]] PatternError error() const { return state_.error; }

    /// How much of the memory is in use.
    [[nodiscard]] std::size_t memory_used() const;

private:
    static constexpr std::size_t kWord = 8;

    enum class Op : std::uint8_t {
        Char,
        Any,
        Set,   // one byte: of KindChar, KindAny, KindSet
        Text,  // arg, length: a run of pattern bytes
        Optional,
        Star,
        Plus,
        Minus,
        Open,
        OpenPosition,
        Close,
        BackReference,
        Never,
        Balance,
        Frontier,
        SubjectEnd,
        End,
        Error
    };
    /// What a single character item matches.
    enum class Kind : std::uint8_t { Char, Any, Class, Set };
    /// One word, put together and taken apart in registers.
    struct Node {
        std::uint64_t word;

        [[nodiscard]] static constexpr Node make(Op op, Kind kind, std::uint16_t length, std::uint32_t arg) {
            return {static_cast<std::uint64_t>(op) | static_cast<std::uint64_t>(kind) << 8 |
                    static_cast<std::uint64_t>(length) << 16 | static_cast<std::uint64_t>(arg) << 32};
        }
        [[nodiscard]] constexpr Op op() const { return static_cast<Op>(word & 0xFF); }
        /// What a single character item matches; Set: its bitmap follows.
        [[nodiscard]] constexpr Kind kind() const { return static_cast<Kind>(word >> 8 & 0xFF); }
        /// Of Text; of Star, Plus and Minus: kHint | the byte that must follow, or 0.
        [[nodiscard]] constexpr std::uint16_t length() const { return static_cast<std::uint16_t>(word >> 16); }
        /// Byte, class index, pattern offset, capture or error.
        [[nodiscard]] constexpr std::uint32_t arg() const { return static_cast<std::uint32_t>(word >> 32); }
    };
    static_assert(sizeof(Node) == kWord);
    struct Choice {
        std::uint64_t at;   ///< subject position tried last
        std::uint64_t low;  ///< the least one (Star, Plus)
        std::uint64_t node;
    };
    struct Span {
        std::uint64_t start, end;
    };
    static constexpr std::uint16_t kHint = 0x100;
    static constexpr std::uint32_t kSetWords = 4;
    static constexpr std::uint32_t kNoNode = ~0u;

    // Compiling (lua_pattern_compile.cpp).
    [[nodiscard]] bool compile(std::int64_t& steps);
    void compile_item(std::int64_t& steps);
    void compile_escape();
    void compile_text(std::int64_t& steps);
    void compile_single(Kind kind, std::uint32_t arg, std::uint64_t end);
    void begin_set(Op op, std::uint64_t bracket);
    [[nodiscard]] bool scan_set(std::int64_t& steps);
    [[nodiscard]] bool fill_set(std::int64_t& steps);
    void emit(Op op, Kind kind, std::uint32_t arg, std::uint16_t length = 0);
    void emit_error(PatternError e);
    void finish_program();
    [[nodiscard]] unsigned char pattern_byte(std::uint64_t i) const { return i < pattern_size_ ? pattern_[i] : '\0'; }
    [[nodiscard]] Op quantifier(std::uint64_t& end, Op one) const;

    // Matching (lua_pattern.cpp).
    enum class Outcome : std::uint8_t { Next, Fail, Pause };
    [[nodiscard]] bool seek(std::int64_t& steps, bool& found);
    [[nodiscard]] MatchStatus find_item(std::int64_t& steps);
    [[nodiscard]] Outcome step_back(std::int64_t& steps);
    [[nodiscard]] Outcome retry_longest(Node n, Choice& c, std::int64_t& steps);
    [[nodiscard]] Outcome retry_shortest(Node n, Choice& c, std::int64_t& steps);
    [[nodiscard]] Outcome expand(Node n, std::uint32_t pc, std::uint64_t& at, std::int64_t& steps);
    [[nodiscard]] Outcome balance(Node n, std::uint64_t& at, std::int64_t& steps);
    [[nodiscard]] Outcome back_reference(Node n, std::uint64_t& at, std::int64_t& steps);
    [[nodiscard]] bool frontier(std::uint32_t pc, std::uint64_t at) const;
    [[nodiscard]] bool matches(Node n, std::uint32_t pc, unsigned char c) const;
    [[nodiscard]] std::uint64_t count_matching(Node n, std::uint32_t pc, const unsigned char* from,
                                               std::uint64_t limit) const;
    void push(const Choice& c);

    [[nodiscard]] Node node(std::uint32_t pc) const {
        Node n;
        __builtin_memcpy(&n, memory_ + pc * kWord, sizeof n);  // of constant size, as all here: nothing to fortify
        return n;
    }
    void set_node(std::uint32_t pc, Node n) { __builtin_memcpy(memory_ + pc * kWord, &n, sizeof n); }
    [[nodiscard]] static std::uint32_t next(Node n, std::uint32_t pc) {
        return pc + 1 + (n.kind() == Kind::Set ? kSetWords : 0);
    }
    [[nodiscard]] std::uint8_t* set_bytes(std::uint32_t pc) const {
        return reinterpret_cast<std::uint8_t*>(memory_) + (pc + 1) * kWord;
    }
    [[nodiscard]] const std::uint8_t* set_of(Node n, std::uint32_t pc) const;
    [[nodiscard]] char* span_at(std::uint32_t capture) const {
        return memory_ + (state_.words + 2 * std::size_t{capture}) * kWord;
    }
    [[nodiscard]] char* choice_at(std::uint32_t i) const {
        return memory_ + (state_.words + 2 * std::size_t{state_.level} + 3 * std::size_t{i}) * kWord;
    }
    [[nodiscard]] Span span(std::uint32_t capture) const {
        Span s;
        __builtin_memcpy(&s, span_at(capture), sizeof s);
        return s;
    }
    void set_span(std::uint32_t capture, Span s) { __builtin_memcpy(span_at(capture), &s, sizeof s); }

    MatcherState& state_;
    char* memory_;
    const unsigned char* subject_;
    std::uint64_t size_;
    const unsigned char* pattern_;
    std::uint64_t pattern_size_;
};

/// Whether find takes a pattern as plain text: up to a NUL there is nothing special in it (str_find_aux of lstrlib.c).
[[nodiscard]] bool is_plain(std::string_view pattern);

}  // namespace arenite::lib
