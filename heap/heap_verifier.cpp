#include "heap/heap_verifier.h"

#include <bit>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "heap/collector.h"
#include "heap/function_unit.h"
#include "heap/visit.h"

namespace arenite {

class HeapVerifier {
public:
    HeapVerifier(Heap& heap, const HeapCheck& check) : heap_(heap), check_(check) {}
    std::optional<std::string> run();

    // --- As a visitor (heap/visit.h) of the object `owner_`: what is wrong is in message_.
    void key(std::uint64_t) {}
    void epoch(std::uint32_t) {}
    void block(const char* what, const void* block, std::size_t bytes) {
        if (sound()) (void)own(owner_, block, bytes, what);
    }
    void value(const char* what, Value v) {
        if (sound()) (void)visit(owner_, v, what);
    }
    template <class T>
    void value(const char* what, Handle<T> h) {
        if (h.is_null()) return;  // check(const Prototype&)
        if (sound() && !heap_.get(h)) (void)fail("%s of %016llx is none", what, hex(owner_));
        value(what, Value::object(h));
    }
    void values(const char* what, const Value* values, std::size_t count) {
        if (sound()) (void)visit_all(owner_, values, count, what);
    }
    template <class At>
    void list(const char* what, std::size_t count, At at) {
        for (std::size_t i = 0; i < count; ++i) value(what, at(i));
    }
    void registers(const char* what, const Value* stack, std::size_t count) {
        for (std::size_t i = 0; sound() && i < count; ++i) {  // a dead one may be stale (C6)
            if (heap_.alive(stack[i])) (void)visit(owner_, stack[i], what);
        }
    }
    void entries(const Table& t) {
        if (sound() && visit_all(owner_, t.array(), t.array_size(), "array slot")) (void)check_entries(t);
    }
    void frames(const Thread& t) {
        if (sound()) (void)check_frames(t);
    }
    void code(const Prototype&) {}
    void text(std::string_view) {}
    void number(std::uint64_t) {}

private:
    [[nodiscard]] bool sound() const { return message_.empty(); }
    // Everything below answers false once `message_` is set.
    template <class... Args>
    bool fail(const char* format, Args... args) {
        char text[400];
        std::snprintf(text, sizeof text, format, args...);
        message_ = text;
        return false;
    }
    static unsigned long long hex(std::uint64_t bits) { return bits; }

    bool check_pages();
    bool check_page(std::uint32_t page);
    bool check_slot(std::uint32_t page, unsigned index, const std::uint64_t* words);
    bool check_large_blocks();
    bool check_accounting();
    bool check_string_array(const StringTable::Array& array);
    bool check_strings();
    bool check_userdata_list();
    bool check_reachable();
    bool check_marks();
    bool check_backups();
    bool check_collected();

    bool visit(std::uint64_t owner, Value v, const char* what);
    bool visit_all(std::uint64_t owner, const Value* values, std::size_t count, const char* what);
    bool own(std::uint64_t owner, const void* block, std::size_t bytes, const char* what);
    bool is_block(const void* block, std::size_t bytes) const;
    /// Checks the parts of an object, those that it refers to later.
    template <class T>
    bool check_parts(const T& object) {
        owner_ = object.self;
        visit_parts(object, *this);
        return sound();
    }
    // What has to hold beside that, for each kind.
    /// A kind of which no more than its parts is to be checked (of short strings, check_strings() does the rest).
    template <class T>
    bool check(const T& object) {
        return check_parts(object);
    }
    bool check(const LongString& s);
    bool check(const Table& t);
    bool check(const Closure& c);
    bool check(const Userdata& u);
    bool check(const Prototype& p);
    bool check(const Buffer& b);
    bool check_frames(const Thread& t);
    bool check_entries(const Table& t);
    bool check_nodes(const Table& t);

