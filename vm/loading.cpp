// How hosts and natives load chunks, and natives dump functions.
#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include "vm/chunk_loader.h"
#include "vm/function_dumper.h"
#include "vm/machine.h"
#include "vm/scratch_memory.h"
#include "vm/sliced_work.h"

namespace arenite {

namespace {

/// PUC's loadstring starts two C calls below its limit of 200 levels (LUAI_MAXCCALLS).
constexpr std::size_t kMaxNesting = 198;
/// What work in one piece may overdraw the budget by, in checks, before it is restarted in slices.
constexpr std::int64_t kMostOverdraft = 2;
/// Units for each byte of a chunk that make sure that no slices are needed.
constexpr std::int64_t kAmple = 16;

class LoadJob final : public SlicedWork::Job {
public:
    LoadJob(Heap& heap, SlicedWork& work, const ChunkRequest& request)
        : loader(heap, work.scratch(), work.look(heap.slice_sizes.finer_looks),
                 {.max_nesting = kMaxNesting,
                  .deeper = &SlicedWork::deeper,
                  .deeper_ctx = &work,
                  .tree_bytes = heap.slice_sizes.tree_bytes}),
          request_(request) {}
    void run() override { loader.run(request_); }
    void mark(Collector& collector) const override { loader.mark(collector); }
    void cancel() override { loader.builder.cancel(); }
    [[nodiscard]] const void* block() const override { return loader.builder.block(); }
    [[nodiscard]] std::size_t block_bytes() const override { return loader.builder.block_bytes(); }
    ChunkLoader loader;

private:
    ChunkRequest request_;
};

class DumpJob final : public SlicedWork::Job {
public:
    DumpJob(Heap& heap, SlicedWork& work, const Prototype& prototype)
        : dumper(heap, work.scratch(), work.look(heap.slice_sizes.finer_looks)), prototype_(prototype) {}
    void run() override { dumper.run(prototype_); }
    void mark(Collector& collector) const override { dumper.mark(collector); }
    void cancel() override { dumper.cancel(); }
    [[nodiscard]] const void* block() const override { return dumper.block(); }
    [[nodiscard]] std::size_t block_bytes() const override { return dumper.block_bytes(); }
    FunctionDumper dumper;

private:
    const Prototype& prototype_;  ///< its function is an argument of the native
};

enum : std::uint32_t { kLoads = 1, kChecks = 2, kBeginning = 4, kTextOnly = 8, kDumps = 16 };

SlicedWork::Key key_of(const ChunkRequest& r, Value subject) {
    const std::uint32_t kind = kLoads | (r.check_only ? kChecks : 0u) | (r.binary_allowed ? 0u : kTextOnly) |
                               (r.part == compiler::SourcePart::Beginning ? kBeginning : 0u);
    return {subject, r.bytes.data(), r.bytes.size(), r.name_value, kind};
}
}  // namespace

/// Work in one piece that is paid for: an attempt, which stops where there is no more budget.
struct Machine::Attempt {
    explicit Attempt(Machine& of) : machine(of) {}
    [[nodiscard]] Look look() { return {&Attempt::ask, this, machine.heap_.slice_sizes.finer_looks}; }
    static bool ask(void* attempt) {
        auto& a = *static_cast<Attempt*>(attempt);
        a.machine.budget_ -= Look::kUnits / a.machine.heap_.slice_sizes.finer_looks;
        a.overdrawn = a.machine.units_left() < -kMostOverdraft * Look::kUnits;
        return a.overdrawn || a.machine.over_time();
    }
    Machine& machine;
    bool overdrawn = false;
};

std::int64_t Machine::units_left() const {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(step_budget_, std::uint64_t{1} << 60)) + budget_;
}

SlicedWork* Machine::sliced_work() {
    if (!sliced_work_) {
        sliced_work_.reset(new (std::nothrow) SlicedWork(heap_.budget, budget_));
        txn_.set_work(sliced_work_.get());
    }
    return sliced_work_.get();
}

template <class Key, class MakeJob>
bool Machine::run_resumable(SlicedWork& work, const Key& key, MakeJob make_job) {
    if (!work.is(key)) {
        work.begin(key, make_job());
        if (!work.active()) return true;
    }
    return work.run() != SlicedWork::Status::Unfinished;
}

