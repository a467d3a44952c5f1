#include "heap/heap_dump.h"

#include <cstdint>
#include <cstdio>
#include <string>

#include "heap/collector.h"
#include "heap/visit.h"

namespace arenite {

namespace {

constexpr std::size_t kShownBytes = 100;
constexpr std::size_t kPiece = std::size_t{32} << 10;

class Dump {
public:
    Dump(Heap& heap, const DumpSink& sink) : heap_(heap), sink_(sink) {}
    void run(std::span<const DumpRoot> roots);

    // --- As a visitor (heap/visit.h): writes the references and counts the blocks of the current object.
    void key(std::uint64_t) {}
    void epoch(std::uint32_t) {}
    void block(const char*, const void*, std::size_t bytes) { bytes_ += PageHeap::payload_footprint(bytes); }
    void value(const char* what, Value v) { reference(std::string("(") + what + ")", v); }
    template <class T>
    void value(const char* what, Handle<T> h) {
        value(what, Value::object(h));
    }
    void values(const char* what, const Value* values, std::size_t count) {
        references(std::string("(") + what + ")", values, count);
    }
    template <class At>
    void list(const char* what, std::size_t count, At at) {
        for (std::size_t i = 0; i < count; ++i) value(what, at(i));
    }
    void registers(const char* what, const Value* stack, std::size_t count) { values(what, stack, count); }
    void entries(const Table& t);
    void frames(const Thread&) {}
    void code(const Prototype&) {}
    void text(std::string_view) {}
    void number(std::uint64_t) {}

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

void Dump::entries(const Table& t) {
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
    with_kind<void>(heap_.base(), v.bits, [this](const auto& object) { visit_parts(object, *this); });
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