    Heap& heap_;
    const HeapCheck& check_;
    std::string message_;
    std::uint64_t owner_ = 0;  ///< whose parts are examined
    std::size_t slot_bytes_ = 0;
    std::size_t large_bytes_ = 0;
    std::size_t held_pages_ = 0;
    std::unordered_set<const void*> large_;
    std::unordered_map<const void*, std::uint64_t> owners_;
    std::unordered_set<std::uint64_t> seen_;
    std::vector<std::uint64_t> gray_;
};

namespace {
/// The page class of a live object; kClassCount when its tag is none.
unsigned class_of(HeapBase base, std::uint64_t self) {
    return with_kind<std::optional<unsigned>>(
               base, self,
               [](const auto& object) {
                   constexpr bool is_table = std::is_same_v<decltype(object), const Table&>;
                   return std::optional(is_table ? kTableClass : object_class(object.slot_bytes()));
               })
        .value_or(kClassCount);
}

/// Looks for a write key among the parts.
struct KeyFinder : IdleVisitor {
    void key(const WriteKey&) { found = true; }
    bool found = false;
};
bool has_write_key(HeapBase base, std::uint64_t self) {
    return with_kind<bool>(base, self, [](const auto& object) {
        KeyFinder finder;
        visit_parts(object, finder);
        return finder.found;
    });
}
}  // namespace

std::optional<std::string> HeapVerifier::run() {
    heap_.pages_.flush_caches();
    if (check_pages() && check_large_blocks() && check_accounting() && check_strings() && check_userdata_list() &&
        check_reachable() && check_marks() && check_backups() && check_collected()) {
        return std::nullopt;
    }
    return message_;
}

// --- Pages ----------------------------------------------------------------------------------------------------------

bool HeapVerifier::check_pages() {
    held_pages_ = heap_.pages_.pooled_pages();
    for (std::uint32_t page = 1; page < heap_.pages_.page_count(); ++page) {
        const std::uint8_t cls = heap_.pages_.meta(page).cls;
        if (cls == PageMeta::kFree || cls == PageMeta::kRetired) continue;
        if (cls >= kClassCount) return fail("page %u has class %u", page, cls);
        ++held_pages_;
        if (!check_page(page)) return false;
    }
    return true;
}

bool HeapVerifier::check_page(std::uint32_t page) {
    const PageMeta& m = heap_.pages_.meta(page);
    const unsigned stride = class_stride(m.cls);
    if (m.slots != kPageBytes / stride) return fail("page %u of class %u has %u slots", page, m.cls, m.slots);
    unsigned used = 0;
    unsigned retired = 0;
    for (unsigned i = 0; i < 256; ++i) {
        const bool in_use = m.alloc[i >> 6] >> (i & 63) & 1;
        if (i >= m.slots) {
            if (in_use) return fail("page %u: alloc bit %u is beyond its %u slots", page, i, m.slots);
            continue;
        }
        used += in_use;
        if (m.cls >= kObjectClasses) continue;
        const auto* words = reinterpret_cast<const std::uint64_t*>(heap_.pages_.space().page(page) +
                                                                   static_cast<std::size_t>(i) * stride);
        const bool dead = words[0] >> word::kTagShift == 0;
        const std::uint32_t generation = word::generation(words[0]);
        if (in_use && dead && generation != word::kMaxGeneration) {
            return fail("H2: page %u slot %u is in use but dead", page, i);
        }
        if (dead && generation > m.max_generation) {
            return fail("PH3: page %u slot %u died in generation %u, the page knows of %u", page, i, generation,
                        m.max_generation);
        }
        if (!in_use) {
            if (!dead || words[1] != 0) {
                return fail("PH1: page %u slot %u is free but reads %016llx %016llx", page, i, hex(words[0]),
                            hex(words[1]));
            }
        } else if (dead) {
            ++retired;
        } else if (!check_slot(page, i, words)) {
            return false;
        }
    }
    if (m.cls < kObjectClasses && retired != m.retired) {
        return fail("H3: page %u has %u retired slots, not %u", page, retired, m.retired);
    }
    slot_bytes_ += static_cast<std::size_t>(used - retired) * stride;
    return true;
}

bool HeapVerifier::check_slot(std::uint32_t page, unsigned index, const std::uint64_t* words) {
    const PageMeta& m = heap_.pages_.meta(page);
    const Value self{words[0]};
    const std::uint32_t position = (page << kPageShift) + index * (class_stride(m.cls) / 8u);
    if (!self.is_object() || self.position() != position || heap_.pages_.generation_of(self.bits) == 0) {
        return fail("H2: the slot at position %u has self %016llx", position, hex(self.bits));
    }
    if (class_of(heap_.base(), self.bits) != m.cls)
        return fail("object %016llx is in a page of class %u", hex(self.bits), m.cls);
    if (!has_write_key(heap_.base(), self.bits)) return true;
    const std::uint64_t key = words[1] ^ words[0];
    const bool noted = self.is<Thread>() && words[1] == 1;  // the interpreter has put it on the gray-again list
    if (words[1] != 0 && !noted && key > heap_.pages_.epoch()) {
        return fail("O2: object %016llx has wkey %016llx, which is no key", hex(self.bits), hex(words[1]));
    }
    if (self.is<Table>() && reinterpret_cast<const Table*>(words)->read_only() && key == heap_.txn_key()) {
        return fail("O2: the read-only table %016llx has a write key", hex(self.bits));
    }
    return true;
}

bool HeapVerifier::check_large_blocks() {
    const auto& large = heap_.pages_.large_blocks();
    for (std::size_t i = 0; i < large.size(); ++i) {
        if (large[i]->index != i || large[i]->bytes <= kMaxSmallPayload || large[i]->magic != large[0]->magic) {
            return fail("large block %zu has index %u, %zu bytes, magic %08x", i, large[i]->index, large[i]->bytes,
                        large[i]->magic);
        }
        large_bytes_ += PageHeap::payload_footprint(large[i]->bytes);
        large_.insert(large[i] + 1);
    }
    const BlockSpace& blocks = heap_.pages_.blocks();
    if (!blocks.verify()) return fail("BS1: of %zu areas of large blocks, not all are in order", blocks.area_count());
    return true;
}

bool HeapVerifier::check_accounting() {
    const ByteBudget& budget = heap_.budget;
    const std::size_t own = slot_bytes_ + large_bytes_ + heap_.strings_.bytes();
    const std::size_t used = budget.used();
    if (check_.other_bytes ? own + *check_.other_bytes != used : own > used) {
        return fail("PH5: %zu bytes are charged; the heap has %zu and others %zu", used, own,
                    check_.other_bytes.value_or(0));
    }
    if (slot_bytes_ + budget.idle() != held_pages_ * kPageBytes + heap_.pages_.blocks().idle()) {
        return fail("PH5: %zu pages are held, %zu bytes of them in use and %zu idle", held_pages_, slot_bytes_,
                    budget.idle());
    }
    const std::size_t lists =
        heap_.pages_.overhead_bytes() + heap_.collector_->overhead_bytes() + heap_.userdata_.bytes();
    if (check_.other_overhead ? lists + *check_.other_overhead != budget.overhead() : lists > budget.overhead()) {
        return fail("PH5: %zu bytes of overhead are charged; the heap has %zu and others %zu", budget.overhead(), lists,
                    check_.other_overhead.value_or(0));
    }
    return true;
}

// --- Tables of the heap ---------------------------------------------------------------------------------------------

bool HeapVerifier::check_string_array(const StringTable::Array& array) {
    if (array.capacity != 0 && !std::has_single_bit(array.capacity)) return fail("ST1: capacity %zu", array.capacity);
    std::size_t occupied = 0;
    for (std::size_t i = 0; i < array.capacity; ++i) {
        const std::uint32_t entry = array.entries[i];
        if (entry == 0) continue;
        ++occupied;
        const std::uint32_t page = (entry & ~1u) >> kPageShift;
        if (page == 0 || page >= heap_.pages_.page_count()) return fail("ST1: entry %zu names no page", i);
    }
    if (occupied != array.occupied || occupied * 4 > array.capacity * 3) {
        return fail("ST1: %zu of %zu entries are occupied, %zu are counted", occupied, array.capacity, array.occupied);
    }
    return true;
}

bool HeapVerifier::check_strings() {
    const StringTable& table = heap_.strings_;
    if (!check_string_array(table.now_) || !check_string_array(table.next_)) return false;
    const auto mask = table.now_.capacity - 1;
    const auto moved = [&](const ShortString& s) {
        std::size_t i = s.hash() & mask;
        const std::uint32_t entry = Value{s.self}.position() | s.hash() >> 31;
        while (table.now_.entries[i] != entry) i = (i + 1) & mask;
        return i < table.moved_;
    };
    heap_.pages_.for_each_object([&](const std::uint64_t* words) {
        if (!message_.empty() || !Value{words[0]}.is<ShortString>()) return;
        const auto* s = reinterpret_cast<const ShortString*>(words);
        if (s->view().size() > kShortStringMax || s->hash() != heap_.hash_bytes(s->view()) ||
            s->view().data()[s->view().size()]) {
            (void)fail("short string %016llx has a wrong hash, length or end", hex(s->self));
        } else if (table.lookup(heap_, s->view()).bits != s->self) {
            (void)fail("ST2: short string %016llx is not found by its content, or not as the only one", hex(s->self));
        } else if (table.moving() && moved(*s) && StringTable::find_in(heap_, table.next_, s->view()).bits != s->self) {
            (void)fail("ST5: short string %016llx was moved and is not found", hex(s->self));
        }
    });
    return message_.empty();
}

bool HeapVerifier::check_userdata_list() {
    std::uint64_t last = 0;
    for (const std::uint64_t self : heap_.userdata_) {
        if (self == 0) continue;
        if (!Value{self}.is<Userdata>()) return fail("C11: the userdata list has %016llx", hex(self));
        const auto* u = heap_.get<Userdata>(Value{self});
        if (!u) continue;
        if (u->sequence() <= last) return fail("C11: the userdata list is out of order at %016llx", hex(self));
        last = u->sequence();
    }
    const Collector& gc = *heap_.collector_;
    if (gc.queue_head_ > gc.queue_visible_ || gc.queue_visible_ > gc.queue_.size())
        return fail("the queue of finalizers is taken to %zu, seen to %zu, and has %zu entries", gc.queue_head_,
                    gc.queue_visible_, gc.queue_.size());
    for (const std::uint64_t self : gc.finalizer_queue()) {
        const auto* u = heap_.get<Userdata>(Value{self});
        if (!u || !u->finalized()) return fail("the queue of finalizers has %016llx, which has none due", hex(self));
    }
    return true;
}

/// C1, C2, C10: once marking is over, nothing that is reached is about to be swept.
bool HeapVerifier::check_marks() {
    const Collector& gc = *heap_.collector_;
    if (gc.phase() == Collector::Phase::Sweep || (gc.phase() == Collector::Phase::Finish && !gc.has_uncleared())) {
        for (const std::uint64_t self : seen_) {
            if (heap_.pages_.is_dying(Value{self}.position()))
                return fail("C10: object %016llx is reached and not marked", hex(self));
        }
    }
    return true;
}

// --- What the roots reach -------------------------------------------------------------------------------------------

bool HeapVerifier::check_reachable() {
    if (!visit_all(0, heap_.type_metatables_.data(), heap_.type_metatables_.size(), "metatable of a type") ||
        !visit_all(0, heap_.names_.data(), heap_.names_.size(), "metamethod name") ||
        !visit(0, heap_.registry_, "registry") || !visit(0, heap_.globals_, "globals") ||
        !visit_all(0, check_.roots.data(), check_.roots.size(), "root")) {
        return false;
    }
    while (!gray_.empty()) {
        const Value v{gray_.back()};
        gray_.pop_back();
        // What has no kind is not visited.
        if (!with_kind<bool>(heap_.base(), v.bits, [this](const auto& object) { return check(object); })) {
            return sound() ? fail("object %016llx has no kind", hex(v.bits)) : false;
        }
    }
    return true;
}

bool HeapVerifier::visit(std::uint64_t owner, Value v, const char* what) {
    if (!v.is_object()) {
        if (v.bits > word::kBoxed && v.tag() != Tag::LightUserdata && v.tag() != Tag::Constant) {
            return fail("V1: %s of %016llx is the word %016llx", what, hex(owner), hex(v.bits));
        }
        return true;
    }
    if (!heap_.pages_.names_live_slot(v.position()) || !heap_.alive(v)) {
        return fail("%s of %016llx is stale: %016llx", what, hex(owner), hex(v.bits));
    }
    if (seen_.insert(v.bits).second) gray_.push_back(v.bits);
    return true;
}

bool HeapVerifier::visit_all(std::uint64_t owner, const Value* values, std::size_t count, const char* what) {
    for (std::size_t i = 0; i < count; ++i) {
        if (!visit(owner, values[i], what)) return false;
    }
    return true;
}

bool HeapVerifier::is_block(const void* block, std::size_t bytes) const {
    if (bytes > kMaxSmallPayload) {
        if (!large_.contains(block)) return false;
        return (static_cast<const LargeBlock*>(block) - 1)->bytes == bytes;
    }
    if (large_.contains(block)) return false;  // position_of() would not understand such an address
    const std::uint32_t position = heap_.pages_.space().position_of(block);
    const std::uint32_t page = position >> kPageShift;
    if (page == 0 || page >= heap_.pages_.page_count()) return false;
    const PageMeta& m = heap_.pages_.meta(page);
    if (m.cls != payload_class(bytes)) return false;
    const std::uint32_t offset = (position & (kPageUnits - 1)) * 8;
    const unsigned i = offset / class_stride(m.cls);
    return offset % class_stride(m.cls) == 0 && i < m.slots && (m.alloc[i >> 6] >> (i & 63) & 1);
}

bool HeapVerifier::own(std::uint64_t owner, const void* block, std::size_t bytes, const char* what) {
    if (bytes == 0) return true;
    if (!block || !is_block(block, bytes)) {
        return fail("O3: %s of %016llx (%zu bytes) is no block in use", what, hex(owner), bytes);
    }
    const auto [at, is_new] = owners_.emplace(block, owner);
    if (!is_new) return fail("O3: %s of %016llx belongs to %016llx too", what, hex(owner), hex(at->second));
    return true;
}

bool HeapVerifier::check(const LongString& s) {
    if (s.view().size() <= kShortStringMax) return fail("long string %016llx is short", hex(s.self));
    if (!check_parts(s)) return false;
    return s.data()[s.view().size()] == 0 || fail("long string %016llx does not end in NUL", hex(s.self));
}

bool HeapVerifier::check(const Table& t) {
    if (!t.metatable().is_nil() && !t.metatable().is<Table>()) return fail("table %016llx: metatable", hex(t.self));
    return check_parts(t);
}

bool HeapVerifier::check(const Closure& c) {
    const auto* p = heap_.get(c.prototype());
    if (!p) return fail("closure %016llx has no prototype", hex(c.self));
    if (c.constants() != p->constants() || c.upvalue_count() != p->upvalue_count()) {
        return fail("closure %016llx is at odds with its prototype", hex(c.self));
    }
    return check_parts(c);
}

bool HeapVerifier::check(const Userdata& u) {
    if (!u.metatable().is_nil() && !u.metatable().is<Table>()) return fail("userdata %016llx: metatable", hex(u.self));
    return check_parts(u);
}

bool HeapVerifier::check(const Prototype& p) {
    if (!check_parts(p)) return false;
    for (std::uint32_t i = 0; p.code() && i < p.child_count(); ++i) {  // PB3
        if (p.child(i).is_null()) return fail("child %u of prototype %016llx is none", i, hex(p.self));
    }
    return true;
}

bool HeapVerifier::check(const Buffer& b) {
    if (b.view().size() > b.capacity()) return fail("buffer %016llx is fuller than it can be", hex(b.self));
    return check_parts(b);
}

bool HeapVerifier::check_frames(const Thread& t) {
    if (t.top < t.stack || t.top > t.stack + t.stack_size || t.frame < t.frames ||
        t.frame >= t.frames + t.frame_count || t.frame_limit > t.frames + t.frame_count ||
        t.stack_limit > t.stack + t.stack_size) {
        return fail("TH1: thread %016llx points outside of its arrays", hex(t.self));
    }
    if (t.frames->kind() != FrameKind::Base) return fail("TH3: thread %016llx has no base frame", hex(t.self));
    for (const Frame* f = t.frames; f <= t.frame; ++f) {
        if (f->base <= t.stack || f->base > t.stack + t.stack_size) {
            return fail("TH1: frame %td of thread %016llx is outside of its stack", f - t.frames, hex(t.self));
        }
    }
    return true;
}

bool HeapVerifier::check_entries(const Table& t) {
    if ((t.array_size() == 0) != (t.array() == nullptr)) return fail("T1: table %016llx: array part", hex(t.self));
    if (t.node_count() == 0) {
        if (t.hash_mask() != 0 || t.last_free() != 0)
            return fail("T2: table %016llx has mask or free nodes but none", hex(t.self));
    } else {
        if (!std::has_single_bit(t.node_count()))
            return fail("T2: table %016llx has %u nodes", hex(t.self), t.node_count());
        if (!check_nodes(t)) return false;
    }
    for (unsigned bit = 0; bit < 8; ++bit) {
        if ((t.absent() >> bit & 1) && !t.get(heap_, heap_.names_[bit]).is_nil()) {
            return fail("T6: table %016llx has the metamethod %u that it says is absent", hex(t.self), bit);
        }
    }
    return true;
}

bool HeapVerifier::check_nodes(const Table& t) {
    const std::uint32_t count = t.node_count();
    if (t.last_free() > count) return fail("table %016llx: last_free %u of %u", hex(t.self), t.last_free(), count);
    std::vector<std::uint8_t> has_predecessor(count, 0);
    for (std::uint32_t i = 0; i < count; ++i) {
        const Node& n = t.nodes()[i];
        const std::int64_t next = static_cast<std::int64_t>(i) + n.next;
        if (next < 0 || next >= count)
            return fail("T3: node %u of table %016llx leads to %lld", i, hex(t.self), static_cast<long long>(next));
        if (n.next != 0 && has_predecessor[static_cast<std::size_t>(next)]++) {
            return fail("T3: two nodes of table %016llx lead to node %lld", hex(t.self), static_cast<long long>(next));
        }
    }
    std::uint32_t visited = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (has_predecessor[i]) continue;
        for (const Node* n = t.nodes() + i;; n += n->next) {
            ++visited;
            if (n->next == 0) break;
        }
    }
    if (visited != count) return fail("T3: a chain of table %016llx is a ring", hex(t.self));
    for (std::uint32_t i = 0; i < count; ++i) {
        const Node& n = t.nodes()[i];
        if (n.key.is_nil()) {
            if (!n.value.is_nil() || n.next != 0 || has_predecessor[i]) {
                return fail("T3: node %u of table %016llx has no key but a value or neighbours", i, hex(t.self));
            }
            if (i >= t.last_free())
                return fail("T2: node %u of table %016llx is free but behind last_free", i, hex(t.self));
            continue;
        }
        if (n.key.is_number()) {
            const double d = n.key.as_number();
            if (d != d || n.key.bits == Value::number(-0.0).bits ||
                (d >= 1 && d <= t.array_size() && d == static_cast<double>(static_cast<std::uint32_t>(d)))) {
                return fail("T5: node %u of table %016llx has the key %g", i, hex(t.self), d);
            }
        }
        if (n.value.is_nil()) continue;  // T4; the key may be stale
        if (!visit(t.self, n.key, "key") || !visit(t.self, n.value, "value")) return false;
        if (t.find(heap_, n.key) != &n.value) {
            return fail("T3: node %u of table %016llx is not found by its key %016llx", i, hex(t.self),
                        hex(n.key.bits));
        }
    }
    return true;
}

