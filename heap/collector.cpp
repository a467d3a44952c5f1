#include "heap/collector.h"

#include <algorithm>

namespace arenite {

namespace {
constexpr std::size_t kMinimumThreshold = std::size_t{1} << 20;
constexpr std::size_t kMinimumRoom = std::size_t{32} << 10;
/// Work of a step when it is not told: about this many slots looked at.
constexpr std::size_t kSweepPageWork = 64;
constexpr std::size_t kGrayReserve = 500;
}  // namespace

Collector::Collector(Heap& heap)
    : heap_(heap),
      gray_(heap.budget),
      partial_(heap.budget),
      gray_again_(heap.budget),
      weak_(heap.budget),
      to_finalize_(heap.budget),
      taken_(heap.budget) {
    // Enough for most heaps; with none at all the collector works too, but slowly (C8).
    (void)gray_.reserve(kGrayReserve);
}

void Collector::remove_root_source(RootSource* source) {
    std::erase(sources_, source);
}

void Collector::abandon() {
    phase_ = Phase::Pause;
    forget_lists();
    heap_.pages.abandon_cycle();
}

void Collector::forget_lists() {
    gray_.clear();
    partial_.clear();
    gray_again_.clear();
    weak_.clear();
    gray_.shrink();
    partial_.shrink();
    gray_again_.shrink();
    weak_.shrink();
    gray_lost_ = again_lost_ = false;
    rescan_at_ = 0;
}

void Collector::set_threshold() {
    // What the last cycle left alive: what is in use less what was allocated since its atomic step.
    const std::size_t used = heap_.budget.used();
    const std::uint64_t since = heap_.pages.allocated - allocated_at_atomic_;
    const std::size_t live = used > since ? used - static_cast<std::size_t>(since) : 0;
    const std::size_t grown =
        std::max(kMinimumThreshold, live / 100 * static_cast<std::size_t>(std::max(pause_percent, 100)));
    std::size_t room = grown > used ? grown - used : 0;
    // Near the memory limit a cycle is due before the limit is reached.
    room = std::clamp<std::size_t>(room, kMinimumRoom, std::max(kMinimumRoom, heap_.budget.available() / 2));
    heap_.pages.gc_threshold = heap_.pages.allocated + room;
    heap_.pages.gc_due = false;
}

// --- Marking --------------------------------------------------------------------------------------------------------

void Collector::mark_object(Value v) {
    if (*deref<std::uint64_t>(heap_.base(), v.bits) != v.bits) return;  // C6
    if (!heap_.pages.mark(v.position())) return;
    switch (v.tag()) {
        case Tag::ShortString: return;
        case Tag::LongString: {
            const auto* s = deref<LongString>(heap_.base(), v.bits);
            mark_payload(s->data(), s->payload_bytes());
            return;
        }
        default:
            if (!gray_.push_back(v.bits)) gray_lost_ = true;
    }
}

void Collector::mark_changed(std::uint64_t self) {
    // It carries no mark by which it could be found again (C8).
    if (heap_.alive(Value{self}) && !gray_.push_back(self)) (void)scan(self);
}

void Collector::mark_table_parts(Value* array, std::uint32_t array_size, Node* nodes, std::uint32_t node_count) {
    mark_payload(array, array_size * sizeof(Value));
    mark_values(array, array_size);
    mark_payload(nodes, node_count * sizeof(Node));
    mark_nodes(nodes, node_count);
}

void Collector::mark_nodes(const Node* nodes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (nodes[i].value.is_nil()) continue;
        mark_value(nodes[i].key);
        mark_value(nodes[i].value);
    }
}

