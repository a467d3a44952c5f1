// A Redis sorted set: a dictionary from member to node, and a skip list with spans over the nodes
// in order of score, then member (Redis t_zset.c). Rank in both directions is O(log n).
//
// Undo. The dictionary journals itself. The skip list has a journal of the nodes that were linked and
// unlinked; scopes nest and share it, each from its mark on. Nodes that were there at begin stay alive
// when they are unlinked; those that are younger go, with their record. So rollback has all nodes that
// it links again, and allocates nothing. What ended scopes have dropped waits for free_some(), and marks are numbered,
// as in Dict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "redis_api/keyspace/dict.h"
#include "redis_api/keyspace/record_list.h"
#include "redis_api/work_meter.h"

namespace arenite::redis {

/// min <= score <= max, each end open if its flag says so.
struct ScoreRange {
    double min = 0;
    double max = 0;
    bool min_open = false;
    bool max_open = false;

    [[nodiscard]] bool above_min(double score) const noexcept { return min_open ? score > min : score >= min; }
    [[nodiscard]] bool below_max(double score) const noexcept { return max_open ? score < max : score <= max; }
    [[nodiscard]] bool empty() const noexcept { return min > max || (min == max && (min_open || max_open)); }
};

/// One end of a range by member: a text, or one of the infinities '-' and '+'.
struct LexBound {
    int infinity = 0;  ///< -1, 0, +1
    std::string_view text;
    bool open = false;
};

struct LexRange {
    LexBound min;
    LexBound max;

    [[nodiscard]] bool above_min(std::string_view member) const noexcept;
    [[nodiscard]] bool below_max(std::string_view member) const noexcept;
    [[nodiscard]] bool empty() const noexcept;
};

class SortedSet {
public:
    class Node;

    SortedSet();
    SortedSet(const SortedSet&) = delete;
    SortedSet& operator=(const SortedSet&) = delete;
    ~SortedSet();

    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }
    [[nodiscard]] bool empty() const noexcept { return members_.empty(); }
    [[nodiscard]] std::optional<double> score(std::string_view member) const noexcept;
    /// Position in ascending order, from 0.
    [[nodiscard]] std::optional<std::size_t> rank(std::string_view member) const noexcept;
    [[nodiscard]] std::size_t rank_of(const Node* node) const noexcept;
    [[nodiscard]] const Node* at_rank(std::size_t rank) const noexcept;  ///< null after the end
    [[nodiscard]] const Node* first() const noexcept;
    [[nodiscard]] const Node* last() const noexcept { return last_; }
    /// Lowest and highest element of a range; null if it is empty.
    [[nodiscard]] const Node* first_in(const ScoreRange& range) const noexcept;
    [[nodiscard]] const Node* last_in(const ScoreRange& range) const noexcept;
    [[nodiscard]] const Node* first_in(const LexRange& range) const noexcept;
    [[nodiscard]] const Node* last_in(const LexRange& range) const noexcept;
    [[nodiscard]] const Node* random(RandomSource& source) noexcept;

    template <class Visitor>
    [[nodiscard]] std::uint64_t scan(std::uint64_t cursor, Visitor&& visit) const {
        return members_.scan(cursor, [&visit](const auto& entry) { visit(*entry.value()); });
    }

    /// Small enough to be a listpack in Redis; once lost, regained only by settle().
    [[nodiscard]] bool compact() const noexcept { return compact_; }
    void set_compact(bool compact) noexcept { compact_ = compact; }
    /// Chooses the encoding again, as for the result of a ZUNIONSTORE.
    void settle() noexcept;

    bool set(std::string_view member, double score);  ///< true: a new member; score is not NaN
    bool erase(std::string_view member);

    void copy_from(const SortedSet& other, WorkMeter& meter);
    /// Scopes as those of Dict.
    void begin_undo();
    void commit_undo() noexcept;
    void rollback_undo() noexcept;
    /// As those of Dict.
    [[nodiscard]] bool has_dropped() const noexcept {
        return dropped_ != nullptr || ended_ != nullptr || members_.has_dropped();
    }
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept;

