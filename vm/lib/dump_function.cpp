// string.dump's work: a Prototype tree back to the FunctionUnit tree that compiler::dump_to writes.
#include <boost/container/pmr/monotonic_buffer_resource.hpp>

#include <exception>
#include <new>

#include "compiler/dump.h"
#include "vm/counted_resource.h"
#include "vm/lib/lib.h"
#include "vm/vm.h"

namespace arenite::lib {

namespace {

/// Rebuilds units in a memory resource; throws std::bad_alloc. Strings are views of the heap's, good as long as nothing
/// is collected (N1).
class UnitBuilder {
public:
    UnitBuilder(const Heap& heap, boost::container::pmr::memory_resource& memory) : heap_(heap), memory_(memory) {}

    /// Null: part of the tree is no live prototype.
    FunctionUnit* build(const Prototype& root) {
        struct Step {
            const Prototype* prototype;
            FunctionUnit* unit;
        };
        boost::container::pmr::vector<Step> waiting(&memory_);
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
    [[nodiscard]] std::uint64_t work() const { return work_; }

private:
    FunctionUnit* unit_of(const Prototype& p) {
        auto* u = ::new (memory_.allocate(sizeof(FunctionUnit), alignof(FunctionUnit))) FunctionUnit(&memory_);
        work_ += p.code_size() + p.constant_count();
        u->code.assign(p.code(), p.code() + p.code_size());  // the writer drops the hints
        u->lines.reserve(p.code_size());
        for (std::uint32_t pc = 0; pc < p.code_size(); ++pc) u->lines.push_back(p.line(pc));
        u->constants.reserve(p.constant_count());
        for (std::uint32_t i = 0; i < p.constant_count(); ++i) u->constants.push_back(constant(p.constants()[i]));
        u->upvalues.reserve(p.upvalue_count());
        for (std::uint32_t i = 0; i < p.upvalue_count(); ++i) {
            const UpvalueInfo& up = p.upvalue(i);
            u->upvalues.push_back({up.from_local, up.by_value, up.index, heap_.string(up.name)});
        }
        u->locals.reserve(p.local_count());
        for (std::uint32_t i = 0; i < p.local_count(); ++i) {
            const LocalInfo& l = p.local(i);
            u->locals.push_back({heap_.string(l.name), l.start_pc, l.end_pc, l.reg, l.in_cell});
        }
        u->children.reserve(p.child_count());
        u->source = heap_.string(p.source());
        u->line_defined = p.line_defined();
        u->last_line_defined = p.last_line_defined();
        u->num_params = p.num_params();
        u->is_vararg = p.is_vararg();
        u->max_stack = p.max_stack();
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
    std::uint64_t work_ = 0;
};

}  // namespace

bool dump_function(NativeContext& cx, Value fn, Value& out) {
    Heap& heap = cx.vm().heap();
    const Closure* c = heap.get<Closure>(fn);
    const Prototype* p = c ? heap.get(c->prototype()) : nullptr;
    if (!p) {
        (void)cx.error("unable to dump given function");
        return false;
    }
    try {
        CountedResource counted(heap.budget);
        boost::container::pmr::monotonic_buffer_resource memory(16 * 1024, &counted);
        UnitBuilder builder(heap, memory);
        const FunctionUnit* unit = builder.build(*p);
        if (!unit) {
            (void)cx.error("stale or corrupt reference");
            return false;
        }
        (void)cx.charge(builder.work());
        Value bytes = Value::nil();
        if (!cx.new_buffer(bytes) || !cx.buffer_assign_unset(bytes, compiler::dump_size(*unit, false))) return false;
        char* data = cx.buffer_data(bytes);
        if (data == nullptr) return false;
        compiler::dump_to(data, *unit, false);
        return cx.finish(bytes, out);
    } catch (const std::exception&) {  // std::bad_alloc, or a length beyond what a vector can have
        (void)cx.out_of_memory();
        return false;
    }
}

}  // namespace arenite::lib
