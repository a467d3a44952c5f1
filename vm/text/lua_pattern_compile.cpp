// Patterns into nodes: one pass from left to right that can pause anywhere (lua_pattern.h, LM3 and LM4).
#include <algorithm>
#include <cstring>

#include "vm/text/lua_pattern.h"
#include "vm/text/string_classes.h"

namespace arenite::lib {
namespace {

/// Bytes of literal text taken into one node.
constexpr std::uint64_t kTextMax = 4096;

constexpr bool is_quantifier(unsigned char c) {
    return c == '*' || c == '+' || c == '-' || c == '?';
}

/// Bytes that begin an item other than themselves ('$' does at the end only).
constexpr bool begins_item(unsigned char c) {
    return c == '(' || c == ')' || c == '%' || c == '[' || c == '.' || c == '$';
}

}  // namespace

PatternText PatternText::without_anchor(std::string_view pattern) {
    if (!pattern.empty()) {
        if (const void* nul = std::memchr(pattern.data(), '\0', pattern.size())) {
            pattern = pattern.substr(0, static_cast<std::size_t>(static_cast<const char*>(nul) - pattern.data()));
        }
    }
    return {pattern, false};
}

PatternText PatternText::with_anchor(std::string_view pattern) {
    PatternText text = without_anchor(pattern);
    if (!text.body.empty() && text.body.front() == '^') {
        text.body.remove_prefix(1);
        text.anchored = true;
    }
    return text;
}

const char* message(PatternError e) {
    switch (e) {
        case PatternError::EndsWithPercent: return "malformed pattern (ends with '%')";
        case PatternError::MissingBracket: return "malformed pattern (missing ']')";
        case PatternError::MissingFrontierSet: return "missing '[' after '%f' in pattern";
        case PatternError::Unbalanced: return "unbalanced pattern";
        case PatternError::InvalidCapture: return "invalid pattern capture";
        case PatternError::InvalidIndex: return "invalid capture index";
        case PatternError::TooManyCaptures: return "too many captures";
        case PatternError::None: break;
    }
    return "";
}

void Matcher::begin(std::uint64_t from) {
    state_.mode = Mode::Items;
    state_.pending = kNoNode;
    state_.start = from;
}

/// False: out of steps.
bool Matcher::compile(std::int64_t& steps) {
    while (state_.mode <= Mode::SetBytes) {
        if (steps <= 0) return false;
        switch (state_.mode) {
            case Mode::SetEnd:
                if (!scan_set(steps)) return false;
                break;
            case Mode::SetBytes:
                if (!fill_set(steps)) return false;
                break;
            default:
                --steps;
                compile_item(steps);
                break;
        }
    }
    return true;
}

void Matcher::compile_item(std::int64_t& steps) {
    const std::uint64_t at = state_.pattern_at;
    if (at == pattern_size_) {
        emit(Op::End, Kind::Char, 0);
        return finish_program();
    }
    switch (pattern_[at]) {
        case '(': {
            if (state_.level >= kMaxCaptures) return emit_error(PatternError::TooManyCaptures);
            const std::uint32_t i = state_.level++;
            const bool position = pattern_byte(at + 1) == ')';
            (position ? state_.position : state_.open) |= 1u << i;
            emit(position ? Op::OpenPosition : Op::Open, Kind::Char, i);
            state_.pattern_at += position ? 2 : 1;
            return;
        }
        case ')': {
            if (state_.open == 0) return emit_error(PatternError::InvalidCapture);
            std::uint32_t i = kMaxCaptures - 1;
            while (!(state_.open >> i & 1)) --i;
            state_.open &= ~(1u << i);
            emit(Op::Close, Kind::Char, i);
            state_.pattern_at += 1;
            return;
        }
        case '%': return compile_escape();
        case '[': return begin_set(Op::Set, at);
        case '.': return compile_single(Kind::Any, 0, at + 1);
        case '$':
            if (at + 1 == pattern_size_) {
                emit(Op::SubjectEnd, Kind::Char, 0);
                state_.pattern_at += 1;
                return;
            }
            return compile_single(Kind::Char, '$', at + 1);
        default: return compile_text(steps);
    }
}

void Matcher::compile_escape() {
    const std::uint64_t at = state_.pattern_at;
    const unsigned char c = pattern_byte(at + 1);
    if (c == '\0') return emit_error(PatternError::EndsWithPercent);
    if (c == 'b') {
        const unsigned char open = pattern_byte(at + 2);
        const unsigned char close = pattern_byte(at + 3);
        if (open == '\0' || close == '\0') return emit_error(PatternError::Unbalanced);
        emit(Op::Balance, Kind::Char, static_cast<std::uint32_t>(open | close << 8));
        state_.pattern_at += 4;
    } else if (c == 'f') {
        if (pattern_byte(at + 2) != '[') return emit_error(PatternError::MissingFrontierSet);
        begin_set(Op::Frontier, at + 2);
    } else if (is_digit(c)) {
        const std::uint32_t i = static_cast<std::uint32_t>(c) - '1';  // %0 wraps around and is refused
        if (i >= state_.level || (state_.open >> i & 1)) return emit_error(PatternError::InvalidIndex);
        // A position capture has the length -2 in the reference, which no rest of a subject is long enough for.
        emit(state_.position >> i & 1 ? Op::Never : Op::BackReference, Kind::Char, i);
        state_.pattern_at += 2;
    } else if (kClassIndex[c] >= 0) {
        compile_single(Kind::Class, static_cast<std::uint32_t>(kClassIndex[c]), at + 2);
    } else {
        compile_single(Kind::Char, c, at + 2);
    }
}

/// The run of bytes that stand for themselves, none of them quantified; or one that is.
void Matcher::compile_text(std::int64_t& steps) {
    const std::uint64_t at = state_.pattern_at;
    const std::uint64_t limit = std::min(pattern_size_, at + kTextMax);
    std::uint64_t end = at + 1;
    if (!is_quantifier(pattern_byte(end))) {
        while (end < limit && !begins_item(pattern_[end]) && !is_quantifier(pattern_byte(end + 1))) ++end;
    }
    const std::uint64_t length = end - at;
    if (length == 1) return compile_single(Kind::Char, pattern_[at], end);
    steps -= static_cast<std::int64_t>(length / 8);
    emit(Op::Text, Kind::Char, static_cast<std::uint32_t>(at), static_cast<std::uint16_t>(length));
    state_.pattern_at = end;
}

/// Skips the quantifier at `end`, if there is one.
Matcher::Op Matcher::quantifier(std::uint64_t& end, Op one) const {
    switch (pattern_byte(end)) {
        case '*': ++end; return Op::Star;
        case '+': ++end; return Op::Plus;
        case '-': ++end; return Op::Minus;
        case '?': ++end; return Op::Optional;
        default: return one;
    }
}

void Matcher::compile_single(Kind kind, std::uint32_t arg, std::uint64_t end) {
    const Op one = kind == Kind::Char ? Op::Char : kind == Kind::Any ? Op::Any : Op::Set;
    emit(quantifier(end, one), kind, arg);
    state_.pattern_at = end;
}

// --- Sets: as classend and matchbracketclass of the reference, which do not agree on everything. -------------------------

void Matcher::begin_set(Op op, std::uint64_t bracket) {
    state_.mode = Mode::SetEnd;
    state_.at = static_cast<std::uint64_t>(op);
    state_.pattern_at = bracket;
    state_.set_at = bracket + 1;
    if (pattern_byte(bracket + 1) == '^') ++state_.set_at;
    state_.progress = 0;
}

/// Looks for the ']' (classend): the first byte after "[" or "[^" is none, nor is an escaped one.
bool Matcher::scan_set(std::int64_t& steps) {
    std::uint64_t at = state_.set_at;
    do {
        if (steps <= 0) {
            state_.set_at = at;
            return false;
        }
        --steps;
        if (at >= pattern_size_) {
            emit_error(PatternError::MissingBracket);
            return true;
        }
        if (pattern_[at++] == '%' && at < pattern_size_) ++at;
    } while (pattern_byte(at) != ']');
    const auto op = static_cast<Op>(state_.at);
    state_.set_end = at;
    std::uint64_t end = at + 1;
    const Op quantified = op == Op::Frontier ? op : quantifier(end, op);
    state_.at = state_.words;  // where the bytes go
    emit(quantified, Kind::Set, 0);
    __builtin_memset(set_bytes(static_cast<std::uint32_t>(state_.at)), 0, kSetWords * kWord);
    state_.set_at = state_.pattern_at + 1;
    if (pattern_byte(state_.set_at) == '^') ++state_.set_at;
    state_.progress = pattern_[state_.pattern_at + 1] == '^';  // complemented
    state_.pattern_at = end;
    state_.mode = Mode::SetBytes;
    return true;
}

/// Makes the bitmap (matchbracketclass).
bool Matcher::fill_set(std::int64_t& steps) {
    std::uint8_t* set = set_bytes(static_cast<std::uint32_t>(state_.at));
    const std::uint64_t end = state_.set_end;
    std::uint64_t at = state_.set_at;
    for (; at < end; ++at) {
        if (steps <= 0) {
            state_.set_at = at;
            return false;
        }
        --steps;
        unsigned char c = pattern_[at];
        if (c == '%') {
            c = pattern_[++at];  // the ']' at worst, after a range that ends with '%'
            if (kClassIndex[c] < 0) {
                add_byte(set, c);
                continue;
            }
            const ByteSet& members = kClassSets[static_cast<std::size_t>(kClassIndex[c])];
            for (std::size_t i = 0; i < members.size(); ++i) set[i] = static_cast<std::uint8_t>(set[i] | members[i]);
        } else if (pattern_[at + 1] == '-' && at + 2 < end) {
            at += 2;
            steps -= 8;
            for (unsigned b = c; b <= pattern_[at]; ++b) add_byte(set, static_cast<unsigned char>(b));
        } else {
            add_byte(set, c);
        }
    }
    if (state_.progress != 0) {
        for (std::size_t i = 0; i < kSetWords * kWord; ++i) set[i] = static_cast<std::uint8_t>(~set[i]);
    }
    state_.progress = 0;
    state_.at = 0;
    state_.mode = Mode::Items;
    return true;
}

// --- Nodes. ---------------------------------------------------------------------------------------------------------------

void Matcher::emit(Op op, Kind kind, std::uint32_t arg, std::uint16_t length) {
    const std::uint32_t pc = state_.words;
    const Node n = Node::make(op, kind, length, arg);
    set_node(pc, n);
    state_.words = next(n, pc);
    switch (op) {
        case Op::Open:
        case Op::OpenPosition:
        case Op::Close: return;  // they match anywhere, so what follows them follows the item before
        case Op::Char:
        case Op::Text:
            if (state_.pending != kNoNode) {
                const Node waiting = node(state_.pending);
                const auto hint = static_cast<std::uint16_t>(kHint | (op == Op::Char ? arg : pattern_[arg]));
                set_node(state_.pending, Node::make(waiting.op(), waiting.kind(), hint, waiting.arg()));
            }
            state_.pending = kNoNode;
            return;
        default: state_.pending = op == Op::Star || op == Op::Plus || op == Op::Minus ? pc : kNoNode; return;
    }
}

void Matcher::emit_error(PatternError e) {
    emit(Op::Error, Kind::Char, static_cast<std::uint32_t>(e));
    finish_program();
}

/// Finds out what every match begins with.
void Matcher::finish_program() {
    using Prefix = MatcherState::Prefix;
    std::uint32_t pc = 0;
    Node n = node(pc);
    while (n.op() == Op::Open || n.op() == Op::OpenPosition || n.op() == Op::Close) n = node(++pc);
    state_.prefix_at = pc;
    state_.prefix = Prefix::None;
    if (n.op() == Op::Text) state_.prefix = Prefix::Text;
    if (n.op() == Op::Char || n.op() == Op::Set || n.op() == Op::Plus) {
        if (n.kind() == Kind::Char) state_.prefix = Prefix::Char;
        if (n.kind() == Kind::Class || n.kind() == Kind::Set) state_.prefix = Prefix::Set;
    }
    const bool item = n.op() == Op::Char || n.op() == Op::Any || n.op() == Op::Set || n.op() == Op::Plus ||
                      (n.op() == Op::Star && n.length() == 0);
    if (item && state_.level == pc && state_.position == 0) {
        std::uint32_t end = next(n, pc);
        if (pc == 1 && node(end).op() == Op::Close) ++end;
        state_.one_item = pc <= 1 && state_.open == 0 && node(end).op() == Op::End;
    }
    search_from(state_.start);
}

}  // namespace arenite::lib
