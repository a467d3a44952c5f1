// SCAN, SSCAN, HSCAN, ZSCAN (Redis db.c, scanGenericCommand).
#include <limits>
#include <string>

#include "redis_api/keyspace/glob.h"
#include "redis_api/keyspace/invocation.h"
#include "redis_api/keyspace/number_format.h"

namespace arenite::redis {
namespace {

struct ScanOptions {
    std::uint64_t cursor = 0;
    std::int64_t count = 10;
    std::optional<std::string_view> pattern;
    std::optional<std::string_view> type;
};

/// The MATCH option.
class ScanFilter {
public:
    ScanFilter(Invocation& call, const ScanOptions& options) {
        if (options.pattern && *options.pattern != "*") glob_.emplace(*options.pattern, call.meter());
    }
    bool matches(std::string_view text) { return !glob_ || glob_->matches(text); }

private:
    std::optional<Glob> glob_;
};

bool parse_cursor_at(Invocation& call, std::size_t index, ScanOptions& options) {
    const auto cursor = parse_cursor(call[index]);
    if (!cursor) return call.set_error("invalid cursor");
    options.cursor = *cursor;
    return true;
}

bool parse_options(Invocation& call, std::size_t from, bool of_database, ScanOptions& options) {
    for (std::size_t i = from; i < call.size(); i += 2) {
        const bool more = call.has_more(i);
        if (call.is(i, "count") && more) {
            if (!call.integer(i + 1, options.count)) return false;
            if (options.count < 1) return call.set_error("syntax error");
        } else if (call.is(i, "match") && more) {
            options.pattern = call[i + 1];
        } else if (of_database && call.is(i, "type") && more) {
            options.type = call[i + 1];
        } else {
            return call.set_error("syntax error");
        }
    }
    return true;
}

Reply scan_reply(Invocation& call, std::uint64_t cursor, ReplyList items) {
    ReplyList pair = call.list();
    pair.bulk(std::to_string(cursor));
    pair.add(call.array(std::move(items)));
    return call.array(std::move(pair));
}

/// Scans buckets until `count` elements were seen or ten times as many buckets. `scan` visits one
/// bucket, calls its argument for each element, and gives the next cursor.
template <class Scan>
std::uint64_t scan_buckets(Invocation& call, const ScanOptions& options, Scan&& scan) {
    std::uint64_t cursor = options.cursor;
    const auto count = static_cast<std::uint64_t>(options.count);
    std::uint64_t seen = 0;
    std::uint64_t buckets = 0;
    do {
        call.visit();
        cursor = scan(cursor, seen);
    } while (cursor != 0 && seen < count && buckets++ / 10 < count);
    return cursor;
}

/// What SSCAN, HSCAN and ZSCAN share: a missing key has nothing, and options are not even read.
template <class T>
bool open_collection(Invocation& call, ScanOptions& options, const T*& collection) {
    return parse_cursor_at(call, 2, options) && call.read(call[1], collection) &&
           (collection == nullptr || parse_options(call, 3, false, options));
}

}  // namespace

Reply scan_command(Invocation& call) {
    ScanOptions options;
    if (!parse_cursor_at(call, 1, options) || !parse_options(call, 2, true, options)) {
        return call.fail();
    }
    Keyspace& keyspace = call.keyspace();
    std::vector<std::string> expired;
    ReplyList items = call.list();
    ScanFilter filter(call, options);
    const std::uint64_t cursor = scan_buckets(call, options, [&](std::uint64_t at, std::uint64_t& seen) {
        return keyspace.keys(call.db()).scan(at, [&](const Keyspace::Keys::Node& node) {
            ++seen;
            call.visit();
            if (!filter.matches(node.key())) return;
            if (keyspace.is_expired(node)) {
                call.hold(2 * sizeof(std::string) + node.key().size());
                expired.push_back(node.key());
                return;
            }
            if (options.type && !equals_ignoring_case(*options.type, node.value().object->type_name())) {
                return;
            }
            items.bulk(node.key());
        });
    });
    for (const std::string& key : expired) {
        call.look_up();
        (void)keyspace.peek(call.db(), key);  // which removes it
    }
    return scan_reply(call, cursor, std::move(items));
}

Reply sscan_command(Invocation& call) {
    ScanOptions options;
    const SetValue* set = nullptr;
    if (!open_collection(call, options, set)) return call.fail();
    ReplyList items = call.list();
    ScanFilter filter(call, options);
    const auto add = [&](std::string_view member) {
        if (filter.matches(member)) items.bulk(member);
    };
    if (set == nullptr) return scan_reply(call, 0, call.list());
    if (set->integers()) {
        for (const std::string_view member : call.members(*set)) add(member);
        return scan_reply(call, 0, std::move(items));
    }
    const std::uint64_t cursor = scan_buckets(call, options, [&](std::uint64_t at, std::uint64_t& seen) {
        return set->dict().scan(at, [&](const SetValue::Members::Node& node) {
            ++seen;
            call.visit();
            add(node.key());
        });
    });
    return scan_reply(call, cursor, std::move(items));
}

Reply hscan_command(Invocation& call) {
    ScanOptions options;
    const HashValue* hash = nullptr;
    if (!open_collection(call, options, hash)) return call.fail();
    ReplyList items = call.list();
    ScanFilter filter(call, options);
    const auto add = [&](const HashValue::Fields::Node& node) {
        if (!filter.matches(node.key())) return;
        items.bulk(node.key());
        items.bulk(node.value());
    };
    if (hash == nullptr) return scan_reply(call, 0, call.list());
    if (hash->compact()) {
        for (const auto* node = hash->fields().first(); node != nullptr; node = node->next()) {
            add(*node);
        }
        return scan_reply(call, 0, std::move(items));
    }
    const std::uint64_t cursor = scan_buckets(call, options, [&](std::uint64_t at, std::uint64_t& seen) {
        return hash->fields().scan(at, [&](const HashValue::Fields::Node& node) {
            ++seen;
            call.visit();
            add(node);
        });
    });
    return scan_reply(call, cursor, std::move(items));
}

Reply zscan_command(Invocation& call) {
    ScanOptions options;
    const SortedSet* set = nullptr;
    if (!open_collection(call, options, set)) return call.fail();
    ReplyList items = call.list();
    ScanFilter filter(call, options);
    // Redis shows the scores of a listpack as they are stored in it.
    const auto add = [&](const SortedSet::Node& node) {
        if (!filter.matches(node.member())) return;
        items.bulk(node.member());
        items.bulk(set->compact() ? format_score(node.score()) : format_scan_score(node.score()));
    };
    if (set == nullptr) return scan_reply(call, 0, call.list());
    if (set->compact()) {
        for (const auto* node = set->first(); node != nullptr; node = node->next()) add(*node);
        return scan_reply(call, 0, std::move(items));
    }
    const std::uint64_t cursor = scan_buckets(call, options, [&](std::uint64_t at, std::uint64_t& seen) {
        return set->scan(at, [&](const SortedSet::Node& node) {
            ++seen;
            call.visit();
            add(node);
        });
    });
    return scan_reply(call, cursor, std::move(items));
}

}  // namespace arenite::redis
