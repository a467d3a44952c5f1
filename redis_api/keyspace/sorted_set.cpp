#include "redis_api/keyspace/sorted_set.h"

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
    Node* node = head_->levels()[0].next;
    while (node != nullptr) {
        const NodeOwner doomed(node);
        node = node->levels()[0].next;
    }
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
    // Redis t_zset.c, zslFirstInRange. In a lex range scores are taken to be equal; if they are not,
    // the walk still ends at an element, or at none.
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

// Where scores differ, members are not in order and a range by member means little; a small set is
// then searched from its ends, as a listpack is.
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

SortedSet::Node* SortedSet::link(NodeOwner owner, const std::string& member) noexcept {
    Node* const fresh = owner.release();
    fresh->member_ = &member;
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
    return fresh;
}

void SortedSet::unlink(Node* target) noexcept {
    const NodeOwner doomed(target);
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
    const bool known = members_.contains(member);
    if (!known && (size() >= kMostCompactMembers || member.size() > kLongestCompactMember)) {
        compact_ = false;
    }
    // A listpack stores the negative zero as the integer 0 (t_zset.c, zzlInsertAt).
    if (compact_ && score == 0) score = 0;
    if (known) {
        auto* entry = members_.find(member);
        Node* old = entry->value();
        if (old->score_ == score) return false;
        keep(member, old->score_);
        entry->unjournaled_value() = link(make_node(score), entry->key());
        unlink(old);
        return false;
    }
    keep(member, std::nullopt);
    NodeOwner fresh = make_node(score);
    auto* entry = members_.insert(member, nullptr);
    entry->unjournaled_value() = link(std::move(fresh), entry->key());
    return true;
}

bool SortedSet::erase(std::string_view member) {
    auto* entry = members_.find(member);
    if (entry == nullptr) return false;
    keep(member, entry->value()->score_);
    if (undo_ != nullptr) {
        // Absent before and after: nothing to undo.
        auto* kept = undo_->scores.find(member);
        if (!kept->value()) undo_->scores.erase(kept);
    }
    unlink(entry->value());
    members_.erase(entry);
    return true;
}

void SortedSet::keep(std::string_view member, std::optional<double> score) {
    if (undo_ != nullptr && !undo_->scores.contains(member)) undo_->scores.insert(member, score);
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

void SortedSet::copy_from(const SortedSet& other) {
    for (const Node* node = other.first(); node != nullptr; node = node->next()) {
        set(node->member(), node->score());
    }
    compact_ = other.compact_;
}

void SortedSet::begin_undo() {
    undo_ = std::make_unique<Undo>();
    undo_->compact = compact_;
}

void SortedSet::rollback_undo() {
    if (undo_ == nullptr) return;
    const auto undo = std::move(undo_);
    for (const auto* kept = undo->scores.first(); kept != nullptr; kept = kept->next()) {
        if (kept->value()) {
            set(kept->key(), *kept->value());
        } else {
            erase(kept->key());
        }
    }
    compact_ = undo->compact;
}

}  // namespace arenite::redis
