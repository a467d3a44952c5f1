#include "vm/sliced_work.h"

#include <utility>

#include "compiler/compile.h"

namespace arenite {

namespace {
// Stack that is paid for when a job begins: what all but deep nesting needs, and what a level of nesting may need. Sanitizers
// make frames larger; what they add is not counted.
#if defined(__clang__)
constexpr std::size_t kStackAtFirst = std::size_t{16} << 10;
#else
constexpr std::size_t kStackAtFirst = std::size_t{20} << 10;  // frames of g++ are larger
#endif
constexpr std::size_t kStackOfLevel = 512;
}  // namespace

bool SlicedWork::ask(void* work) {
    auto& w = *static_cast<SlicedWork*>(work);
    w.budget_ -= Look::kUnits / w.finer_;
    if (w.budget_ < 0) {
        ++w.suspensions_;
        w.fiber_.suspend();
    }
    return false;
}

bool SlicedWork::deeper(void* work) {
    return static_cast<SlicedWork*>(work)->fiber_.charge_stack(compiler::CompileLimits::kLevels * kStackOfLevel);
}

void SlicedWork::begin(const Key& key, std::unique_ptr<Job> job) {
    cancel();
    key_ = key;
    job_ = std::move(job);
    over_ = false;
}

SlicedWork::Status SlicedWork::run() {
    if (over_) return Status::Over;
    if (!fiber_.active() && !fiber_.start(&SlicedWork::enter, this, kStackAtFirst)) {
        cancel();
        return Status::OutOfMemory;
    }
    over_ = fiber_.run();
    return over_ ? Status::Over : Status::Unfinished;
}

void SlicedWork::cancel() {
    fiber_.drop();
    if (job_) job_->cancel();
    job_.reset();
    scratch_.release();
    over_ = false;
}

}  // namespace arenite
