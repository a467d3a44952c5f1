// SORT and SORT_RO (Redis sort.c).
#include <algorithm>
#include <string>
#include <vector>

#include "redis_api/free_in_pieces.h"
#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

struct SortOptions {
    bool descending = false;
    bool alpha = false;
    std::int64_t start = 0;
    std::int64_t count = -1;
    std::optional<std::string_view> by;
    std::optional<std::string_view> store;
    std::vector<std::string_view> gets;

    /// A BY pattern without '*' is constant: the elements stay in their order.
    bool unsorted() const { return by && by->find('*') == std::string_view::npos; }
};

/// Texts up to this length take no memory of their own, and longer ones a little more than their bytes.
constexpr std::size_t kShortText = 15;

struct SortItem {
    std::string text;
    std::size_t position;  ///< decides between equals
    double weight = 0;
    std::optional<std::string> weight_text;
};

bool parse_options(Invocation& call, bool may_store, SortOptions& options) {
    for (std::size_t i = 2; i < call.size(); ++i) {
        const std::size_t more = call.size() - i - 1;
        if (call.is(i, "asc")) {
            options.descending = false;
        } else if (call.is(i, "desc")) {
            options.descending = true;
        } else if (call.is(i, "alpha")) {
            options.alpha = true;
        } else if (call.is(i, "limit") && more >= 2) {
            if (!call.integer(i + 1, options.start) || !call.integer(i + 2, options.count)) return false;
            i += 2;
        } else if (may_store && call.is(i, "store") && more >= 1) {
            options.store = call[++i];
        } else if (call.is(i, "by") && more >= 1) {
            options.by = call[++i];
        } else if (call.is(i, "get") && more >= 1) {
            options.gets.push_back(call[++i]);
        } else {
            return call.set_error("syntax error");
        }
    }
    return true;
}

/// The value a pattern names for an element: "#" the element itself, else the string under the key
/// with the element for '*', or with "->field" that field of a hash (sort.c, lookupKeyByPattern).
std::optional<std::string> look_up(Invocation& call, std::string_view pattern, const std::string& element) {
    call.look_up(2);
    call.bytes(pattern.size() + element.size());
    if (pattern == "#") return element;
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) return std::nullopt;
    std::string_view rest = pattern.substr(star + 1);
    std::optional<std::string_view> field;
    const auto arrow = rest.find("->");
    if (arrow != std::string_view::npos && arrow + 2 < rest.size()) {
        field = rest.substr(arrow + 2);
        rest = rest.substr(0, arrow);
    }
    std::string key(pattern.substr(0, star));
    key.append(element).append(rest);
    const Object* object = call.keyspace().find(call.db(), key);
    if (object == nullptr) return std::nullopt;
    if (!field) {
        const auto* string = object->as<StringValue>();
        if (string == nullptr) return std::nullopt;
        call.bytes(string->size());
        return string->bytes();
    }
    const auto* hash = object->as<HashValue>();
    const std::string* value = hash != nullptr ? hash->find(*field) : nullptr;
    if (value == nullptr) return std::nullopt;
    call.bytes(value->size());
    return *value;
}

/// The elements to sort; false if the key is of another type.
bool load(Invocation& call, std::vector<SortItem>& items, bool descending_order, bool& is_set) {
    Object* object = call.keyspace().find(call.db(), call[1]);
    is_set = false;
    if (object == nullptr) return true;
    // All of them at once, as there are so many.
    const std::size_t size = object->element_count();
    if (object->as<StringValue>() == nullptr && object->as<HashValue>() == nullptr) {
        call.hold(size * sizeof(SortItem));
        items.reserve(size);
    }
    const auto add = [&call, &items](std::string_view text) {
        call.look_up();
        call.bytes(text.size());
        if (text.size() > kShortText) call.hold(text.size() + kShortText);
        items.push_back({std::string(text), items.size(), 0, {}});
    };
    if (const auto* list = object->as<ListValue>()) {
        for (const std::string& item : list->items()) add(item);
    } else if (const auto* set = object->as<SetValue>()) {
        is_set = true;
        for (const std::string_view member : call.members(*set)) add(member);
        return true;
    } else if (auto* zset = object->as<SortedSet>()) {
        for (const auto* node = zset->first(); node != nullptr; node = node->next()) {
            add(node->member());
        }
        if (zset->compact()) {  // Redis converts it, as OBJECT ENCODING shows
            (void)call.keyspace().find_for_write(call.db(), call[1]);
            zset->set_compact(false);
        }
    } else {
        return false;
    }
    if (descending_order) {
        call.visit(size);
        std::reverse(items.begin(), items.end());
    }
    return true;
}

/// strcmp, which Redis uses without STORE: texts end at the first NUL byte.
int compare(std::string_view a, std::string_view b, bool whole) {
    if (!whole) {
        a = a.substr(0, a.find('\0'));
        b = b.substr(0, b.find('\0'));
    }
    return a.compare(b);
}

