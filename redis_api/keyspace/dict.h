// The dictionary of the keyspace: databases, hashes, sets and sorted sets are all made of it.
//
// Chained buckets in a power of two, SipHash, and a list of all nodes in order of insertion. Nodes
// never move in memory.
//
// Undo. begin_undo() starts a journal of this dictionary, kept until commit_undo() or
// rollback_undo(). Its size is bounded by the elements that were there and are there, however many
// operations run:
//  1. A node that was there at begin ("old") has at most one Changed and one Removed record.
//  2. A removed old node stays alive in its record, untouched.
//  3. A node inserted since ("born") has one Added record; removing it removes the record too.
//  4. Rollback replays backwards. An old node returns behind the node that preceded it when it was
//     removed. That one is old too, since nodes are only ever appended, and so it is back already.
//     Hence the order of the list is restored exactly.
#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "redis_api/keyspace/random_source.h"
#include "redis_api/keyspace/sip_hash.h"

namespace arenite::redis {

// Parts of Dict that do not depend on the value type.
class DictBase {
public:
    // All dictionaries of a process share one random key, drawn at first use.
    static const HashKey& hash_key();

protected:
    static constexpr std::size_t kFewestBuckets = 4;

    // The successor of a scan cursor: its reversed low bits counted up by one (Redis dict.c,
    // dictScan). Elements that stay are seen even when the table grows or shrinks between calls.
    static std::uint64_t next_cursor(std::uint64_t cursor, std::uint64_t mask) noexcept;
};

template <class Value>
class Dict : private DictBase {
public:
    class Node {
    public:
        const std::string& key() const noexcept { return key_; }
        const Value& value() const noexcept { return value_; }
        const Node* next() const noexcept { return next_; }
        Node* next() noexcept { return next_; }
        // For parts of the value that are not subject to undo.
        Value& unjournaled_value() noexcept { return value_; }

    private:
        friend class Dict;
        Node(std::string_view key, std::uint64_t hash, Value value)
            : hash_(hash), key_(key), value_(std::move(value)) {}

        Node* chain_ = nullptr;
        Node* previous_ = nullptr;
        Node* next_ = nullptr;
        std::uint64_t hash_;
        // 0: old and clean. kSaved: old, its value is in the journal. Else born: its record's number
        // plus one.
        std::size_t mark_ = 0;
        std::string key_;
        Value value_;
    };

    Dict() : buckets_(kFewestBuckets, nullptr) {}
    Dict(const Dict&) = delete;
    Dict& operator=(const Dict&) = delete;
    ~Dict() {
        commit_undo();
        delete_all();
    }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    Node* first() noexcept { return first_; }
    const Node* first() const noexcept { return first_; }

    const Node* find(std::string_view key) const noexcept { return const_cast<Dict*>(this)->find(key); }

    Node* find(std::string_view key) noexcept {
        if (size_ == 0) return nullptr;
        const std::uint64_t hash = sip_hash(hash_key(), key);
        for (Node* node = bucket(hash); node != nullptr; node = node->chain_) {
            if (node->hash_ == hash && node->key_ == key) return node;
        }
        return nullptr;
    }

    bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }

    // Appends an element; the key must not be there.
    Node* insert(std::string_view key, Value value) {
        assert(!contains(key));
        if (size_ >= buckets_.size()) rehash(buckets_.size() * 2);
        Node* node = new Node(key, sip_hash(hash_key(), key), std::move(value));
        if (undo_ != nullptr) {
            undo_->push_back({Change::Added, node, std::nullopt});
            node->mark_ = undo_->size();
        }
        link_bucket(node);
        link_after(last_, node);
        ++size_;
        return node;
    }

    // Replaces the value of an element; the old one is journaled.
    void assign(Node* node, Value value) {
        if (undo_ != nullptr && node->mark_ == 0) {
            undo_->push_back({Change::Changed, node, std::move(node->value_)});
            node->mark_ = kSaved;
        }
        node->value_ = std::move(value);
    }

    void erase(Node* node) {
        unlink(node);
        if (undo_ == nullptr) {
            delete node;
        } else if (is_born(node)) {
            cancel_record(node->mark_ - 1);
            delete node;
        } else {
            undo_->push_back({Change::Removed, node, std::nullopt});
        }
        if (size_ * 8 < buckets_.size() && buckets_.size() > kFewestBuckets) shrink();
    }

    bool erase(std::string_view key) {
        Node* node = find(key);
        if (node != nullptr) erase(node);
        return node != nullptr;
    }

    // Visits the elements of the bucket under `cursor` and returns the next cursor; 0 starts and
    // ends. The visitor must not change the dictionary.
    template <class Visitor>
    std::uint64_t scan(std::uint64_t cursor, Visitor&& visit) const {
        if (size_ == 0) return 0;
        const std::uint64_t mask = buckets_.size() - 1;
        for (const Node* node = buckets_[cursor & mask]; node != nullptr; node = node->chain_) {
            visit(*node);
        }
        return next_cursor(cursor, mask);
    }

