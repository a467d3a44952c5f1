#include "heap/collector.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "heap/visit.h"

namespace arenite {

namespace {
/// A heap that has less in use does not start a cycle: one costs some microseconds, however small the heap is.
constexpr std::size_t kMinimumThreshold = std::size_t{256} << 10;
constexpr std::size_t kMinimumRoom = std::size_t{32} << 10;
/// So many whole cycles may gain next to nothing, one after another, before the next ones are saved (C14).
constexpr unsigned kFruitless = 8;
/// Work of a piece of a step: 4 us, or 0.1 ms where all of it is cache misses (C15). What the allocations around it do not pay
/// for, is charged; a unit stands for about 2 ns.
constexpr std::size_t kPiece = Collector::kStepWork / 2;
/// The same where what has changed is rechecked, which has to come to an end in one piece.
constexpr std::size_t kRemarkPiece = 2 * Collector::kStepWork;
/// Bytes owed from which on steps are twice as large.
constexpr std::size_t kAtOnce = 4 * Collector::kStepBytes;
/// Steps of a cycle of the same size, in the smallest heap.
constexpr std::size_t kSteadySteps = 4;
/// Work of a step when it is not told: about this many slots examined.
constexpr std::size_t kSweepPageWork = 64;
constexpr std::size_t kSeparateWork = 4;  ///< a userdata examined: less than making one pays for
constexpr std::size_t kGrayReserve = 500;
/// Up to so many userdata are dealt with in the atomic step.
constexpr std::size_t kFewUserdata = 256;
/// So many attempts at the atomic step, or so many steps more than marking took, before steps grow.
constexpr std::size_t kPatience = 4;
/// A step that rechecks what has changed does 2^this times the work of one that marks: the program goes on writing to
/// what was examined, so the sooner this ends, the less is to be examined again.
constexpr std::size_t kRemarkDoublings = 2;
constexpr std::size_t kAttempt = 8;  ///< what an attempt counts in steps
/// What is taken from the queue is cut off when this many or fewer are left, or when it is much more than what is left.
constexpr std::size_t kShortQueue = 4096;
}  // namespace

Collector::Collector(Heap& heap)
    : heap_(heap),
      gray_(heap.budget),
      partial_(heap.budget),
      gray_again_(heap.budget),
      weak_(heap.budget),
      queue_(heap.budget) {
    // Enough for most heaps; with none at all the collector works too, but slowly (C8).
    (void)gray_.reserve(kGrayReserve);
    heap_.pages_.gc_threshold = kMinimumThreshold;
}

void Collector::remove_root_source(RootSource* source) {
    std::erase(sources_, source);
}

void Collector::abandon_now() {
    phase_ = Phase::Pause;
    whole_ = false;
    step_left_ = 0;
    publish_queue();  // what was found is unreachable whether or not the rest of the cycle is done
    forget_lists();
    heap_.pages_.abandon_cycle();
}

void Collector::forget_lists() {
    gray_.clear();
    partial_.clear();
    gray_again_.clear();
    weak_.clear();
    gray_.shrink();
    (void)gray_.reserve(kGrayReserve);
    partial_.shrink();
    gray_again_.shrink();
    weak_.shrink();
    gray_lost_ = again_lost_ = remarking_ = waits_ = wants_to_wait_ = false;
    end_ = End::None;
    rescan_at_ = clear_at_ = 0;
    lists_forgotten_ = true;
}

void Collector::set_threshold() {
    // What the last cycle left alive: what is in use less what was allocated since its atomic step.
    const std::size_t used = heap_.budget.used();
    const std::uint64_t allocated = heap_.pages_.allocated;
    const std::uint64_t since = allocated > allocated_at_atomic_ ? allocated - allocated_at_atomic_ : 0;
    const std::size_t gone =
        static_cast<std::size_t>(since) + revived_;  // what waits for its finalizer is as good as dead
    const std::size_t live = used > gone ? used - gone : 0;
    const std::size_t grown =
        std::max(kMinimumThreshold, live / 100 * static_cast<std::size_t>(std::max(pause_percent, 100)));
    std::size_t room = grown > used ? grown - used : 0;
    // Near the memory limit a cycle is due before the limit is reached.
    room = std::clamp<std::size_t>(room, kMinimumRoom, std::max(kMinimumRoom, heap_.budget.available() / 2));
    heap_.pages_.gc_threshold = heap_.pages_.allocated + room;
    heap_.pages_.gc_due = has_finalizers();
    deferred_ = 0;
}

// --- Marking --------------------------------------------------------------------------------------------------------

void Collector::mark_object(Value v) {
    if (*deref<std::uint64_t>(heap_.base(), v.bits) != v.bits) return;  // C6
    if (!heap_.pages_.mark(v.position())) return;
    if (__builtin_expect(phase_ == Phase::Finish, 0)) revived_ += heap_.pages_.slot_bytes(v.position());
    constexpr std::uint32_t kGray = kinds_that_reach(Reach::Objects);
    if (__builtin_expect(kGray >> static_cast<unsigned>(v.tag()) & 1, 1)) {
        if (!gray_.push_back(v.bits)) gray_lost_ = true;
        return;
    }
    mark_blocks(v);
}

/// The tracer of what has blocks and no references (K2).
class Collector::BlockTracer : public LeafVisitor {
public:
    explicit BlockTracer(Collector& collector) : collector_(collector) {}
    void key(WriteKey& key) { key = 0; }  // O2: it is black
    void block(const char*, const void* block, std::size_t bytes) { collector_.mark_payload(block, bytes); }

private:
    Collector& collector_;
};

/// What refers to nothing needs no turn of its own: its blocks are marked with it.
void Collector::mark_blocks(Value v) {
    with_kind<void>(heap_.base(), v.bits, [&](auto& object) {
        constexpr Reach kReach = std::remove_cvref_t<decltype(object)>::kReach;
        if constexpr (kReach == Reach::Nothing) {
            LeafVisitor nothing;
            visit_parts(object, nothing);
        } else if constexpr (kReach == Reach::Blocks) {
            BlockTracer tracer(*this);
            visit_parts(object, tracer);
        }
    });
}

/// The tracer: marks the parts of an object, and counts what that took. Of the values in its lists, all in a row, it
/// marks those of numbers [first, last); the single parts come with the first of them (C9).
class Collector::Tracer {
public:
    Tracer(Collector& collector, std::size_t first, std::size_t last)
        : collector_(collector), first_(first), last_(last) {}
    [[nodiscard]] std::size_t work() const { return work_; }
    /// How many values there are in lists.
    [[nodiscard]] std::size_t size() const { return at_; }

