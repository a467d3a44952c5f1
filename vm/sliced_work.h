// SlicedWork: a piece of C++ work that a native does in slices, on a stack of its own (vm/fiber.h).
//
// Loading a chunk and dumping a function nest, and keep their state in C++ frames. So they run on a fiber, and where
// they pause (heap/look.h) they are charged, and suspended when the budget is used up. The native is
// suspended then, and asks again for the same work when it is invoked again; what was suspended goes on.
//
// Invariants
//  SW1. It belongs to the innermost scope (Transaction, X10), and to the native that began it. When it is asked for
//       other work, or cancelled, what there is is dropped; whose work is gone restarts it.
//  SW2. What it works on does not change meanwhile: strings, prototypes, and buffers of a native that is suspended. Its
//       key names all of it by handles.
//  SW3. What is dropped holds nothing but scratch memory, the job, and heap objects, which are garbage then (F1, PB4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "heap/look.h"
#include "txn/transaction.h"
#include "vm/fiber.h"
#include "vm/scratch_memory.h"

namespace arenite {

class SlicedWork final : public WorkUnderWay {
public:
    /// What a job works on, and which job it is.
    struct Key {
        Value subject = Value::nil();  ///< string, buffer or function
        const void* bytes = nullptr;   ///< of it
        std::size_t size = 0;
        Value name = Value::nil();
        std::uint32_t kind = 0;
        bool operator==(const Key&) const = default;
    };
    /// What runs on the fiber.
    class Job {
    public:
        virtual ~Job() = default;
        virtual void run() = 0;
        /// What it has made in the heap so far (WorkUnderWay).
        virtual void mark(Collector&) const {}
        virtual void cancel() {}
        [[nodiscard]] virtual const void* block() const { return nullptr; }
        [[nodiscard]] virtual std::size_t block_bytes() const { return 0; }
    };
    enum class Status : std::uint8_t { Over, Unfinished, OutOfMemory };

    /// `budget` is what pauses are charged to.
    SlicedWork(ByteBudget& bytes, std::int64_t& budget) : budget_(budget), scratch_(bytes), fiber_(bytes) {}
    ~SlicedWork() { cancel(); }

    /// Whether the work under way is this.
    [[nodiscard]] bool is(const Key& key) const { return job_ && key_ == key; }
    [[nodiscard]] bool active() const { return job_ != nullptr; }
    /// What the job is to ask, and the memory that it works in.
    [[nodiscard]] Look look(std::uint32_t finer) {
        finer_ = finer;
        return {&SlicedWork::ask, this, finer};
    }
    [[nodiscard]] ScratchMemory& scratch() { return scratch_; }
    /// CompileLimits::deeper of the job.
    [[nodiscard]] static bool deeper(void* work);
    /// Begins a job, in place of what is under way.
    void begin(const Key& key, std::unique_ptr<Job> job);
    /// Goes on until the budget is used up. After Over the job has its answer; OutOfMemory: it could not begin.
    [[nodiscard]] Status run();
    [[nodiscard]] Job& job() { return *job_; }

    void cancel() override;
    void mark(Collector& collector) const override {
        if (job_) job_->mark(collector);
    }
    [[nodiscard]] const void* block() const override { return job_ ? job_->block() : nullptr; }
    [[nodiscard]] std::size_t block_bytes() const override { return job_ ? job_->block_bytes() : 0; }
    /// Charged bytes.
    [[nodiscard]] std::size_t bytes() const { return scratch_.bytes() + fiber_.charged(); }
    [[nodiscard]] const Fiber& fiber() const { return fiber_; }
    /// Times that a job was suspended, since the beginning of time; for tests.
    [[nodiscard]] std::uint64_t suspensions() const { return suspensions_; }

private:
    [[nodiscard]] static bool ask(void* work);
    static void enter(void* work) { static_cast<SlicedWork*>(work)->job_->run(); }

    std::int64_t& budget_;
    ScratchMemory scratch_;
    Fiber fiber_;
    std::unique_ptr<Job> job_;
    Key key_;
    std::uint32_t finer_ = 1;
    bool over_ = false;
    std::uint64_t suspensions_ = 0;
};

}  // namespace arenite
