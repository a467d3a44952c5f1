#include "txn/transaction.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include "heap/visit.h"
#include "txn/saved_object.h"

namespace arenite {

namespace {
/// What of a slot is saved: all but the two header words.
template <class T>
constexpr std::size_t kBodyBytes = sizeof(T) - sizeof(ObjectHeader);

template <class T>
void* body_of(T& object) {
    return reinterpret_cast<char*>(&object) + sizeof(ObjectHeader);
}
}  // namespace

Transaction::Transaction(Heap& heap) : heap_(heap), journal_(heap.budget), scopes_(heap.budget) {
    (void)scopes_.reserve(1);  // so that begin() does not fail
    heap_.collector_->add_root_source(this);
}

Transaction::~Transaction() {
    held_ = false;
    (void)rollback();
    heap_.collector_->remove_root_source(this);
}

// --- Life -----------------------------------------------------------------------------------------------------------

bool Transaction::push_scope() {
    finish_undo();
    cancel_long_work();
    if (!scopes_.reserve(scopes_.size() + 1)) return false;
    Scope scope;
    scope.outer_epoch = scopes_.empty() ? 0 : scope_epoch();
    scope.journal = journal_.size();
    scope.userdata = heap_.userdata_.size();
    scope.userdata_sequence = heap_.userdata_sequence_;
    scope.finalizers = heap_.collector_->mark_finalizers();
    scope.pages = heap_.pages_.open_scope();
    (void)scopes_.push_back(scope);  // there is room
    note_scopes();
    heap_.txn_key_ = heap_.pages_.epoch();
    return true;
}

void Transaction::pop_scope() {
    CardMap* cards = scopes_.back().cards;
    scopes_.pop_back();
    note_scopes();
    if (!cards) return;
    delete cards;
    heap_.budget.release_overhead(sizeof(CardMap) + kMallocOverhead);
}

void Transaction::note_scopes() {
    Collector::ScopeBounds bounds;
    if (!scopes_.empty()) {
        bounds.old_userdata = scopes_.front().userdata;
        bounds.kept_userdata = scopes_.back().userdata;
        bounds.queued = scopes_.front().finalizers.size;
    }
    if (scopes_.size() > 1) bounds.taken = scopes_[1].finalizers.head;
    heap_.collector_->set_scope_bounds({}, bounds);
}

std::size_t Transaction::overhead_bytes() const {
    std::size_t bytes = scopes_.bytes() + journal_.overhead_bytes();
    for (const Scope& s : scopes_) bytes += s.cards ? s.cards->bytes() + sizeof(CardMap) + kMallocOverhead : 0;
    return bytes;
}

/// Makes objects forget what epoch they are of.
struct Transaction::EpochEraser : IdleVisitor {
    static void key(WriteKey& key) { key = 0; }
    static void epoch(std::uint32_t& epoch) { epoch = 0; }
};

void Transaction::restart_epochs() {
    heap_.pages_.for_each_object([&](const std::uint64_t* words) {
        with_kind<void>(heap_.base(), *words, [](auto& object) {
            EpochEraser eraser;
            visit_parts(object, eraser);
        });
    });
    heap_.pages_.restart_epochs();
}

TxnStatus Transaction::begin() {
    if (held_) return TxnStatus::Busy;
    if (active() || heap_.pages_.scope_depth() != 0) return TxnStatus::NotActive;
    heap_.collector_->abandon();
    if (heap_.pages_.epoch() >= kEpochRestart) restart_epochs();
    if (!push_scope()) return TxnStatus::OutOfMemory;
    heap_.strings_.begin_transaction(heap_);
    heap_.pages_.fresh_pages = 0;  // of what the host has made
    ++number_;
    state_ = TxnState::Active;
    return TxnStatus::Ok;
}

bool Transaction::is_redundant(std::size_t i) const {
    return journal_[i].epoch >= scopes_[scope_of_record(i)].pages.epoch;
}

std::size_t Transaction::scope_of_record(std::size_t i) const {
    const Scope* after = std::upper_bound(scopes_.begin(), scopes_.end(), i,
                                          [](std::size_t record, const Scope& s) { return record < s.journal; });
    return after == scopes_.begin() ? 0 : static_cast<std::size_t>(after - scopes_.begin()) - 1;
}

bool Transaction::has_escapes() const {
    if (!active()) return false;
    const Scope& scope = scopes_.front();
    const Collector::FinalizerMark now = heap_.collector_->mark_finalizers();
    if (journal_.size() != 0 || now.size != scope.finalizers.size || now.head != scope.finalizers.head) return true;
    for (std::size_t i = scope.userdata; i < heap_.userdata_.size(); ++i) {
        const auto* u = heap_.get<Userdata>(Value{heap_.userdata_[i]});
        if (u && !u->finalized() && !heap_.metamethod_of(u->metatable(), Metamethod::Gc).is_nil()) return true;
    }
    return false;
}

TxnStatus Transaction::commit(CommitMode mode) {
    if (held_) return TxnStatus::Busy;
    if (!active()) return TxnStatus::NotActive;
    finish_undo();
    cancel_long_work();
    while (scopes_.size() > 1) (void)release(scopes_.size() - 1);
    heap_.collector_->abandon();
    if (mode == CommitMode::ReleaseUnescaped && !has_escapes()) {
        undo_outermost();
    } else {
        heap_.strings_.commit(heap_);
        heap_.pages_.flush_caches();
        heap_.pages_.keep_scope(scopes_.back().pages, 0);
        journal_.truncate(0);
        pop_scope();
    }
    heap_.txn_key_ = heap_.pages_.epoch();  // no object has this key: outside of transactions nothing is writable
    state_ = TxnState::Committed;
    return TxnStatus::Ok;
}

TxnStatus Transaction::rollback() {
    if (held_) return TxnStatus::Busy;
    if (!active()) return TxnStatus::NotActive;
    end_undoing();  // the rest is undone with all else
    cancel_long_work();
    heap_.collector_->abandon();
    undo_records(scopes_.front());
    // The scopes are one to the page heap once the outermost is undone.
    while (scopes_.size() > 1) {
        heap_.pages_.keep_scope(scopes_.back().pages, scopes_.back().outer_epoch);
        pop_scope();
    }
    undo_outermost();
    heap_.txn_key_ = heap_.pages_.epoch();
    state_ = TxnState::RolledBack;
    return TxnStatus::Ok;
}

void Transaction::undo_outermost() {
    const Scope& scope = scopes_.back();
    heap_.userdata_.truncate(scope.userdata);
    heap_.userdata_sequence_ = scope.userdata_sequence;
    heap_.pages_.undo_scope(scope.pages, 0);
    heap_.strings_.rollback(heap_);
    heap_.collector_->restore_finalizers({}, scope.finalizers);
    pop_scope();
}

TxnStatus Transaction::savepoint(std::size_t& number) {
    if (held_) return TxnStatus::Busy;
    if (!active()) return TxnStatus::NotActive;
    if (heap_.pages_.epoch() >= kEpochLimit) return TxnStatus::OutOfMemory;
    finish_undo();
    number = scopes_.size();
    return push_scope() ? TxnStatus::Ok : TxnStatus::OutOfMemory;
}

TxnStatus Transaction::release(std::size_t number) {
    if (held_) return TxnStatus::Busy;
    if (!active()) return TxnStatus::NotActive;
    finish_undo();
    if (number == 0 || number >= scopes_.size()) return TxnStatus::BadSavepoint;
    cancel_long_work();
    while (scopes_.size() > number) {
        heap_.pages_.keep_scope(scopes_.back().pages, scopes_.back().outer_epoch);
        // X12: what has been saved since its headers were; other cards are saved once more.
        if (scopes_.back().cards) std::swap(scopes_.back().cards, scopes_[scopes_.size() - 2].cards);
        pop_scope();
    }
    heap_.txn_key_ = heap_.pages_.epoch();
    return TxnStatus::Ok;
}

TxnStatus Transaction::rollback_to(std::size_t number) {
    if (held_) return TxnStatus::Busy;
    if (!active()) return TxnStatus::NotActive;
    if (number == 0 || number >= scopes_.size()) return TxnStatus::BadSavepoint;
    end_undoing();  // the rest of the innermost one is undone with this
    cancel_long_work();
    const Scope undone = scopes_[number];
    undo_records(undone);
    restore_lists(undone);
    while (scopes_.size() > number) {
        heap_.pages_.undo_scope(scopes_.back().pages, scopes_.back().outer_epoch);
        pop_scope();
    }
    heap_.txn_key_ = heap_.pages_.epoch();
    return TxnStatus::Ok;
}

void Transaction::restore_lists(const Scope& scope) {
    heap_.userdata_.truncate(scope.userdata);
    heap_.userdata_sequence_ = scope.userdata_sequence;
    heap_.collector_->restore_finalizers({}, scope.finalizers);
}

bool Transaction::undo_changes_resumable(std::int64_t& budget) {
    const std::size_t slice = std::max(heap_.slice_sizes.slice_slots / 32, 1u);
    if (undoing_ == Undoing::Births) return true;
    if (undoing_ == Undoing::Nothing) cancel_long_work();
    undoing_ = Undoing::Changes;
    const Scope& scope = scopes_.back();
    while (journal_.size() > scope.journal) {
        budget -= undo_records(scope, slice);
        if (budget < 0 && journal_.size() > scope.journal) return false;
    }
    restore_lists(scope);
    undoing_ = Undoing::Births;
    heap_.collector_->set_paused({}, true);
    return true;
}

bool Transaction::undo_births_resumable(std::int64_t& budget) {
    constexpr std::int64_t kPageCost = 128;
    const std::size_t pages = std::max(heap_.slice_sizes.slice_slots / 128, 1u);
    while (!heap_.pages_.undo_some(scopes_.back().pages, pages)) {
        budget -= static_cast<std::int64_t>(pages) * kPageCost;
        if (budget < 0) return false;
    }
    finish_undo();
    return true;
}

void Transaction::end_undoing() {
    undoing_ = Undoing::Nothing;
    heap_.collector_->set_paused({}, false);
}

void Transaction::finish_undo() {
    if (undoing_ != Undoing::Nothing) (void)rollback_to(scopes_.size() - 1);
}

std::int64_t Transaction::undo_records(const Scope& scope, std::size_t count) {
    constexpr std::int64_t kCost = 12;  // of a record; and 64 bytes are a unit
    std::int64_t cost = 0;
    heap_.methods_.forget();  // MC2
    std::size_t i = journal_.size();
    for (; count > 0 && i > scope.journal; --count) {
        const Journal::Record& r = journal_[--i];
        cost += kCost + r.bytes / 64;
        if (r.epoch >= scope.pages.epoch) continue;  // X8
        if (r.owner != 0) {
            // J2. (The parts of an owner that a sweep has not come to yet may be taken over already, but then by what was
            // born in this scope.)
            if (!heap_.alive(Value{r.owner})) continue;
            auto* header = deref<ObjectHeader>(heap_.base(), r.owner);
            header->wkey = 0;
            std::memcpy(r.address, r.saved, r.bytes);
            // A cached absence may have been learnt from contents that are undone now (table.h, T6).
            if (Value{r.owner}.is<Table>()) {
                Table& t = *deref<Table>(heap_.base(), r.owner);
                t.absent_ = 0;
                if (r.kind == Journal::Kind::Nodes) t.hide_entries();  // X12
            }
            if (r.kind == Journal::Kind::Thread && runs_end_) {
                Thread& t = *deref<Thread>(heap_.base(), r.owner);
                if (t.status != ThreadStatus::Suspended) t.status = ThreadStatus::Dead;
            }
            barrier(*header);
        } else {
            std::memcpy(r.address, r.saved, r.bytes);
        }
    }
    journal_.truncate(i);
    if (marked_records_ >= journal_.size()) {
        marked_records_ = journal_.size();
        marked_slots_ = 0;
    }
    return cost;
}

void Transaction::mark_roots(Collector& collector, bool atomic) {
    growth_.mark(collector);
    text_.mark(collector);
    if (work_) work_->mark(collector);
    if (copy_.stack) {
        collector.mark_payload(copy_.stack, copy_.stack_bytes);
        collector.mark_payload(copy_.frames, copy_.frame_bytes);
    }
    if (atomic) growth_.forget_weak();
    if constexpr (!kJournalsWrites) {  // C3 does not hold: anything older may refer to anything younger
        heap_.pages_.for_each_object([&](const std::uint64_t* words) {
            if (heap_.pages_.is_older(Value{words[0]}.position())) collector.mark_changed(words[0]);
        });
    }
    for (Value v : heap_.type_metatables_) collector.mark_value(v);
    for (Value v : heap_.names_) collector.mark_value(v);
    collector.mark_value(heap_.registry_);
    collector.mark_value(heap_.globals_);
}

bool Transaction::mark_list(Collector& collector, bool restart, std::size_t& work) {
    if (restart) marked_records_ = marked_slots_ = 0;
    while (marked_records_ < journal_.size()) {
        if (work == 0) return false;
        const Journal::Record& r = journal_[marked_records_];
        const std::size_t before = marked_slots_;
        if (before == 0) mark_record(collector, r);
        // C4: what nested scopes may restore.
        const Scope& scope = scopes_[scope_of_record(marked_records_)];
        bool through = true;
        if (&scope != scopes_.begin() && r.epoch < scope.pages.epoch) {
            through = mark_saved(collector, r);
        }
        const std::size_t done = 4 + r.bytes / sizeof(Value) + marked_slots_ - before;
        work = done < work ? work - done : 0;
        if (!through) continue;
        marked_slots_ = 0;
        ++marked_records_;
    }
    return true;
}

void Transaction::mark_record(Collector& collector, const Journal::Record& r) {
    if (r.owner != 0 && !heap_.alive(Value{r.owner})) return;
    // C3: what old objects were made to refer to. What they will be, a barrier sees to.
    if (r.owner != 0 && r.epoch < scopes_[0].pages.epoch) {
        const bool card = r.kind == Journal::Kind::Values || r.kind == Journal::Kind::Nodes;
        if (card && deref<Table>(heap_.base(), r.owner)->epoch_ >= scopes_[0].pages.epoch) {
            // Moved since: the card is a part of the backup, and what it had at the move is out of date.
        } else if (r.kind == Journal::Kind::Values) {
            collector.mark_values(static_cast<const Value*>(r.address), r.bytes / sizeof(Value));
        } else if (r.kind == Journal::Kind::Nodes) {
            collector.mark_nodes(static_cast<const Node*>(r.address), r.bytes / sizeof(Node));
        } else if (r.kind == Journal::Kind::Table &&
                   deref<Table>(heap_.base(), r.owner)->epoch_ < scopes_[0].pages.epoch) {
            collector.mark_value(deref<Table>(heap_.base(), r.owner)->metatable());  // its cards are in other records
        } else {
            collector.mark_changed(r.owner);
        }
    }
}

bool Transaction::mark_saved(Collector& collector, const Journal::Record& r) {
    switch (r.kind) {
        case Journal::Kind::Values:
        case Journal::Kind::Words:
            collector.mark_values(reinterpret_cast<const Value*>(r.saved), r.bytes / sizeof(Value));
            return true;
        case Journal::Kind::Nodes:
            collector.mark_nodes(reinterpret_cast<const Node*>(r.saved), r.bytes / sizeof(Node));
            return true;
        case Journal::Kind::Cell: return collector.mark_slice(*SavedObject<Cell>(r), marked_slots_);
        case Journal::Kind::Table: return collector.mark_slice(*SavedObject<Table>(r), marked_slots_);
        case Journal::Kind::Userdata: return collector.mark_slice(*SavedObject<Userdata>(r), marked_slots_);
        case Journal::Kind::Buffer: return collector.mark_slice(*SavedObject<Buffer>(r), marked_slots_);
        case Journal::Kind::Thread: return collector.mark_slice(*SavedObject<Thread>(r), marked_slots_);
    }
    return true;
}

// --- Tables ---------------------------------------------------------------------------------------------------------

TableStatus Transaction::raw_set(Table& t, Value key, Value value) {
    if (!active()) return TableStatus::ReadOnly;
    const Value* slot = t.find(heap_, key);
    if (slot) {
        if (!is_writable(t)) {
            if (const TableStatus s = prepare_slot(t, slot, value); s != TableStatus::Ok) return s;
        }
        // A key whose value was nil comes back: it may be a metamethod that was cached as absent (T6).
        if (slot->is_nil()) t.absent_ = 0;
        *const_cast<Value*>(slot) = value;
        return TableStatus::Ok;
    }
    if (key.is_nil()) return TableStatus::NilKey;
    if (key.is_number() && key.as_number() != key.as_number()) return TableStatus::NanKey;
    if (value.is_nil()) return t.read_only() ? TableStatus::ReadOnly : TableStatus::Ok;
    if (!is_writable(t)) {
        if (t.read_only()) return TableStatus::ReadOnly;
        if (t.epoch() < scope_epoch() && t.array_size() + 3 * t.node_count() > kSmallTable) {
            return insert_by_cards(t, key, value);
        }
        if (t.epoch() >= scope_epoch() && heap_.collector_->keeps_black(t)) return insert_black(t, key, value);
        if (const TableStatus s = prepare_structure(t); s != TableStatus::Ok) return s;
    }
    return t.insert({}, heap_, key, value);
}

TableStatus Transaction::raw_set_large(Table& t, Value key, Value value, std::int64_t& budget) {
    using Kind = TableGrowth::Kind;
    if (!active() || t.read_only()) return raw_set(t, key, value);
    if (growth_.gives_back(t)) {
        const TableStatus s = release_resumable(budget);
        return s == TableStatus::Ok ? raw_set(t, key, value) : s;
    }
    if (!is_large(t) || t.array_size() + 3 * t.node_count() <= kSmallTable) return raw_set(t, key, value);
    const bool older = !is_writable(t) && t.epoch() < scope_epoch();
    if (t.find(heap_, key)) {
        if (!older) return raw_set(t, key, value);
        const Cards* cards = cards_of(t);
        if (!cards) return TableStatus::OutOfMemory;
        if (cards->count < cards->limit) return raw_set(t, key, value);
        const TableStatus s = grow(t, Kind::Copy, Value::nil(), budget);
        return s == TableStatus::Ok ? raw_set(t, key, value) : s;
    }
    if (key.is_nil() || value.is_nil() || (key.is_number() && key.as_number() != key.as_number())) {
        return raw_set(t, key, value);
    }
    if (older) {
        Cards* cards = cards_of(t);
        if (!cards || !save_header(t, *cards)) return TableStatus::OutOfMemory;
        if (cards->count >= cards->limit) {
            if (const TableStatus s = grow(t, Kind::Copy, Value::nil(), budget); s != TableStatus::Ok) return s;
            return raw_set_large(t, key, value, budget);
        }
    }
    if (!growth_.is(t, Kind::Rehash, key)) {
        const std::uint32_t limit = heap_.slice_sizes.slice_slots;
        Room room;
        while ((room = t.room_for({}, heap_, key, limit)) == Room::NotKnown) {
            if ((budget -= limit) < 0) return TableStatus::Unfinished;
        }
        if (room == Room::Some) return raw_set(t, key, value);
    }
    const TableStatus s = grow(t, Kind::Rehash, key, budget);
    return s == TableStatus::Ok ? raw_set_large(t, key, value, budget) : s;
}

TableStatus Transaction::release_resumable(std::int64_t& budget) {
    do {
        std::int64_t work = 0;
        const bool done = growth_.give_back(heap_, work);
        budget -= work;
        if (done) return TableStatus::Ok;
    } while (budget >= 0);
    return TableStatus::Unfinished;
}

TableStatus Transaction::move_resumable(Table& t, std::int64_t& budget) {
    if (!active() || t.read_only()) return TableStatus::Ok;
    if (!growth_.gives_back(t)) {
        if (!is_large(t) || t.epoch() >= scope_epoch()) return TableStatus::Ok;
        const TableStatus s = grow(t, TableGrowth::Kind::Copy, Value::nil(), budget);
        if (s != TableStatus::Ok) return s;
    }
    const TableStatus s = release_resumable(budget);
    return s == TableStatus::Ok ? prepare_structure(t) : s;
}

TableStatus Transaction::grow(Table& t, TableGrowth::Kind kind, Value key, std::int64_t& budget) {
    const bool older = !is_writable(t) && t.epoch() < scope_epoch();
    if (!growth_.is(t, kind, key) && !growth_.begin(heap_, t, kind, key)) {
        // TG5: at once.
        if (const TableStatus s = prepare_structure(t); s != TableStatus::Ok) return s;
        if (kind == TableGrowth::Kind::Reserve) return reserve_array(t, static_cast<std::uint32_t>(key.as_number()));
        return kind == TableGrowth::Kind::Rehash ? t.rehash(heap_, key) : TableStatus::Ok;
    }
    for (;;) {
        std::int64_t work = 0;
        const TableGrowth::Answer answer = growth_.step(heap_, work);
        budget -= work;
        if (answer == TableGrowth::Answer::OutOfMemory) return TableStatus::OutOfMemory;
        if (answer == TableGrowth::Answer::StillOutOfMemory) return TableStatus::StillOutOfMemory;
        if (answer == TableGrowth::Answer::Made) break;
        if (budget < 0) return TableStatus::Unfinished;
    }
    if (older) {
        if (!journal_.append(Journal::Kind::Table, t.self, body_of(t), kBodyBytes<Table>, t.epoch_)) {
            growth_.cancel(heap_);
            return TableStatus::OutOfMemory;
        }
        t.epoch_ = heap_.pages_.epoch();
    }
    barrier(t);  // what was scanned are the old parts
    growth_.install(heap_, {}, t);
    if (heap_.collector_->marking()) heap_.collector_->scans_again(t);
    return TableStatus::Ok;
}

TableStatus Transaction::insert_black(Table& t, Value key, Value value) {
    note_write(t);
    heap_.collector_->owe_write();
    heap_.collector_->mark_value(key);
    heap_.collector_->mark_value(value);
    // An insertion may move the node at the main position to where the collector has been already.
    if (t.node_count() != 0) {
        const Value normal = key.is_number() && key.as_number() == 0 ? Value::number(0) : key;
        heap_.collector_->mark_nodes(t.nodes_ + t.main_position(heap_, normal), 1);
    }
    const Value* array = t.array_;
    const Node* nodes = t.nodes_;
    const TableStatus s = t.insert({}, heap_, key, value);
    if (t.array_ != array || t.nodes_ != nodes) {  // all of it was moved
        barrier(t);
        make_writable(t);
    }
    return s;
}

TableStatus Transaction::prepare_slot(Table& t, const Value*& slot, Value incoming) {
    if (!active() || t.read_only()) return TableStatus::ReadOnly;
    note_write(t);
    if (t.epoch() >= scope_epoch()) {
        if (heap_.collector_->keeps_black(t)) {
            heap_.collector_->owe_write();
            heap_.collector_->mark_value(incoming);
            return TableStatus::Ok;
        }
        barrier(t);
        make_writable(t);
        return TableStatus::Ok;
    }
    const std::uint32_t slots = t.array_size() + 3 * t.node_count();
    if (slots > kSmallTable) {
        heap_.collector_->mark_value(heap_.collector_->marking() ? incoming : Value::nil());
        const Cards* cards = cards_of(t);
        if (!cards) return TableStatus::OutOfMemory;
        if (cards->count < cards->limit) return save_card(t, slot);
    }
    // Find the slot again in the moved parts.
    const auto* at = reinterpret_cast<const char*>(slot);
    const auto* array = reinterpret_cast<const char*>(t.array());
    const bool in_array = at >= array && at < array + t.array_size() * sizeof(Value);
    const std::ptrdiff_t offset = in_array ? at - array : at - reinterpret_cast<const char*>(t.nodes());
    if (const TableStatus s = move_whole(t); s != TableStatus::Ok) return s;
    const char* start = in_array ? reinterpret_cast<const char*>(t.array()) : reinterpret_cast<const char*>(t.nodes());
    slot = reinterpret_cast<const Value*>(start + offset);
    return TableStatus::Ok;
}

TableStatus Transaction::prepare_structure(Table& t) {
    if (!active() || t.read_only()) return TableStatus::ReadOnly;
    note_write(t);
    if (t.epoch() >= scope_epoch()) {
        barrier(t);
        make_writable(t);
        return TableStatus::Ok;
    }
    return move_whole(t);
}

TableStatus Transaction::move_whole(Table& t) {
    const std::size_t array_bytes = t.array_size_ * sizeof(Value);
    const std::size_t node_bytes = t.node_count() * sizeof(Node);
    Value* array = nullptr;
    Node* nodes = t.nodes_;
    if (array_bytes) {
        array = static_cast<Value*>(heap_.pages_.allocate_payload(array_bytes));
        if (!array) return TableStatus::OutOfMemory;
    }
    if (node_bytes) {
        nodes = static_cast<Node*>(heap_.pages_.allocate_payload(node_bytes));
        if (!nodes) {
            if (array) heap_.pages_.release_payload(array, array_bytes);
            return TableStatus::OutOfMemory;
        }
    }
    if (!journal_.append(Journal::Kind::Table, t.self, body_of(t), kBodyBytes<Table>, t.epoch_)) {
        if (array) heap_.pages_.release_payload(array, array_bytes);
        if (node_bytes) heap_.pages_.release_payload(nodes, node_bytes);
        return TableStatus::OutOfMemory;
    }
    if (array_bytes) std::memcpy(array, t.array_, array_bytes);
    if (node_bytes) std::memcpy(nodes, t.nodes_, node_bytes);
    t.array_ = array;
    t.nodes_ = nodes;
    t.epoch_ = heap_.pages_.epoch();
    barrier(t);
    make_writable(t);
    return TableStatus::Ok;
}

Cards* Transaction::cards_of(Table& t) {
    CardMap*& map = scopes_.back().cards;
    if (!map) {
        if (!heap_.budget.charge_overhead(sizeof(CardMap) + kMallocOverhead)) return nullptr;
        map = new (std::nothrow) CardMap(heap_.budget);
        if (!map) {
            heap_.budget.release_overhead(sizeof(CardMap) + kMallocOverhead);
            return nullptr;
        }
    }
    Cards* cards = map->find(t.self);
    if (!cards) return nullptr;
    if (cards->array != t.array_ || cards->nodes != t.nodes_ || cards->limit == 0) {
        const std::uint32_t total =
            (t.array_size_ + kCardValues - 1) / kCardValues + (t.node_count() + kCardNodes - 1) / kCardNodes;
        if (!map->reset(*cards, total)) return nullptr;
        cards->limit = std::max<std::uint32_t>(total / 8, 1);
        cards->array = t.array_;
        cards->nodes = t.nodes_;
    }
    return cards;
}

TableStatus Transaction::save_card(Table& t, const Value* slot) {
    Cards* cards = cards_of(t);
    if (!cards) return TableStatus::OutOfMemory;
    const auto* at = reinterpret_cast<const char*>(slot);
    const auto* array = reinterpret_cast<const char*>(t.array_);
    std::uint32_t card;
    void* start;
    std::size_t bytes;
    Journal::Kind kind;
    if (at >= array && at < array + t.array_size_ * sizeof(Value)) {
        const auto i = static_cast<std::uint32_t>((at - array) / static_cast<std::ptrdiff_t>(sizeof(Value)));
        card = i / kCardValues;
        const std::uint32_t first = card * kCardValues;
        start = t.array_ + first;
        bytes = std::min(kCardValues, t.array_size_ - first) * sizeof(Value);
        kind = Journal::Kind::Values;
    } else {
        const auto i = static_cast<std::uint32_t>((at - reinterpret_cast<const char*>(t.nodes_)) /
                                                  static_cast<std::ptrdiff_t>(sizeof(Node)));
        const std::uint32_t node_card = i / kCardNodes;
        card = (t.array_size_ + kCardValues - 1) / kCardValues + node_card;
        const std::uint32_t first = node_card * kCardNodes;
        start = t.nodes_ + first;
        bytes = std::min(kCardNodes, t.node_count() - first) * sizeof(Node);
        kind = Journal::Kind::Nodes;
    }
    if (cards->saved(card)) return TableStatus::Ok;
    if (kind == Journal::Kind::Nodes && !save_header(t, *cards)) return TableStatus::OutOfMemory;  // X12
    if (!journal_.append(kind, t.self, start, bytes, t.epoch_)) return TableStatus::OutOfMemory;
    cards->note_saved(card);
    return TableStatus::Ok;
}

bool Transaction::save_header(Table& t, Cards& cards) {
    if (cards.header) return true;
    if (!journal_.append(Journal::Kind::Table, t.self, body_of(t), kBodyBytes<Table>, t.epoch_)) return false;
    cards.header = true;
    return true;
}

TableStatus Transaction::insert_by_cards(Table& t, Value key, Value value) {
    // With no free node the parts are rebuilt anyway: that is a move. Otherwise the nodes an insertion may touch are the
    // free one, the one at the main position, and the one in front of that on its chain.
    note_write(t);
    Cards* cards = cards_of(t);
    if (!cards) return TableStatus::OutOfMemory;
    std::uint32_t free = t.last_free_;
    while (free > 0 && !t.nodes_[free - 1].key.is_nil()) --free;
    if (free == 0 || t.nodes_ == Table::kEmptyNode || cards->count >= cards->limit) {
        if (const TableStatus s = move_whole(t); s != TableStatus::Ok) return s;
        return t.insert({}, heap_, key, value);
    }
    if (heap_.collector_->marking()) {
        heap_.collector_->mark_value(key);
        heap_.collector_->mark_value(value);
    }
    if (!save_header(t, *cards)) return TableStatus::OutOfMemory;
    if (key.is_number() && key.as_number() == 0) key = Value::number(0);
    Node* home = t.nodes_ + t.main_position(heap_, key);
    const auto save = [&](Node* n) { return save_card(t, &n->value); };
    if (const TableStatus s = save(home); s != TableStatus::Ok) return s;
    if (!home->value.is_nil()) {
        if (const TableStatus s = save(t.nodes_ + free - 1); s != TableStatus::Ok) return s;
        Node* other = t.nodes_ + t.main_position(heap_, home->key);
        if (other != home) {
            while (other + other->next != home) other += other->next;
            if (const TableStatus s = save(other); s != TableStatus::Ok) return s;
        }
    }
    t.absent_ = 0;
    return t.place(heap_, key, value) ? TableStatus::Ok : TableStatus::OutOfMemory;
}

TableStatus Transaction::set_metatable(Table& t, Value metatable) {
    if (!active() || t.read_only()) return TableStatus::ReadOnly;
    if (!is_writable(t)) {
        note_write(t);
        if (t.epoch() < scope_epoch()) {
            if (t.array_size() + 3 * t.node_count() > kSmallTable) {
                Cards* cards = cards_of(t);
                if (!cards || !save_header(t, *cards)) return TableStatus::OutOfMemory;
                if (heap_.collector_->marking()) heap_.collector_->mark_value(metatable);
                t.metatable_ = metatable;
                return TableStatus::Ok;
            }
        }
        if (const TableStatus s = prepare_structure(t); s != TableStatus::Ok) return s;
    }
    t.metatable_ = metatable;
    return TableStatus::Ok;
}

TableStatus Transaction::set_read_only(Table& t, bool on) {
    if (!active()) return TableStatus::ReadOnly;
    if (t.read_only() == on) return TableStatus::Ok;
    if (!journal_.append(Journal::Kind::Table, t.self, body_of(t), kBodyBytes<Table>, t.epoch_))
        return TableStatus::OutOfMemory;
    t.read_only_ = on;
    t.wkey = 0;
    return TableStatus::Ok;
}

TableStatus Transaction::reserve_array(Table& t, std::uint32_t size) {
    if (size <= t.array_size()) return TableStatus::Ok;
    if (!is_writable(t)) {
        if (const TableStatus s = prepare_structure(t); s != TableStatus::Ok) return s;
    }
    std::uint32_t used = 0;
    for (std::uint32_t i = 0; i < t.node_count(); ++i) used += !t.nodes()[i].value.is_nil();
    return t.resize({}, heap_, size, used);
}

TableStatus Transaction::reserve_array_resumable(Table& t, std::uint32_t size, std::int64_t& budget) {
    if (!active() || t.read_only()) return reserve_array(t, size);
    if (!growth_.gives_back(t)) {
        if (size <= t.array_size()) return TableStatus::Ok;
        if (size <= heap_.slice_sizes.slots && !is_large(t)) return reserve_array(t, size);
        const TableStatus s = grow(t, TableGrowth::Kind::Reserve, Value::number(size), budget);
        if (s != TableStatus::Ok) return s;
    }
    const TableStatus s = release_resumable(budget);
    return s == TableStatus::Ok ? prepare_structure(t) : s;
}

// --- Other objects --------------------------------------------------------------------------------------------------

TxnStatus Transaction::save_words(std::uint64_t owner, void* address, std::size_t bytes) {
    if (!active()) return TxnStatus::NotActive;
    return journal_.append(Journal::Kind::Words, owner, address, bytes, 0) ? TxnStatus::Ok : TxnStatus::OutOfMemory;
}

TxnStatus Transaction::set_cell(Cell& c, Value v) {
    if (!active()) return TxnStatus::NotActive;
    if (!is_writable_by(&c, c.self, heap_.txn_key())) {
        if (c.epoch_ < scope_epoch()) {
            if (!journal_.append(Journal::Kind::Cell, c.self, body_of(c), kBodyBytes<Cell>, c.epoch_))
                return TxnStatus::OutOfMemory;
            c.epoch_ = heap_.pages_.epoch();
        }
        barrier(c);
        make_writable(c);
    }
    c.value_ = v;
    return TxnStatus::Ok;
}

template <class T>
TxnStatus Transaction::prepare_function(T& f) {
    if (!active()) return TxnStatus::NotActive;
    if (f.wkey == (f.self ^ heap_.txn_key())) return TxnStatus::Ok;
    const std::size_t bytes = kBodyBytes<T> + f.upvalue_count_ * sizeof(Value);
    if (const TxnStatus s = save_words(f.self, body_of(f), bytes); s != TxnStatus::Ok) return s;
    barrier(f);
    make_writable(f);
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_upvalue(Closure& c, std::uint32_t i, Value v) {
    if (const TxnStatus s = prepare_function(c); s != TxnStatus::Ok) return s;
    c.upvalues_[i] = v;
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_upvalue_of_other(NativeFunction& f, std::uint32_t i, Value v) {
    if (const TxnStatus s = prepare_function(f); s != TxnStatus::Ok) return s;
    f.upvalues_[i] = v;
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_environment(Closure& c, Value table) {
    if (const TxnStatus s = prepare_function(c); s != TxnStatus::Ok) return s;
    c.environment_ = table;
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_environment(NativeFunction& f, Value table) {
    if (const TxnStatus s = prepare_function(f); s != TxnStatus::Ok) return s;
    f.environment_ = table;
    return TxnStatus::Ok;
}

TxnStatus Transaction::prepare_userdata(Userdata& u) {
    if (!active()) return TxnStatus::NotActive;
    if (u.wkey == (u.self ^ heap_.txn_key())) return TxnStatus::Ok;
    if (u.epoch_ < scope_epoch()) {
        if (!journal_.append(Journal::Kind::Userdata, u.self, body_of(u), kBodyBytes<Userdata>, u.epoch_))
            return TxnStatus::OutOfMemory;
        u.epoch_ = heap_.pages_.epoch();
    }
    barrier(u);
    make_writable(u);
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_environment(Userdata& u, Value table) {
    if (const TxnStatus s = prepare_userdata(u); s != TxnStatus::Ok) return s;
    u.environment_ = table;
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_metatable(Userdata& u, Value metatable) {
    if (const TxnStatus s = prepare_userdata(u); s != TxnStatus::Ok) return s;
    u.metatable_ = metatable;
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_environment(Thread& t, Value table) {
    if (!active()) return TxnStatus::NotActive;
    if (t.wkey != (t.self ^ heap_.txn_key())) {  // of a thread, the key says only that `globals` is in the journal
        if (const TxnStatus s = save_words(t.self, &t.globals_, sizeof(Value)); s != TxnStatus::Ok) return s;
        barrier(t);
        make_writable(t);
    }
    t.globals_ = table;
    return TxnStatus::Ok;
}

TxnStatus Transaction::set_type_metatable(LuaType type, Value metatable) {
    return set_root(heap_.type_metatables_[static_cast<unsigned>(type)], metatable);
}

TxnStatus Transaction::set_private_weak(Handle<Table> table) {
    const TxnStatus s = save_words(0, &heap_.private_weak_, sizeof heap_.private_weak_);
    if (s == TxnStatus::Ok) heap_.private_weak_ = table.bits;
    return s;
}

TxnStatus Transaction::set_root(Value& root, Value v) {
    const TxnStatus s = save_words(0, &root, sizeof(Value));
    if (s == TxnStatus::Ok) root = v;
    return s;
}

TxnStatus Transaction::checkpoint_thread(Thread& t) {
    if (!active()) return TxnStatus::NotActive;
    barrier(t);
    if (t.epoch >= scope_epoch()) return TxnStatus::Ok;
    const std::size_t stack_bytes = t.stack_size * sizeof(Value);
    const std::size_t frame_bytes = t.frame_count * sizeof(Frame);
    auto* stack = static_cast<Value*>(heap_.pages_.allocate_like(t.stack, stack_bytes));
    auto* frames = stack ? static_cast<Frame*>(heap_.pages_.allocate_payload(frame_bytes)) : nullptr;
    if (!frames) {
        if (stack) heap_.pages_.release_payload(stack, stack_bytes);
        return TxnStatus::OutOfMemory;
    }
    std::memcpy(stack, t.stack, static_cast<std::size_t>(t.stack_limit - t.stack) * sizeof(Value));
    std::memcpy(frames, t.frames, static_cast<std::size_t>(t.frame - t.frames + 1) * sizeof(Frame));
    for (Frame* f = frames; f <= frames + (t.frame - t.frames); ++f) f->base = stack + (f->base - t.stack);
    return install_copies(t, stack, frames);
}

TxnStatus Transaction::install_copies(Thread& t, Value* stack, Frame* frames) {
    if (!journal_.append(Journal::Kind::Thread, t.self, body_of(t), kBodyBytes<Thread>, t.epoch)) {
        heap_.pages_.release_payload(stack, t.stack_size * sizeof(Value));
        heap_.pages_.release_payload(frames, t.frame_count * sizeof(Frame));
        return TxnStatus::OutOfMemory;
    }
    t.top = stack + (t.top - t.stack);
    t.stack_limit = stack + (t.stack_limit - t.stack);
    t.frame = frames + (t.frame - t.frames);
    t.frame_limit = frames + (t.frame_limit - t.frames);
    t.stack = stack;
    t.frames = frames;
    t.epoch = heap_.pages_.epoch();
    return TxnStatus::Ok;
}

std::optional<TxnStatus> Transaction::checkpoint_resumable(Thread& t, std::int64_t& budget) {
    constexpr std::size_t kSlotsOfSlice = std::size_t{1} << 13;
    constexpr std::size_t kFramesOfSlice = std::size_t{1} << 11;
    const auto slots = static_cast<std::size_t>(t.stack_limit - t.stack);
    const auto count = static_cast<std::size_t>(t.frame - t.frames) + 1;
    const bool is_short = slots <= kSlotsOfSlice && count <= kFramesOfSlice;
    if (!active() || t.epoch >= scope_epoch() || is_short) {
        budget -= static_cast<std::int64_t>((slots + 4 * count) / 4);
        return checkpoint_thread(t);
    }
    if (copy_.thread != t.self || copy_.from != t.stack || copy_.frame != t.frame) cancel_copy();
    if (!copy_.stack) {
        copy_ = {
            t.self, t.stack, t.frame, nullptr, nullptr, t.stack_size * sizeof(Value), t.frame_count * sizeof(Frame)};
        copy_.stack = static_cast<Value*>(heap_.pages_.allocate_like(t.stack, copy_.stack_bytes));
        copy_.frames = copy_.stack ? static_cast<Frame*>(heap_.pages_.allocate_payload(copy_.frame_bytes)) : nullptr;
        if (!copy_.frames) {
            cancel_copy();
            return TxnStatus::OutOfMemory;
        }
    }
    while (copy_.slots < slots || copy_.done < count) {
        const std::size_t n = std::min(slots - copy_.slots, kSlotsOfSlice);
        if (n) std::memcpy(copy_.stack + copy_.slots, t.stack + copy_.slots, n * sizeof(Value));
        copy_.slots += n;
        const std::size_t end = n ? copy_.done : std::min(count, copy_.done + kFramesOfSlice);
        budget -= static_cast<std::int64_t>(n * 2 + (end - copy_.done) * 8);
        for (; copy_.done < end; ++copy_.done) {
            Frame f = t.frames[copy_.done];
            f.base = copy_.stack + (f.base - t.stack);
            copy_.frames[copy_.done] = f;
        }
        if (budget < 0 && copy_.done < count) return std::nullopt;
    }
    // The native at the top may have waited for this, and noted where it is.
    Frame f = *t.frame;
    const std::size_t first = static_cast<std::size_t>(f.base - t.stack);
    std::memcpy(copy_.stack + first, f.base, std::min<std::size_t>(slots - first, 512) * sizeof(Value));
    f.base = copy_.stack + first;
    copy_.frames[count - 1] = f;
    barrier(t);
    Value* const stack = std::exchange(copy_.stack, nullptr);
    return install_copies(t, stack, std::exchange(copy_.frames, nullptr));
}

void Transaction::cancel_copy() {
    if (copy_.stack) heap_.pages_.release_payload(copy_.stack, copy_.stack_bytes);
    if (copy_.frames) heap_.pages_.release_payload(copy_.frames, copy_.frame_bytes);
    copy_ = {};
}

char* Transaction::carry_text(Value text, std::size_t number) {
    const LongString* s = heap_.get<LongString>(text);
    if (!s || s->payload_bytes() <= kMaxSmallPayload || number == 0 || number >= scopes_.size()) return nullptr;
    auto* bytes = const_cast<char*>(s->data());
    return heap_.pages_.outlive_undo(bytes, scopes_[number].pages) ? bytes : nullptr;
}

// --- Buffers --------------------------------------------------------------------------------------------------------

TxnStatus Transaction::prepare_buffer(Buffer& b, std::size_t capacity) {
    if (!active()) return TxnStatus::NotActive;
    const bool writable = b.wkey == (b.self ^ heap_.txn_key());
    const bool old = !writable && b.epoch_ < scope_epoch();
    if (old || capacity > b.capacity_) {
        const std::size_t grown =
            capacity > b.capacity_ ? std::max<std::size_t>({capacity, b.capacity_ * 2, 64}) : b.capacity_;
        // A large one grows without a copy, which would be long work.
        const bool grows = !old && b.capacity_ > kMaxSmallPayload && heap_.pages_.releases(b.data_, b.capacity_);
        char* data = nullptr;
        if (grown) {
            data = static_cast<char*>(grows ? heap_.pages_.grow_large(b.data_, grown)
                                            : heap_.pages_.allocate_payload(grown));
            if (!data) return TxnStatus::OutOfMemory;
        }
        if (old && !journal_.append(Journal::Kind::Buffer, b.self, body_of(b), kBodyBytes<Buffer>, b.epoch_)) {
            if (data) heap_.pages_.release_payload(data, grown);
            return TxnStatus::OutOfMemory;
        }
        if (!grows) {
            // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): what holds bytes has room
            if (b.size_) std::memcpy(data, b.data_, b.size_);
            if (b.data_) heap_.pages_.release_payload(b.data_, b.capacity_);
        }
        b.data_ = data;
        b.capacity_ = grown;
        b.epoch_ = heap_.pages_.epoch();
        barrier(b);
    }
    if (!writable) {
        barrier(b);
        make_writable(b);
    }
    return TxnStatus::Ok;
}

TxnStatus Transaction::append(Buffer& b, std::string_view bytes) {
    if (const TxnStatus s = prepare_buffer(b, b.size_ + bytes.size()); s != TxnStatus::Ok) return s;
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): room is made above
    if (!bytes.empty()) std::memcpy(b.data_ + b.size_, bytes.data(), bytes.size());
    b.size_ += bytes.size();
    return TxnStatus::Ok;
}

TxnStatus Transaction::append_fill(Buffer& b, std::size_t count, char c) {
    if (count > SIZE_MAX / 4) return TxnStatus::OutOfMemory;
    if (const TxnStatus s = prepare_buffer(b, b.size_ + count); s != TxnStatus::Ok) return s;
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): room is made above
    if (count) std::memset(b.data_ + b.size_, c, count);
    b.size_ += count;
    return TxnStatus::Ok;
}

TxnStatus Transaction::resize(Buffer& b, std::size_t size) {
    if (size > SIZE_MAX / 4) return TxnStatus::OutOfMemory;
    if (const TxnStatus s = prepare_buffer(b, size); s != TxnStatus::Ok) return s;
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): room is made above
    if (size > b.size_) std::memset(b.data_ + b.size_, 0, size - b.size_);
    b.size_ = size;
    return TxnStatus::Ok;
}

TxnStatus Transaction::reserve(Buffer& b, std::size_t size) {
    if (size > SIZE_MAX / 4) return TxnStatus::OutOfMemory;
    return prepare_buffer(b, size);
}

void Transaction::free_data(Buffer& b) {
    if (b.wkey != (b.self ^ heap_.txn_key()) || !b.data_) return;
    heap_.pages_.release_payload(b.data_, b.capacity_);
    b.data_ = nullptr;
    b.size_ = 0;
    b.capacity_ = 0;
}

TxnStatus Transaction::writable_data(Buffer& b, char*& data) {
    if (const TxnStatus s = prepare_buffer(b, b.capacity_); s != TxnStatus::Ok) return s;
    data = b.data_;
    return TxnStatus::Ok;
}

TxnStatus Transaction::assign_unset(Buffer& b, std::size_t size) {
    if (size > SIZE_MAX / 4) return TxnStatus::OutOfMemory;
    // One byte more, for the NUL of the string that takes the block over.
    if (const TxnStatus s = prepare_buffer(b, size + 1); s != TxnStatus::Ok) return s;
    b.size_ = size;
    return TxnStatus::Ok;
}

Value Transaction::finish(Buffer& b) {
    if (!active() || prepare_buffer(b, 0) != TxnStatus::Ok) return Value::nil();
    if (b.size_ > kShortStringMax && b.capacity_ == b.size_ + 1) {
        b.data_[b.size_] = 0;
        const Value v = ObjectFactory::adopt_long_string(heap_, b.data_, b.size_);
        if (v.is_nil()) return v;
        b.data_ = nullptr;
        b.size_ = 0;
        b.capacity_ = 0;
        return v;
    }
    const Value v = ObjectFactory::make_string(heap_, b.view());
    if (v.is_nil()) return v;
    if (b.data_) heap_.pages_.release_payload(b.data_, b.capacity_);
    b.data_ = nullptr;
    b.size_ = 0;
    b.capacity_ = 0;
    return v;
}

}  // namespace arenite