    void key(WriteKey& key) {
        if (first_ == 0) key = 0;  // O2: it is black
    }
    void epoch(std::uint32_t) {}
    void block(const char*, const void* block, std::size_t bytes) {
        if (first_ == 0) collector_.mark_payload(block, bytes);
    }
    void value(const char*, Value v) {
        if (first_ == 0) collector_.mark_value(v);
    }
    template <class T>
    void value(const char* what, Handle<T> h) {
        value(what, Value::object(h));
    }
    void values(const char*, const Value* values, std::size_t count) {
        const auto [from, to] = window(count);
        collector_.mark_values(values + from, to - from);
    }
    template <class At>
    void list(const char*, std::size_t count, At at) {
        const auto [from, to] = window(count);
        for (std::size_t i = from; i < to; ++i) collector_.mark_value(Value{at(i).bits});
    }
    void registers(const char* what, const Value* stack, std::size_t count) { values(what, stack, count); }
    void entries(const Table& t) { work_ += collector_.scan_entries(t); }
    void frames(const Thread&) {}
    void code(const Prototype&) {}
    void text(std::string_view) {}
    void number(std::uint64_t) {}

protected:
    struct Window {
        std::size_t from;
        std::size_t to;
    };
    /// Of the next `count` values, those that are to be marked.
    [[gnu::always_inline]] Window window(std::size_t count) {
        const std::size_t begin = std::exchange(at_, at_ + count);
        const std::size_t from = first_ > begin ? std::min(first_ - begin, count) : 0;
        const std::size_t to = last_ > begin ? std::min(last_ - begin, count) : 0;
        if (to <= from) return {0, 0};
        work_ += to - from;
        return {from, to};
    }

private:
    Collector& collector_;
    const std::size_t first_;
    const std::size_t last_;
    std::size_t at_ = 0;
    std::size_t work_ = 4;  ///< the few parts that every object of a kind has
};

/// The same of what is no object on the heap at present: it stays as it is, and tables are scanned strongly; their array and
/// hash part are lists.
class Collector::ImageTracer : public Tracer {
public:
    ImageTracer(Collector& collector, std::size_t first, std::size_t last)
        : Tracer(collector, first, last), collector_(collector) {}
    void key(const WriteKey&) {}
    void entries(const Table& t) {
        values("array part", t.array(), t.array_size());
        const auto [from, to] = window(t.node_count());
        collector_.mark_nodes(t.nodes() + from, to - from);
    }

private:
    Collector& collector_;
};

template <class T>
bool Collector::mark_slice(const T& copy, std::size_t& first) {
    ImageTracer tracer(*this, first, first + kScanned);
    visit_parts(copy, tracer);
    first = std::min(first + kScanned, tracer.size());
    return first == tracer.size();
}
#define ARENITE_KIND(Name, tag, type, shown, doc) template bool Collector::mark_slice(const Name&, std::size_t&);
#include <arenite/object_kinds.def>

void Collector::mark_changed(std::uint64_t self) {
    // It carries no mark by which it could be found again (C8).
    if (heap_.alive(Value{self}) && !gray_.push_back(self)) (void)scan(self);
}

void Collector::mark_nodes(const Node* nodes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (nodes[i].value.is_nil()) continue;
        mark_value(nodes[i].key);
        mark_value(nodes[i].value);
    }
}

