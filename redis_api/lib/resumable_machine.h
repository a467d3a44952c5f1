// What natives have in common that are state machines which stop when the budget is used up, or memory is out, and go on
// where they were.
//
// Invariants
//  RM1. What is done is paid in slices of kSlice units; what is left is paid before every request.
//  RM2. Before every request all members are in local slots (save()). What memory was out for in the first invocation is
//       begun again from the start instead.
#pragma once

#include <cstdint>

#include <arenite/native.h>

namespace arenite::redis {

class ResumableMachine {
public:
    ResumableMachine(const ResumableMachine&) = delete;
    ResumableMachine& operator=(const ResumableMachine&) = delete;

protected:
    /// State of the native once it has been stopped.
    static constexpr std::uint32_t kContinue = 1;

    /// `work`: what the call itself costs.
    explicit ResumableMachine(NativeContext& cx, std::uint64_t work = 0) : cx_(cx), work_(work) {}
    ~ResumableMachine() = default;

    /// Moves everything to the local slots (RM2). False: the error is recorded.
    [[nodiscard]] virtual bool save() = 0;

    /// Pays once there is enough of it. False: the budget is used up.
    [[nodiscard]] bool pay_slice() {
        if (work_ >= kSlice) pay();
        return !spent_;
    }
    void pay() {
        if (!cx_.charge(work_)) spent_ = true;
        work_ = 0;
    }

    /// Records what the native returns now; false, so that a step can return it.
    bool fail(NativeResult result) {
        out_ = result;
        return false;
    }
    /// The same of a part that has not come to its end: its status is Spent or Failed.
    template <class Status>
    bool stopped(Status why) {
        return fail(stop(why == Status::Spent));
    }
    /// To go on with this step: when there is budget again (`spent`), or else after a collection.
    NativeResult stop(bool spent) {
        pay();
        if (!spent && cx_.state() == 0) return cx_.failed();  // from the beginning
        if (!save()) return cx_.failed();
        if (spent) return cx_.suspend(kContinue);
        cx_.restartable_in(kContinue);
        return cx_.failed();
    }

    void save_count(std::uint32_t slot, std::uint64_t n) { cx_.set_local_number(slot, static_cast<double>(n)); }
    [[nodiscard]] std::uint64_t load_count(std::uint32_t slot) const {
        return static_cast<std::uint64_t>(cx_.local_number(slot));
    }

    NativeContext& cx_;
    NativeResult out_{};  ///< what the native returns, once a step has failed or been stopped
    std::uint64_t work_;  ///< not paid yet

private:
    static constexpr std::uint64_t kSlice = 512;

    bool spent_ = false;
};

}  // namespace arenite::redis
