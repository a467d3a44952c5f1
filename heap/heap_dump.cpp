#include "heap/heap_dump.h"

#include <cstdint>
#include <cstdio>
#include <string>

#include "heap/collector.h"

namespace arenite {

namespace {

constexpr std::size_t kShownBytes = 100;
constexpr std::size_t kPiece = std::size_t{32} << 10;

const char* kind_name(Tag tag) {
    switch (tag) {
        case Tag::ShortString:
        case Tag::LongString: return "string";
        case Tag::Table: return "table";
        case Tag::Closure: return "function";
        case Tag::NativeFunction: return "native";
        case Tag::Userdata: return "userdata";
        case Tag::Thread: return "thread";
        case Tag::Prototype: return "prototype";
        case Tag::Cell: return "cell";
        case Tag::Buffer: return "buffer";
        default: return "?";
    }
}

class Dump {
public:
    Dump(Heap& heap, const DumpSink& sink) : heap_(heap), sink_(sink) {}
    void run(std::span<const DumpRoot> roots);

private:
    void put(std::string_view text) {
        if (piece_.size() + text.size() > kPiece) {
            sink_(piece_);
            piece_.clear();
        }
        piece_ += text;
    }
    /// A JSON string of the first `limit` bytes.
    void put_string(std::string_view bytes, std::size_t limit = kShownBytes);
    void put_id(Value v) {
        char text[24];
        std::snprintf(text, sizeof text, "\"%016llx\"", static_cast<unsigned long long>(v.bits));
        put(text);
    }
    void put_field(std::string_view name, std::size_t number) {
        put_string(name);
        put(":");
        put(std::to_string(number));
    }
    void root(std::string_view name, Value v);
    void reference(std::string_view name, Value v);
    void references(std::string_view name, const Value* values, std::size_t count);
    void object(Value v);
    void table(const Table& t);
    void prototype(const Prototype& p);
    /// Charges the object being written with a payload block.
    void add(std::size_t payload_bytes) { bytes_ += PageHeap::payload_footprint(payload_bytes); }