void Collector::scans_again(const Table& t) {
    // What of the old parts was left to be scanned is in the new ones.
    constexpr std::size_t kLookedAt = 8;
    for (std::size_t i = partial_.size(); i-- > 0 && partial_.size() - i <= kLookedAt;) {
        if (partial_[i].self == t.self) partial_[i].next = static_cast<std::uint32_t>(-1);
    }
    // It is work that keeps the cycle from ending, and not made by writing. A bound, so that the cycle does end.
    const std::size_t most = heap_.budget.used() / (sizeof(Value) * kSlice);
    regrown_steps_ = std::min(regrown_steps_ + (t.array_size_ + t.node_count()) / kSlice, most);
}

std::uint32_t Collector::weakness(const Table& t) const {
    if (t.epoch_ < heap_.pages_.scope_epoch()) return 0;  // C7
    const Value mode = heap_.metamethod_of(t.metatable_, Metamethod::Mode);
    if (!mode.is_string()) return 0;
    const std::string_view text = heap_.string(mode);
    const std::string_view c_string = text.substr(0, text.find('\0'));
    return (c_string.find('k') != std::string_view::npos ? kWeakKeys : 0) |
           (c_string.find('v') != std::string_view::npos ? kWeakValues : 0);
}

std::size_t Collector::scan_entries(const Table& t) {
    const std::uint32_t nodes = t.node_count();
    std::uint32_t weak = t.metatable_.is_nil() ? 0 : weakness(t);
    if (weak != 0 && (weak_.empty() || weak_.back() != t.self) && !weak_.push_back(t.self)) weak = 0;  // C8
    const std::uint32_t slots = t.array_size_ + nodes;
    if (slots > kScanned && partial_.push_back({t.self, kScanned, weak})) {
        scan_slice(t, 0, kScanned, weak);
        return kScanned;
    }
    if (weak == 0) {
        mark_values(t.array_, t.array_size_);
        mark_nodes(t.nodes_, nodes);
    } else {
        scan_slice(t, 0, slots, weak);
    }
    return slots;
}

void Collector::scan_slice(const Table& t, std::uint32_t first, std::uint32_t last, std::uint32_t weak) {
    // Strings are values, not objects, for weak tables (Lua 5.1 §2.10.2); they are marked when entries are cleared.
    if (first < t.array_size_ && !(weak & kWeakValues))
        mark_values(t.array_ + first, std::min(last, t.array_size_) - first);
    const std::uint32_t from = std::max(first, t.array_size_) - t.array_size_;
    const std::uint32_t to = std::min(std::max(last, t.array_size_) - t.array_size_, t.node_count());
    if (from >= to) return;
    if (weak == 0) {
        mark_nodes(t.nodes_ + from, to - from);
        return;
    }
    for (std::uint32_t i = from; i < to; ++i) {
        if (t.nodes_[i].value.is_nil()) continue;
        if (!(weak & kWeakKeys)) mark_value(t.nodes_[i].key);
        if (!(weak & kWeakValues)) mark_value(t.nodes_[i].value);
    }
}

std::size_t Collector::scan_partial() {
    Partial& p = partial_.back();
    if (!Value{p.self}.is<Table>()) return scan_partial_list();
    const auto* t = heap_.get<Table>(Value{p.self});
    const std::uint32_t first = p.next;
    // Array and hash part may have other sizes than when the last slice was scanned; then the table is on gray_again_.
    if (!t || first >= t->array_size_ + t->node_count()) {
        partial_.pop_back();
        return 1;
    }
    const std::uint32_t weak = p.weak;
    p.next = first + kScanned;  // before scanning, which may move the list
    scan_slice(*t, first, first + kScanned, weak);
    return kScanned;
}

