#include "redis_api/keyspace/sorted_set.h"

#include <limits>
#include <new>

namespace arenite::redis {

bool LexRange::above_min(std::string_view member) const noexcept {
    if (min.infinity != 0) return min.infinity < 0;
    return min.open ? member > min.text : member >= min.text;
}

bool LexRange::below_max(std::string_view member) const noexcept {
    if (max.infinity != 0) return max.infinity > 0;
    return max.open ? member < max.text : member <= max.text;
}

bool LexRange::empty() const noexcept {
    // Redis t_zset.c, zslIsInLexRange: an infinity equals only itself, and counts as open.
    if (min.infinity != 0 || max.infinity != 0) {
        return min.infinity == max.infinity || min.infinity > 0 || max.infinity < 0;
    }
    return min.text > max.text || (min.text == max.text && (min.open || max.open));
}

SortedSet::Node* SortedSet::Node::make(double score, int level_count) {
    static_assert(sizeof(Node) % alignof(Level) == 0);
    const auto count = static_cast<std::size_t>(level_count);
    void* memory = ::operator new(sizeof(Node) + count * sizeof(Level));
    Node* node = new (memory) Node(score, level_count);
    for (std::size_t i = 0; i < count; ++i) new (node->levels() + i) Level{nullptr, 0};
    return node;
}

void SortedSet::NodeDeleter::operator()(Node* node) const noexcept {
    node->~Node();
    ::operator delete(node);
}

bool SortedSet::Node::before(double score, std::string_view member) const noexcept {
    return score_ < score || (score_ == score && *member_ < member);
}

SortedSet::SortedSet()
    : head_(Node::make(0, kMostLevels)),
      random_(DictBase::hash_key().first ^ reinterpret_cast<std::uintptr_t>(head_.get())) {}

SortedSet::~SortedSet() {
    while (undo_ != nullptr) commit_undo();
    FreeAllowance all = std::numeric_limits<FreeAllowance>::max();
    (void)free_some(true, all);
}

std::optional<double> SortedSet::score(std::string_view member) const noexcept {
    const auto* entry = members_.find(member);
    if (entry == nullptr) return std::nullopt;
    return entry->value()->score_;
}

std::optional<std::size_t> SortedSet::rank(std::string_view member) const noexcept {
    const auto* entry = members_.find(member);
    if (entry == nullptr) return std::nullopt;
    return rank_of(entry->value());
}

std::size_t SortedSet::rank_of(const Node* target) const noexcept {
    std::size_t rank = 0;
    const Node* node = head_.get();
    for (int i = levels_ - 1; i >= 0; --i) {
        for (;;) {
            const Node::Level& level = node->levels()[i];
            if (level.next == nullptr) break;
            if (level.next != target && !level.next->before(target->score_, *target->member_)) break;
            rank += level.span;
            node = level.next;
        }
        if (node == target) break;
    }
    return rank - 1;
}

const SortedSet::Node* SortedSet::at_rank(std::size_t rank) const noexcept {
    if (rank >= size()) return nullptr;
    std::size_t left = rank + 1;
    const Node* node = head_.get();
    for (int i = levels_ - 1; i >= 0; --i) {
        while (node->levels()[i].next != nullptr && node->levels()[i].span <= left) {
            left -= node->levels()[i].span;
            node = node->levels()[i].next;
        }
        if (left == 0) break;
    }
    return node;
}

const SortedSet::Node* SortedSet::first() const noexcept {
    return head_->levels()[0].next;
}

namespace {

double order_key(const SortedSet::Node* node, const ScoreRange&) noexcept {
    return node->score();
}

std::string_view order_key(const SortedSet::Node* node, const LexRange&) noexcept {
    return node->member();
}

}  // namespace

template <class Range>
bool SortedSet::misses(const Range& range) const noexcept {
    return range.empty() || last_ == nullptr || !range.above_min(order_key(last_, range)) ||
           !range.below_max(order_key(first(), range));
}

template <class Range>
const SortedSet::Node* SortedSet::lowest(const Range& range) const noexcept {
    /// Redis t_zset.c, zslFirstInRange. In a lex range scores are taken to be equal; if they are not,
    /// the walk still ends at an element, or at none.
    if (misses(range)) return nullptr;
    const Node* node = head_.get();
    for (int i = levels_ - 1; i >= 0; --i) {
        while (node->levels()[i].next != nullptr && !range.above_min(order_key(node->levels()[i].next, range))) {
            node = node->levels()[i].next;
        }
    }
    node = node->levels()[0].next;
    return node != nullptr && range.below_max(order_key(node, range)) ? node : nullptr;
}

template <class Range>
const SortedSet::Node* SortedSet::highest(const Range& range) const noexcept {
    if (misses(range)) return nullptr;
    const Node* node = head_.get();
    for (int i = levels_ - 1; i >= 0; --i) {
        while (node->levels()[i].next != nullptr && range.below_max(order_key(node->levels()[i].next, range))) {
            node = node->levels()[i].next;
        }
    }
    return node != head_.get() && range.above_min(order_key(node, range)) ? node : nullptr;
}

const SortedSet::Node* SortedSet::first_in(const ScoreRange& range) const noexcept {
    return lowest(range);
}
const SortedSet::Node* SortedSet::last_in(const ScoreRange& range) const noexcept {
    return highest(range);
}

/// Where scores differ, members are not in order and a range by member means little; a small set is
/// then searched from its ends, as a listpack is.
const SortedSet::Node* SortedSet::first_in(const LexRange& range) const noexcept {
    if (!compact_) return lowest(range);
    if (misses(range)) return nullptr;
    const Node* node = first();
    while (node != nullptr && !range.above_min(node->member())) node = node->next();
    return node != nullptr && range.below_max(node->member()) ? node : nullptr;
}

const SortedSet::Node* SortedSet::last_in(const LexRange& range) const noexcept {
    if (!compact_) return highest(range);
    if (misses(range)) return nullptr;
    const Node* node = last_;
    while (node != nullptr && !range.below_max(node->member())) node = node->previous();
    return node != nullptr && range.above_min(node->member()) ? node : nullptr;
}

const SortedSet::Node* SortedSet::random(RandomSource& source) noexcept {
    auto* entry = members_.random(source);
    return entry != nullptr ? entry->value() : nullptr;
}

SortedSet::NodeOwner SortedSet::make_node(double score) {
    // Each level above the first has a quarter of the elements of the one below.
    int count = 1;
    while (count < kMostLevels && (random_.next() >> 62) == 0) ++count;
    return NodeOwner(Node::make(score, count));
}

void SortedSet::link(Node* fresh) noexcept {
    const std::string& member = *fresh->member_;
    Node* before[kMostLevels];
    std::size_t rank[kMostLevels];
    Node* node = head_.get();
    for (int i = levels_ - 1; i >= 0; --i) {
        rank[i] = i == levels_ - 1 ? 0 : rank[i + 1];
        while (node->levels()[i].next != nullptr && node->levels()[i].next->before(fresh->score_, member)) {
            rank[i] += node->levels()[i].span;
            node = node->levels()[i].next;
        }
        before[i] = node;
    }
    for (; levels_ < fresh->level_count_; ++levels_) {
        rank[levels_] = 0;
        before[levels_] = head_.get();
        head_->levels()[levels_].span = linked_;
    }
    for (int i = 0; i < levels_; ++i) {
        Node::Level& previous = before[i]->levels()[i];
        if (i < fresh->level_count_) {
            fresh->levels()[i] = {previous.next, previous.span - (rank[0] - rank[i])};
            previous = {fresh, rank[0] - rank[i] + 1};
        } else {
            ++previous.span;
        }
    }
    fresh->previous_ = before[0] == head_.get() ? nullptr : before[0];
    Node* after = fresh->levels()[0].next;
    (after != nullptr ? after->previous_ : last_) = fresh;
    ++linked_;
}

void SortedSet::unlink(Node* target) noexcept {
    Node* node = head_.get();
    for (int i = levels_ - 1; i >= 0; --i) {
        while (node->levels()[i].next != nullptr && node->levels()[i].next != target &&
               node->levels()[i].next->before(target->score_, *target->member_)) {
            node = node->levels()[i].next;
        }
        Node::Level& level = node->levels()[i];
        if (level.next == target) {
            level = {target->levels()[i].next, level.span + target->levels()[i].span - 1};
        } else {
            --level.span;
        }
    }
    Node* after = target->levels()[0].next;
    (after != nullptr ? after->previous_ : last_) = target->previous_;
    while (levels_ > 1 && head_->levels()[levels_ - 1].next == nullptr) --levels_;
    --linked_;
}

bool SortedSet::set(std::string_view member, double score) {
    const Dict<Node*>::HashedKey key(member);
    auto* entry = members_.find(key);
    const bool known = entry != nullptr;
    const bool compact =
        compact_ && (known || (size() < kMostCompactMembers && member.size() <= kLongestCompactMember));
    // A listpack stores the negative zero as the integer 0 (t_zset.c, zzlInsertAt).
    if (compact && score == 0) score = 0;
    if (known && entry->value()->score_ == score) return false;
    NodeOwner fresh = make_node(score);
    reserve_records(2);
    if (known) {
        Node* const old = entry->value();
        members_.assign(entry, fresh.get());
        add(std::move(fresh), entry->key());
        retire(old);
    } else {
        entry = members_.insert(key, fresh.get());
        add(std::move(fresh), entry->key());
    }
    compact_ = compact;
    return !known;
}

bool SortedSet::erase(std::string_view member) {
    auto* entry = members_.find(member);
    if (entry == nullptr) return false;
    reserve_records(1);
    retire(entry->value());
    members_.erase(entry);
    return true;
}

void SortedSet::settle() noexcept {
    compact_ = size() <= kMostCompactMembers;
    for (const Node* node = first(); node != nullptr && compact_; node = node->next()) {
        compact_ = node->member().size() <= kLongestCompactMember;
    }
    if (!compact_) return;
    for (Node* node = head_->levels()[0].next; node != nullptr; node = node->levels()[0].next) {
        if (node->score_ == 0) node->score_ = 0;  // see set()
    }
}

void SortedSet::copy_from(const SortedSet& other, WorkMeter& meter) {
    for (const Node* node = other.first(); node != nullptr; node = node->next()) {
        meter.charge(3 * WorkMeter::kLookup);
        set(node->member(), node->score());
    }
    compact_ = other.compact_;
}

// Undo -------------------------------------------------------------------------------------------

void SortedSet::add(NodeOwner fresh, const std::string& member) noexcept {
    Node* const node = fresh.release();
    node->member_ = &member;
    link(node);
    if (undo_ == nullptr) return;
    undo_->records.push_back({Change::Linked, node});
    node->mark_ = undo_->first_number + undo_->records.size();
}

void SortedSet::retire(Node* node) noexcept {
    unlink(node);
    if (undo_ != nullptr && !is_born(node)) {
        undo_->records.push_back({Change::Unlinked, node});
        return;
    }
    if (undo_ != nullptr) void_record(record(node));
    const NodeOwner doomed(node);
}

void SortedSet::reserve_records(std::size_t count) {
    if (undo_ == nullptr) return;
    members_.reserve_change();
    undo_->records.reserve(count);
}

bool SortedSet::is_born(const Node* node) const noexcept {
    return node->mark_ > undo_->first_number + undo_->scopes.back().start;
}

std::size_t SortedSet::node_mark(const Node* node) noexcept {
    return node->mark_;
}

void SortedSet::drop(Node* node, bool later) noexcept {
    if (!later) {
        const NodeOwner doomed(node);
        return;
    }
    node->levels()[0].next = dropped_;
    dropped_ = node;
}

void SortedSet::end_journal(std::unique_ptr<Undo> undo) noexcept {
    if (undo->records.size() > kFreedAtOnce) {
        undo->next = std::move(ended_);
        ended_ = std::move(undo);
        return;
    }
    for (; !undo->records.empty(); undo->records.pop_back()) {
        if (undo->records.back().change == Change::Unlinked) const NodeOwner doomed(undo->records.back().node);
    }
}

bool SortedSet::free_some(bool everything, FreeAllowance& allowance) noexcept {
    const auto free_list = [&allowance](Node*& first) {
        while (first != nullptr) {
            if (allowance <= 0) return false;
            const NodeOwner doomed(first);
            first = first->levels()[0].next;
            allowance -= free_cost::kNode;
        }
        return true;
    };
    if (!free_list(dropped_)) return false;
    for (; ended_ != nullptr; ended_ = std::move(ended_->next)) {
        for (Records& records = ended_->records; !records.empty(); records.pop_back()) {
            if (allowance <= 0) return false;
            const bool unlinked = records.back().change == Change::Unlinked;
            if (unlinked) const NodeOwner doomed(records.back().node);
            allowance -= unlinked ? free_cost::kNode : free_cost::kItem;
        }
    }
    if (everything && !free_list(head_->levels()[0].next)) return false;
    return members_.free_some(everything, allowance);
}

void SortedSet::void_record(std::size_t number) noexcept {
    undo_->records[number].change = Change::Void;
    ++undo_->scopes.back().voids;
    drop_voids();
}

/// As Dict does.
void SortedSet::drop_voids() noexcept {
    Records& records = undo_->records;
    Scope& scope = undo_->scopes.back();
    while (records.size() > scope.start && records.back().change == Change::Void) {
        records.pop_back();
        --scope.voids;
    }
    if (scope.voids <= 16 || scope.voids <= (records.size() - scope.start) / 2) return;
    std::size_t kept = scope.start;
    for (std::size_t i = scope.start; i < records.size(); ++i) {
        if (records[i].change == Change::Void) continue;
        records[kept] = records[i];
        ++kept;
        if (records[i].change == Change::Linked) records[i].node->mark_ = undo_->first_number + kept;
    }
    records.truncate(kept);
    scope.voids = 0;
}

void SortedSet::begin_undo() {
    std::unique_ptr<Undo> fresh;
    if (undo_ == nullptr) fresh = std::make_unique<Undo>(marks_);
    Undo& undo = fresh != nullptr ? *fresh : *undo_;
    undo.scopes.reserve(undo.scopes.size() + 1);
    members_.begin_undo();
    undo.scopes.push_back({undo.records.size(), 0, compact_});
    if (fresh != nullptr) undo_ = std::move(fresh);
}

void SortedSet::commit_undo() noexcept {
    if (undo_ == nullptr) return;
    const std::size_t start = undo_->scopes.back().start;
    undo_->scopes.pop_back();
    Records& records = undo_->records;
    if (undo_->scopes.empty()) {
        marks_ += records.size();
        end_journal(std::move(undo_));
    } else {
        Scope& outer = undo_->scopes.back();
        std::size_t kept = start;
        const bool many = records.size() - start > kFreedAtOnce;
        for (std::size_t i = start; i < records.size(); ++i) {
            Node* node = records[i].node;
            if (records[i].change == Change::Void) continue;
            if (records[i].change == Change::Unlinked && is_born(node)) {  // in the outer scope, as it is now
                records[record(node)].change = Change::Void;
                ++outer.voids;
                drop(node, many);
                continue;
            }
            records[kept] = records[i];
            ++kept;
            if (records[kept - 1].change == Change::Linked) node->mark_ = undo_->first_number + kept;
        }
        records.truncate(kept);
        drop_voids();
    }
    members_.commit_undo();
}

void SortedSet::rollback_undo() noexcept {
    if (undo_ == nullptr) return;
    Records& records = undo_->records;
    const Scope scope = undo_->scopes.back();
    const bool many = records.size() - scope.start > kFreedAtOnce;
    while (records.size() > scope.start) {
        const Record record = records.back();
        records.pop_back();
        if (record.change == Change::Unlinked) link(record.node);
        if (record.change != Change::Linked) continue;
        unlink(record.node);
        drop(record.node, many);
    }
    compact_ = scope.compact;
    undo_->scopes.pop_back();
    if (undo_->scopes.empty()) undo_.reset();
    members_.rollback_undo();
}

}  // namespace arenite::redis