    static constexpr std::size_t kMostCompactMembers = 128;
    /// What a member takes beside its text, about.
    static constexpr std::size_t kMemberBytes = 192;
    static constexpr std::size_t kLongestCompactMember = 64;

private:
    enum class Change : std::uint8_t { Linked, Unlinked, Void };
    struct Record {
        Change change;
        Node* node;
    };
    struct Scope {
        std::size_t start;  ///< number of its first record
        std::size_t voids;
        bool compact;  ///< at begin
    };
    using Records = RecordList<Record>;
    struct Undo {
        explicit Undo(std::size_t numbers_before) noexcept : first_number(numbers_before) {}

        const std::size_t first_number;
        std::unique_ptr<Undo> next = nullptr;  ///< when it has ended
        Records records;
        boost::container::small_vector<Scope, 2> scopes;
    };
    static constexpr int kMostLevels = 32;
    /// Elements that the end of a scope drops without delay.
    static constexpr std::size_t kFreedAtOnce = 16;

    struct NodeDeleter {
        void operator()(Node* node) const noexcept;
    };
    using NodeOwner = std::unique_ptr<Node, NodeDeleter>;

    [[nodiscard]] NodeOwner make_node(double score);
    /// Into the skip list, by its member and score; out of it.
    void link(Node* node) noexcept;
    void unlink(Node* node) noexcept;
    /// The same, journaled where there is an undo scope; room for the record was reserved.
    void add(NodeOwner fresh, const std::string& member) noexcept;
    void retire(Node* node) noexcept;
    /// Makes room for `count` records and one change of the dictionary. May throw std::bad_alloc.
    void reserve_records(std::size_t count);
    [[nodiscard]] bool is_born(const Node* node) const noexcept;
    /// Of a node whose mark says that it has one.
    [[nodiscard]] std::size_t record(const Node* node) const noexcept {
        return node_mark(node) - 1 - undo_->first_number;
    }
    [[nodiscard]] static std::size_t node_mark(const Node* node) noexcept;
    void void_record(std::size_t number) noexcept;
    /// Of a node that is linked nowhere; later: by free_some().
    void drop(Node* node, bool later) noexcept;
    void end_journal(std::unique_ptr<Undo> undo) noexcept;
    void drop_voids() noexcept;
    /// Nothing of the set is in the range, as far as its two ends tell.
    template <class Range>
    [[nodiscard]] bool misses(const Range& range) const noexcept;
    template <class Range>
    [[nodiscard]] const Node* lowest(const Range& range) const noexcept;
    template <class Range>
    [[nodiscard]] const Node* highest(const Range& range) const noexcept;

    Dict<Node*> members_;
    NodeOwner head_;
    Node* last_ = nullptr;
    std::size_t linked_ = 0;
    int levels_ = 1;
    bool compact_ = true;
    RandomSource random_;
    std::unique_ptr<Undo> undo_;
    std::size_t marks_ = 0;        ///< the last mark of the journals that have ended
    Node* dropped_ = nullptr;      ///< linked by their first levels
    std::unique_ptr<Undo> ended_;  ///< linked by next
};

/// An element in the skip list. Followed in memory by its levels.
class SortedSet::Node {
public:
    [[nodiscard]] const std::string& member() const noexcept { return *member_; }
    [[nodiscard]] double score() const noexcept { return score_; }
    [[nodiscard]] const Node* next() const noexcept { return levels()[0].next; }
    [[nodiscard]] const Node* previous() const noexcept { return previous_; }

private:
    friend class SortedSet;
    struct Level {
        Node* next;
        std::size_t span;  ///< elements from this one to `next`
    };

    Node(double score, int level_count) noexcept : score_(score), level_count_(level_count) {}
    [[nodiscard]] static Node* make(double score, int level_count);
    [[nodiscard]] Level* levels() noexcept { return reinterpret_cast<Level*>(this + 1); }
    [[nodiscard]] const Level* levels() const noexcept { return reinterpret_cast<const Level*>(this + 1); }
    /// Whether this element comes before (score, member).
    [[nodiscard]] bool before(double score, std::string_view member) const noexcept;

    const std::string* member_ = nullptr;  ///< the key in the dictionary
    std::size_t mark_ = 0;  ///< the number of its Linked record, plus one, or of an ended journal; 0: it had none
    double score_;
    Node* previous_ = nullptr;
    int level_count_;
};

}  // namespace arenite::redis
