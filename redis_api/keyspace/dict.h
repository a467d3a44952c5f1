// The dictionary of the keyspace: databases, hashes, sets and sorted sets are all made of it.
//
// Chained buckets in a power of two (bucket_table.h), SipHash, and a list of all nodes in order of insertion. Nodes
// never move in memory.
//
// Undo is the business of a journal (dict_journal.h, whose rules are cited by number).
#pragma once

#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "redis_api/free_in_pieces.h"
#include "redis_api/keyspace/bucket_table.h"
#include "redis_api/keyspace/dict_journal.h"
#include "redis_api/keyspace/random_source.h"
#include "redis_api/keyspace/sip_hash.h"

namespace arenite::redis {

/// Parts of Dict that do not depend on the value type.
class DictBase {
public:
    /// All dictionaries of a process share one random key, drawn at first use.
    [[nodiscard]] static const HashKey& hash_key();

    /// A key with its hash, so that looking for it and inserting it hash it once. Refers to the text.
    class HashedKey {
    public:
        explicit HashedKey(std::string_view text) noexcept : text_(text), hash_(sip_hash(hash_key(), text)) {}
        [[nodiscard]] std::string_view text() const noexcept { return text_; }
        [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

    private:
        std::string_view text_;
        std::uint64_t hash_;
    };

protected:
    static constexpr std::size_t kFewestBuckets = 4;

    /// The successor of a scan cursor: its reversed low bits counted up by one (Redis dict.c,
    /// dictScan). Elements that stay are seen even when the table grows or shrinks between calls.
    [[nodiscard]] static std::uint64_t next_cursor(std::uint64_t cursor, std::uint64_t mask) noexcept;
};

template <class Value>
class Dict : private DictBase {
public:
    using DictBase::HashedKey;
    using Node = DictNode<Value>;

