// Commands that draw elements: SPOP, SRANDMEMBER, HRANDFIELD, ZRANDMEMBER (Redis t_set.c, t_hash.c,
// t_zset.c).
#include <algorithm>
#include <limits>
#include <unordered_set>
#include <vector>

#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

const void* address_of(std::string_view member) {
    return member.data();
}
const void* address_of(const void* node) {
    return node;
}

// Different elements, uniformly drawn; `draw` gives one element, `all` all of them.
template <class Element, class Draw, class All>
std::vector<Element> draw_different(std::size_t count, std::size_t size, RandomSource& random, Draw&& draw, All&& all) {
    if (count * 3 > size) {
        std::vector<Element> elements = all();
        if (count >= size) return elements;
        for (std::size_t i = 0; i < count; ++i) {
            std::swap(elements[i], elements[i + random.below(size - i)]);
        }
        elements.resize(count);
        return elements;
    }
    // By address: nobody can choose addresses that collide.
    std::unordered_set<const void*> seen;
    std::vector<Element> elements;
    while (elements.size() < count) {
        const Element element = draw();
        if (seen.insert(address_of(element)).second) elements.push_back(element);
    }
    return elements;
}

// The elements that a count asks for: different ones if it is positive, repeated ones if not.
template <class Element, class Draw, class All>
bool draw_counted(Invocation& call, std::int64_t count, std::size_t size, Draw&& draw, All&& all,
                  std::vector<Element>& elements) {
    if (count >= 0) {
        const std::size_t wanted = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), size);
        elements = draw_different<Element>(wanted, size, call.keyspace().random(), draw, all);
        return true;
    }
    const auto repeated = static_cast<std::uint64_t>(-count);
    if (repeated > call.keyspace().options().most_repeated_elements) {
        return call.set_error("value is out of range");
    }
    for (std::uint64_t i = 0; i < repeated; ++i) elements.push_back(draw());
    return true;
}

// The arguments [count [WITHVALUES or WITHSCORES]] of HRANDFIELD and ZRANDMEMBER.
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

// Names with values: pairs in RESP3, a flat array in RESP2.
void append_pair(const Invocation& call, Reply name, Reply value, Reply::Items& items) {
    if (!call.resp3()) {
        items.push_back(std::move(name));
        items.push_back(std::move(value));
        return;
    }
    Reply::Items pair;
    pair.push_back(std::move(name));
    pair.push_back(std::move(value));
    items.push_back(Reply::array(std::move(pair)));
}

std::vector<std::string_view> draw_members(Invocation& call, SetValue& set, std::size_t count) {
    RandomSource& random = call.keyspace().random();
    return draw_different<std::string_view>(
        count, set.size(), random, [&] { return set.random(random); }, [&] { return set.members(); });
}

Reply pop_members(Invocation& call) {
    std::int64_t count = 0;
    if (!call.not_negative(2, count)) return call.fail();
    SetValue* set = nullptr;
    if (!call.write(call[1], set)) return call.fail();
    Reply::Items items;
    if (set == nullptr || count == 0) return call.set_reply(std::move(items));
    const std::size_t size = set->size();
    const std::size_t wanted = std::min<std::uint64_t>(static_cast<std::uint64_t>(count), size);
    std::vector<std::string> popped;
    for (const std::string_view member : draw_members(call, *set, wanted)) {
        popped.emplace_back(member);
    }
    for (std::string& member : popped) {
        set->erase(member);
        items.push_back(Reply::bulk(std::move(member)));
    }
    // Where most members go, Redis builds a new set of the others (SPOP_MOVE_STRATEGY_MUL).
    if ((size - wanted) * 5 <= wanted) set->settle();
    call.remove_if_empty(call[1], *set);
    return call.set_reply(std::move(items));
}

// A set found for reading, to be drawn from: drawing changes nothing.
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
    std::string member(set->random(call.keyspace().random()));
    set->erase(member);
    call.remove_if_empty(call[1], *set);
    return Reply::bulk(std::move(member));
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
    if (!counted) return Reply::bulk(set->random(random));
    std::vector<std::string_view> members;
    const auto draw = [&] { return set->random(random); };
    if (!draw_counted(call, count, set->size(), draw, [&] { return set->members(); }, members)) {
        return call.fail();
    }
    Reply::Items items;
    for (const std::string_view member : members) items.push_back(Reply::bulk(member));
    return Reply::array(std::move(items));
}

Reply hrandfield_command(Invocation& call) {
    std::int64_t count = 0;
    bool with_values = false;
    const bool counted = call.size() >= 3;
    if (counted && !parse_count(call, "withvalues", count, with_values)) return call.fail();
    HashValue* hash = nullptr;
    if (!read_drawable(call, hash)) return call.fail();
    if (hash == nullptr) return counted ? Reply::array() : Reply::null();
    using Field = const HashValue::Fields::Node*;
    RandomSource& random = call.keyspace().random();
    const auto draw = [&]() -> Field { return hash->random(random); };
    if (!counted) return Reply::bulk(draw()->key());
    const auto all = [&] {
        std::vector<Field> fields;
        for (Field f = hash->fields().first(); f != nullptr; f = f->next()) fields.push_back(f);
        return fields;
    };
    std::vector<Field> fields;
    if (!draw_counted(call, count, hash->size(), draw, all, fields)) return call.fail();
    Reply::Items items;
    for (const Field field : fields) {
        Reply name = Reply::bulk(field->key());
        if (with_values) {
            append_pair(call, std::move(name), Reply::bulk(field->value()), items);
        } else {
            items.push_back(std::move(name));
        }
    }
    return Reply::array(std::move(items));
}

Reply zrandmember_command(Invocation& call) {
    std::int64_t count = 0;
    bool with_scores = false;
    const bool counted = call.size() >= 3;
    if (counted && !parse_count(call, "withscores", count, with_scores)) return call.fail();
    SortedSet* set = nullptr;
    if (!read_drawable(call, set)) return call.fail();
    if (set == nullptr) return counted ? Reply::array() : Reply::null();
    using Element = const SortedSet::Node*;
    RandomSource& random = call.keyspace().random();
    const auto draw = [&]() -> Element { return set->random(random); };
    if (!counted) return Reply::bulk(draw()->member());
    const auto all = [&] {
        std::vector<Element> elements;
        for (Element e = set->last(); e != nullptr; e = e->previous()) elements.push_back(e);
        return elements;
    };
    std::vector<Element> elements;
    if (!draw_counted(call, count, set->size(), draw, all, elements)) return call.fail();
    Reply::Items items;
    for (const Element element : elements) {
        Reply name = Reply::bulk(element->member());
        if (with_scores) {
            append_pair(call, std::move(name), call.real_reply(element->score()), items);
        } else {
            items.push_back(std::move(name));
        }
    }
    return Reply::array(std::move(items));
}

}  // namespace arenite::redis