/// A slice of the lists of a thread or prototype. (A thread that has run since is on gray_again_ when it has stopped.)
std::size_t Collector::scan_partial_list() {
    Partial& p = partial_.back();
    const std::uint64_t self = p.self;
    const std::size_t first = p.next;
    p.next += kScanned;
    const std::size_t size =
        !heap_.alive(Value{self}) ? 0 : with_kind<std::size_t>(heap_.base(), self, [&](auto& object) {
            Tracer tracer(*this, first, first + kScanned);
            visit_parts(object, tracer);
            return tracer.size();
        });
    if (size <= first + kScanned) partial_.pop_back();
    return kScanned;
}

void Collector::scan_running(Thread& t, const Value* end) {
    constexpr std::size_t kRunningSlice = kSlice;
    auto& r = running_;
    if (r.thread != t.self || r.stack != t.stack || r.end != end) r = {t.self, t.stack, end, 0, false};
    const auto size = static_cast<std::size_t>(end - t.stack);
    const std::size_t n = std::min(size - r.at, kRunningSlice);
    ImageTracer tracer(*this, 0, 0);
    visit_parts(std::as_const(t), tracer);
    mark_values(t.stack + r.at, n);
    r.at += n;
    r.done = r.at == size;
}

std::size_t Collector::scan(std::uint64_t self) {
    return with_kind<std::size_t>(heap_.base(), self, [&](auto& object) {
        Tracer tracer(*this, 0, kScanned);
        visit_parts(object, tracer);
        std::size_t work = tracer.work();
        if (__builtin_expect(tracer.size() > kScanned, 0) && !partial_.push_back({self, kScanned, 0})) {  // C8
            Tracer rest(*this, kScanned, static_cast<std::size_t>(-1));
            visit_parts(object, rest);
            work += rest.work();
        }
        return work;
    });
}

/// What is in the queue stays alive, and so does what was taken from it if a nested scope may want it back.
std::size_t Collector::mark_queue() {
    constexpr std::size_t kEntries = 64;
    queue_marked_ = std::max(queue_marked_, std::min(queue_head_, bounds_.taken));
    const std::size_t end = std::min(queue_.size(), queue_marked_ + kEntries);
    const std::size_t done = end > queue_marked_ ? end - queue_marked_ : 1;
    for (; queue_marked_ < end; ++queue_marked_) mark_value(Value{queue_[queue_marked_]});
    return done;
}

std::size_t Collector::rescan_page() {
    const std::uint32_t page = rescan_at_;
    std::size_t done = 1;
    heap_.pages_.for_each_marked_object(page, [&](std::uint64_t self) { done += scan(self); });
    rescan_at_ = page + 1 < heap_.pages_.page_count() ? page + 1 : 0;
    return done;
}

void Collector::propagate(std::size_t& work) {
    while (work > 0) {
        std::size_t done;
        if (!gray_.empty()) {
            const std::uint64_t self = gray_.back();
            gray_.pop_back();
            if (!heap_.alive(Value{self})) continue;  // born in a scope that was undone since
            done = scan(self);
        } else if (!partial_.empty()) {
            done = scan_partial();
        } else if (rescan_at_ != 0) {
            done = rescan_page();
        } else if (queue_marked_ < queue_.size() && phase_ == Phase::Mark) {
            done =
                mark_queue();  // all of it before the first rescan: with no room on the list, each entry asks for one
        } else if (gray_lost_) {
            gray_lost_ = false;
            rescan_at_ = 1;
            continue;
        } else if (remarking_ && !gray_again_.empty()) {
            const std::uint64_t self = gray_again_.back();
            gray_again_.pop_back();
            if (!heap_.alive(Value{self})) continue;
            done = scan(self);
        } else if (remarking_ && again_lost_) {
            again_lost_ = false;
            gray_lost_ = true;  // so all that is marked is scanned again
            continue;
        } else {
            return;
        }
        work = done < work ? work - done : 0;
    }
}

bool Collector::is_dead(Value v) const {
    if (!v.is_object()) return false;
    // Of what is stale, not even the page may be there. (Into a table that is cleared in Finish, the program inserts:
    // that may move the entry of what is dead past the place that the clearing has come to.)
    return !heap_.alive(v) || !heap_.pages_.is_marked(v.position());
}

// --- The phases -----------------------------------------------------------------------------------------------------

