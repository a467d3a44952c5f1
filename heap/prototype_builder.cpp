#include "heap/prototype_builder.h"

#include <boost/container/pmr/global_resource.hpp>

#include <algorithm>
#include <cstring>

#include "heap/factory.h"

namespace arenite {

namespace {
/// Items of a block written between two checks, at most.
template <class T>
constexpr std::size_t kItems = Look::kBytes / sizeof(T);
}  // namespace

template <class T>
bool PrototypeBuilder::begin(std::size_t count, T*& block) {
    block = nullptr;
    if (count == 0) return true;
    block_bytes_ = count * sizeof(T);
    block_ = heap_.pages_.allocate_payload(block_bytes_);
    block = static_cast<T*>(block_);
    return block != nullptr;
}

template <class T>
bool PrototypeBuilder::make_blank(T*& field, std::size_t count, const T& value) {
    T* block = nullptr;
    if (!begin(count, block)) return false;
    for (std::size_t at = 0; at < count;) {
        const std::size_t n = std::min(kItems<T>, count - at);
        std::fill_n(block + at, n, value);
        at += n;
        if (stopped(1 + n / 8)) return false;
    }
    field = block;
    return true;
}

template <class T>
bool PrototypeBuilder::make_copy(T*& field, UnitVector<T>& from) {
    T* block = nullptr;
    const std::size_t count = from.size();
    if (!begin(count, block)) return false;
    for (std::size_t at = 0; at < count;) {
        const std::size_t n = std::min(kItems<T>, count - at);
        std::copy_n(from.begin() + at, n, block + at);
        from.discard(at, n);
        at += n;
        if (stopped(1 + n / 2)) return false;
    }
    from.free();
    field = block;
    return true;
}

Value PrototypeBuilder::text(std::string_view bytes) {
    // The string table may be moving its entries, some with each string.
    if (stopped(64 + bytes.size() / 32)) return Value::nil();
    if (bytes.size() <= Look::kBytes) return ObjectFactory::make_string(heap_, bytes);
    char* block = nullptr;
    if (!begin(bytes.size() + 1, block)) return Value::nil();
    for (std::size_t at = 0; at < bytes.size(); at += Look::kBytes) {
        const std::size_t n = std::min(Look::kBytes, bytes.size() - at);
        std::memcpy(block + at, bytes.data() + at, n);
        if (stopped(n / 16)) return Value::nil();
    }
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): null only without bytes (it has more than kShortStringMax)
    block[bytes.size()] = 0;
    const Value v = ObjectFactory::adopt_long_string(heap_, block, bytes.size());
    if (!v.is_nil()) end();
    return v;
}

Prototype* PrototypeBuilder::make_shell(Value source) {
    auto* p = reinterpret_cast<Prototype*>(
        heap_.pages_.allocate_object(object_class(sizeof(Prototype)), static_cast<unsigned>(Tag::Prototype)));
    if (!p) return nullptr;
    std::memset(reinterpret_cast<char*>(p) + sizeof p->self, 0, sizeof(Prototype) - sizeof p->self);
    p->source_ = source;
    return p;
}

bool PrototypeBuilder::fill_constants(Prototype& p, FunctionUnit& unit) {
    if (!make_blank(p.constants_, unit.constants.size(), Value::nil())) return false;
    p.constant_count_ = static_cast<std::uint32_t>(unit.constants.size());
    end();
    for (std::size_t i = 0; i < unit.constants.size(); ++i) {
        const UnitConstant& c = unit.constants[i];
        switch (c.kind) {
            case UnitConstant::Kind::Nil: break;
            case UnitConstant::Kind::False: p.constants_[i] = Value::boolean(false); break;
            case UnitConstant::Kind::True: p.constants_[i] = Value::boolean(true); break;
            case UnitConstant::Kind::Number: p.constants_[i] = Value::canonical(c.number); break;
            case UnitConstant::Kind::String:
                if (!store(p.constants_[i], text(c.string))) return false;
                break;
        }
        if (stopped(1)) return false;
        if (i % kItems<UnitConstant> == kItems<UnitConstant> - 1)
            unit.constants.discard(i + 1 - kItems<UnitConstant>, kItems<UnitConstant>);
    }
    return true;
}

