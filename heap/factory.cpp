#include "heap/factory.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "heap/collector.h"

namespace arenite {

namespace {
/// What the base frame of a thread has for a function: its self matches the nil in base[-1] (TH3).
constinit const std::uint64_t kNoFunction[8] = {Value::kNil, 0, 0, 0, 0, 0, 0, 0};

/// An object slot of `bytes`, its handle made with T's tag; null when memory is out.
template <class T>
T* allocate(PageHeap& pages, std::size_t bytes) {
    return reinterpret_cast<T*>(pages.allocate_object(object_class(bytes), static_cast<unsigned>(KindTag<T>::tag)));
}

/// A payload block with a copy of `count` items; null for none or when memory is out (`ok` tells).
template <class T>
T* block_of(PageHeap& pages, std::size_t count, bool& ok) {
    if (count == 0 || !ok) return nullptr;
    auto* p = static_cast<T*>(pages.allocate_payload(count * sizeof(T)));
    if (!p) ok = false;
    return p;
}
}  // namespace

Value ObjectFactory::make_short_string(Heap& heap, std::string_view bytes, std::uint32_t hash) {
    auto* s = allocate<ShortString>(heap.pages_, ShortString::bytes_for(bytes.size()));
    if (!s) return Value::nil();
    s->hash_ = hash;
    s->length_ = static_cast<std::uint32_t>(bytes.size());
    if (!bytes.empty()) std::memcpy(s->bytes_, bytes.data(), bytes.size());
    s->bytes_[bytes.size()] = 0;
    return Value{s->self};
}

Value ObjectFactory::make_long_string(Heap& heap, std::string_view bytes) {
    auto* block = static_cast<char*>(heap.pages_.allocate_payload(bytes.size() + 1));
    if (!block) return Value::nil();
    std::memcpy(block, bytes.data(), bytes.size());
    block[bytes.size()] = 0;
    const Value v = adopt_long_string(heap, block, bytes.size());
    if (v.is_nil()) heap.pages_.release_payload(block, bytes.size() + 1);
    return v;
}

Value ObjectFactory::adopt_long_string(Heap& heap, char* block, std::size_t length) {
    auto* s = allocate<LongString>(heap.pages_, sizeof(LongString));
    if (!s) return Value::nil();
    s->hash_ = 0;
    s->length_ = length;
    s->data_ = block;
    return Value{s->self};
}

Handle<Table> ObjectFactory::make_table(Heap& heap, std::uint32_t array_size, std::uint32_t hash_size) {
    if (array_size > Table::kMaxArray || hash_size > Table::kMaxArray) return {};
    bool ok = true;
    const std::uint32_t nodes = hash_size == 0 ? 0 : std::bit_ceil(hash_size);
    auto* array = block_of<Value>(heap.pages_, array_size, ok);
    auto* node_block = block_of<Node>(heap.pages_, nodes, ok);
    Table* t = ok ? make_empty_table(heap) : nullptr;
    if (!t) {
        if (array) heap.pages_.release_payload(array, array_size * sizeof(Value));
        if (node_block) heap.pages_.release_payload(node_block, nodes * sizeof(Node));
        return {};
    }
    if (array) {
        std::memset(static_cast<void*>(array), 0xFF, array_size * sizeof(Value));
        t->array_ = array;
        t->array_size_ = array_size;
    }
    if (node_block) {
        for (std::uint32_t i = 0; i < nodes; ++i) node_block[i] = *Table::kEmptyNode;
        t->take_nodes(heap, node_block, nodes);
    }
    return {t->self};
}

Handle<Cell> ObjectFactory::make_cell(Heap& heap, Value v) {
    auto* c = allocate<Cell>(heap.pages_, sizeof(Cell));
    if (!c) return {};
    c->wkey = c->self ^ heap.txn_key();
    c->value_ = v;
    c->epoch_ = heap.pages_.epoch();
    c->unused_ = 0;
    return {c->self};
}

std::optional<FreshClosure> ObjectFactory::make_closure(Heap& heap, Handle<Prototype> prototype, Value environment) {
    const Prototype* p = heap.get(prototype);
    if (!p) return std::nullopt;
    auto* c = allocate<Closure>(heap.pages_, Closure::bytes_for(p->upvalue_count()));
    if (!c) return std::nullopt;
    c->wkey = c->self ^ heap.txn_key();
    c->prototype_ = prototype;
    c->environment_ = environment;
    c->constants_ = p->constants();
    c->upvalue_count_ = p->upvalue_count();
    c->unused_ = 0;
    for (std::uint32_t i = 0; i < p->upvalue_count(); ++i) c->upvalues_[i] = Value::nil();
    return std::optional<FreshClosure>(std::in_place, Badge<ObjectFactory>{}, heap, *c);
}

Handle<NativeFunction> ObjectFactory::make_native(Heap& heap, NativeFunctionPointer fn, const char* name,
                                                  Value environment, std::span<const Value> upvalues,
                                                  std::uint32_t fast) {
    if (upvalues.size() > 60) return {};
    auto* f = allocate<NativeFunction>(heap.pages_, NativeFunction::bytes_for(upvalues.size()));
    if (!f) return {};
    f->wkey = f->self ^ heap.txn_key();
    f->function_ = fn;
    f->environment_ = environment;
    f->name_ = name;
    f->upvalue_count_ = static_cast<std::uint32_t>(upvalues.size());
    f->fast_ = fast;
    std::copy(upvalues.begin(), upvalues.end(), f->upvalues_);
    return {f->self};
}

Handle<Userdata> ObjectFactory::make_userdata(Heap& heap, std::size_t bytes, Value environment,
                                              std::span<const char> initial) {
    bool ok = true;
    // Room in the lists is made in advance, so that the collector never needs any.
    ok = heap.userdata_.reserve(heap.userdata_.size() + 1) &&
         heap.collector_->reserve_finalizers(heap.userdata_.size() + 1);
    char* data = block_of<char>(heap.pages_, bytes, ok);
    auto* u = ok ? allocate<Userdata>(heap.pages_, sizeof(Userdata)) : nullptr;
    if (!u) {
        if (data) heap.pages_.release_payload(data, bytes);
        return {};
    }
    if (data) {
        std::memset(data, 0, bytes);
        std::copy_n(initial.data(), std::min(bytes, initial.size()), data);
    }
    u->wkey = u->self ^ heap.txn_key();
    u->metatable_ = Value::nil();
    u->environment_ = environment;
    u->data_ = data;
    u->size_ = bytes;
    u->epoch_ = heap.pages_.epoch();
    u->finalized_ = false;
    u->sequence_ = ++heap.userdata_sequence_;
    (void)heap.userdata_.push_back(u->self);
    return {u->self};
}

Handle<Buffer> ObjectFactory::make_buffer(Heap& heap) {
    auto* b = allocate<Buffer>(heap.pages_, sizeof(Buffer));
    if (!b) return {};
    b->wkey = b->self ^ heap.txn_key();
    b->data_ = nullptr;
    b->size_ = 0;
    b->capacity_ = 0;
    b->epoch_ = heap.pages_.epoch();
    b->unused_ = 0;
    return {b->self};
}

Handle<Thread> ObjectFactory::make_thread(Heap& heap, std::uint32_t stack_slots, std::uint32_t frames, Value globals) {
    bool ok = true;
    auto* stack = block_of<Value>(heap.pages_, stack_slots, ok);
    auto* frame_block = block_of<Frame>(heap.pages_, frames, ok);
    auto* t = ok ? allocate<Thread>(heap.pages_, sizeof(Thread)) : nullptr;
    if (!t) {
        if (stack) heap.pages_.release_payload(stack, stack_slots * sizeof(Value));
        if (frame_block) heap.pages_.release_payload(frame_block, frames * sizeof(Frame));
        return {};
    }
    std::memset(static_cast<void*>(stack), 0xFF, stack_slots * sizeof(Value));
    t->wkey = t->self ^ heap.txn_key();
    init_thread(*t, stack, stack_slots, frame_block, frames, globals, heap.pages_.epoch());
    return {t->self};
}

void ObjectFactory::restart_thread(Heap& heap, Thread& t, Value* stack, std::uint32_t stack_slots, Frame* frame_block,
                                   std::uint32_t frames, Value globals) {
    if (t.wkey != 1) t.wkey = 0;  // as if it had been scanned: so that its stopping is noted (C5), if it is not yet
    init_thread(t, stack, stack_slots, frame_block, frames, globals, heap.pages_.epoch());
}

void ObjectFactory::init_thread(Thread& t, Value* stack, std::uint32_t stack_slots, Frame* frame_block,
                                std::uint32_t frames, Value globals, std::uint32_t epoch) {
    t.stack = stack;
    t.stack_size = stack_slots;
    t.stack_limit = stack + stack_slots;
    t.frames = frame_block;
    t.frame_count = frames;
    t.frame_limit = frame_block + frames;
    t.frame = frame_block;
    auto* no_function = reinterpret_cast<ObjectHeader*>(const_cast<std::uint64_t*>(kNoFunction));
    *t.frame = {nullptr, stack + 1, no_function, 0, static_cast<std::uint32_t>(FrameKind::Base)};
    t.top = stack + 1;
    t.globals_ = globals;
    t.resumer = Value::nil();
    t.epoch = epoch;
    t.status = ThreadStatus::Suspended;
    t.started = false;
    t.wrapped = false;
    t.depth = 0;
    t.hook_mask = 0;
    t.hook_done = 0;
    t.hook_running = 0;
    t.hook = Value::nil();
    t.hook_period = 0;
    t.hook_countdown = 0;
    t.hook_frame = Thread::kNoHookFrame;
    t.hook_pc = 0;
}

}  // namespace arenite
