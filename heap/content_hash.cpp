#include "heap/content_hash.h"

#include <bit>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "heap/collector.h"
#include "heap/visit.h"

namespace arenite {

namespace {

class ContentHash {
public:
    explicit ContentHash(const Heap& heap) : heap_(heap) {}

    std::uint64_t run(std::span<const Value> extra_roots) {
        for (Value v : heap_.type_metatables()) visit(v);
        for (Value v : heap_.names()) visit(v);
        visit(heap_.registry());
        visit(heap_.globals());
        for (Value v : extra_roots) visit(v);
        for (std::size_t i = 0; i < found_.size(); ++i) scan(found_[i]);  // in the order in which they were found
        return hash_;
    }

    std::uint64_t run_state(std::span<const Value> extra_roots) {
        run(extra_roots);
        for (const std::uint64_t self : heap_.userdata()) add_if_alive(self);
        add(heap_.userdata_sequence());
        for (const std::uint64_t self : heap_.collector().finalizer_queue()) add_if_alive(self);
        std::size_t interned = 0;
        heap_.pages().for_each_object([&](const std::uint64_t* words) {
            const Value v{*words};
            add(v.bits);
            if (!v.is<ShortString>()) return;
            const std::string_view bytes = heap_.string(v);
            add(bytes);
            interned += heap_.strings().lookup(heap_, bytes) == v;
        });
        add(interned);
        add(heap_.pages().exact_used());
        return hash_;
    }

    // --- As a visitor (heap/visit.h): what Lua can observe; neither keys and epochs nor where blocks are.
    void key(std::uint64_t) {}
    void epoch(std::uint32_t) {}
    void block(const char*, const void*, std::size_t) {}
    void value(const char*, Value v) { visit(v); }
    template <class T>
    void value(const char*, Handle<T> h) {
        visit(Value::object(h));
    }
    void values(const char*, const Value* values, std::size_t count) {
        add(count);
        for (std::size_t i = 0; i < count; ++i) visit(values[i]);
    }
    template <class At>
    void list(const char* what, std::size_t count, At at) {
        for (std::size_t i = 0; i < count; ++i) value(what, at(i));
    }
    void registers(const char* what, const Value* stack, std::size_t count) { values(what, stack, count); }
    void entries(const Table& t);
    void frames(const Thread& t);
    void code(const Prototype& p);
    void text(std::string_view bytes) { add(bytes); }
    void number(std::uint64_t n) { add(n); }

private:
    void add_if_alive(std::uint64_t self) {
        if (self != 0 && heap_.alive(Value{self})) add(self);
    }
    void add(std::uint64_t word) {
        hash_ = (std::rotl(hash_, 23) ^ word) * 0x9E37'79B9'7F4A'7C15ull;
        hash_ ^= hash_ >> 29;
    }
    void add(std::string_view bytes) {
        add(bytes.size());
        add(heap_.hash_bytes(bytes));
    }
    void visit(Value v) {
        add(v.bits);
        if (v.is_object() && heap_.alive(v) && seen_.insert(v.bits).second) found_.push_back(v.bits);
    }

    void scan(std::uint64_t self) {
        add(self);
        with_kind<void>(heap_.base(), self, [this](const auto& object) { visit_parts(object, *this); });
    }

    const Heap& heap_;
    std::uint64_t hash_ = 0xA12E'417E;
    std::unordered_set<std::uint64_t> seen_;
    std::vector<std::uint64_t> found_;
};

void ContentHash::entries(const Table& t) {
    add(t.array_size());
    add(t.node_count());
    add(t.last_free());
    for (std::uint32_t i = 0; i < t.array_size(); ++i) visit(t.array()[i]);
    for (std::uint32_t i = 0; i < t.node_count(); ++i) {
        const Node& n = t.nodes()[i];
        add(static_cast<std::uint64_t>(n.next));
        if (n.value.is_nil()) {
            add(n.key.bits);  // T4: perhaps stale, so not followed
            add(n.value.bits);
        } else {
            visit(n.key);
            visit(n.value);
        }
    }
}

void ContentHash::frames(const Thread& t) {
    add(static_cast<std::uint64_t>(t.status));
    add(t.started);
    add(t.wrapped);
    add(t.depth);
    add(static_cast<std::uint64_t>(t.hook_mask) << 32 | static_cast<std::uint32_t>(t.hook_period));
    add(static_cast<std::uint64_t>(t.hook_countdown) << 32 | t.hook_running);
    const Instruction* code = nullptr;
    for (const Frame* f = t.frames; f <= t.frame; ++f) {
        if (f->kind() == FrameKind::Lua) {  // a pending operation's pc is in the code of the Lua frame below it
            const auto* c = heap_.get<Closure>(Value{f->function ? f->function->self : std::uint64_t{0}});
            const auto* p = c ? heap_.get(c->prototype()) : nullptr;
            code = p ? p->code() : nullptr;
        }
        add(code && f->pc ? static_cast<std::uint64_t>(f->pc - code) : 0);
        add(static_cast<std::uint64_t>(f->base - t.stack));
        add(f->function ? f->function->self : 0);
        add(static_cast<std::uint64_t>(f->count) << 32 | f->info);
    }
}

void ContentHash::code(const Prototype& p) {
    add(p.num_params());
    add(p.is_vararg());
    add(p.max_stack());
    add(p.line_defined());
    add(p.last_line_defined());
    add(p.code_size());
    for (std::uint32_t i = 0; i < p.code_size(); ++i) {
        Instruction w = p.code()[i];
        if (static_cast<unsigned>(ins::op(w)) < kOpcodeCount) {
            const OpInfo& info = op_info(ins::op(w));  // BC2: hints carry no meaning
            if (info.a == 'h') w &= ~0xFF00ull;
            if (info.b == 'h') w &= ~0xFFFF'0000ull;
            if (info.c == 'h') w &= ~0xFFFF'0000'0000ull;
            if (info.d == 'h') w &= ~0xFFFF'0000'0000'0000ull;
        }
        add(w);
        add(p.line(i));
    }
    add(p.child_count());
    for (std::uint32_t i = 0; i < p.upvalue_count(); ++i) {
        const UpvalueInfo& u = p.upvalue(i);
        add(static_cast<std::uint64_t>(u.index) << 2 | static_cast<std::uint64_t>(u.from_local) << 1 | u.by_value);
    }
    for (std::uint32_t i = 0; i < p.local_count(); ++i) {
        const LocalInfo& l = p.local(i);
        add(static_cast<std::uint64_t>(l.start_pc) << 32 | l.end_pc);
        add(static_cast<std::uint64_t>(l.reg) << 1 | l.in_cell);
    }
}

}  // namespace

std::uint64_t content_hash(const Heap& heap, std::span<const Value> extra_roots) {
    return ContentHash(heap).run(extra_roots);
}

std::uint64_t state_hash(const Heap& heap, std::span<const Value> extra_roots) {
    return ContentHash(heap).run_state(extra_roots);
}

}  // namespace arenite