bool PrototypeBuilder::fill_variables(Prototype& p, const FunctionUnit& unit) {
    if (!make_blank(p.upvalues_, unit.upvalues.size(), UpvalueInfo{Value::nil(), 0, false, false})) return false;
    p.upvalue_count_ = static_cast<std::uint8_t>(unit.upvalues.size());
    end();
    for (std::size_t i = 0; i < unit.upvalues.size(); ++i) {
        const UnitUpvalue& u = unit.upvalues[i];
        p.upvalues_[i] = {Value::nil(), u.index, u.from_local, u.by_value};
        if (!store(p.upvalues_[i].name, text(u.name))) return false;
    }
    if (!make_blank(p.locals_, unit.locals.size(), LocalInfo{Value::nil(), 0, 0, 0, false})) return false;
    p.local_count_ = static_cast<std::uint32_t>(unit.locals.size());
    end();
    for (std::size_t i = 0; i < unit.locals.size(); ++i) {
        const UnitLocal& l = unit.locals[i];
        p.locals_[i] = {Value::nil(), l.start_pc, l.end_pc, l.reg, l.in_cell};
        if (!store(p.locals_[i].name, text(l.name))) return false;
    }
    return true;
}

bool PrototypeBuilder::fill(Prototype& p, FunctionUnit& unit) {
    if (!fill_constants(p, unit) || !fill_variables(p, unit)) return false;
    unit.constants.free();
    unit.locals.free_in_slices([this] { (void)stopped(1024); });
    if (!make_blank(p.children_, unit.children.size(), Handle<Prototype>{})) return false;
    p.child_count_ = static_cast<std::uint32_t>(unit.children.size());
    end();
    const auto lines = static_cast<std::uint32_t>(unit.lines.size());
    if (!make_copy(p.lines_, unit.lines)) return false;
    p.line_count_ = lines;
    end();
    const auto code = static_cast<std::uint32_t>(unit.code.size());
    p.num_params_ = unit.num_params;
    p.is_vararg_ = unit.is_vararg;
    p.max_stack_ = unit.max_stack;
    p.line_defined_ = unit.line_defined;
    p.last_line_defined_ = unit.last_line_defined;
    Instruction* block = nullptr;
    if (!make_copy(block, unit.code)) return false;
    p.code_ = block;  // PB3
    p.code_size_ = code;
    end();
    return true;
}

PrototypeBuilder::Answer PrototypeBuilder::make(FunctionUnit& unit, Value source,
                                                boost::container::pmr::memory_resource& scratch) {
    const auto failed = [&] { return stopped_ ? Answer::Stopped : Answer::OutOfMemory; };
    if (source.is_nil()) source = text(unit.source);
    Prototype* root = source.is_nil() ? nullptr : make_shell(source);
    if (!root) return failed();
    root_ = {root->self};
    struct Waiting {
        FunctionUnit* unit;
        Prototype* prototype;
        std::size_t next_child;
    };
    UnitVector<Waiting> path(&scratch);  // as deep as functions nest
    path.push_back({&unit, root, 0});
    if (!fill(*root, unit)) return failed();
    while (!path.empty()) {
        Waiting& at = path.back();
        if (at.next_child == at.unit->children.size()) {
            at.unit->children.free();
            path.pop_back();
            continue;
        }
        FunctionUnit* child = at.unit->children[at.next_child];
        Prototype* p = make_shell(source);
        if (!p) return failed();
        at.prototype->children_[at.next_child++] = {p->self};
        if (heap_.collector().marking()) heap_.collector().mark_value(Value{p->self});
        if (!fill(*p, *child)) return failed();
        path.push_back({child, p, 0});
        if (stopped(16)) return failed();
    }
    return Answer::Made;
}

Handle<Prototype> make_prototype(Heap& heap, FunctionUnit& unit) {
    PrototypeBuilder builder(heap, {});
    if (builder.make(unit, Value::nil(), *boost::container::pmr::new_delete_resource()) ==
        PrototypeBuilder::Answer::Made) {
        return builder.root();
    }
    builder.cancel();
    return {};
}

}  // namespace arenite