void Collector::begin_cycle() {
    forget_lists();
    heap_.pages_.begin_marking();
    phase_ = Phase::Mark;
    lists_forgotten_ = false;
    mark_work_ = remark_steps_ = regrown_steps_ = 0;
    paid_steps_ = 0;
    patience_ = heap_.budget.used() / 4 / kStepBytes + kSteadySteps;
    queue_marked_ = 0;
    std::size_t none = 0;
    for (RootSource* source : sources_) {
        source->mark_roots(*this, false);
        (void)source->mark_list(*this, true, none);
    }
}

void Collector::mark_step(std::size_t work) {
    if (!remarking_) {
        mark_work_ += std::min(work, kRemarkPiece);
        bool through = true;
        for (RootSource* source : sources_) through = source->mark_list(*this, false, work) && through;
        propagate(work);
        if (work == 0 || !through || !all_scanned()) return;
        remarking_ = true;
        if (whole_) begin_waiting();
    }
    if (!waits_) {
        // One that writes to more between two steps than one of them can examine has to wait, so that the cycle ends.
        const std::size_t steps = mark_work_ / kRemarkPiece + regrown_steps_ + kPatience;
        wants_to_wait_ = ++remark_steps_ > steps << kRemarkDoublings;
    }
    propagate(work);
    if (work == 0 || !all_scanned()) return;
    if (!remark(work)) {
        remark_steps_ += kAttempt << kRemarkDoublings;
    } else if (!waits_ && ends_long()) {
        wants_to_wait_ = true;
    } else {
        wants_to_wait_ = false;
        end_marking(work);
    }
}

bool Collector::remark(std::size_t& work) {
    if (!waits_) running_ = {};  // the program has run since
    for (RootSource* source : sources_) {
        source->mark_roots(*this, true);
        if (!source->mark_list(*this, false, work)) return false;
    }
    wants_to_wait_ = !waits_ && (wants_to_wait_ || !running_.done);
    propagate(work);
    return running_.done && all_scanned();
}

/// All that is reachable is marked.
void Collector::end_marking(std::size_t& work) {
    remarking_ = false;
    heap_.methods_.forget();  // MC2
    heap_.pages_.begin_finish();
    allocated_at_atomic_ = heap_.pages_.allocated;
    revived_ = 0;
    separate_at_ = heap_.userdata_.size();
    compacting_ = false;
    phase_ = Phase::Finish;
    // C10. A weak table whose entries are all alive is done with; private_weak can wait.
    const std::size_t userdata = heap_.userdata_.size() - bounds_.old_userdata;
    end_ = userdata <= kFewUserdata ? End::Separate : End::LookForDead;
    end_table_ = end_slot_ = 0;
    end_any_ = false;
    const bool waited = waits_;
    waits_ = true;
    do {
        end_slice(work);
        work = waited ? work : static_cast<std::size_t>(-1);  // the program does not wait, and it is little
    } while (waits_ && !waited);
}

bool Collector::ends_long() const {
    constexpr std::size_t kLittle = 2048;  // slots
    std::size_t left = heap_.userdata_.size() - bounds_.old_userdata > kFewUserdata ? kLittle : 0;
    for (std::size_t i = 0; i < weak_.size() && left <= kLittle; ++i) {
        const auto* t = heap_.get<Table>(Value{weak_[i]});
        left += 1 + (t ? t->array_size() + std::size_t{t->node_count()} : 0);
    }
    return left > kLittle;
}

void Collector::end_slice(std::size_t& work) {
    if (end_ == End::LookForDead) {
        if (!weak_slice(work, false)) return;
        end_ = end_any_ ? End::Separate : End::None;
        end_table_ = end_slot_ = 0;
    }
    if (end_ == End::Separate) {
        while (separate_at_ > bounds_.old_userdata) {
            if (work == 0) return;
            const std::size_t done = separate_next();
            work = done < work ? work - done : 0;
        }
        propagate(work);
        if (!all_scanned()) return;
        end_ = End::ClearWeak;
    }
    if (end_ == End::ClearWeak && !weak_slice(work, true)) return;
    keep_private_weak();
    end_ = End::None;
    waits_ = false;
}

