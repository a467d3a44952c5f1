// Commands that draw elements: SPOP, SRANDMEMBER, HRANDFIELD, ZRANDMEMBER (Redis t_set.c, t_hash.c,
// t_zset.c).
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <vector>

#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

/// Where most of the elements are drawn, it is cheaper to take all of them first.
constexpr std::size_t kMostTries = 3;

const void* address_of(std::string_view member) {
    return member.data();
}
const void* address_of(const void* node) {
    return node;
}

/// The element that a draw has found, which is null only if the collection is empty.
std::string_view drawn(const SetValue::Members::Node* node) {
    return node != nullptr ? std::string_view(node->key()) : std::string_view();
}

/// Up to `most` addresses, in open addressing: neither does it grow in one piece, nor is it freed node by node. Nobody
/// can choose addresses that collide.
class AddressSet {
public:
    AddressSet(Invocation& call, std::size_t most) : bits_(static_cast<unsigned>(std::bit_width(2 * most))) {
        call.hold(sizeof(void*) << bits_);
        slots_.reset(static_cast<const void**>(std::calloc(std::size_t{1} << bits_, sizeof(void*))));  // zeroed as used
        if (!slots_) throw std::bad_alloc();
    }
    /// False: it was there.
    bool insert(const void* address) {
        const std::size_t mask = (std::size_t{1} << bits_) - 1;
        const std::uint64_t mixed = reinterpret_cast<std::uintptr_t>(address) * 0x9E37'79B9'7F4A'7C15u;
        std::size_t i = mixed >> (64 - bits_);
        for (; slots_[i] != nullptr; i = (i + 1) & mask) {
            if (slots_[i] == address) return false;
        }
        slots_[i] = address;
        return true;
    }

private:
    struct Free {
        void operator()(const void** slots) const { std::free(static_cast<void*>(slots)); }
    };
    unsigned bits_;
    std::unique_ptr<const void*[], Free> slots_;
};

/// Different elements, uniformly drawn; `draw` gives one element, `all` all of them.
template <class Element, class Draw, class All>
std::vector<Element> draw_different(Invocation& call, std::size_t count, std::size_t size, Draw&& draw, All&& all) {
    RandomSource& random = call.keyspace().random();
    if (count * kMostTries > size) {
        std::vector<Element> elements = all();
        if (count >= size) return elements;
        for (std::size_t i = 0; i < count; ++i) {
            call.visit();
            std::swap(elements[i], elements[i + random.below(size - i)]);
        }
        elements.resize(count);
        return elements;
    }
    AddressSet seen(call, count);
    std::vector<Element> elements;
    call.hold(count * sizeof(Element));
    elements.reserve(count);
    while (elements.size() < count) {
        call.look_up(3);
        const Element element = draw();
        if (seen.insert(address_of(element))) elements.push_back(element);
    }
    return elements;
}

/// The elements that a count asks for: different ones if it is positive, repeated ones if not.
template <class Element, class Draw, class All>
bool draw_counted(Invocation& call, std::int64_t count, std::size_t size, Draw&& draw, All&& all,
                  std::vector<Element>& elements) {
    if (count >= 0) {
        const std::size_t wanted = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), size);
        elements = draw_different<Element>(call, wanted, size, draw, all);
        return true;
    }
    const auto repeated = static_cast<std::uint64_t>(-count);
    if (repeated > call.keyspace().options().most_repeated_elements) {
        return call.set_error("value is out of range");
    }
    if (size == 0) return true;
    call.hold(repeated * sizeof(Element));
    elements.reserve(repeated);
    for (std::uint64_t i = 0; i < repeated; ++i) {
        call.look_up();
        elements.push_back(draw());
    }
    return true;
}

/// The arguments [count [WITHVALUES or WITHSCORES]] of HRANDFIELD and ZRANDMEMBER.
bool parse_count(Invocation& call, std::string_view with, std::int64_t& count, bool& with_values) {
    if (!call.random_count(2, count)) return false;
    if (call.size() > 4 || (call.size() == 4 && !call.is(3, with))) {
        return call.set_error("syntax error");
    }
    with_values = call.size() == 4;
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 2;
    if (with_values && (count < -kMost || count > kMost)) {
        return call.set_error("value is out of range");
    }
    return true;
}

/// Names with values: pairs in RESP3, a flat array in RESP2.
void append_pair(const Invocation& call, Reply name, Reply value, ReplyList& items) {
    if (call.resp3()) {
        items.pair(std::move(name), std::move(value));
    } else {
        items.add(std::move(name));
        items.add(std::move(value));
    }
}

/// All nodes from `node` on, as `next` goes through them.
template <class Node, class Next>
std::vector<Node> all_nodes(Invocation& call, std::size_t size, Node node, Next&& next) {
    std::vector<Node> nodes;
    call.hold(size * sizeof node);
    nodes.reserve(size);
    for (; node != nullptr; node = next(node)) {
        call.visit();
        nodes.push_back(node);
    }
    return nodes;
}

