#include "vm/function_dumper.h"

#include <exception>
#include <new>

#include "compiler/dump.h"
#include "heap/factory.h"
#include "heap/function_unit.h"

namespace arenite {

namespace {

/// Thrown when the check says so.
struct Stopped {};

/// Rebuilds units in a memory resource; throws std::bad_alloc, and Stopped. Strings are views of the heap's, good as
/// long as the prototypes are reachable.
class UnitBuilder {
public:
    UnitBuilder(const Heap& heap, boost::container::pmr::memory_resource& memory, Look look)
        : heap_(heap), memory_(memory), pacer_(look) {}

    /// Null: part of the tree is no live prototype.
    FunctionUnit* build(const Prototype& root) {
        struct Step {
            const Prototype* prototype;
            FunctionUnit* unit;
        };
        UnitVector<Step> waiting(&memory_);
        FunctionUnit* result = unit_of(root);
        waiting.push_back({&root, result});
        while (!waiting.empty()) {
            const Step step = waiting.back();
            waiting.pop_back();
            for (std::uint32_t i = 0; i < step.prototype->child_count(); ++i) {
                const Prototype* child = heap_.get(step.prototype->child(i));
                if (!child) return nullptr;
                step.unit->children.push_back(unit_of(*child));
                waiting.push_back({child, step.unit->children.back()});
            }
        }
        return result;
    }

private:
    void look(std::size_t work) {
        if (pacer_.after(work)) throw Stopped();
    }
    FunctionUnit* unit_of(const Prototype& p) {
        auto* u = ::new (memory_.allocate(sizeof(FunctionUnit), alignof(FunctionUnit))) FunctionUnit(&memory_);
        u->code.reserve(p.code_size());
        u->lines.reserve(p.code_size());
        for (std::uint32_t pc = 0; pc < p.code_size(); ++pc) {
            u->code.push_back(p.code()[pc]);  // the writer drops the hints
            u->lines.push_back(p.line(pc));
            look(1);
        }
        u->constants.reserve(p.constant_count());
        for (std::uint32_t i = 0; i < p.constant_count(); ++i) {
            u->constants.push_back(constant(p.constants()[i]));
            look(2);
        }
        u->upvalues.reserve(p.upvalue_count());
        for (std::uint32_t i = 0; i < p.upvalue_count(); ++i) {
            const UpvalueInfo& up = p.upvalue(i);
            u->upvalues.push_back({up.from_local, up.by_value, up.index, heap_.string(up.name)});
        }
        u->locals.reserve(p.local_count());
        for (std::uint32_t i = 0; i < p.local_count(); ++i) {
            const LocalInfo& l = p.local(i);
            u->locals.push_back({heap_.string(l.name), l.start_pc, l.end_pc, l.reg, l.in_cell});
            look(2);
        }
        u->children.reserve(p.child_count());
        u->source = heap_.string(p.source());
        u->line_defined = p.line_defined();
        u->last_line_defined = p.last_line_defined();
        u->num_params = p.num_params();
        u->is_vararg = p.is_vararg();
        u->max_stack = p.max_stack();
        look(32);
        return u;
    }
    [[nodiscard]] UnitConstant constant(Value v) const {
        if (v.is_number()) return {UnitConstant::Kind::Number, v.as_number(), {}};
        if (v.is_string()) return {UnitConstant::Kind::String, 0, heap_.string(v)};
        if (v.is_boolean()) return {v.truthy() ? UnitConstant::Kind::True : UnitConstant::Kind::False, 0, {}};
        return {};
    }

    const Heap& heap_;
    boost::container::pmr::memory_resource& memory_;
    Pacer pacer_;
};

}  // namespace

void FunctionDumper::write(const FunctionUnit& unit) {
    bool stopped = false;
    struct Watch {
        Look look;
        bool& stopped;
    } watch{look_, stopped};
    const Look look{[](void* w) {
                        auto& watched = *static_cast<Watch*>(w);
                        return watched.stopped = watched.stopped || watched.look();
                    },
                    &watch, look_.finer};
    const std::size_t size = compiler::dump_size(unit, false, look);
    if (stopped) return;
    if (size <= kShortStringMax) {
        char bytes[kShortStringMax];
        compiler::dump_to(bytes, unit, false);
        dump = ObjectFactory::make_string(heap_, {bytes, size});
        return;
    }
    PendingConcat::Layout layout;
    layout.add(size);
    if (!text_.begin(heap_, nullptr, nullptr, layout)) return;
    compiler::dump_to(text_.data(), unit, false, look);
    if (!stopped) dump = text_.finish(heap_);
}

void FunctionDumper::run(const Prototype& prototype) noexcept {
    try {
        const FunctionUnit* const unit = UnitBuilder(heap_, scratch_, look_).build(prototype);
        stale = unit == nullptr;
        if (unit) write(*unit);
    } catch (const Stopped&) {
    } catch (const std::exception&) {  // std::bad_alloc
    }
    while (scratch_.release_some(ScratchMemory::kGivenBack) && !look_()) {
    }
}

}  // namespace arenite