    Heap& heap_;
    const DumpSink& sink_;
    std::string piece_;
    bool first_ = true;      ///< no item of the current list is written yet
    std::size_t bytes_ = 0;  ///< of the current object
    std::size_t objects_ = 0;
    std::size_t object_bytes_ = 0;
};

void Dump::put_string(std::string_view bytes, std::size_t limit) {
    put("\"");
    for (const char c : bytes.substr(0, limit)) {
        const auto byte = static_cast<unsigned char>(c);
        char text[8] = {c, 0};
        if (byte == '"' || byte == '\\') {
            text[0] = '\\';
            text[1] = c;
            text[2] = 0;
        } else if (byte < 0x20 || byte >= 0x7F) {
            std::snprintf(text, sizeof text, "\\u%04x", byte);
        }
        put(text);
    }
    put("\"");
}

void Dump::root(std::string_view name, Value v) {
    if (!v.is_object() || !heap_.alive(v)) return;
    reference(name, v);
}

void Dump::reference(std::string_view name, Value v) {
    if (!v.is_object() || !heap_.alive(v)) return;
    put(first_ ? "{\"name\":" : ",{\"name\":");
    first_ = false;
    put_string(name);
    put(",\"id\":");
    put_id(v);
    put("}");
}

void Dump::references(std::string_view name, const Value* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) reference(std::string(name) + "[" + std::to_string(i + 1) + "]", values[i]);
}

void Dump::table(const Table& t) {
    add(t.array_size() * sizeof(Value));
    add(t.node_count() * sizeof(Node));
    reference("(metatable)", t.metatable());
    references("", t.array(), t.array_size());
    for (std::uint32_t i = 0; i < t.node_count(); ++i) {
        const Node& n = t.nodes()[i];
        if (n.value.is_nil()) continue;
        std::string name;
        if (n.key.is_string()) {
            name = heap_.string(n.key);
        } else if (n.key.is_number()) {
            char text[40];
            std::snprintf(text, sizeof text, "[%.14g]", n.key.as_number());
            name = text;
        } else {
            name = std::string("[") + type_name(n.key.type()) + "]";
        }
        reference("(key) " + name, n.key);
        reference(name, n.value);
    }
}

void Dump::prototype(const Prototype& p) {
    add(p.code_size() * sizeof(Instruction));
    add(p.constant_count() * sizeof(Value));
    add(p.line_count() * sizeof(std::uint32_t));
    add(p.child_count() * sizeof(Handle<Prototype>));
    add(p.upvalue_count() * sizeof(UpvalueInfo));
    add(p.local_count() * sizeof(LocalInfo));
    reference("(source)", p.source());
    references("(constant)", p.constants(), p.constant_count());
    for (std::uint32_t i = 0; i < p.child_count(); ++i) reference("(function)", Value::object(p.child(i)));
    for (std::uint32_t i = 0; i < p.upvalue_count(); ++i) reference("(upvalue name)", p.upvalue(i).name);
    for (std::uint32_t i = 0; i < p.local_count(); ++i) reference("(local name)", p.local(i).name);
}

void Dump::object(Value v) {
    put(objects_++ == 0 ? "\n{\"id\":" : ",\n{\"id\":");
    put_id(v);
    put(",\"type\":\"");
    put(kind_name(v.tag()));
    put("\"");
    if (v.is_string()) {
        put(",\"value\":");
        put_string(heap_.string(v));
    }
    put(",\"refs\":[");
    first_ = true;
    bytes_ = heap_.pages().slot_bytes(v.position());
    switch (v.tag()) {
        case Tag::LongString: add(heap_.get<LongString>(v)->payload_bytes()); break;
        case Tag::Table: table(*heap_.get<Table>(v)); break;
        case Tag::Closure: {
            const auto* c = heap_.get<Closure>(v);
            reference("(prototype)", Value::object(c->prototype()));
            reference("(environment)", c->environment());
            for (std::uint32_t i = 0; i < c->upvalue_count(); ++i) reference("(upvalue)", c->upvalue(i));
            break;
        }
        case Tag::NativeFunction: {
            const auto* f = heap_.get<NativeFunction>(v);
            reference("(environment)", f->environment());
            for (std::uint32_t i = 0; i < f->upvalue_count(); ++i) reference("(upvalue)", f->upvalue(i));
            break;
        }
        case Tag::Userdata: {
            const auto* u = heap_.get<Userdata>(v);
            add(u->size());
            reference("(metatable)", u->metatable());
            reference("(environment)", u->environment());
            break;
        }
        case Tag::Thread: {
            const auto* t = heap_.get<Thread>(v);
            add(t->stack_size * sizeof(Value));
            add(t->frame_count * sizeof(Frame));
            references("(stack)", t->stack, static_cast<std::size_t>(t->top - t->stack));
            reference("(globals)", t->globals());
            reference("(resumer)", t->resumer);
            reference("(hook)", t->hook);
            break;
        }
        case Tag::Prototype: prototype(*heap_.get<Prototype>(v)); break;
        case Tag::Cell: reference("(value)", heap_.get<Cell>(v)->value()); break;
        case Tag::Buffer: add(heap_.get<Buffer>(v)->capacity()); break;
        default: break;
    }
    put("],");
    put_field("bytes", bytes_);
    put("}");
    object_bytes_ += bytes_;
}

void Dump::run(std::span<const DumpRoot> roots) {
    heap_.flush_caches();
    put("{\"format\":\"arenite-heap-1\",\"roots\":[");
    for (unsigned i = 0; i < heap_.type_metatables().size(); ++i) {
        root(std::string("metatable of ") + type_name(static_cast<LuaType>(i)), heap_.type_metatables()[i]);
    }
    for (const Value name : heap_.names()) root("metamethod name", name);
    root("registry", heap_.registry());
    root("globals", heap_.globals());
    for (const DumpRoot& r : roots) root(r.name, r.value);
    for (const std::uint64_t self : heap_.collector().finalizer_queue()) root("to be finalized", Value{self});
    put("],\"objects\":[");
    heap_.pages().for_each_object([&](const std::uint64_t* words) { object(Value{*words}); });
    put("],\n\"totals\":{");
    const ByteBudget& budget = heap_.budget;
    const struct {
        const char* name;
        std::size_t number;
    } totals[] = {
        {"objects", objects_},   {"object_bytes", object_bytes_}, {"string_table_bytes", heap_.strings().bytes()},
        {"used", budget.used()}, {"idle", budget.idle()},         {"overhead", budget.overhead()}};
    for (const auto& total : totals) {
        if (&total != totals) put(",");
        put_field(total.name, total.number);
    }
    put("}}\n");
    sink_(piece_);
}

}  // namespace

void dump_heap(Heap& heap, std::span<const DumpRoot> roots, const DumpSink& sink) {
    Dump(heap, sink).run(roots);
}

}  // namespace arenite