int compare_items(const SortItem& a, const SortItem& b, const SortOptions& options) {
    if (!options.alpha) {
        if (a.weight != b.weight) return a.weight < b.weight ? -1 : 1;
        return compare(a.text, b.text, true);
    }
    const bool whole = options.store.has_value();
    if (!options.by) return compare(a.text, b.text, whole);
    if (!a.weight_text || !b.weight_text) {
        const auto present = [](const SortItem& item) { return item.weight_text ? 1 : 0; };
        return present(a) - present(b);
    }
    return compare(*a.weight_text, *b.weight_text, whole);
}

/// What a comparison costs: moving the items, and the texts as far as they may be equal.
void charge_comparison(Invocation& call, const SortItem& a, const SortItem& b, const SortOptions& options) {
    call.visit(2);
    const bool by_text = options.alpha && options.by && a.weight_text && b.weight_text;
    const std::string& first = by_text ? *a.weight_text : a.text;
    const std::string& second = by_text ? *b.weight_text : b.text;
    call.bytes(std::min(first.size(), second.size()));
}

/// Gives each item its weight; false if one is no number.
bool weigh(Invocation& call, std::vector<SortItem>& items, const SortOptions& options) {
    bool valid = true;
    for (SortItem& item : items) {
        call.look_up();
        if (options.by) {
            item.weight_text = look_up(call, *options.by, item.text);
            if (!item.weight_text) continue;
            if (item.weight_text->size() > kShortText) call.hold(item.weight_text->size() + kShortText);
        }
        if (options.alpha) continue;
        const auto weight = parse_sort_weight(options.by ? *item.weight_text : item.text);
        if (weight)
            item.weight = *weight;
        else
            valid = false;
    }
    return valid;
}

Reply store_sorted(Invocation& call, const SortOptions& options, const std::vector<SortItem>& items) {
    ObjectPointer result = call.make<ListValue>();
    auto* list = result->as<ListValue>();
    for (const SortItem& item : items) {
        call.look_up();
        if (options.gets.empty()) list->push(ListEnd::Right, item.text);
        for (const std::string_view get : options.gets) {
            list->push(ListEnd::Right, look_up(call, get, item.text).value_or(std::string()));
        }
    }
    const auto size = static_cast<std::int64_t>(list->size());
    if (size == 0) {
        call.keyspace().remove(call.db(), *options.store);
    } else {
        call.keyspace().put(call.db(), *options.store, std::move(result));
    }
    return Reply::integer(size);
}

/// Frees the items from `end` on, in slices.
void drop_behind(Invocation& call, std::vector<SortItem>& items, std::size_t end) {
    while (items.size() > end) {
        call.visit(1);
        items.pop_back();
        release_slice(items);
    }
}

Reply sort_generic(Invocation& call, bool may_store) {
    SortOptions options;
    if (!parse_options(call, may_store, options)) return call.fail();
    std::vector<SortItem> items;
    bool is_set = false;
    if (!load(call, items, options.unsorted() && options.descending, is_set)) {
        return call.wrong_type();
    }
    bool sorted = !options.unsorted();
    if (!sorted && is_set && (options.store || call.context().from_script)) {
        // A set has no order of its own, so scripts get an alphabetic one.
        sorted = true;
        options.alpha = true;
        options.by.reset();
    }
    if (sorted) {
        if (!weigh(call, items, options)) {
            return call.error("One or more scores can't be converted into double");
        }
        std::sort(items.begin(), items.end(), [&](const SortItem& a, const SortItem& b) {
            charge_comparison(call, a, b, options);
            const int order = compare_items(a, b, options);
            if (order == 0) return a.position < b.position;
            return options.descending ? order > 0 : order < 0;
        });
    }
    const auto size = static_cast<std::int64_t>(items.size());
    const std::int64_t start = std::clamp<std::int64_t>(options.start, 0, size);
    const std::int64_t count = options.count < 0 ? size : std::min(options.count, size);
    call.visit(items.size());
    const auto end = static_cast<std::size_t>(std::min(start + count, size));
    drop_behind(call, items, end);
    items.erase(items.begin(), items.begin() + start);
    if (options.store) {
        Reply stored = store_sorted(call, options, items);
        drop_behind(call, items, 0);
        return stored;
    }
    ReplyList replies = call.list();
    replies.reserve(items.size() * std::max<std::size_t>(options.gets.size(), 1));
    for (const SortItem& item : items) {
        if (options.gets.empty()) replies.bulk(item.text);
        for (const std::string_view get : options.gets) {
            auto value = look_up(call, get, item.text);
            replies.add(value ? call.bulk(std::move(*value)) : Reply::null());
        }
    }
    drop_behind(call, items, 0);
    return call.array(std::move(replies));
}

}  // namespace

Reply sort_command(Invocation& call) {
    return sort_generic(call, true);
}
Reply sort_ro_command(Invocation& call) {
    return sort_generic(call, false);
}

}  // namespace arenite::redis