std::size_t Collector::scan_table(Table& t) {
    t.wkey = 0;
    mark_payload(t.array_, t.array_size_ * sizeof(Value));
    const std::uint32_t nodes = t.node_count();
    mark_payload(t.nodes_, nodes * sizeof(Node));
    bool weak_keys = false;
    bool weak_values = false;
    mark_value(t.metatable_);
    if (!t.metatable_.is_nil() && t.epoch_ >= heap_.pages.scope_epoch()) {  // C7
        const Value mode = heap_.metamethod_of(t.metatable_, Metamethod::Mode);
        if (mode.is_string()) {
            const std::string_view text = heap_.string(mode);
            const std::string_view c_string = text.substr(0, text.find('\0'));
            weak_keys = c_string.find('k') != std::string_view::npos;
            weak_values = c_string.find('v') != std::string_view::npos;
        }
    }
    if ((weak_keys || weak_values) && weak_.push_back(t.self)) {
        // Strings are values, not objects, for weak tables (Lua 5.1 §2.10.2); they are marked when entries are cleared.
        if (!weak_values) mark_values(t.array_, t.array_size_);
        for (std::uint32_t i = 0; i < nodes; ++i) {
            if (t.nodes_[i].value.is_nil()) continue;
            if (!weak_keys) mark_value(t.nodes_[i].key);
            if (!weak_values) mark_value(t.nodes_[i].value);
        }
        return 4 + t.array_size_ + nodes;
    }
    const std::uint32_t slots = t.array_size_ + nodes;
    if (slots > kSlice && partial_.push_back({t.self, kSlice})) {
        scan_slice(t, 0, kSlice);
        return kSlice;
    }
    mark_values(t.array_, t.array_size_);
    mark_nodes(t.nodes_, nodes);
    return 4 + slots;
}

void Collector::scan_slice(const Table& t, std::uint32_t first, std::uint32_t last) {
    if (first < t.array_size_) mark_values(t.array_ + first, std::min(last, t.array_size_) - first);
    const std::uint32_t from = std::max(first, t.array_size_) - t.array_size_;
    const std::uint32_t to = std::min(std::max(last, t.array_size_) - t.array_size_, t.node_count());
    if (from < to) mark_nodes(t.nodes_ + from, to - from);
}

std::size_t Collector::scan_partial() {
    Partial& p = partial_.back();
    const auto* t = heap_.get<Table>(Value{p.self});
    const std::uint32_t first = p.next;
    // Array and hash part may have other sizes than when the last slice was scanned; then the table is on gray_again_.
    if (!t || first >= t->array_size_ + t->node_count()) {
        partial_.pop_back();
        return 1;
    }
    p.next = first + kSlice;  // before scanning, which may move the list
    scan_slice(*t, first, first + kSlice);
    return kSlice;
}

void Collector::scan_thread(Thread& t) {
    mark_payload(t.stack, t.stack_size * sizeof(Value));
    mark_payload(t.frames, t.frame_count * sizeof(Frame));
    mark_values(t.stack, static_cast<std::size_t>(t.top - t.stack));
    mark_value(t.globals);
    mark_value(t.resumer);
    mark_value(t.hook);
}

std::size_t Collector::scan(std::uint64_t self) {
    const Value v{self};
    switch (v.tag()) {
        case Tag::Table: return scan_table(*deref<Table>(heap_.base(), self));
        case Tag::Closure: {
            auto* c = deref<Closure>(heap_.base(), self);
            c->wkey = 0;
            mark_value(Value::object(c->prototype_));
            mark_value(c->environment_);
            mark_values(c->upvalues_, c->upvalue_count_);
            return 4 + c->upvalue_count_;
        }
        case Tag::NativeFunction: {
            auto* f = deref<NativeFunction>(heap_.base(), self);
            f->wkey = 0;
            mark_value(f->environment_);
            mark_values(f->upvalues_, f->upvalue_count_);
            return 4 + f->upvalue_count_;
        }
        case Tag::Userdata: {
            auto* u = deref<Userdata>(heap_.base(), self);
            u->wkey = 0;
            mark_value(u->metatable_);
            mark_value(u->environment_);
            mark_payload(u->data_, u->size_);
            return 4;
        }
        case Tag::Thread: {
            auto* t = deref<Thread>(heap_.base(), self);
            t->wkey = 0;
            if (!atomic_) changed_again(self);  // C5
            scan_thread(*t);
            return 4 + static_cast<std::size_t>(t->top - t->stack);
        }
        case Tag::Prototype: {
            auto* p = deref<Prototype>(heap_.base(), self);
            mark_payload(p->code_, p->code_size_ * sizeof(Instruction));
            mark_payload(p->constants_, p->constant_count_ * sizeof(Value));
            mark_payload(p->lines_, p->line_count_ * sizeof(std::uint32_t));
            mark_payload(p->children_, p->child_count_ * sizeof(Handle<Prototype>));
            mark_payload(p->upvalues_, p->upvalue_count_ * sizeof(UpvalueInfo));
            mark_payload(p->locals_, p->local_count_ * sizeof(LocalInfo));
            mark_values(p->constants_, p->constant_count_);
            for (std::uint32_t i = 0; i < p->child_count_; ++i) mark_value(Value::object(p->children_[i]));
            for (std::uint32_t i = 0; i < p->upvalue_count_; ++i) mark_value(p->upvalues_[i].name);
            for (std::uint32_t i = 0; i < p->local_count_; ++i) mark_value(p->locals_[i].name);
            mark_value(p->source_);
            return 8 + p->constant_count_ + p->child_count_;
        }
        case Tag::Cell: {
            auto* c = deref<Cell>(heap_.base(), self);
            c->wkey = 0;
            mark_value(c->value_);
            return 2;
        }
        case Tag::Buffer: {
            auto* b = deref<Buffer>(heap_.base(), self);
            b->wkey = 0;
            mark_payload(b->data_, b->capacity_);
            return 2;
        }
        default: return 1;
    }
}

