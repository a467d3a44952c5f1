// The journal of a dictionary (dict.h): its nodes, and the records by which it undoes what was done in its scopes.
//
// Dict::begin_undo() opens a scope, which ends with commit_undo() or rollback_undo(); scopes nest and share one journal,
// each from its mark on. The size of the journal is bounded, for each scope, by the elements that were there and are
// there, however many operations run:
//  1. A node that was there at begin ("old") has at most one Changed and one Removed record.
//  2. A removed old node stays alive in its record, untouched.
//  3. A node inserted since ("born") has one Added record; removing it removes the record too.
//  4. Rollback replays backwards. An old node returns after the node that preceded it when it was
//     removed. That one is older, since nodes are only ever appended, and so it is back already.
//     Hence the order of the list is restored exactly.
//  5. Buckets have their nodes in order of age, and a rollback brings back the number of buckets: scans
//     and random draws find the same order as before. The array of that number was kept: by the scope, or by the table,
//     as long as nodes move from it.
//  6. The end of an inner scope with commit_undo() drops or cancels the records that 1 and 3 do not
//     allow in the outer scope.
//  7. Rollback and commit allocate nothing. A change that cannot be journaled throws std::bad_alloc
//     before anything has changed.
//  8. A scope with few changes, which is what a command is, takes one allocation.
//  9. What the end of a scope drops, beyond a few elements, waits for free_some(). The marks of nodes whose records
//     have ended are known by their numbers, which go on from one journal to the next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/container/small_vector.hpp>

#include "redis_api/free_in_pieces.h"
#include "redis_api/keyspace/bucket_table.h"
#include "redis_api/keyspace/record_list.h"

namespace arenite::redis {

template <class Value>
class Dict;
template <class Value>
class DictJournal;

/// free_some() of a value, for classes that have a free_some() of their own.
template <class Value>
[[nodiscard]] bool free_some_of(Value& value, FreeAllowance& allowance) noexcept {
    return free_some(value, allowance);
}

/// An element of a dictionary. Never moves in memory.
template <class Value>
class DictNode {
public:
    [[nodiscard]] const std::string& key() const noexcept { return key_; }
    [[nodiscard]] const Value& value() const noexcept { return value_; }
    [[nodiscard]] const DictNode* next() const noexcept { return next_; }
    [[nodiscard]] DictNode* next() noexcept { return next_; }

private:
    friend class Dict<Value>;
    friend class DictJournal<Value>;
    friend class BucketTable<DictNode>;
    DictNode(std::string_view key, std::uint64_t hash, std::uint64_t birth, Value value)
        : hash_(hash), birth_(birth), key_(key), value_(std::move(value)) {}

    /// All of it that is worth a part of its own; false: go on later.
    [[nodiscard]] bool free_parts(FreeAllowance& allowance) noexcept {
        if (allowance <= 0 || !free_some(key_, allowance)) return false;
        if (!free_some_of(value_, allowance)) return false;
        allowance -= free_cost::kNode;
        return true;
    }

    DictNode* chain_ = nullptr;
    DictNode* previous_ = nullptr;
    DictNode* next_ = nullptr;
    std::uint64_t hash_;
    std::uint64_t birth_;  ///< nodes are numbered as they are made
    /// The number of its last Added or Changed record, plus one (DictJournal::record()); of an ended journal, or 0: it has
    /// none.
    std::size_t mark_ = 0;
    std::string key_;
    Value value_;
};

/// One journal lasts from the begin of an outermost scope to its end.
template <class Value>
class DictJournal {
public:
    using Node = DictNode<Value>;
    enum class Change : std::uint8_t { Added, Changed, Removed, Void };

    struct Record {
        Change change;
        Node* node;
        std::size_t outer_mark;  ///< of the node, before a Changed record
        std::optional<Value> old_value;
    };
    using Buckets = BucketArray<Node>;
    struct Scope {
        std::size_t start;  ///< number of its first record
        std::size_t voids;
        std::size_t longest_chain;  ///< at begin
        std::size_t old_size;       ///< of the table, at begin; 0: not resized since
        Buckets old_buckets;        ///< of that size, with nothing in it; empty: the table still moves from it
        bool flag;
    };
    using Records = RecordList<Record>;