    Dict() : table_(kFewestBuckets) {}
    Dict(const Dict&) = delete;
    Dict& operator=(const Dict&) = delete;
    ~Dict() {
        while (in_undo()) commit_undo();
        FreeAllowance all = std::numeric_limits<FreeAllowance>::max();
        (void)free_some(true, all);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// Whether nodes are still to be moved to the buckets of another size. Commands cannot tell.
    [[nodiscard]] bool is_resizing() const noexcept { return table_.is_moving(); }
    [[nodiscard]] Node* first() noexcept { return first_; }
    [[nodiscard]] const Node* first() const noexcept { return first_; }

    [[nodiscard]] const Node* find(std::string_view key) const noexcept { return const_cast<Dict*>(this)->find(key); }

    [[nodiscard]] Node* find(std::string_view key) noexcept { return size_ == 0 ? nullptr : find(HashedKey(key)); }

    [[nodiscard]] Node* find(const HashedKey& key) noexcept {
        for (Node* node = table_.head(key.hash()); node != nullptr; node = node->chain_) {
            if (node->hash_ == key.hash() && node->key_ == key.text()) return node;
        }
        return nullptr;
    }

    [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }

    /// Appends an element; the key must not be there.
    Node* insert(std::string_view key, Value value) { return insert(HashedKey(key), std::move(value)); }

    Node* insert(const HashedKey& key, Value value) {
        assert(find(key) == nullptr);
        move_some();
        if (size_ >= table_.size()) resize(table_.size() * 2);
        reserve_change();
        Node* node = new Node(key.text(), key.hash(), next_birth_++, std::move(value));
        if (in_undo()) undo_->add(Change::Added, node);
        table_.link(node);
        link_after(last_, node);
        ++size_;
        return node;
    }

    /// Replaces the value of an element; the old one is journaled.
    void assign(Node* node, Value value) {
        if (in_undo() && !undo_->is_saved(node)) {
            reserve_change();
            undo_->add(Change::Changed, node);
            undo_->records.back().old_value = std::move(node->value_);
        }
        node->value_ = std::move(value);
    }

    void erase(Node* node) {
        reserve_change();
        unlink(node);
        if (!in_undo()) {
            delete node;
        } else if (undo_->is_born(node)) {
            undo_->cancel(node);
            delete node;
        } else {
            undo_->records.push_back({Change::Removed, node, 0, std::nullopt});
        }
        move_some();
        if (size_ * 8 < table_.size() && table_.size() > kFewestBuckets) shrink();
    }

    /// After this, one assign() or erase() cannot fail. May throw std::bad_alloc.
    void reserve_change() {
        if (!in_undo()) return;
        undo_->records.reserve(1);
    }

    bool erase(std::string_view key) {
        Node* node = find(key);
        if (node != nullptr) erase(node);
        return node != nullptr;
    }

    /// Visits the elements of the bucket under `cursor` and returns the next cursor; 0 starts and
    /// ends. The visitor must not change the dictionary.
    template <class Visitor>
    [[nodiscard]] std::uint64_t scan(std::uint64_t cursor, Visitor&& visit) const {
        if (size_ == 0) return 0;
        auto& table = const_cast<Dict*>(this)->table_;  // where nodes are, nobody sees
        const std::uint64_t mask = table.size() - 1;
        for (const Node* node = table.head(cursor); node != nullptr; node = node->chain_) {
            visit(*node);
        }
        return next_cursor(cursor, mask);
    }

    /// A uniformly drawn element; null if there is none. Draws a bucket and a place in its chain, and
    /// again if that place is empty.
    [[nodiscard]] Node* random(RandomSource& source) noexcept {
        if (size_ == 0) return nullptr;
        for (;;) {
            if (Node* node = table_.draw(source); node != nullptr) return node;
        }
    }

    [[nodiscard]] bool in_undo() const noexcept { return undo_ != nullptr; }

    /// May throw std::bad_alloc; then no scope was opened. `flag` is the owner's, for undo_flag().
    void begin_undo(bool flag = false) {
        std::unique_ptr<Undo> fresh;
        if (!in_undo()) fresh = std::make_unique<Undo>(marks_);
        Undo& undo = fresh != nullptr ? *fresh : *undo_;
        undo.scopes.push_back({undo.records.size(), 0, table_.longest_chain(), 0, {}, flag});
        if (fresh != nullptr) undo_ = std::move(fresh);
    }

    /// What begin_undo() of the innermost scope was given; false outside of scopes.
    [[nodiscard]] bool undo_flag() const noexcept { return in_undo() && undo_->scopes.back().flag; }

    /// Ends the innermost scope, and with the outermost one the journal.
    void commit_undo() noexcept {
        if (!in_undo()) return;
        Scope inner = std::move(undo_->scopes.back());
        undo_->scopes.pop_back();
        if (!undo_->scopes.empty()) {
            const bool many = undo_->records.size() - inner.start > kFreedAtOnce;
            undo_->merge(inner, [&](Node* node) { drop(node, many); });
            return;
        }
        marks_ += undo_->records.size();
        end_journal(std::move(undo_));
    }

    /// Undoes what was done in the innermost scope, which ends.
    void rollback_undo() noexcept {
        if (!in_undo()) return;
        Scope scope = std::move(undo_->scopes.back());
        undo_->scopes.pop_back();
        Records& records = undo_->records;
        const bool many = records.size() - scope.start > kFreedAtOnce;
        while (records.size() > scope.start) {
            Record& record = records.back();
            Node* node = record.node;
            switch (record.change) {
                case Change::Void: break;
                case Change::Added:
                    unlink(node);
                    drop(node, many);
                    break;
                case Change::Changed:
                    node->value_ = std::move(*record.old_value);
                    node->mark_ = record.outer_mark;
                    break;
                case Change::Removed:
                    table_.link(node);
                    link_after(node->previous_, node);
                    ++size_;
                    break;
            }
            records.pop_back();
        }
        if (scope.old_size != 0 && scope.old_size != table_.size()) resize_back(scope);
        table_.set_longest_chain(scope.longest_chain);
        if (undo_->scopes.empty()) undo_.reset();
    }

    /// Whether there is something for free_some() while this lives.
    [[nodiscard]] bool has_dropped() const noexcept { return dropped_ != nullptr || ended_ != nullptr; }

    /// Frees what scopes have dropped, and with `everything` the elements, too. True: nothing is left. What began with
    /// `everything` can only be resumed, or be destroyed.
    [[nodiscard]] bool free_some(bool everything, FreeAllowance& allowance) noexcept {
        while (dropped_ != nullptr) {
            Node* const node = dropped_;
            if (!node->free_parts(allowance)) return false;
            dropped_ = node->chain_;
            delete node;
        }
        for (; ended_ != nullptr; ended_ = std::move(ended_->next)) {
            for (Records& records = ended_->records; !records.empty(); records.pop_back()) {
                Record& record = records.back();
                if (record.change == Change::Removed) {
                    if (!record.node->free_parts(allowance)) return false;
                    delete record.node;
                } else {
                    if (allowance <= 0 || (record.old_value && !free_some_of(*record.old_value, allowance)))
                        return false;
                    allowance -= free_cost::kItem;
                }
            }
        }
        if (!everything) return true;
        while (first_ != nullptr) {
            Node* const node = first_;
            if (!node->free_parts(allowance)) return false;
            first_ = node->next_;
            delete node;
        }
        return table_.free_some(allowance);
    }

private:
    /// Elements that the end of a scope drops without delay.
    static constexpr std::size_t kFreedAtOnce = 16;

    using Undo = DictJournal<Value>;
    using Change = typename Undo::Change;
    using Record = typename Undo::Record;
    using Records = typename Undo::Records;
    using Scope = typename Undo::Scope;
    using Buckets = BucketArray<Node>;

    [[nodiscard]] Scope& scope() noexcept { return undo_->scope(); }
    /// Of a node that is linked nowhere.
    void drop(Node* node, bool later) noexcept {
        if (!later) {
            delete node;
            return;
        }
        node->chain_ = dropped_;
        dropped_ = node;
    }

    /// What the records of an outermost scope keep is not needed any more.
    void end_journal(std::unique_ptr<Undo> undo) noexcept {
        if (undo->records.size() > kFreedAtOnce) {
            undo->next = std::move(ended_);
            ended_ = std::move(undo);
            return;
        }
        for (; !undo->records.empty(); undo->records.pop_back()) {
            if (undo->records.back().change == Change::Removed) delete undo->records.back().node;
        }
    }

    /// After `previous`, or in front of all if it is null.
    void link_after(Node* previous, Node* node) noexcept {
        node->previous_ = previous;
        node->next_ = previous != nullptr ? previous->next_ : first_;
        (previous != nullptr ? previous->next_ : first_) = node;
        (node->next_ != nullptr ? node->next_->previous_ : last_) = node;
    }

    /// Takes a node out of its bucket and of the list; the node keeps `previous_`.
    void unlink(Node* node) noexcept {
        table_.unlink(node);
        (node->previous_ != nullptr ? node->previous_->next_ : first_) = node->next_;
        (node->next_ != nullptr ? node->next_->previous_ : last_) = node->previous_;
        --size_;
    }

    void shrink() noexcept {
        std::size_t wanted = kFewestBuckets;
        while (wanted < size_ * 2) wanted *= 2;  // until it grows, there is time for all nodes to move
        try {
            resize(wanted);
        } catch (const std::bad_alloc&) {
            return;  // it stays wide
        }
    }

    void resize(std::size_t count) {
        Buckets fresh(count);
        keep(table_.move_all());
        if (in_undo() && scope().old_size == 0) scope().old_size = table_.size();
        begin_moving(std::move(fresh));
    }

    /// To the size at the begin of a scope that is being rolled back.
    void resize_back(Scope& ended) noexcept {
        if (table_.moving_from() == ended.old_size) {
            table_.turn_back();
            if (!table_.is_large()) keep(table_.move_all());
            return;
        }
        keep(table_.move_all());
        begin_moving(std::move(ended.old_buckets));
    }

    void begin_moving(Buckets fresh) noexcept {
        table_.resize(std::move(fresh));
        if (!table_.is_large()) keep(table_.move_all());
    }

    void move_some() noexcept {
        if (table_.is_moving()) [[unlikely]]
            keep(table_.move_some());
    }

    /// An array that all nodes have left: a scope may want to go back to it.
    void keep(Buckets emptied) noexcept {
        if (!emptied.empty() && in_undo()) undo_->keep(std::move(emptied));
    }

    BucketTable<Node> table_;
    Node* first_ = nullptr;
    Node* last_ = nullptr;
    std::size_t size_ = 0;
    std::uint64_t next_birth_ = 0;
    std::size_t marks_ = 0;  ///< the last mark of the journals that have ended
    std::unique_ptr<Undo> undo_;
    Node* dropped_ = nullptr;      ///< linked by chain_
    std::unique_ptr<Undo> ended_;  ///< linked by next
};

}  // namespace arenite::redis
