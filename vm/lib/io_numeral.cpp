#include "vm/lib/io_numeral.h"

namespace arenite::lib {
namespace {

constexpr std::string_view kNanWord = "nan";
constexpr std::string_view kInfWord = "infinity";
constexpr std::uint32_t kInf = 3;  // "inf" may end here

constexpr int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}
constexpr bool is_space(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

NumeralReader::Take NumeralReader::enter(Phase phase, std::uint32_t flags) {
    state_ = (state_ & ~kPhase) | phase | flags;
    return Take::Add;
}

NumeralReader::Take NumeralReader::take(int c) {
    switch (static_cast<Phase>(state_ & kPhase)) {
        case kSpaces:
            if (is_space(c)) return Take::Skip;
            if (c == '-' || c == '+') return enter(kSigned, kSign);
            return begin(c);
        case kSigned: return begin(c);
        case kWord: return word(c);
        case kZero:
            if (lower(c) == 'x') return enter(kDigits, kHex);
            state_ |= kDigit;
            return digit(c);
        case kDigits: return digit(c);
    }
    return Take::Wrong;
}

NumeralReader::Take NumeralReader::begin(int c) {
    const int l = lower(c);
    if (l == 'n' || l == 'i') {
        state_ += 1u << kWordShift;
        return enter(kWord, l == 'n' ? std::uint32_t{kNan} : 0);
    }
    return c == '0' ? enter(kZero) : digit(c);
}

NumeralReader::Take NumeralReader::word(int c) {
    const std::string_view whole = has(kNan) ? kNanWord : kInfWord;
    const std::uint32_t at = state_ >> kWordShift;
    if (lower(c) != whole[at]) return !has(kNan) && at == kInf ? Take::End : Take::Wrong;
    state_ += 1u << kWordShift;
    return at + 1 == whole.size() ? Take::Last : Take::Add;
}

NumeralReader::Take NumeralReader::digit(int c) {
    const int l = lower(c);
    if ((c >= '0' && c <= '9') || (!has(kExponent) && has(kHex) && l >= 'a' && l <= 'f')) {
        return enter(kDigits, has(kExponent) ? kPower : kDigit);
    }
    if (has(kExponent) && !has(kPower) && (c == '-' || c == '+') && (state_ >> kWordShift) == 0) {
        state_ += 1u << kWordShift;
        return enter(kDigits);
    }
    if (has(kDigit) && !has(kExponent) && l == (has(kHex) ? 'p' : 'e')) return enter(kDigits, kExponent | kDot);
    if (!has(kDot) && c == '.') return enter(kDigits, kDot);
    return Take::End;
}

std::string_view NumeralReader::numeral(std::string_view added) const {
    const std::uint32_t sign = has(kSign) ? 1 : 0;
    switch (static_cast<Phase>(state_ & kPhase)) {
        case kSpaces:
        case kSigned: return {};
        case kWord: {
            const std::size_t read = state_ >> kWordShift;
            const std::size_t whole = has(kNan) ? kNanWord.size() : kInfWord.size();
            return read == whole || (!has(kNan) && read == kInf) ? added : std::string_view();
        }
        case kZero: return added;  // "0"
        case kDigits: break;
    }
    if (!has(kDigit)) {
        // "0x." is the 0 in front of an x; "0x" alone is nothing.
        return has(kHex) && added.size() > 2 + sign ? added.substr(0, 1 + sign) : std::string_view();
    }
    if (!has(kExponent) || has(kPower)) return added;
    return added.substr(0, added.find_last_of("eEpP"));  // a mark without an exponent
}

}  // namespace arenite::lib