    // A uniformly drawn element; null if there is none. Draws a bucket and a place in its chain, and
    // again if that place is empty.
    Node* random(RandomSource& source) noexcept {
        if (size_ == 0) return nullptr;
        for (;;) {
            Node* node = buckets_[source.below(buckets_.size())];
            std::uint64_t place = source.below(longest_chain_);
            while (node != nullptr && place > 0) {
                node = node->chain_;
                --place;
            }
            if (node != nullptr) return node;
        }
    }

    bool in_undo() const noexcept { return undo_ != nullptr; }

    void begin_undo() {
        assert(undo_ == nullptr);
        undo_ = std::make_unique<std::vector<Record>>();
        voids_ = 0;
    }

    void commit_undo() noexcept {
        if (undo_ == nullptr) return;
        for (Record& record : *undo_) {
            if (record.change == Change::Removed) {
                delete record.node;
            } else if (record.change != Change::Void) {
                record.node->mark_ = 0;
            }
        }
        undo_.reset();
    }

    void rollback_undo() noexcept {
        if (undo_ == nullptr) return;
        const auto records = std::move(undo_);
        for (std::size_t i = records->size(); i-- > 0;) {
            Record& record = (*records)[i];
            Node* node = record.node;
            switch (record.change) {
                case Change::Void: break;
                case Change::Added:
                    unlink(node);
                    delete node;
                    break;
                case Change::Changed:
                    node->value_ = std::move(*record.old_value);
                    node->mark_ = 0;
                    break;
                case Change::Removed:
                    link_bucket(node);
                    link_after(node->previous_, node);
                    ++size_;
                    break;
            }
        }
    }

private:
    enum class Change : std::uint8_t { Added, Changed, Removed, Void };

    struct Record {
        Change change;
        Node* node;
        std::optional<Value> old_value;
    };

    static constexpr std::size_t kSaved = ~std::size_t{0};

    bool is_born(const Node* node) const noexcept { return node->mark_ != 0 && node->mark_ != kSaved; }

    Node*& bucket(std::uint64_t hash) noexcept { return buckets_[hash & (buckets_.size() - 1)]; }

    void link_bucket(Node* node) noexcept {
        Node*& head = bucket(node->hash_);
        node->chain_ = head;
        head = node;
        std::size_t length = 0;
        for (const Node* each = head; each != nullptr; each = each->chain_) ++length;
        if (length > longest_chain_) longest_chain_ = length;
    }

    // Behind `previous`, or in front of all if it is null.
    void link_after(Node* previous, Node* node) noexcept {
        node->previous_ = previous;
        node->next_ = previous != nullptr ? previous->next_ : first_;
        (previous != nullptr ? previous->next_ : first_) = node;
        (node->next_ != nullptr ? node->next_->previous_ : last_) = node;
    }

    // Takes a node out of its bucket and of the list; the node keeps `previous_`.
    void unlink(Node* node) noexcept {
        Node** link = &bucket(node->hash_);
        while (*link != node) link = &(*link)->chain_;
        *link = node->chain_;
        (node->previous_ != nullptr ? node->previous_->next_ : first_) = node->next_;
        (node->next_ != nullptr ? node->next_->previous_ : last_) = node->previous_;
        --size_;
    }

    // Voids the Added record of a born node that is going. Voids at the end are dropped at once, and
    // the rest when they are the majority.
    void cancel_record(std::size_t number) {
        std::vector<Record>& records = *undo_;
        records[number].change = Change::Void;
        ++voids_;
        while (!records.empty() && records.back().change == Change::Void) {
            records.pop_back();
            --voids_;
        }
        if (voids_ > 16 && voids_ > records.size() / 2) {
            std::size_t kept = 0;
            for (std::size_t i = 0; i < records.size(); ++i) {
                if (records[i].change == Change::Void) continue;
                if (kept != i) records[kept] = std::move(records[i]);
                ++kept;
                if (records[kept - 1].change == Change::Added) records[kept - 1].node->mark_ = kept;
            }
            records.erase(records.begin() + static_cast<std::ptrdiff_t>(kept), records.end());
            voids_ = 0;
        }
    }

    void shrink() {
        std::size_t wanted = kFewestBuckets;
        while (wanted < size_) wanted *= 2;
        rehash(wanted);
    }

    void rehash(std::size_t count) {
        std::vector<Node*> fresh(count, nullptr);
        buckets_.swap(fresh);
        longest_chain_ = 1;
        // Backwards, so that each chain has its oldest element first.
        for (Node* node = last_; node != nullptr; node = node->previous_) link_bucket(node);
    }

    void delete_all() noexcept {
        while (first_ != nullptr) {
            Node* node = first_;
            first_ = node->next_;
            delete node;
        }
    }

    std::vector<Node*> buckets_;
    Node* first_ = nullptr;
    Node* last_ = nullptr;
    std::size_t size_ = 0;
    std::size_t longest_chain_ = 1;
    std::size_t voids_ = 0;
    std::unique_ptr<std::vector<Record>> undo_;
};

}  // namespace arenite::redis