bool Collector::weak_slice(std::size_t& work, bool clear) {
    constexpr std::uint32_t kEntries = 256;
    while (end_table_ < weak_.size() && (clear || !end_any_)) {
        if (work == 0) return false;
        const std::uint64_t self = weak_[end_table_];
        auto* t = heap_.get<Table>(Value{self});
        if (!t || self == heap_.private_weak_ || end_slot_ >= t->array_size_ + t->node_count()) {
            ++end_table_;
            end_slot_ = 0;
            continue;
        }
        end_any_ = clear_slots(*t, end_slot_, end_slot_ + kEntries, clear) || end_any_;
        end_slot_ += kEntries;
        work = work > kEntries ? work - kEntries : 0;
    }
    return true;
}

bool Collector::finish_step(std::size_t& work) {
    propagate(work);
    while (work > 0 && separate_at_ > bounds_.old_userdata) {
        const std::size_t done = separate_next();
        work = done < work ? work - done : 0;
        propagate(work);
    }
    return work > 0 && all_scanned() && clear_weak_step(work) && compact_userdata(work);
}

void Collector::begin_sweep() {
    heap_.methods_.forget();  // MC2: weak tables were cleared since, too
    publish_queue();
    forget_lists();
    heap_.pages_.begin_sweep();
    phase_ = Phase::Sweep;
}

// --- Finalizers -----------------------------------------------------------------------------------------------------

/// Newest first, so that finalizers run in the reverse order of creation (Lua 5.1 §2.10.1).
std::size_t Collector::separate_next() {
    std::uint64_t& entry = heap_.userdata_[--separate_at_];
    auto* u = heap_.get<Userdata>(Value{entry});
    if (separate_at_ < bounds_.kept_userdata) {  // C4
        if (u) mark_value(Value{entry});
        return kSeparateWork;
    }
    if (u && !u->finalized_) {
        if (heap_.pages_.is_marked(Value{entry}.position())) return kSeparateWork;
        if (!heap_.metamethod_of(u->metatable_, Metamethod::Gc).is_nil()) {
            u->finalized_ = true;
            (void)queue_.push_back(entry);  // C8: there is room
            mark_value(Value{entry});
        }
    }
    entry = 0;  // with or without finalizer, it is not examined again
    ++holes_;
    return kSeparateWork;
}

bool Collector::compact_userdata(std::size_t& work) {
    auto& all = heap_.userdata_;
    if (holes_ == 0) return true;
    if (!compacting_) {
        compacting_ = true;
        compact_from_ = compact_to_ = bounds_.kept_userdata;
    }
    constexpr std::size_t kEntries = 8;  // of one unit of work
    for (; work > 0 && compact_from_ < all.size(); --work) {
        for (const std::size_t end = std::min(all.size(), compact_from_ + kEntries); compact_from_ < end;
             ++compact_from_) {
            const std::uint64_t entry = all[compact_from_];
            if (entry == 0) continue;
            all[compact_from_] = 0;
            all[compact_to_++] = entry;
        }
    }
    if (compact_from_ < all.size()) return false;
    holes_ = bounds_.kept_userdata == 0 ? 0 : holes_ - std::min(holes_, all.size() - compact_to_);
    all.truncate(compact_to_);
    compacting_ = false;
    compact_from_ = 0;
    return true;
}

void Collector::publish_queue() {
    queue_visible_ = queue_.size();
    if (has_finalizers()) heap_.pages_.gc_due = true;
}

Value Collector::take_finalizer(Badge<Transaction>) {
    while (queue_head_ < queue_visible_) {
        const Value v{queue_[queue_head_++]};
        compact_queue();
        if (heap_.alive(v)) return v;
    }
    return Value::nil();
}

void Collector::compact_queue() {
    if (heap_.pages_.scope_depth() > 1) return;
    const std::size_t first = bounds_.queued;
    if (queue_head_ <= first) return;
    const std::size_t taken = queue_head_ - first;
    const std::size_t left = queue_.size() - queue_head_;
    if (left > taken || (left > kShortQueue && left > taken / 16)) return;
    std::copy(queue_.begin() + queue_head_, queue_.end(), queue_.begin() + first);
    queue_.truncate(first + left);
    queue_head_ -= taken;
    queue_visible_ -= taken;
    queue_marked_ = queue_marked_ > first + taken ? queue_marked_ - taken : std::min(queue_marked_, first);
}

void Collector::restore_finalizers(Badge<Transaction>, const FinalizerMark& mark) {
    for (std::size_t i = mark.size; i < queue_.size(); ++i) {
        if (auto* u = heap_.get<Userdata>(Value{queue_[i]})) u->finalized_ = false;
    }
    queue_.truncate(mark.size);
    queue_head_ = mark.head;
    queue_visible_ = std::min(queue_visible_, mark.size);
    queue_marked_ = std::min(queue_marked_, mark.size);
}

