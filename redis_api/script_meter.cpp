#include "redis_api/script_meter.h"
#include "txn/transaction.h"

#include <algorithm>

namespace arenite::redis {

void ScriptMeter::run_starts(const Run& run) {
    run_ends();
    run_ = run;
    work_beyond_ = 0;
    since_asked_ = 0;
    cause_ = Cause::None;
    start();
}

void ScriptMeter::run_ends() noexcept {
    drop_reply();
    host_ends_ = nullptr;
    look_ = ask_ = kLook;
}

void ScriptMeter::start() {
    drop_reply();
    end_ = End::None;
    allowed_ = kUnlimited;
    if (run_.work_limited) {
        const std::int64_t left = run_.vm->work_left() + static_cast<std::int64_t>(work_beyond_);
        allowed_ = static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0));
    }
    granted_ = std::min(look_, allowed_);
    units_left_ = granted_;
}

void ScriptMeter::drop_reply() noexcept {
    if (reply_granted_ > kFreeReplyBytes) run_.vm->heap().budget.release(reply_granted_ - kFreeReplyBytes);
    reply_granted_ = kFreeReplyBytes;
    reply_left_ = kFreeReplyBytes;
}

void ScriptMeter::stop(Cause cause) {
    cause_ = cause;
    refuse(End::Stopped);
}

void ScriptMeter::refuse(End end) {
    end_ = end;
    throw CommandEnded();
}

void ScriptMeter::look() {
    if (run_.vm->over_time() || run_.kill->killed()) stop(Cause::Kill);
    if (run_.deadline && std::chrono::steady_clock::now() >= *run_.deadline) stop(Cause::Deadline);
    if (since_asked_ < ask_) return;
    since_asked_ = 0;
    if (host_ends_ && host_ends_()) {
        run_.vm->interrupt();  // so that nothing of the script goes on
        stop(Cause::Host);
    }
}

void ScriptMeter::more_work(std::uint64_t units) {
    const std::uint64_t missing = units - units_left_;
    const std::uint64_t more = std::min(std::max(missing, look_), allowed_ - granted_);
    granted_ += more;
    since_asked_ += more;
    if (more < missing) {
        units_left_ = 0;  // all of it is used up
        stop(Cause::WorkLimit);
    }
    units_left_ = more - missing;
    look();
}

void ScriptMeter::more_reply(std::size_t bytes) {
    ByteBudget& budget = run_.vm->heap().budget;
    const std::size_t missing = bytes - reply_left_;
    if (missing > run_.reply_limit || reply_granted_ > run_.reply_limit - missing) refuse(End::TooLarge);
    std::size_t more = std::min(std::max(missing, kReplyChunk), run_.reply_limit - reply_granted_);
    if (!budget.charge(more)) {
        more = missing;
        if (!budget.charge(more)) refuse(End::NoRoom);
    }
    reply_granted_ += more;
    reply_left_ += more;
    reply_left_ -= bytes;
}

void ScriptMeter::hold(std::size_t bytes) {
    if (!run_.vm->heap().budget.charge(bytes)) refuse(End::NoRoom);
}

void ScriptMeter::release(std::size_t bytes) noexcept {
    run_.vm->heap().budget.release(bytes);
}

bool ScriptMeter::keeps(bool wrote) {
    if (!wrote || run_.kill->lets_write()) return true;
    end_ = End::Stopped;
    cause_ = Cause::Kill;
    return false;
}

}  // namespace arenite::redis