// --- The rest -------------------------------------------------------------------------------------------------------

bool HeapVerifier::check_backups() {
    for (const HeapCheck::Backup& b : check_.backups) {
        if (b.bytes == 0) continue;
        if (!is_block(b.block, b.bytes))
            return fail("X1: a backup of %016llx (%zu bytes) is gone", hex(b.owner), b.bytes);
        const auto at = owners_.find(b.block);
        if (at != owners_.end() && at->second != b.owner) {
            return fail("X1: a backup of %016llx belongs to %016llx", hex(b.owner), hex(at->second));
        }
    }
    return true;
}

bool HeapVerifier::check_collected() {
    if (!check_.collected) return true;
    heap_.pages_.for_each_object([&](const std::uint64_t* words) {
        if (message_.empty() && !seen_.contains(words[0]))
            (void)fail("object %016llx is garbage but alive", hex(words[0]));
    });
    if (!message_.empty()) return false;
    std::size_t owned_bytes = 0;
    std::size_t bytes = 0;
    for (std::uint32_t page = 1; page < heap_.pages_.page_count(); ++page) {
        const PageMeta& m = heap_.pages_.meta(page);
        if (m.cls < kObjectClasses || m.cls >= kClassCount) continue;
        for (const std::uint64_t w : m.alloc) bytes += static_cast<std::size_t>(std::popcount(w)) * class_stride(m.cls);
    }
    std::size_t large = 0;
    for (const auto& [block, owner] : owners_) {
        if (large_.contains(block)) {
            ++large;
        } else {
            const std::uint32_t page = heap_.pages_.space().position_of(block) >> kPageShift;
            owned_bytes += class_stride(heap_.pages_.meta(page).cls);
        }
    }
    if (bytes != owned_bytes || large != large_.size()) {
        return fail("O3: %zu bytes of blocks and %zu large ones are in use, %zu and %zu are owned", bytes,
                    large_.size(), owned_bytes, large);
    }
    return true;
}

std::optional<std::string> verify_heap(Heap& heap, const HeapCheck& check) {
    return HeapVerifier(heap, check).run();
}

}  // namespace arenite
