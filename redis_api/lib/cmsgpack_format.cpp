#include "redis_api/lib/cmsgpack_format.h"

#include <bit>
#include <limits>
#include <msgpack/null_visitor.hpp>
#include <msgpack/pack.hpp>
#include <msgpack/unpack.hpp>
#include <new>
#include <optional>

namespace arenite::redis {
namespace {

using Packer = msgpack::packer<MessageHead>;

std::optional<std::int64_t> as_int64(double d) {
    if (!(d >= -0x1p63 && d < 0x1p63)) return std::nullopt;
    const auto i = static_cast<std::int64_t>(d);
    if (static_cast<double>(i) != d) return std::nullopt;
    return i;
}

/// The head of what has a count.
template <auto kPack>
MessageHead counted_head(std::uint32_t count) {
    MessageHead head;
    Packer packer(head);
    (packer.*kPack)(count);
    return head;
}

/// A tag and the bits of a float. The library's packer would make integers of some of them.
template <class Bits>
MessageHead float_head(char tag, Bits bits) {
    MessageHead head;
    char bytes[1 + sizeof bits] = {tag};
    for (std::size_t i = 0; i < sizeof bits; ++i) {
        bytes[1 + i] = static_cast<char>(bits >> (8 * (sizeof bits - 1 - i)));
    }
    head.write(bytes, sizeof bytes);
    return head;
}

/// Takes one value and has the library stop there.
struct TokenVisitor : msgpack::null_visitor {
    using Kind = MessageToken::Kind;
    MessageToken token;

    bool visit_nil() { return take(Kind::Nil); }
    bool visit_boolean(bool b) {
        token.boolean = b;
        return take(Kind::Boolean);
    }
    bool visit_positive_integer(std::uint64_t i) { return number(static_cast<double>(static_cast<std::int64_t>(i))); }
    bool visit_negative_integer(std::int64_t i) { return number(static_cast<double>(i)); }
    bool visit_float32(float f) { return number(f); }
    bool visit_float64(double d) { return number(d); }
    bool visit_str(const char* bytes, std::uint32_t size) {
        if (size != 0) token.text = {bytes, size};
        return take(Kind::String);
    }
    bool start_array(std::uint32_t items) {
        token.count = items;
        (void)take(Kind::Array);
        return false;
    }
    bool start_map(std::uint32_t pairs) {
        token.count = pairs;
        (void)take(Kind::Map);
        return false;
    }
    void insufficient_bytes(std::size_t /*parsed*/, std::size_t /*at*/) { token.kind = Kind::Truncated; }

private:
    bool number(double d) {
        token.number = d;
        return take(Kind::Number);
    }
    bool take(Kind kind) {
        token.kind = kind;
        return true;
    }
};

/// Binary strings (c4 to c6), extensions (c7 to c9, d4 to d8) and what is never used (c1).
constexpr bool is_unknown(unsigned char first) {
    return first == 0xC1 || (first >= 0xC4 && first <= 0xC9) || (first >= 0xD4 && first <= 0xD8);
}

/// Bytes of the head of an array or map.
constexpr std::size_t aggregate_head_size(unsigned char first) {
    if (first < 0xDC) return 1;
    return first == 0xDC || first == 0xDE ? 3 : 5;
}

}  // namespace

MessageHead nil_head() {
    MessageHead head;
    Packer(head).pack_nil();
    return head;
}

MessageHead boolean_head(bool b) {
    MessageHead head;
    if (b) {
        Packer(head).pack_true();
    } else {
        Packer(head).pack_false();
    }
    return head;
}

MessageHead number_head(double d) {
    if (const auto i = as_int64(d)) {
        MessageHead head;
        Packer(head).pack_int64(*i);
        return head;
    }
    // A conversion that overflows makes an infinity.
    static_assert(std::numeric_limits<float>::is_iec559);
    const auto f = static_cast<float>(d);
    if (static_cast<double>(f) == d) return float_head('\xCA', std::bit_cast<std::uint32_t>(f));
    return float_head('\xCB', std::bit_cast<std::uint64_t>(d));
}

MessageHead string_head(std::uint32_t bytes) {
    return counted_head<&Packer::pack_str>(bytes);
}
MessageHead array_head(std::uint32_t items) {
    return counted_head<&Packer::pack_array>(items);
}
MessageHead map_head(std::uint32_t pairs) {
    return counted_head<&Packer::pack_map>(pairs);
}

MessageToken read_token(std::string_view bytes) {
    TokenVisitor visitor;
    const auto first = static_cast<unsigned char>(bytes.front());
    if (is_unknown(first)) return visitor.token;
    std::size_t end = 0;
    try {
        // It allocates a stack of constant size for the nesting, which it releases before it returns.
        (void)msgpack::parse(bytes.data(), bytes.size(), end, visitor);
    } catch (const std::bad_alloc&) {
        visitor.token.kind = MessageToken::Kind::OutOfMemory;
        return visitor.token;
    }
    using Kind = MessageToken::Kind;
    const bool aggregate = visitor.token.kind == Kind::Array || visitor.token.kind == Kind::Map;
    visitor.token.size = aggregate ? aggregate_head_size(first) : end;
    return visitor.token;
}

}  // namespace arenite::redis
