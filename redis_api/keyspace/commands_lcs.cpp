// LCS (Redis t_string.c, lcsCommand).
#include <algorithm>
#include <vector>

#include "redis_api/keyspace/invocation.h"

namespace arenite::redis {
namespace {

struct LcsOptions {
    bool length_only = false;
    bool ranges = false;
    bool with_match_length = false;
    std::int64_t shortest_match = 0;
};

bool parse_options(Invocation& call, LcsOptions& options) {
    for (std::size_t i = 3; i < call.size(); ++i) {
        if (call.is(i, "idx")) {
            options.ranges = true;
        } else if (call.is(i, "len")) {
            options.length_only = true;
        } else if (call.is(i, "withmatchlen")) {
            options.with_match_length = true;
        } else if (call.is(i, "minmatchlen") && call.has_more(i)) {
            if (!call.integer(++i, options.shortest_match)) return false;
            options.shortest_match = std::max<std::int64_t>(options.shortest_match, 0);
        } else {
            return call.set_error("syntax error");
        }
    }
    if (options.length_only && options.ranges) {
        return call.set_error("If you want both the length and indexes, please just use IDX.");
    }
    return true;
}

/// lengths[i * columns + j]: length of the longest common subsequence of the first i and j bytes.
struct LcsTable {
    std::size_t columns;
    std::vector<std::uint32_t> lengths;

    std::uint32_t at(std::size_t i, std::size_t j) const { return lengths[i * columns + j]; }
};

LcsTable make_table(Invocation& call, std::string_view a, std::string_view b) {
    LcsTable table{b.size() + 1, {}};
    const std::size_t size = (a.size() + 1) * (b.size() + 1);
    call.hold(size * sizeof(std::uint32_t));
    table.lengths.reserve(size);
    table.lengths.resize(table.columns);
    constexpr std::size_t kPiece = 4096;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        call.bytes(table.columns * sizeof(std::uint32_t));
        table.lengths.resize((i + 1) * table.columns);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            if (j % kPiece == 1) call.visit(std::min(kPiece, b.size() - j + 1));
            table.lengths[i * table.columns + j] =
                a[i - 1] == b[j - 1] ? table.at(i - 1, j - 1) + 1 : std::max(table.at(i - 1, j), table.at(i, j - 1));
        }
    }
    return table;
}

/// A matched range: bytes [a, a + length) of one string and [b, b + length) of the other.
struct Match {
    std::size_t a;
    std::size_t b;
    std::size_t length;
};

/// Walks the table from its end, as Redis does, so that the same of several solutions is found.
std::vector<Match> walk(Invocation& call, const LcsTable& table, std::string_view a, std::string_view b,
                        std::string& common) {
    call.hold(2 * std::min(a.size(), b.size()) * (sizeof(Match) + 1));
    std::vector<Match> matches;
    bool open = false;
    std::size_t i = a.size();
    std::size_t j = b.size();
    while (i > 0 && j > 0) {
        call.visit();
        if (a[i - 1] == b[j - 1]) {
            common += a[i - 1];
            if (open && matches.back().a == i && matches.back().b == j) {
                matches.back() = {i - 1, j - 1, matches.back().length + 1};
            } else {
                matches.push_back({i - 1, j - 1, 1});
            }
            open = true;
            --i;
            --j;
        } else {
            open = false;
            if (table.at(i - 1, j) > table.at(i, j - 1))
                --i;
            else
                --j;
        }
    }
    std::reverse(common.begin(), common.end());
    return matches;
}

Reply integer_pair(Invocation& call, std::size_t first, std::size_t last) {
    ReplyList pair = call.list();
    pair.reserve(2);
    pair.integer(static_cast<std::int64_t>(first));
    pair.integer(static_cast<std::int64_t>(last));
    return call.array(std::move(pair));
}

}  // namespace

Reply lcs_command(Invocation& call) {
    std::string_view text[2];
    for (std::size_t i = 0; i < 2; ++i) {
        call.look_up();
        const Object* object = call.keyspace().find(call.db(), call[i + 1]);
        if (object == nullptr) continue;
        const auto* string = object->as<StringValue>();
        if (string == nullptr) return call.error("The specified keys must contain string values");
        text[i] = string->bytes();
    }
    LcsOptions options;
    if (!parse_options(call, options)) return call.fail();
    const std::size_t longest = call.keyspace().options().longest_string;
    if ((text[0].size() + 1) > longest / sizeof(std::uint32_t) / (text[1].size() + 1)) {
        return call.error("Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    }
    const LcsTable table = make_table(call, text[0], text[1]);
    const auto length = static_cast<std::int64_t>(table.lengths.back());
    if (options.length_only) return Reply::integer(length);
    std::string common;
    const std::vector<Match> matches = walk(call, table, text[0], text[1], common);
    if (!options.ranges) return call.bulk(std::move(common));
    ReplyList shown = call.list();
    for (const Match& match : matches) {
        if (static_cast<std::int64_t>(match.length) < options.shortest_match) continue;
        ReplyList item = call.list();
        item.add(integer_pair(call, match.a, match.a + match.length - 1));
        item.add(integer_pair(call, match.b, match.b + match.length - 1));
        if (options.with_match_length) item.integer(static_cast<std::int64_t>(match.length));
        shown.add(call.array(std::move(item)));
    }
    ReplyList map = call.list();
    map.bulk(std::string_view("matches"));
    map.add(call.array(std::move(shown)));
    map.bulk(std::string_view("len"));
    map.integer(length);
    return call.map_reply(std::move(map));
}

}  // namespace arenite::redis