std::size_t Collector::rescan_page() {
    const std::uint32_t page = rescan_at_;
    std::size_t done = 1;
    heap_.pages.for_each_marked_object(page, [&](std::uint64_t self) { done += scan(self); });
    rescan_at_ = page + 1 < heap_.pages.page_count() ? page + 1 : 0;
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
        } else if (gray_lost_) {
            gray_lost_ = false;
            rescan_at_ = 1;
            continue;
        } else {
            return;
        }
        work = done < work ? work - done : 0;
    }
}

void Collector::propagate_all() {
    while (!all_scanned()) {
        auto unlimited = static_cast<std::size_t>(-1);
        propagate(unlimited);
    }
}

void Collector::begin_cycle() {
    forget_lists();
    heap_.pages.begin_marking();
    phase_ = Phase::Mark;
    for (RootSource* source : sources_) source->mark_roots(*this, false);
}

void Collector::atomic_step() {
    atomic_ = true;
    heap_.methods.forget();  // MC2
    for (RootSource* source : sources_) source->mark_roots(*this, true);
    propagate_all();
    while (!gray_again_.empty() || again_lost_) {
        if (gray_again_.empty()) {
            again_lost_ = false;
            gray_lost_ = true;  // so all that is marked is scanned again
        } else {
            const std::uint64_t self = gray_again_.back();
            gray_again_.pop_back();
            if (heap_.alive(Value{self})) (void)scan(self);
        }
        propagate_all();
    }
    for (const std::uint64_t self : to_finalize_) mark_value(Value{self});
    propagate_all();
    separate_finalizers();
    propagate_all();
    clear_weak();
    atomic_ = false;
    allocated_at_atomic_ = heap_.pages.allocated;
    forget_lists();
    heap_.pages.begin_sweep();
    phase_ = Phase::Sweep;
}

bool Collector::is_dead(Value v) const {
    if (!v.is_object()) return false;
    return !heap_.alive(v) || !heap_.pages.is_marked(v.position());
}

void Collector::separate_finalizers() {
    // Newest first, so that finalizers run in the reverse order of creation (Lua 5.1 §2.10.1).
    auto& all = heap_.userdata;
    const std::size_t queued = to_finalize_.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto* u = heap_.get<Userdata>(Value{all[i]});
        if (!u) continue;
        if (heap_.pages.is_older(Value{u->self}.position())) {  // a rollback wants the list as it was
            all[kept++] = all[i];
            continue;
        }
        if (!u->finalized_ && !heap_.pages.is_marked(Value{u->self}.position())) {
            if (!heap_.metamethod_of(u->metatable_, Metamethod::Gc).is_nil()) {
                u->finalized_ = true;
                (void)to_finalize_.push_back(u->self);  // C8: there is room
            }
            continue;  // with or without finalizer, it is not looked at again
        }
        if (!u->finalized_) all[kept++] = all[i];
    }
    all.truncate(kept);
    for (std::size_t i = queued; i < to_finalize_.size(); ++i) mark_value(Value{to_finalize_[i]});
    queue_finalizers_from(queued);
}

/// Puts what was added at the end of the queue behind the rest, which is taken first.
void Collector::queue_finalizers_from(std::size_t found) {
    std::rotate(to_finalize_.begin(), to_finalize_.begin() + found, to_finalize_.end());
}