bool Machine::load_resumable(const ChunkRequest& given, Value subject, ChunkAnswer& answer) {
    ChunkRequest request = given;
    request.environment = globals();
    answer = {};
    SlicedWork* const work = sliced_work();
    const SlicedWork::Key key = key_of(request, subject);
    if (!work || !work->is(key)) {
        const std::size_t size = request.bytes.size();
        const std::size_t at_once = heap_.slice_sizes.compiled_at_once;
        budget_ -= static_cast<std::int64_t>(std::min(size, at_once));
        const bool ample = units_left() / kAmple > static_cast<std::int64_t>(size) && at_once != 0;
        if (size <= at_once || ample || !Fiber::kAvailable) {
            if (work) work->cancel();
            Attempt attempt(*this);
            ScratchMemory scratch(heap_.budget);
            ChunkLoader loader(heap_, scratch, attempt.look(),
                               {.max_nesting = kMaxNesting, .tree_bytes = heap_.slice_sizes.tree_bytes});
            loader.run(request);
            loader.builder.cancel();
            if (loader.answer.loaded || !attempt.overdrawn || !Fiber::kAvailable) {
                answer = std::move(loader.answer);
                return true;
            }
        }
    }
    if (!work) return true;  // the answer says that memory is out
    const auto make = [&] {
        return std::unique_ptr<SlicedWork::Job>(new (std::nothrow) LoadJob(heap_, *work, request));
    };
    if (!run_resumable(*work, key, make)) return false;
    if (work->active()) answer = std::move(static_cast<LoadJob&>(work->job()).loader.answer);
    work->cancel();
    return true;
}

bool Machine::dump_resumable(const Prototype& prototype, Value function, Value& out, bool& stale) {
    out = Value::nil();
    stale = false;
    SlicedWork* const work = sliced_work();
    const SlicedWork::Key key{function, &prototype, 0, Value::nil(), kDumps};
    if (!work || !work->is(key)) {
        if (work) work->cancel();
        if (heap_.slice_sizes.compiled_at_once != 0 || !Fiber::kAvailable) {
            Attempt attempt(*this);
            ScratchMemory scratch(heap_.budget);
            FunctionDumper dumper(heap_, scratch, attempt.look());
            dumper.run(prototype);
            dumper.cancel();
            out = dumper.dump;
            stale = dumper.stale;
            if (!out.is_nil() || !attempt.overdrawn || !Fiber::kAvailable) return true;
        }
    }
    if (!work) return true;
    const auto make = [&] {
        return std::unique_ptr<SlicedWork::Job>(new (std::nothrow) DumpJob(heap_, *work, prototype));
    };
    if (!run_resumable(*work, key, make)) return false;
    if (work->active()) {
        const FunctionDumper& dumper = static_cast<DumpJob&>(work->job()).dumper;
        out = dumper.dump;
        stale = dumper.stale;
    }
    work->cancel();
    return true;
}

bool Machine::accept(ChunkAnswer& answer, Value& function) {
    clear_failure();
    if (answer.loaded) {
        function = answer.function;
        return true;
    }
    const bool no_message = answer.kind == Failure::Kind::Syntax && answer.message.empty() && answer.text.is_nil();
    if (no_message || !charge_failure(answer.message.size())) answer.kind = Failure::Kind::Memory;
    const bool memory = answer.kind == Failure::Kind::Memory;
    fail_with(answer.kind, memory ? std::string_view("not enough memory") : answer.message);
    return false;
}

bool Machine::load(std::string_view source, std::string_view chunk_name, Value& function, bool binary_allowed) {
    ScratchMemory scratch(heap_.budget);
    ChunkLoader loader(heap_, scratch,
                       {[](void* machine) { return static_cast<const Machine*>(machine)->over_time(); }, this},
                       {.max_nesting = kMaxNesting, .tree_bytes = heap_.slice_sizes.tree_bytes});
    loader.run({.bytes = source, .name = chunk_name, .environment = globals(), .binary_allowed = binary_allowed});
    loader.builder.cancel();
    try {
        if (!loader.answer.text.is_nil()) loader.answer.message = heap_.string(loader.answer.text);
    } catch (const std::bad_alloc&) {
        loader.answer.kind = Failure::Kind::Memory;
    }
    return accept(loader.answer, function);
}

}  // namespace arenite