    explicit DictJournal(std::size_t numbers_before) noexcept : first_number(numbers_before) {}

    /// Of a node whose mark says that it has one.
    [[nodiscard]] std::size_t record(const Node* node) const noexcept { return node->mark_ - 1 - first_number; }
    /// What marks a node whose record is the last one.
    [[nodiscard]] std::size_t last_mark() const noexcept { return first_number + records.size(); }
    /// Whether a mark is of this journal, and not of the records before `start`.
    [[nodiscard]] bool is_behind(std::size_t mark, std::size_t start) const noexcept {
        return mark > first_number + start;
    }

    [[nodiscard]] Scope& scope() noexcept { return scopes.back(); }
    /// Whether the innermost scope has what the node was at its begin.
    [[nodiscard]] bool is_saved(const Node* node) noexcept { return is_behind(node->mark_, scope().start); }
    [[nodiscard]] bool is_born(const Node* node) noexcept {
        return is_saved(node) && records[record(node)].change == Change::Added;
    }

    /// Room was reserved.
    void add(Change change, Node* node) noexcept {
        records.push_back({change, node, node->mark_, std::nullopt});
        node->mark_ = last_mark();
    }

    /// Voids the Added record of a born node that is going.
    void cancel(const Node* node) noexcept {
        records[record(node)].change = Change::Void;
        ++scope().voids;
        drop_voids();
    }

    /// Makes the records of an inner scope, which are after all others, those of the scope around it. drop(node) takes
    /// what is linked nowhere then.
    template <class Drop>
    void merge(Scope& inner, Drop&& drop) noexcept {
        Scope& outer = scope();
        if (outer.old_size == 0) {
            outer.old_size = inner.old_size;
            outer.old_buckets = std::move(inner.old_buckets);
        }
        std::size_t kept = inner.start;
        for (std::size_t i = inner.start; i < records.size(); ++i) {
            Node* node = records[i].node;
            const Change change = records[i].change;
            if (change == Change::Void) continue;
            if (change == Change::Changed && is_behind(records[i].outer_mark, outer.start)) {
                node->mark_ = records[i].outer_mark;  // saved, or born, in the outer scope already
                continue;
            }
            if (change == Change::Removed && is_born(node)) {
                records[record(node)].change = Change::Void;
                ++outer.voids;
                drop(node);
                continue;
            }
            if (kept != i) records[kept] = std::move(records[i]);
            ++kept;
            if (change != Change::Removed) node->mark_ = first_number + kept;
        }
        records.truncate(kept);
        drop_voids();
    }

    /// An array that all nodes have left: a scope may want to go back to it.
    void keep(Buckets emptied) noexcept {
        for (Scope& each : scopes) {
            if (each.old_size == emptied.size() && each.old_buckets.empty()) {
                each.old_buckets = std::move(emptied);
                return;
            }
        }
    }

    const std::size_t first_number;
    std::unique_ptr<DictJournal> next = nullptr;  ///< when it has ended
    Records records;
    boost::container::small_vector<Scope, 2> scopes;

private:
    /// Voids at the end of the innermost scope are dropped at once, and the rest when they are the
    /// majority.
    void drop_voids() noexcept {
        Scope& current = scope();
        while (records.size() > current.start && records.back().change == Change::Void) {
            records.pop_back();
            --current.voids;
        }
        if (current.voids <= 16 || current.voids <= (records.size() - current.start) / 2) return;
        std::size_t kept = current.start;
        for (std::size_t i = current.start; i < records.size(); ++i) {
            if (records[i].change == Change::Void) continue;
            if (kept != i) records[kept] = std::move(records[i]);
            ++kept;
            if (records[kept - 1].change != Change::Removed) records[kept - 1].node->mark_ = first_number + kept;
        }
        records.truncate(kept);
        current.voids = 0;
    }
};

}  // namespace arenite::redis