void Collector::queue_all_finalizers(Badge<Transaction>) {
    if (phase_ == Phase::Finish) abandon();  // what it has found is queued already
    for (std::size_t i = heap_.userdata_.size(); i-- > 0;) {
        auto* u = heap_.get<Userdata>(Value{heap_.userdata_[i]});
        if (!u || u->finalized_ || heap_.metamethod_of(u->metatable_, Metamethod::Gc).is_nil()) continue;
        u->finalized_ = true;
        (void)queue_.push_back(u->self);  // C8: there is room
    }
    publish_queue();
}

// --- Weak tables ----------------------------------------------------------------------------------------------------

bool Collector::clear_slots(Table& t, std::uint32_t first, std::uint32_t last, bool clear) {
    // Older than the innermost scope only if that was opened, or an inner one undone, since the table was scanned (C7):
    // then what it refers to and is not marked was weakly referred to before that too.
    const bool older = t.epoch_ < heap_.pages_.scope_epoch();
    bool any = false;
    const auto dead = [&](Value v, bool as_value) {
        if (!v.is_object()) return false;
        if (v.is_string()) {
            mark_value(v);
            return false;
        }
        // A userdata about to be finalized is gone as a value, but stays as a key (Lua 5.1 lgc.c iscleared).
        if (as_value && !older && v.is<Userdata>()) {
            if (const auto* u = heap_.get<Userdata>(v); u && u->finalized_) return true;
        }
        return is_dead(v);
    };
    for (std::uint32_t i = first; i < std::min(last, t.array_size_); ++i) {
        if (!dead(t.array_[i], true)) continue;
        any = true;
        if (clear) t.array_[i] = Value::nil();
    }
    const std::uint32_t from = std::max(first, t.array_size_) - t.array_size_;
    const std::uint32_t to = std::min(std::max(last, t.array_size_) - t.array_size_, t.node_count());
    for (std::uint32_t i = from; i < to; ++i) {
        Node& n = t.nodes_[i];
        if (n.value.is_nil()) continue;
        const bool dead_key = dead(n.key, false);
        if (!dead(n.value, true) && !dead_key) continue;
        any = true;
        if (clear) n.value = Value::nil();
    }
    return any;
}

void Collector::keep_private_weak() {
    std::size_t kept = 0;
    for (const std::uint64_t self : weak_) {
        if (self == heap_.private_weak_) weak_[kept++] = self;
    }
    weak_.truncate(kept);
}

bool Collector::clear_weak_step(std::size_t& work) {
    while (!weak_.empty()) {
        if (work == 0) return false;
        auto* t = heap_.get<Table>(Value{weak_.back()});
        if (t && clear_parts_ != t->nodes_) clear_at_ = 0;
        if (!t || clear_at_ >= t->array_size_ + t->node_count()) {
            weak_.pop_back();
            clear_parts_ = nullptr;
            clear_at_ = 0;
            continue;
        }
        clear_parts_ = t->nodes_;
        constexpr std::uint32_t kEntries = 64;
        (void)clear_slots(*t, clear_at_, clear_at_ + kEntries, true);
        clear_at_ += kEntries;
        work = work > kEntries ? work - kEntries : 0;
    }
    return true;
}

// --- Cycles ---------------------------------------------------------------------------------------------------------

bool Collector::step(std::size_t work) {
    if (paused_) return true;
    bool over = advance(work);
    if (wants_to_wait_) begin_waiting();
    while (waits_) over = advance(static_cast<std::size_t>(-1));
    return over;
}

bool Collector::advance(std::size_t work) {
    if (paused_) return true;
    switch (phase_) {
        case Phase::Pause: begin_cycle(); [[fallthrough]];
        case Phase::Mark: mark_step(work); return false;
        case Phase::Finish:
            if (waits_) {
                end_slice(work);
            } else if (finish_step(work)) {
                begin_sweep();
            }
            return false;
        case Phase::Sweep: break;
    }
    if (!heap_.pages_.sweep(work / kSweepPageWork + 1)) return false;
    phase_ = Phase::Pause;
    ++cycles_;
    set_threshold();
    if (whole_) end_whole();
    return true;
}

void Collector::collect() {
    if (paused_) return;
    abandon();
    constexpr auto kUnlimited = static_cast<std::size_t>(-1);
    while (!step(kUnlimited)) {
    }
    allocated_at_whole_ = heap_.pages_.allocated;
}