Value Collector::take_finalizer() {
    while (!to_finalize_.empty()) {
        const Value v{to_finalize_.back()};
        to_finalize_.pop_back();
        if (!heap_.alive(v)) continue;
        // What was born in the outermost scope is wanted back only by nested ones.
        const PageHeap& pages = heap_.pages;
        if (pages.scope_depth() > 1 || pages.is_older(v.position()))
            (void)taken_.push_back(v.bits);  // C8: there is room
        return v;
    }
    return Value::nil();
}

void Collector::keep_finalizers() {
    taken_.clear();
    taken_.shrink();
    if (!queue_has_dead_) return;
    queue_has_dead_ = false;
    const auto* end = std::remove_if(to_finalize_.begin(), to_finalize_.end(),
                                     [&](std::uint64_t self) { return !heap_.alive(Value{self}); });
    to_finalize_.truncate(static_cast<std::size_t>(end - to_finalize_.begin()));
}

void Collector::restore_finalizers(const FinalizerMark& mark, bool outermost) {
    while (taken_.size() > mark.taken) {
        (void)to_finalize_.push_back(taken_.back());  // C8: there is room
        taken_.pop_back();
    }
    if (!outermost) {
        queue_has_dead_ = true;
        return;
    }
    queue_has_dead_ = false;
    // What was there at the begin is at the end; in front of it is what was queued since.
    const std::size_t since = to_finalize_.size() - mark.queued;
    for (std::size_t i = 0; i < since; ++i) {
        if (auto* u = heap_.get<Userdata>(Value{to_finalize_[i]})) u->finalized_ = false;
    }
    std::move(to_finalize_.begin() + since, to_finalize_.end(), to_finalize_.begin());
    to_finalize_.truncate(mark.queued);
}

void Collector::queue_all_finalizers() {
    const std::size_t queued = to_finalize_.size();
    for (const std::uint64_t self : heap_.userdata) {
        auto* u = heap_.get<Userdata>(Value{self});
        if (!u || u->finalized_ || heap_.metamethod_of(u->metatable_, Metamethod::Gc).is_nil()) continue;
        u->finalized_ = true;
        (void)to_finalize_.push_back(self);  // C8: there is room
    }
    queue_finalizers_from(queued);
}

void Collector::clear_weak() {
    for (const std::uint64_t self : weak_) {
        auto* t = heap_.get<Table>(Value{self});
        if (!t) continue;
        // Older than the innermost scope only if that was opened, or an inner one undone, since the table was scanned (C7):
        // then what it refers to and is not marked was weakly referred to before that too.
        const bool older = t->epoch_ < heap_.pages.scope_epoch();
        const auto dead = [&](Value v, bool as_value) {
            if (v.is_string()) {
                mark_value(v);
                return false;
            }
            // A userdata about to be finalized is gone as a value, but stays as a key (Lua 5.1 lgc.c iscleared).
            if (as_value && !older) {
                if (const auto* u = heap_.get<Userdata>(v); u && u->finalized_) return true;
            }
            return is_dead(v);
        };
        for (std::uint32_t i = 0; i < t->array_size_; ++i) {
            if (dead(t->array_[i], true)) t->array_[i] = Value::nil();
        }
        for (std::uint32_t i = 0; i < t->node_count(); ++i) {
            Node& n = t->nodes_[i];
            if (n.value.is_nil()) continue;
            if (dead(n.key, false) || dead(n.value, true)) n.value = Value::nil();
        }
    }
}

// --- Cycles ---------------------------------------------------------------------------------------------------------

bool Collector::step(std::size_t work) {
    if (phase_ == Phase::Pause) begin_cycle();
    if (phase_ == Phase::Mark) {
        propagate(work);
        if (!all_scanned()) return false;
        atomic_step();
        return false;
    }
    if (heap_.pages.sweep(work / kSweepPageWork + 1)) {
        phase_ = Phase::Pause;
        ++cycles_;
        set_threshold();
        return true;
    }
    return false;
}

void Collector::collect() {
    abandon();
    begin_cycle();
    propagate_all();
    atomic_step();
    while (!heap_.pages.sweep(1u << 20)) {
    }
    phase_ = Phase::Pause;
    ++cycles_;
    set_threshold();
}

}  // namespace arenite