std::vector<std::string_view> draw_members(Invocation& call, SetValue& set, std::size_t count) {
    RandomSource& random = call.keyspace().random();
    return draw_different<std::string_view>(
        call, count, set.size(), [&] { return drawn(set.random(random)); }, [&] { return call.members(set); });
}

Reply pop_members(Invocation& call) {
    std::int64_t count = 0;
    if (!call.not_negative(2, count)) return call.fail();
    SetValue* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    ReplyList items = call.list();
    if (set == nullptr || count == 0) return call.set_reply(std::move(items));
    const std::size_t size = set->size();
    const std::size_t wanted = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), size);
    std::vector<std::string_view> drawn_members = draw_members(call, *set, wanted);
    items.reserve(drawn_members.size());
    for (const std::string_view member : drawn_members) {
        items.bulk(member);  // before the set frees it
        call.look_up();
        set->erase(member);
    }
    // Where most members go, Redis builds a new set of the others (SPOP_MOVE_STRATEGY_MUL).
    if ((size - wanted) * 5 <= wanted) {
        call.visit(size - wanted);
        set->settle();
    }
    call.remove_if_empty(call[1], *set);
    return call.set_reply(std::move(items));
}

/// A set found for reading, to be drawn from: drawing changes nothing.
template <class T>
bool read_drawable(Invocation& call, T*& out) {
    const T* found = nullptr;
    if (!call.read(call[1], found)) return false;
    out = const_cast<T*>(found);
    return true;
}

}  // namespace

Reply spop_command(Invocation& call) {
    if (call.size() == 3) return pop_members(call);
    if (call.size() > 3) return call.syntax_error();
    SetValue* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    if (set == nullptr) return Reply::null();
    Reply member = call.bulk(drawn(set->random(call.keyspace().random())));
    set->erase(member.text());
    call.remove_if_empty(call[1], *set);
    return member;
}

Reply srandmember_command(Invocation& call) {
    if (call.size() > 3) return call.syntax_error();
    const bool counted = call.size() == 3;
    std::int64_t count = 0;
    if (counted && !call.random_count(2, count)) return call.fail();
    SetValue* set = nullptr;
    if (!read_drawable(call, set)) return call.fail();
    if (set == nullptr) return counted ? Reply::array() : Reply::null();
    RandomSource& random = call.keyspace().random();
    if (!counted) return call.bulk(drawn(set->random(random)));
    std::vector<std::string_view> members;
    const auto draw = [&] { return drawn(set->random(random)); };
    if (!draw_counted(call, count, set->size(), draw, [&] { return call.members(*set); }, members)) {
        return call.fail();
    }
    ReplyList items = call.list();
    items.reserve(members.size());
    for (const std::string_view member : members) items.bulk(member);
    return call.array(std::move(items));
}

Reply hrandfield_command(Invocation& call) {
    std::int64_t count = 0;
    bool with_values = false;
    const bool counted = call.size() >= 3;
    if (counted && !parse_count(call, "withvalues", count, with_values)) return call.fail();
    HashValue* hash = nullptr;
    if (!read_drawable(call, hash)) return call.fail();
    if (hash == nullptr || hash->size() == 0) return counted ? Reply::array() : Reply::null();
    using Field = const HashValue::Fields::Node*;
    RandomSource& random = call.keyspace().random();
    const auto draw = [&]() -> Field { return hash->random(random); };
    if (!counted) return call.bulk(draw()->key());
    const auto all = [&] {
        return all_nodes(call, hash->size(), Field(hash->fields().first()), [](Field field) { return field->next(); });
    };
    std::vector<Field> fields;
    if (!draw_counted(call, count, hash->size(), draw, all, fields)) return call.fail();
    ReplyList items = call.list();
    for (const Field field : fields) {
        Reply name = call.bulk(field->key());
        if (with_values) {
            append_pair(call, std::move(name), call.bulk(field->value()), items);
        } else {
            items.add(std::move(name));
        }
    }
    return call.array(std::move(items));
}

Reply zrandmember_command(Invocation& call) {
    std::int64_t count = 0;
    bool with_scores = false;
    const bool counted = call.size() >= 3;
    if (counted && !parse_count(call, "withscores", count, with_scores)) return call.fail();
    SortedSet* set = nullptr;
    if (!read_drawable(call, set)) return call.fail();
    if (set == nullptr || set->empty()) return counted ? Reply::array() : Reply::null();
    using Element = const SortedSet::Node*;
    RandomSource& random = call.keyspace().random();
    const auto draw = [&]() -> Element { return set->random(random); };
    if (!counted) return call.bulk(draw()->member());
    const auto all = [&] {
        return all_nodes(call, set->size(), Element(set->last()), [](Element element) { return element->previous(); });
    };
    std::vector<Element> elements;
    if (!draw_counted(call, count, set->size(), draw, all, elements)) return call.fail();
    ReplyList items = call.list();
    for (const Element element : elements) {
        Reply name = call.bulk(element->member());
        if (with_scores) {
            append_pair(call, std::move(name), call.real_reply(element->score()), items);
        } else {
            items.add(std::move(name));
        }
    }
    return call.array(std::move(items));
}

}  // namespace arenite::redis