void Collector::collect(Cause cause) {
    if (paused_) return;
    begin_whole(cause);
    constexpr auto kUnlimited = static_cast<std::size_t>(-1);
    while (!step(kUnlimited)) {
    }
}

bool Collector::pay(std::int64_t& budget, bool in_slices) {
    PageHeap& pages = heap_.pages_;
    budget -= static_cast<std::int64_t>(std::exchange(pages.fresh_pages, 0)) * AllocationPacing::kFreshPageCharge;
    if (whole_ && !paused_) return false;
    if (stopped || paused_) {
        const std::uint64_t next = pages.allocated + kStepBytes;
        deferred_ += next - std::min(pages.gc_threshold, next);
        pages.gc_threshold = next;
        pages.gc_due = false;
        return true;
    }
    pages.owe(std::exchange(deferred_, 0));
    // As in lgc.c, a multiplier of 0 does not slow the collector down but takes the limit of a step away. Without write
    // barrier a cycle is one step.
    constexpr auto kUnlimited = std::numeric_limits<std::size_t>::max();
    const std::size_t work = step_multiplier > 0 && kJournalsWrites
                                 ? kStepWork * static_cast<std::size_t>(step_multiplier) / 100
                                 : kUnlimited;
    for (bool first = true; pages.allocated >= pages.gc_threshold && (first || !wants_to_wait_); first = false) {
        const std::size_t most = looks_again() ? kRemarkPiece : kPiece;
        if (!first && (budget -= static_cast<std::int64_t>(most)) < 0) return false;
        if (step_left_ == 0) {
            // Whatever the cycle has to do, it ends before the heap has grown by more than about a half: the longer it
            // takes, the larger are its steps. So what the next one finds cannot become more and more. Where much was
            // allocated at once, and where userdata are examined, which cost more than their bytes, steps are larger at
            // once.
            const bool at_once = pages.allocated - pages.gc_threshold >= kAtOnce;
            const std::size_t late = phase_ == Phase::Pause ? 0 : paid_steps_++ / patience_;
            const std::size_t doublings = std::min<std::size_t>(
                late + (at_once ? 1 : 0) + (phase_ == Phase::Finish ? 1 : 0) + (looks_again() ? kRemarkDoublings : 0),
                40);
            step_left_ = work <= (kUnlimited >> doublings) ? work << doublings : kUnlimited;
        }
        const std::size_t piece = step_left_ == kUnlimited ? kUnlimited : std::min(step_left_, most);
        const std::size_t whole = std::min(step_left_, kRemarkPiece);
        step_left_ -= piece;
        const bool marked = !looks_again();
        const bool over = in_slices ? advance(piece) : step(piece);
        if (over) step_left_ = 0;
        if (marked && looks_again()) step_left_ = std::max(step_left_, whole << kRemarkDoublings);
        if (!over && step_left_ == 0) pages.gc_threshold += kStepBytes;
    }
    pages.gc_due = has_finalizers() || pages.allocated >= pages.gc_threshold;
    return true;
}

bool Collector::runs_short() const {
    const std::size_t left = heap_.budget.available();
    const std::uint64_t allocated = heap_.pages_.allocated;
    const bool fruitless = gains_[static_cast<unsigned>(Cause::Memory)].fruitless > kFruitless;
    const std::size_t least = fruitless ? std::max(trifle(), kMinimumRoom) : kMinimumRoom;
    return left < heap_.budget.limit() / 8 && allocated > allocated_at_whole_ + std::max<std::size_t>(left / 4, least);
}

bool Collector::may_gain(Cause cause) {
    if (paused_) return false;
    unsigned& not_worth = gains_[static_cast<unsigned>(cause)].not_worth;
    if (not_worth == 0 || heap_.pages_.allocated > allocated_at_whole_ + trifle()) return true;
    --not_worth;
    return false;
}

void Collector::begin_whole(Cause cause) {
    abandon();
    whole_ = true;
    cause_ = cause;
    used_at_whole_ = heap_.budget.used();
    heap_.pages_.gc_due = true;
}

void Collector::end_whole() {
    whole_ = false;
    allocated_at_whole_ = heap_.pages_.allocated;
    if (used_at_whole_ > heap_.budget.used() + trifle()) {
        for (Gains& g : gains_) g = {};
        return;
    }
    constexpr unsigned kMostDoublings = 10;
    Gains& g = gains_[static_cast<unsigned>(cause_)];
    if (++g.fruitless > kFruitless) g.not_worth = 1u << std::min(g.fruitless - kFruitless, kMostDoublings);
}

}  // namespace arenite
